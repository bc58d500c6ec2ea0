"""A small tree of plain dictionaries with positions in it, and a model that is listened to."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from agents.domain import Issue, Localisation, Preparation, Reproduction
from agents.llm.journal import Journal, MemoryCallStore
from agents.llm.pricing import FREE
from agents.llm.protocol import Reply, Request
from agents.llm.scripted import Line, ScriptedModel
from agents.llm.weighted import WeightedJournal
from agents.policy.llm_policy import LlmPolicy
from agents.policy.protocol import Position, Proposal
from sandbox.protocol import StateId

CORE = '''"""Small sums."""


def low(a, b):
    if a < b:
        return a
    return a


def unrelated(x):
    return x * 2
'''

BASE = StateId("base")


@dataclass
class DictStates:
    """States that are plain dictionaries; only what a policy reads."""

    trees: dict[str, dict[str, bytes]]

    def import_commit(self, repository: Path, revision: str) -> tuple[StateId, str]:
        raise NotImplementedError

    def fork(self, parent: StateId, changes: Mapping[str, bytes | None]) -> StateId:
        files = {**self.trees[parent], **changes}
        kept = {path: files[path] for path in sorted(files) if files[path] is not None}
        state = StateId(hashlib.sha256(repr(kept).encode()).hexdigest()[:40])
        self.trees[state] = kept  # type: ignore[assignment]
        return state

    def apply(self, base: StateId, patch: bytes) -> StateId:
        raise NotImplementedError

    def restore(self, base: StateId, patch: bytes, expected: StateId) -> StateId:
        raise NotImplementedError

    def diff(self, base: StateId, state: StateId) -> bytes:
        old, new = self.trees[base], self.trees[state]
        paths = sorted({*old, *new})
        return repr([(p, new.get(p)) for p in paths if old.get(p) != new.get(p)]).encode()

    def changed(self, base: StateId, state: StateId) -> Mapping[str, bytes | None]:
        raise NotImplementedError

    def paths(self, state: StateId) -> tuple[str, ...]:
        return tuple(sorted(self.trees[state]))

    def read(self, state: StateId, path: str) -> bytes | None:
        return self.trees[state].get(path)


def tree(**changes: bytes) -> DictStates:
    files = {"pkg/core.py": CORE.encode(), "pkg/far.py": b"z = 1\n", "tests/test_core.py": b"t\n"}
    return DictStates({BASE: files, "next": {**files, **changes}})


POSITION = Position(
    search="s",
    trial=4,
    issue=Issue(repo="r", base_commit="c", problem_statement="low(2, 1) gives 2, not 1."),
    preparation=Preparation(
        base=BASE,
        commit="c",
        environment="e",
        localisation=Localisation(
            lines={"pkg/core.py": {5: 0.5, 7: 1.0}, "tests/test_core.py": {1: 1.0}},
            text_hits={"pkg/core.py": 0.1},
        ),
        reproduction=Reproduction(failures={"issue::1": "AssertionError: assert 2 == 1"}),
    ),
    state=BASE,
    ordinal=0,
    seed="7:4",
)


class Recorder:
    """A scripted model that keeps what it was asked."""

    def __init__(self, *replies: str | Line, finish_reason: str = "") -> None:
        self.requests: list[Request] = []
        self._script, self._finish_reason = ScriptedModel(replies), finish_reason

    def complete(self, request: Request) -> Reply:
        self.requests.append(request)
        reply = self._script.complete(request)
        return replace(reply, finish_reason=self._finish_reason or reply.finish_reason)

    def propose(
        self, position: Position = POSITION, states: DictStates | None = None, **options: Any
    ) -> Proposal:
        """Every call is journalled under the trial, counted from 0."""
        store = MemoryCallStore()
        policy = LlmPolicy((WeightedJournal("m", Journal(self, store, FREE)),), **options)
        result = policy.propose(position, states or tree())
        calls = [("s", position.trial, n) for n in range(len(self.requests))]
        assert list(store.records) == calls
        return result


def block(search: str, replaced: str, path: str = "pkg/core.py") -> str:
    return f"{path}\n<<<<<<< SEARCH\n{search}\n=======\n{replaced}\n>>>>>>> REPLACE\n"


def call(name: str, **arguments: object) -> dict[str, Any]:
    """A function call, as a line of a script holds it."""
    return {"name": name, "arguments": arguments}


def calls(*made: dict[str, Any], text: str = "") -> Line:
    """A reply that makes them."""
    return Line(text=text, tool_calls=made)
