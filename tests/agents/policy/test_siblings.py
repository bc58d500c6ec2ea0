"""Edits that were tried before, on a real store of states."""

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agents.domain import Step
from agents.policy.protocol import Position
from agents.policy.siblings import twin
from sandbox.memory import MemorySandbox
from sandbox.protocol import StateId, States
from tests.agents.policy.small_tree import POSITION


@pytest.fixture
def states(tmp_path: Path) -> Iterator[States]:
    sandbox = MemorySandbox()
    yield sandbox.states
    sandbox.close()


@pytest.fixture
def base(states: States, tmp_path: Path) -> StateId:
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / "a.py").write_text("x = 1\n")
    for command in ("init -q", "add .", "-c user.name=a -c user.email=a@b commit -qm base"):
        subprocess.run(["git", *command.split()], cwd=folder, check=True)
    return states.import_commit(folder, "HEAD")[0]


def position(base: StateId, state: StateId, *tried: Step) -> Position:
    preparation = replace(POSITION.preparation, base=base)
    return replace(POSITION, preparation=preparation, state=state, tried=tried)


def step(states: States, base: StateId, state: StateId) -> Step:
    return Step(summary="s", patch=states.diff(base, state), value=0.5, feedback="")


def test_an_edit_is_known_by_the_state_it_comes_to(states: States, base: StateId) -> None:
    below = states.fork(base, {"b.py": b"y = 1\n"})
    known = step(states, base, states.fork(below, {"a.py": b"x = 2\n"}))
    here = position(base, below, known)
    assert twin({"a.py": b"x = 2\n"}, here, states) == known
    assert twin({"a.py": b"x = 2\n", "b.py": b"y = 1\n"}, here, states) == known
    assert twin({"a.py": b"x = 3\n"}, here, states) is None


def test_what_made_no_state_is_no_twin(states: States, base: StateId) -> None:
    known = step(states, base, states.fork(base, {"a.py": b"x = 2\n"}))
    failed = replace(known, value=None)
    assert twin({"a.py": b"x = 2\n"}, position(base, base, failed), states) is None
    assert twin({"a.py": b"x = 2\n"}, position(base, base), states) is None
