"""The public fake: real states, scripted runs. For tests that must not start a process each."""

import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import EnvironmentBuildFailed
from sandbox.protocol import (
    Capabilities,
    EnvironmentId,
    EnvironmentSpec,
    RunResult,
    RunSpec,
    StateId,
)
from sandbox.states import GitStates

Script = Callable[[Mapping[str, bytes], RunSpec], RunResult]
"""Answers a run from the regular files of its state (path → content) and the command."""


@dataclass(frozen=True, slots=True)
class Call:
    """One run that was asked for."""

    environment: EnvironmentId
    base: StateId
    state: StateId
    spec: RunSpec


class MemorySandbox:
    """The `Sandbox` protocol without isolation, because nothing is executed."""

    def __init__(
        self,
        script: Script | None = None,
        states: GitStates | None = None,
        *,
        features: tuple[str, ...] = (),
    ) -> None:
        """Without a script every run succeeds silently; without states they are temporary."""
        self._features = features
        self._script = script or _succeed
        self._folder = None if states else tempfile.TemporaryDirectory(prefix="budwood-states-")
        self._states = states or GitStates(Path(self._folder.name if self._folder else ""))
        self._lock = threading.Lock()
        self.calls: list[Call] = []
        """Every run in the order in which it was asked for."""
        self.prepared: list[EnvironmentSpec] = []
        """Every environment that was asked for."""

    @property
    def states(self) -> GitStates:
        """A real store."""
        return self._states

    def capabilities(self) -> Capabilities:
        """Nothing is enforced: nothing runs."""
        return Capabilities(provider="memory", isolation=(), limits=(), features=self._features)

    def prepare(self, spec: EnvironmentSpec) -> EnvironmentId:
        """A name that depends on the spec alone. Raises: EnvironmentBuildFailed for an image."""
        if spec.image is not None:
            raise EnvironmentBuildFailed("the fake has no images")
        with self._lock:
            self.prepared.append(spec)
        names = [*sorted(spec.requirements), *sorted(spec.wanted)]
        python = f"@{spec.python}" if spec.python else ""
        return EnvironmentId("memory" + "".join(f"+{name}" for name in names) + python)

    def run(
        self, environment: EnvironmentId, base: StateId, state: StateId, spec: RunSpec
    ) -> RunResult:
        """Ask the script."""
        files = {path: self._states.read(state, path) or b"" for path in self._states.paths(state)}
        with self._lock:
            self.calls.append(Call(environment, base, state, spec))
        return self._script(files, spec)

    def close(self) -> None:
        """Remove the temporary states. Idempotent."""
        if self._folder is not None:
            self._states.close()
            self._folder.cleanup()


def _succeed(files: Mapping[str, bytes], spec: RunSpec) -> RunResult:
    del files, spec
    return RunResult(outcome="ok", exit_code=0)
