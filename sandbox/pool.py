"""A worker's warm slots: who gets which, how many there are, and when one is thrown away."""

import contextlib
import threading
from collections.abc import Callable, Iterator

from sandbox.errors import SandboxUnavailable
from sandbox.protocol import EnvironmentId, StateId
from sandbox.slot import Slot

RUNS = 2000
"""Runs after which a slot is replaced, sound as it may be."""


class Pool:
    """At most `size` slots, one run in each at a time. Safe under threads.

    An idle slot that holds the base is preferred, then one of the environment; where there is
    neither and no room, the one that has been idle longest makes way.
    """

    def __init__(
        self,
        start: Callable[[EnvironmentId], Slot],
        end: Callable[[Slot], None],
        *,
        size: int,
        runs: int = RUNS,
    ) -> None:
        """`start` makes a slot of an environment, `end` removes one, whatever state it is in."""
        self._start, self._end, self._runs = start, end, runs
        self._size = size
        self._free = threading.BoundedSemaphore(size)
        self._lock = threading.Lock()
        self._idle: list[Slot] = []
        self._alive = 0
        """Slots that are idle, in use, or being started."""
        self._closed = False

    @contextlib.contextmanager
    def slot(self, environment: EnvironmentId, base: StateId) -> Iterator[Slot]:
        """A slot for one run. One whose run raises, or that is called suspect, is thrown away.

        Raises: SandboxUnavailable after `drain`; what `start` raises.
        """
        with self._free:
            slot = self._take(environment, base)
            try:
                yield slot
            except BaseException:
                slot.suspect = True
                raise
            finally:
                self._give_back(slot)

    def drain(self) -> None:
        """Hand out nothing more; end idle slots now, and busy ones after their run. Idempotent."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for slot in idle:
            self._remove(slot)

    def _take(self, environment: EnvironmentId, base: StateId) -> Slot:
        while True:
            slot = self._choose(environment, base)
            if slot is not None and slot.environment == environment and slot.healthy():
                return slot
            if slot is not None:
                self._remove(slot)
                continue
            try:
                return self._start(environment)
            except BaseException:
                with self._lock:
                    self._alive -= 1
                raise

    def _choose(self, environment: EnvironmentId, base: StateId) -> Slot | None:
        """An idle slot that fits or must make way; None: room for a new one is reserved."""
        with self._lock:
            if self._closed:
                raise SandboxUnavailable("this sandbox is closed")
            fitting = [slot for slot in self._idle if slot.environment == environment]
            chosen = next((slot for slot in fitting if slot.base == base), None)
            if chosen is None and self._alive < self._size:
                self._alive += 1
                return None
            # As many runs as slots are let in: when all slots are alive, one of them is idle.
            chosen = chosen or next(iter([*fitting, *self._idle]))
            self._idle.remove(chosen)
            return chosen

    def _give_back(self, slot: Slot) -> None:
        slot.runs += 1
        with self._lock:
            kept = not (slot.suspect or self._closed or slot.runs >= self._runs)
            if kept:
                self._idle.append(slot)
        if not kept:
            self._remove(slot)

    def _remove(self, slot: Slot) -> None:
        with self._lock:
            self._alive -= 1
        self._end(slot)
