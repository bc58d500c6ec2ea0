import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sandbox.bounded import BoundedSandbox
from sandbox.memory import MemorySandbox
from sandbox.protocol import EnvironmentSpec, RunResult, RunSpec


class Turnstile:
    """A run ends once so many are under way together, which proves that they may be."""

    def __init__(self, together: int) -> None:
        self._gate = threading.Barrier(together)
        self._lock = threading.Lock()
        self._inside = 0
        self.most = 0

    def run(self, _files: object, _spec: RunSpec) -> RunResult:
        with self._lock:
            self._inside += 1
            self.most = max(self.most, self._inside)
        self._gate.wait(timeout=60)
        with self._lock:
            self._inside -= 1
        return RunResult(outcome="ok", exit_code=0)


def test_as_many_runs_as_slots_are_under_way_and_never_more(repository: Path) -> None:
    turnstile = Turnstile(2)
    sandbox = BoundedSandbox(MemorySandbox(turnstile.run), 2)
    environment = sandbox.prepare(EnvironmentSpec())
    state, _ = sandbox.states.import_commit(repository, "HEAD")
    with ThreadPoolExecutor(8) as pool:
        runs = [
            pool.submit(sandbox.run, environment, state, state, RunSpec(argv=(str(n),)))
            for n in range(8)
        ]
        assert {run.result().outcome for run in runs} == {"ok"}
    assert turnstile.most == 2
    sandbox.close()
