"""All text that a search touched, so that a test can look for what it must never have seen.

`PLACES` is the list: whoever gives a search a new way to the outside adds a place there.
"""

import base64
import binascii
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import structlog
from rich.console import Console
from sqlalchemy import text

from agents.domain import Issue
from agents.settings import SearchSettings
from agents.store import SearchRecord
from sandbox.around import Around
from sandbox.protocol import (
    EnvironmentId,
    EnvironmentSpec,
    RunResult,
    RunSpec,
    Sandbox,
    StateId,
    States,
)
from service.commands.local import LocalSearches, open_local
from service.config import Settings
from service.kit.database import Database
from service.kit.logs import configure
from service.models.metadata import METADATA
from tests.agents.llm.fake_openai import FakeOpenAi


@dataclass(slots=True)
class Witness:
    """Notes what passes by. `requests`: what a model's server was sent."""

    database: Database
    requests: list[dict[str, Any]]
    runs: list[bytes] = field(default_factory=list)
    """Commands with all that they get and give."""
    states: list[bytes] = field(default_factory=list)
    """Paths and contents of every file of every state that was run or made."""
    environments: list[bytes] = field(default_factory=list)
    logs: list[str] = field(default_factory=list)
    """Of the standard library's loggers."""
    events: Sequence[Mapping[str, Any]] = ()
    """Of structlog's."""
    known: set[StateId] = field(default_factory=set)

    def touched(self) -> dict[str, bytes]:
        """Place → all its text so far."""
        return {name: b"\n".join(told(self)) for name, told in PLACES.items()}


class WatchedStates:
    """States whose files are noted when one is made."""

    def __init__(self, inner: States, witness: Witness) -> None:
        self._inner, self._witness = inner, witness

    def import_commit(self, repository: Path, revision: str) -> tuple[StateId, str]:
        state, commit = self._inner.import_commit(repository, revision)
        return self.note(state), commit

    def fork(self, parent: StateId, changes: Mapping[str, bytes | None]) -> StateId:
        return self.note(self._inner.fork(parent, changes))

    def apply(self, base: StateId, patch: bytes) -> StateId:
        return self.note(self._inner.apply(base, patch))

    def restore(self, base: StateId, patch: bytes, expected: StateId) -> StateId:
        return self.note(self._inner.restore(base, patch, expected))

    def diff(self, base: StateId, state: StateId) -> bytes:
        return self._inner.diff(base, state)

    def changed(self, base: StateId, state: StateId) -> Mapping[str, bytes | None]:
        return self._inner.changed(base, state)

    def paths(self, state: StateId) -> tuple[str, ...]:
        return self._inner.paths(state)

    def read(self, state: StateId, path: str) -> bytes | None:
        return self._inner.read(state, path)

    def note(self, state: StateId) -> StateId:
        if state not in self._witness.known:
            self._witness.known.add(state)
            for path in self._inner.paths(state):
                self._witness.states += [path.encode(), self._inner.read(state, path) or b""]
        return state


class WatchedSandbox(Around):
    """A sandbox whose runs are noted. Not for a grader: what it runs is no part of a search."""

    def __init__(self, inner: Sandbox, witness: Witness) -> None:
        super().__init__(inner)
        self._witness = witness
        self._states = WatchedStates(inner.states, witness)

    @property
    def states(self) -> States:
        return self._states

    def prepare(self, spec: EnvironmentSpec) -> EnvironmentId:
        self._witness.environments.append(repr(spec).encode())
        return self._inner.prepare(spec)

    def run(
        self, environment: EnvironmentId, base: StateId, state: StateId, spec: RunSpec
    ) -> RunResult:
        self._states.note(base)
        self._states.note(state)
        result = self._inner.run(environment, base, state, spec)
        given = (*spec.argv, *spec.env, *spec.env.values(), spec.cwd, *spec.protect, *spec.preload)
        self._witness.runs += [*(word.encode() for word in given), spec.stdin]
        for name, content in (*spec.inputs.items(), *result.artefacts.items()):
            self._witness.runs += [name.encode(), content]
        streams = (result.stdout, result.stderr)
        self._witness.runs += [part for s in streams for part in (s.head, s.tail)]
        return result


def rows_of(database: Database, table: str) -> Iterator[bytes]:
    """Every value of a table; of JSON, every string, and what it holds where it is base64."""
    with database.read() as session:
        found = session.execute(text(f"SELECT * FROM {table}")).all()
    for value in (value for row in found for value in row):
        if isinstance(value, bytes):
            yield value
        elif value is not None:
            yield from strings_in(_as_json(str(value)))


def strings_in(value: object) -> Iterator[bytes]:
    """Keys and values at any depth, and what lies in base64 in them."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name.encode()
            yield from strings_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings_in(inner)
    else:
        yield str(value).encode()
        yield _from_base64(str(value))


def _as_json(value: str) -> object:
    try:
        return json.loads(value)
    except ValueError:
        return value


def _from_base64(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _table(name: str) -> Callable[[Witness], Iterable[bytes]]:
    return lambda witness: rows_of(witness.database, name)


PLACES: dict[str, Callable[[Witness], Iterable[bytes]]] = {
    "prompts": lambda witness: strings_in(list(witness.requests)),
    "sandbox runs": lambda witness: witness.runs,
    "states": lambda witness: witness.states,
    "environments": lambda witness: witness.environments,
    "logs": lambda witness: map(str.encode, (*witness.logs, *map(repr, witness.events))),
    **{f"table {table.name}": _table(table.name) for table in METADATA.sorted_tables},
}
"""Where a search can bring something to, or have it from."""


@dataclass(frozen=True, slots=True)
class WatchedSearches(LocalSearches):
    """Remembers what a search touched by its end: a grader comes later."""

    witness: Witness
    touched: dict[str, bytes] = field(default_factory=dict)

    def run(self, console: Console, issue: Issue, settings: SearchSettings) -> SearchRecord:
        record = LocalSearches.run(self, console, issue, settings)
        self.touched.update(self.witness.touched())
        return record


@contextmanager
def watched(settings: Settings, server: FakeOpenAi) -> Iterator[WatchedSearches]:
    """What `budwood solve` and `demo` work with, with a witness at every place."""
    with open_local(settings) as local:
        witness = Witness(local.store.database, server.requests)
        tools = local.engine.tools
        local.engine.tools = replace(
            tools,
            sandbox=WatchedSandbox(tools.sandbox, witness),
            fresh_sandbox=WatchedSandbox(tools.fresh_sandbox, witness),
        )
        with _listening(witness):
            yield WatchedSearches(local.engine, local.store, witness)


@contextmanager
def _listening(witness: Witness) -> Iterator[None]:
    """Every log line of any level, structlog's and the standard library's."""

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            witness.logs.append(record.getMessage())

    root, handler = logging.getLogger(), Handler(logging.DEBUG)
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    configure("DEBUG")
    try:
        with structlog.testing.capture_logs() as lines:
            witness.events = lines
            yield
    finally:
        configure("WARNING")
        root.setLevel(level)
        root.removeHandler(handler)
