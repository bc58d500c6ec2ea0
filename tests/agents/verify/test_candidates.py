from agents.domain import Outcome, Reproduction
from agents.verify.candidates import put_up

OWN = Reproduction(targets=("issue::1",))
WRITTEN = Reproduction(targets=("written::1",), written=("written::1",), quorum=1)


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


def trials(reproduction: Reproduction, most: int = 8) -> list[int]:
    return [outcome.trial for outcome in put_up(FOUND, reproduction, most)]


def test_where_the_issues_own_code_must_pass_only_finished_states_are_put_up() -> None:
    assert trials(OWN) == [1, 4]


def test_where_a_model_wrote_the_tests_others_fill_up_the_number_by_value() -> None:
    assert trials(WRITTEN) == [1, 4, 0, 3]
    assert trials(WRITTEN, most=3) == [1, 4, 3]


def test_no_more_than_so_many_are_put_up_the_most_valued() -> None:
    assert trials(OWN, most=1) == [1]
