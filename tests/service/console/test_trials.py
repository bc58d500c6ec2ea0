"""What is said of trials that brought no candidate."""

from agents.domain import Issue, Outcome, Verdict
from agents.settings import SearchSettings
from agents.store import SearchRecord, StoredTrial
from service.console.trials import SHOWN_LINES, became_of, nearest

NOTHING = Verdict(decision="abstained", reason="")


def record(*outcomes: Outcome) -> SearchRecord:
    """And one more trial that is open."""
    told = {outcome.trial: outcome for outcome in outcomes}
    return SearchRecord(
        id="s",
        issue=Issue(repo="r", base_commit="c", problem_statement="p"),
        settings=SearchSettings(),
        trials=tuple(
            StoredTrial(number=n, node=0, ordinal=n, told=0, outcome=told.get(n))
            for n in range(len(outcomes) + 1)
        ),
    )


def edit(trial: int, value: float) -> Outcome:
    return Outcome(
        trial=trial, kind="expanded", state=f"s{trial}", value=value, tests={"t": "failed"}
    )


def test_the_best_valued_is_nearest_and_of_equals_the_first() -> None:
    (line,) = nearest(record(edit(0, 0.25), edit(1, 0.75), edit(2, 0.75)), NOTHING)
    assert line == "Trial 1 came nearest, with value 0.75: fails t."


def test_a_plan_comes_near_nothing() -> None:
    plan = Outcome(trial=1, kind="expanded", state="s", stage="plan", value=0.9)
    (line,) = nearest(record(edit(0, 0.25), plan), NOTHING)
    assert line.startswith("Trial 0 ")


def test_where_no_edit_could_be_run_the_reasons_are_counted() -> None:
    failed = [
        Outcome(trial=n, kind="failed", reason=reason)
        for n, reason in enumerate(("does_not_apply", "empty", "does_not_apply"))
    ]
    (line,) = nearest(record(*failed), NOTHING)
    assert line == ("None of 3 trials made an edit that could be run: 2 does not apply, 1 empty.")
    assert nearest(record(), NOTHING) == ()


def test_long_feedback_is_cut_and_an_open_trial_is_said_to_be_one() -> None:
    long = Outcome(trial=0, kind="failed", reason="x", feedback="line\n" * (SHOWN_LINES + 2))
    told = became_of(record(long), 0)
    assert len(told) == SHOWN_LINES + 2
    assert told[-1] == "| and 2 more lines"
    assert "not tried to its end" in became_of(record(long), 1)[0]
