"""What every sandbox around another one hands on; what is left is how it runs."""

from sandbox.protocol import Capabilities, EnvironmentId, EnvironmentSpec, Sandbox, States


class Around:
    """Subclasses add `run`."""

    def __init__(self, inner: Sandbox) -> None:
        self._inner = inner

    @property
    def states(self) -> States:
        """The inner sandbox's."""
        return self._inner.states

    def capabilities(self) -> Capabilities:
        """The inner sandbox's."""
        return self._inner.capabilities()

    def prepare(self, spec: EnvironmentSpec) -> EnvironmentId:
        """The inner sandbox's. Raises: EnvironmentBuildFailed."""
        return self._inner.prepare(spec)

    def close(self) -> None:
        """Close the inner sandbox; who still waits for it then gets its refusal. Idempotent."""
        self._inner.close()
