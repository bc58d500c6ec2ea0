"""Where a search lives between two steps: the port that the engine writes to.

`service` implements it with SQL; `MemoryStore` is the fake. Truth is append-only: an outcome is
inserted once, and the tree is its fold.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from agents.domain import Issue, Outcome, Preparation, Stage, Verdict
from agents.errors import SearchConflict
from agents.search.tree import NodeId, Opening, SearchTree, TrialResult, fold
from agents.settings import SearchSettings

Phase = Literal["queued", "preparing", "searching", "verifying", "done", "abstained", "failed"]
FINAL: tuple[Phase, ...] = ("done", "abstained", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTrial:
    """A trial and, once told, its outcome."""

    number: int
    node: int
    ordinal: int
    told: int
    """How many trials had been told when this one was opened: those numbered below `told`."""
    stage: Stage = "edit"
    arm: str | None = None
    """The model that is to propose, where the strategy chose one."""
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRecord:
    """All that is known of a search."""

    id: str
    issue: Issue
    settings: SearchSettings
    phase: Phase = "queued"
    cause: str | None = None
    """Why it failed, with the remedy."""
    preparation: Preparation | None = None
    trials: tuple[StoredTrial, ...] = ()
    """By number, without gaps."""
    verdict: Verdict | None = None
    started_at: float | None = None
    """POSIX seconds at which preparing began."""

    @property
    def known(self) -> int:
        """How many trials, counted from the first without a gap, have an outcome."""
        for trial in self.trials:
            if trial.outcome is None:
                return trial.number
        return len(self.trials)


def result_of(outcome: Outcome) -> TrialResult:
    """What the tree needs to know of an outcome."""
    return TrialResult(
        trial=outcome.trial,
        kind=outcome.kind,
        state=place_of(outcome),
        value=outcome.value,
        solved=outcome.solved,
        prior=outcome.prior,
        credited=not outcome.origin or outcome.origin.startswith("llm:"),
    )


def place_of(outcome: Outcome) -> str:
    """What a tree calls the state that an outcome reached: its StateId, and a digest of the note
    where there is one, so that two notes on one workspace are two places."""
    if outcome.note is None:
        return outcome.state or ""
    digest = hashlib.sha256(repr(outcome.note).encode()).hexdigest()
    return f"{outcome.state}+{digest[:16]}"


def history(trials: Sequence[StoredTrial]) -> Iterator[Opening | TrialResult]:
    """Openings and results in the order in which the tree saw them, up to the last opening.

    Results are told in the order of trial numbers, however the trials came back: so the tree does
    not depend on which worker was faster.
    """
    told = 0
    for trial in trials:
        yield from _results(trials[told : trial.told])
        told = trial.told
        yield Opening(NodeId(trial.node), trial.stage, trial.arm)


def bare_tree(record: "SearchRecord") -> SearchTree:
    """The tree before its first trial. Raises: ValueError if the search is not prepared yet."""
    if record.preparation is None:
        raise ValueError(f"search {record.id} is not prepared yet")
    settings = record.settings
    return SearchTree.rooted(record.preparation.base, 0.0, settings.max_depth, settings.max_breadth)


def grown_tree(record: "SearchRecord") -> SearchTree:
    """The tree with every result in it that is known without a gap.

    Raises: ValueError if the search is not prepared yet.
    """
    tree = fold(bare_tree(record), history(record.trials))
    told = record.trials[-1].told if record.trials else 0
    return fold(tree, _results(record.trials[told : record.known]))


def tree_json(record: "SearchRecord") -> str:
    """The tree, what became of each trial, and the choice, as JSON: equal searches give equal
    bytes. One line for each node and trial, so that a text comparison shows what differs.

    Times, costs and what people read are left out: none of it decides anything.

    Raises: ValueError if the search is not prepared yet.
    """
    parts = {
        "nodes": [
            {name: getattr(node, name) for name in _NODE} for node in grown_tree(record).nodes
        ],
        "trials": [_trial_document(trial) for trial in record.trials],
        "verdict": [_verdict_document(record.verdict)] if record.verdict else [],
    }
    blocks = (
        f'"{name}":[\n' + ",\n".join(json.dumps(row, sort_keys=True) for row in rows) + "\n]"
        for name, rows in parts.items()
    )
    return "{" + ",\n".join(blocks) + "}\n"


_NODE = ("id", "parent", "trial", "stage", "state", "depth", "value", "visits", "value_sum",
         "solved", "merged_with")  # fmt: skip


def _trial_document(trial: StoredTrial) -> dict[str, object]:
    names = ("number", "node", "ordinal", "told", "stage", "arm")
    opened = {name: getattr(trial, name) for name in names}
    if trial.outcome is None:
        return opened | {"kind": "open"}
    told = {name: getattr(trial.outcome, name) for name in ("kind", "reason", "value", "solved")}
    tests = dict(trial.outcome.tests)
    return opened | told | {"tests": tests, "patch": _text(trial.outcome.patch)}


def _verdict_document(verdict: Verdict) -> dict[str, object]:
    return {
        "decision": verdict.decision,
        "chosen": verdict.chosen,
        "runner_up": verdict.runner_up,
        "patch": _text(verdict.patch),
        "candidates": [
            {"trial": c.trial, "cluster": c.cluster, "rungs": {r.name: r.passed for r in c.rungs}}
            for c in verdict.candidates
        ],
    }


def _text(patch: bytes) -> str:
    """Readable where it is text, and different for different bytes in any case."""
    return patch.decode("utf-8", "surrogateescape")


def path_to(trials: Sequence[StoredTrial], trial: StoredTrial) -> tuple[int, ...]:
    """The trials that made the nodes from the root to where `trial` was opened, in that order.

    Nodes are numbered as they are made, and results are told in the order of trials: so node n was
    made by the n-th trial that expanded, and no tree has to be grown to know that.
    """
    makers = [t for t in trials[: trial.told] if t.outcome and t.outcome.kind == "expanded"]
    path: list[int] = []
    node = trial.node
    while node:
        path.append(makers[node - 1].number)
        node = makers[node - 1].node
    return tuple(reversed(path))


def _results(trials: Sequence[StoredTrial]) -> Iterator[TrialResult]:
    for trial in trials:
        if trial.outcome is None:
            raise ValueError(f"trial {trial.number} has no outcome yet")
        yield result_of(trial.outcome)


class SearchStore(Protocol):
    """Each call is one transaction."""

    def load(self, search: str) -> SearchRecord:
        """Raises: KeyError for an unknown search."""
        ...

    def set_phase(self, search: str, phase: Phase, cause: str | None = None) -> None:
        """Move on; an event is stored with it."""
        ...

    def save_preparation(self, search: str, preparation: Preparation) -> None:
        """Store what every branch shares, once; a second call is ignored."""
        ...

    def open_trials(self, search: str, trials: Sequence[StoredTrial]) -> None:
        """Insert trials. Raises: SearchConflict if one of the numbers exists."""
        ...

    def record_outcome(self, search: str, outcome: Outcome, *, fence: int = 0) -> bool:
        """Insert a trial's one outcome. False: it has one already, or the fence is old."""
        ...

    def save_verdict(self, search: str, verdict: Verdict) -> None:
        """Store the decision and move to ``done`` or ``abstained``."""
        ...

    def emit(self, search: str, kind: str, data: Mapping[str, object]) -> None:
        """Append a numbered event."""
        ...


