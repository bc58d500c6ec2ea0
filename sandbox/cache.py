"""Equal states share their runs: a search visits the same tree by many ways."""

import hashlib
import json
import threading
from collections import OrderedDict
from concurrent.futures import Future

from sandbox.around import Around
from sandbox.protocol import (
    EnvironmentId,
    RunResult,
    RunSpec,
    Sandbox,
    StateId,
)

_Key = tuple[EnvironmentId, StateId, str]


class CachingSandbox(Around):
    """A `Sandbox` that keeps the results of another. Safe under threads.

    Results are shared objects: treat their artefacts as read-only. Timeouts are not kept, since
    they depend on the machine's load; nor is a run that raised.
    """

    def __init__(self, inner: Sandbox, *, entries: int = 2048, megabytes: int = 256) -> None:
        """Keep at most so many results of so many megabytes of output and artefacts together."""
        super().__init__(inner)
        self._entries = entries
        self._bytes = megabytes << 20
        self._lock = threading.Lock()
        self._kept: OrderedDict[_Key, RunResult] = OrderedDict()
        self._size = 0
        self._running: dict[_Key, Future[RunResult]] = {}
        self.hits = 0
        """Runs that were answered without executing: kept, or under way in another thread."""
        self.misses = 0
        """Runs that were executed."""

    def run(
        self, environment: EnvironmentId, base: StateId, state: StateId, spec: RunSpec
    ) -> RunResult:
        """Run once for all equal (environment, state, spec). Raises: what the inner one does."""
        # What is protected comes from the base.
        key = (environment, state, digest(spec) + (base if spec.protect else ""))
        while True:
            with self._lock:
                if (kept := self._kept.get(key)) is not None:
                    self._kept.move_to_end(key)
                    self.hits += 1
                    return kept
                leader = self._running.get(key)
                if leader is None:
                    promise: Future[RunResult] = Future()
                    self._running[key] = promise
                    self.misses += 1
                    break
            if leader.exception() is None:
                with self._lock:
                    self.hits += 1
                return leader.result()
            # The other thread's run was lost; that is no answer to ours.
        return self._lead(key, promise, base, spec)

    def close(self) -> None:
        """Forget everything and close the inner sandbox. Idempotent."""
        with self._lock:
            self._kept.clear()
            self._size = 0
        self._inner.close()

    def _lead(
        self, key: _Key, promise: Future[RunResult], base: StateId, spec: RunSpec
    ) -> RunResult:
        environment, state, _ = key
        try:
            result = self._inner.run(environment, base, state, spec)
        except BaseException as error:
            self._settle(key, None)
            promise.set_exception(error)
            raise
        self._settle(key, result)
        promise.set_result(result)
        return result

    def _settle(self, key: _Key, result: RunResult | None) -> None:
        with self._lock:
            del self._running[key]
            if result is None or result.outcome == "timeout":
                return
            self._kept[key] = result
            self._size += _weight(result)
            while len(self._kept) > self._entries or self._size > self._bytes:
                _, dropped = self._kept.popitem(last=False)
                self._size -= _weight(dropped)


def digest(spec: RunSpec) -> str:
    """A name for everything in a spec that may change what a run gives."""
    limits = (
        spec.wall_s,
        spec.cpu_s,
        spec.memory_mb,
        spec.pids,
        spec.disk_mb,
        spec.output_bytes,
        spec.artefact_bytes,
    )
    inputs = {name: hashlib.sha256(data).hexdigest() for name, data in spec.inputs.items()}
    given = hashlib.sha256(spec.stdin).hexdigest(), spec.cwd, spec.protect, spec.preload
    parts = (spec.argv, dict(spec.env), inputs, spec.artefacts, limits, given)
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _weight(result: RunResult) -> int:
    streams = (result.stdout, result.stderr)
    output = sum(len(stream.head) + len(stream.tail) for stream in streams)
    return output + sum(map(len, result.artefacts.values())) + 1024
