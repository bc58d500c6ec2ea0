"""Candidate patches as JSON lines: one for each (task, source), written when all its trials are done.

A line holds what a selector may know and, in a field of its own, what graders found.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from agents.domain import TestStatus

Source = Literal["llm", "mutation"]
"""Who proposed: a language model, or templates without one."""
SOURCES: tuple[Source, ...] = ("llm", "mutation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """One trial: an edit of the base, or why there was none."""

    trial: int
    kind: str
    reason: str = ""
    state: str | None = None
    """The tree that it made; None where it could not be used."""
    patch: str = ""
    """Against the base; empty where there is none."""
    summary: str = ""
    origin: str = ""
    solved: bool = False
    """It passes every test that the search sees."""
    tests: Mapping[str, TestStatus]
    """What the search itself saw of the issue's tests, and which of the repository's broke."""
    tokens: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """All that one source proposed for one task."""

    task: str
    repo: str
    source: Source
    wanted: int
    """Trials asked of a model; for templates, distinct passing edits after which to stop."""
    trials: tuple[Sampled, ...]
    chosen: int | None
    """The trial that the search's own verdict chose."""
    right: tuple[int, ...]
    """Trials that the hidden tests accept. No selector is shown this."""
    settings: Mapping[str, Any]
    model_sha256: str = ""
    context_tokens: int | None = None
    """Most that a model's prompt holds; None where none is asked, and in lines that do not say."""
    seconds: float = 0.0
    date: str = ""
    versions: Mapping[str, str]

    @property
    def patches(self) -> tuple[Sampled, ...]:
        """Trials that brought a patch."""
        return tuple(trial for trial in self.trials if trial.patch)


Key = tuple[str, Source]


def load(path: Path) -> dict[Key, Sampling]:
    """(task, source) → its latest line. What a stopped machine left of a last line is passed over."""
    if not path.exists():
        return {}
    *lines, _ = path.read_text(encoding="utf-8").split("\n")
    found = [_sampling(row) for line in lines if (row := _parsed(line)) is not None]
    return {(sampling.task, sampling.source): sampling for sampling in found}


def append(path: Path, sampling: Sampling) -> None:
    """Durable when it returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torn = path.exists() and path.read_bytes()[-1:] not in {b"", b"\n"}
    # A patch may hold what is not UTF-8, which only escapes can carry.
    line = ("\n" if torn else "") + json.dumps(asdict(sampling)) + "\n"
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(file, line.encode())
        os.fsync(file)
    finally:
        os.close(file)


def _parsed(line: str) -> dict[str, Any] | None:
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return row if isinstance(row, dict) else None


def _sampling(row: dict[str, Any]) -> Sampling:
    trials = tuple(Sampled(**trial) for trial in row["trials"])
    return Sampling(**row | {"trials": trials, "right": tuple(row["right"])})