@dataclass(slots=True)
class MemoryStore:
    """The fake: everything in dictionaries."""

    searches: dict[str, SearchRecord] = field(default_factory=dict)
    events: list[tuple[str, str, Mapping[str, object]]] = field(default_factory=list)

    def add(self, record: SearchRecord) -> None:
        """Put a search in."""
        self.searches[record.id] = record

    def load(self, search: str) -> SearchRecord:
        return self.searches[search]

    def set_phase(self, search: str, phase: Phase, cause: str | None = None) -> None:
        self._change(search, phase=phase, cause=cause)
        self.emit(search, "phase", {"phase": phase, "cause": cause})

    def save_preparation(self, search: str, preparation: Preparation) -> None:
        if self.load(search).preparation is None:
            self._change(search, preparation=preparation)

    def open_trials(self, search: str, trials: Sequence[StoredTrial]) -> None:
        known = self.load(search).trials
        if any(trial.number < len(known) for trial in trials):
            raise SearchConflict(f"search {search}: a trial of that number is open already")
        self._change(search, trials=known + tuple(trials))

    def record_outcome(self, search: str, outcome: Outcome, *, fence: int = 0) -> bool:  # noqa: ARG002
        trials = list(self.load(search).trials)
        if trials[outcome.trial].outcome is not None:
            return False
        trials[outcome.trial] = replace(trials[outcome.trial], outcome=outcome)
        self._change(search, trials=tuple(trials))
        return True

    def save_verdict(self, search: str, verdict: Verdict) -> None:
        self._change(search, verdict=verdict)
        self.set_phase(search, "done" if verdict.decision == "patch" else "abstained")

    def emit(self, search: str, kind: str, data: Mapping[str, object]) -> None:
        self.events.append((search, kind, data))

    def _change(self, search: str, **changes: object) -> None:
        self.searches[search] = replace(self.searches[search], **changes)  # type: ignore[arg-type]
