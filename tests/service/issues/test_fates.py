"""A line for each patch that was given, whatever became of it."""

from dataclasses import replace

from agents.domain import Candidate, External, Issue, Outcome, Rung, Verdict
from agents.settings import SearchSettings
from agents.store import SearchRecord, StoredTrial
from service.issues.fates import fates

OUTCOMES = (
    Outcome(trial=0, kind="expanded", state="x", solved=True, brought={"tests/t.py": b"t"}),
    Outcome(trial=1, kind="expanded", state="x", solved=True),
    Outcome(trial=2, kind="expanded", state="y", solved=True),
    Outcome(trial=3, kind="expanded", state="z", tests={f"issue::{n}": "failed" for n in range(5)}),
    Outcome(trial=4, kind="failed", reason="does_not_apply", feedback="it does not apply: why"),
    Outcome(trial=5, kind="expanded", state="w", solved=True),
    Outcome(trial=6, kind="lost", reason="the sandbox died"),
)
REFUSED = Candidate(
    trial=2,
    state="y",
    patch=b"",
    summary="",
    cluster=0,
    changed_lines=1,
    rungs=(Rung(name="applies", passed=True), Rung(name="regression", passed=False, detail="t::a")),
)
RECORD = SearchRecord(
    id="s",
    issue=Issue(
        repo="r",
        base_commit="c",
        problem_statement="p",
        candidates=tuple(External(name=name, patch=b"d") for name in "abcdefgh"),
    ),
    settings=SearchSettings(),
    trials=tuple(
        StoredTrial(number=n, node=0, ordinal=n, told=n, outcome=outcome)
        for n, outcome in enumerate(OUTCOMES)
    ),
    verdict=Verdict(decision="patch", reason="", chosen=0, candidates=(REFUSED,)),
)


def test_each_is_told_by_name() -> None:
    assert {fate.name: fate.told for fate in fates(RECORD)} == {
        "a": "chosen",
        "b": "passes, the same as a",
        "c": "refused by regression: t::a",
        "d": "fails issue::0, issue::1, issue::2 and 2 more",
        "e": "it does not apply: why",
        "f": "passes",
        "g": "the sandbox died",
        "h": "not tried",
    }


def test_what_came_with_it_and_whether_it_passed_are_told_too() -> None:
    first, second, *_, last = fates(RECORD)
    assert (first.passed, first.left_out, first.same_as) == (True, ("tests/t.py",), None)
    assert (second.same_as, last.passed) == ("a", False)


def test_a_slow_one_is_said_to_be_slow() -> None:
    slow = StoredTrial(number=0, node=0, ordinal=0, told=0,
                       outcome=Outcome(trial=0, kind="expanded", state="x", tests={"t": "passed"}))  # fmt: skip
    (fate, *_) = fates(replace(RECORD, trials=(slow,), verdict=None))
    assert fate.told == "is not fast enough"
