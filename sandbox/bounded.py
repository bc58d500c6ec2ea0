"""No more runs at once than there are cores for: the rest wait their turn, outside of any deadline."""

from threading import BoundedSemaphore

from sandbox.around import Around
from sandbox.protocol import (
    EnvironmentId,
    RunResult,
    RunSpec,
    Sandbox,
    StateId,
)


class BoundedSandbox(Around):
    """Another sandbox, of which at most `slots` runs are under way. Safe under threads.

    A search has more trials open than there are cores, since most of them wait for a model. Were
    all their runs begun at once, each would be as slow as all together, and miss its deadline.
    """

    def __init__(self, inner: Sandbox, slots: int) -> None:
        """`slots`: at least 1."""
        super().__init__(inner)
        self._free = BoundedSemaphore(slots)

    def run(
        self, environment: EnvironmentId, base: StateId, state: StateId, spec: RunSpec
    ) -> RunResult:
        """Run once a slot is free. Raises: what the inner one does."""
        with self._free:
            return self._inner.run(environment, base, state, spec)
