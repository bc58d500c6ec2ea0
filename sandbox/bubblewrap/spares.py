"""Cells that are started before they are needed: a run then waits for no `bwrap` and no Python."""

import queue
import threading
from collections.abc import Callable
from contextlib import suppress

from sandbox.bubblewrap.cell import Cell, Plan
from sandbox.errors import SandboxLost

_MOST = 4


class Spares:
    """Idle cells by plan, the latest plans only. Safe under threads.

    Starting and burying is done by one thread of its own: a `bwrap` dies with the thread that
    started it, and a caller need not wait for either.
    """

    def __init__(self, start: Callable[[Plan], Cell]) -> None:
        """`start` makes a cell; a SandboxLost of it means that there will be no spare."""
        self._start = start
        self._lock = threading.Lock()
        self._idle: list[tuple[Plan, Cell]] = []
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="spares", daemon=True)
        self._closed = False
        self._thread.start()

    def take(self, plan: Plan) -> Cell | None:
        """An idle cell of that plan, if there is one; it is the caller's from now on."""
        with self._lock:
            at = next((at for at, (known, _) in enumerate(self._idle) if known == plan), None)
            if at is None:
                return None
            _, cell = self._idle.pop(at)
        if cell.alive():
            return cell
        self._work.put(cell.bury)
        return None

    def done(self, plan: Plan, cell: Cell) -> None:
        """Bury a used cell, and start the next one of its plan, both beside the caller."""
        with self._lock:
            if not self._closed:
                self._work.put(cell.bury)
                self._work.put(lambda: self._refill(plan))
                return
        cell.bury()

    def close(self) -> None:
        """End all idle cells, and the thread. Idempotent."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        self._work.put(None)
        self._thread.join()
        for _, cell in self._idle:
            cell.bury()
        self._idle.clear()

    def _serve(self) -> None:
        while (work := self._work.get()) is not None:
            work()

    def _refill(self, plan: Plan) -> None:
        with self._lock:
            if self._closed or any(known == plan for known, _ in self._idle):
                return
        with suppress(SandboxLost):
            cell = self._start(plan)
            with self._lock:
                self._idle.append((plan, cell))
                surplus = self._idle[:-_MOST]
                del self._idle[:-_MOST]
            for _, old in surplus:
                old.bury()
