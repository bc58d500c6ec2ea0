from collections.abc import Sequence
from dataclasses import replace

from agents.domain import Outcome, Reproduction
from agents.verify.candidates import put_up

OWN = Reproduction(targets=("issue::1",))
NAMES = ("written::1", "written::2", "written::3")
WRITTEN = Reproduction(targets=NAMES, written=NAMES, quorum=2)


def state(trial: int, name: str, value: float, *, solved: bool) -> Outcome:
    return Outcome(trial=trial, kind="expanded", state=name, patch=b"p", value=value, solved=solved)


FOUND = [
    state(0, "a", 0.2, solved=False),
    state(1, "b", 1.0, solved=True),
    state(2, "b", 1.0, solved=True),
    state(3, "c", 0.7, solved=False),
    state(4, "d", 1.0, solved=True),
    Outcome(trial=5, kind="failed", reason="invalid"),
    Outcome(trial=6, kind="expanded", state="e", patch=b"", value=0.9, stage="plan"),
]


def trials(
    reproduction: Reproduction, most: int = 8, found: Sequence[Outcome] = FOUND
) -> list[int]:
    return [outcome.trial for outcome in put_up(found, reproduction, most)]


def test_where_the_issues_own_code_must_pass_only_finished_states_are_put_up() -> None:
    assert trials(OWN) == [1, 4]


SOME = {"written::1": "passed", "written::2": "failed", "written::3": "failed"}
UNSOLVED = [
    replace(state(0, "a", 0.3, solved=False), tests=SOME),
    replace(state(1, "b", 0.4, solved=False), tests=SOME),
    replace(state(2, "b", 0.4, solved=False), tests=SOME),
    replace(state(3, "c", 0.9, solved=False), tests=dict.fromkeys(NAMES, "failed")),
    replace(state(4, "d", 0.9, solved=False), tests=SOME, regressions=("t::keep",)),
    state(5, "e", 0.9, solved=False),
]


def test_beside_a_finished_state_no_other_is_put_up_whoever_wrote_the_tests() -> None:
    assert trials(WRITTEN, found=[*UNSOLVED, state(6, "f", 1.0, solved=True)]) == [6]


def test_without_one_those_that_pass_some_test_that_a_model_wrote_and_break_nothing() -> None:
    assert trials(WRITTEN, found=UNSOLVED) == [0, 1]
    assert trials(WRITTEN, found=UNSOLVED, most=1) == [1]


def test_some_of_the_issues_own_tests_are_not_enough() -> None:
    assert trials(Reproduction(targets=NAMES), found=UNSOLVED) == []


def test_no_more_than_so_many_are_put_up_the_most_valued() -> None:
    assert trials(OWN, most=1) == [1]
