"""Finished runs as JSON lines, one for each (task, configuration, seed, model, budget).

A line is written by one call and is on the disk before the next run begins, so that stopping at any
moment loses the run under way and nothing else.
"""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.search_quality.configurations import Budget

Key = tuple[str, str, int, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One trial. `tokens`: prompt and completion of all its calls."""

    number: int
    tokens: int
    kind: str
    reason: str = ""
    value: float = 0.0
    solved: bool = False
    """Passes every visible test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one configuration made of one task."""

    task: str
    configuration: str
    seed: int
    model: str
    budget: dict[str, Any]
    resolved: bool
    """By the hidden tests."""
    state: str
    """``done``: a patch was chosen; ``abstained``: none was."""
    reason: str
    chosen: int | None
    """The chosen patch's trial."""
    prompt_tokens: int
    completion_tokens: int
    calls: int
    seconds: float
    """From the first trial to the verdict. A reply that another configuration had asked for before
    counts as long as it took then."""
    preparing_s: float
    trials: tuple[Tried, ...]
    settings: dict[str, Any]
    model_sha256: str
    date: str
    versions: dict[str, str]

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens

    @property
    def wrong(self) -> bool:
        """A patch was chosen that the hidden tests refuse."""
        return self.state == "done" and not self.resolved

    @property
    def key(self) -> Key:
        return key(self.task, self.configuration, self.seed, self.model, self.budget)

    @property
    def cost(self) -> float | None:
        """Tokens up to and with the trial that resolved the task; None where it was not.

        Exact where a search ends at its first candidate: to stop there earlier would have chosen
        the same patch.
        """
        if not self.resolved or self.chosen is None:
            return None
        return float(sum(trial.tokens for trial in self.trials if trial.number <= self.chosen))


def key(task: str, configuration: str, seed: int, model: str, budget: dict[str, Any]) -> Key:
    """What makes two runs the same. The policy without a model is the same beside every model."""
    named = "" if configuration == "mutation" else model
    return task, configuration, seed, named, json.dumps(budget, sort_keys=True)


def load(path: Path) -> tuple[Run, ...]:
    """All whole lines; what a stopped machine left of a last one is passed over."""
    if not path.exists():
        return ()
    *lines, _ = path.read_text(encoding="utf-8").split("\n")
    return tuple(_run(row) for line in lines if (row := _parsed(line)) is not None)


def append(path: Path, run: Run) -> None:
    """Durable when it returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torn = path.exists() and path.read_bytes()[-1:] not in {b"", b"\n"}
    line = ("\n" if torn else "") + json.dumps(asdict(run), ensure_ascii=False) + "\n"
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(file, line.encode())
        os.fsync(file)
    finally:
        os.close(file)


def of(runs: Sequence[Run], model: str, budget: Budget) -> Iterator[Run]:
    """Those of one model and budget: what may be compared."""
    for run in runs:
        if run.key == key(run.task, run.configuration, run.seed, model, asdict(budget)):
            yield run


def _parsed(line: str) -> dict[str, Any] | None:
    try:
        row: dict[str, Any] = json.loads(line)
    except ValueError:
        return None
    return row


def _run(row: dict[str, Any]) -> Run:
    return Run(**{**row, "trials": tuple(Tried(**trial) for trial in row["trials"])})
