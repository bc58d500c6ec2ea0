"""No more runs at once than there are cores for: the rest wait their turn, outside of any deadline."""

from threading import BoundedSemaphore

from sandbox.protocol import (
    Capabilities,
    EnvironmentId,
    EnvironmentSpec,
    RunResult,
    RunSpec,
    Sandbox,
    StateId,
    States,
)


class BoundedSandbox:
    """Another sandbox, of which at most `slots` runs are under way. Safe under threads.

    A search has more trials open than there are cores, since most of them wait for a model. Were
    all their runs begun at once, each would be as slow as all together, and miss its deadline.
    """

    def __init__(self, inner: Sandbox, slots: int) -> None:
        """`slots`: at least 1."""
        self._inner = inner
        self._free = BoundedSemaphore(slots)

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

    def run(
        self, environment: EnvironmentId, base: StateId, state: StateId, spec: RunSpec
    ) -> RunResult:
        """Run once a slot is free. Raises: what the inner one does."""
        with self._free:
            return self._inner.run(environment, base, state, spec)

    def close(self) -> None:
        """Close the inner sandbox; who still waits for a slot then gets its refusal. Idempotent."""
        self._inner.close()
