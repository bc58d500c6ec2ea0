"""Sentences made of the evidence alone."""

from dataclasses import replace

import pytest
from hypothesis import given

from agents.domain import Verdict
from agents.selection.evidence import Behaviour, Evidence, TestWeight
from agents.selection.pool import Judgement, Pool, Probe, Test
from agents.workload import SpeedUp
from service.console.why import why
from tests.service.any_value import any_value
from tests.service.console.sample_evidence import (
    ABSTAINED,
    OLD,
    RUNGS,
    VERDICT,
    candidate,
    results,
    with_pool,
)


def said(verdict: Verdict, other: int | None = None) -> str:
    return " ".join(why(verdict, other))


def judged(*pairs: tuple[str, str | None]) -> Verdict:
    """With judgements of 4 and 9: who was shown first, and who was preferred."""
    judgements = [
        Judgement(shown=(first, "9" if first == "4" else "4"), preferred=preferred)
        for first, preferred in pairs
    ]
    return with_pool(VERDICT, judgements=tuple(judgements))


def tied(**changes: object) -> Verdict:
    """A tie, with the runner-up's fields changed."""
    candidates = (VERDICT.candidates[0], candidate(9, **changes))
    return replace(VERDICT, tie=True, candidates=candidates)


def test_the_tests_are_counted_that_tell_the_two_apart() -> None:
    assert why(VERDICT)[0] == (
        "3 tests tell trial 4 from the runner-up, trial 9: 2 pass only on 4, 1 passes only on 9."
    )


def test_a_test_that_only_one_of_them_has_run_tells_nothing() -> None:
    ran = results("4 6 9", written_1="ppf", written_2="pp.", written_3=".pf")
    assert "1 test tells trial 4 from" in said(with_pool(VERDICT, results=ran))


@pytest.mark.parametrize(
    "test",
    [
        Test(id="t", origin="written", stable=False),
        Test(id="t", origin="written", toxic="it contradicts the issue"),
        Test(id="t", origin="written", on_base="passed"),
        Test(id="t", origin="author", author="6"),
    ],
)
def test_a_test_without_a_vote_is_counted_apart(test: Test) -> None:
    pool = Pool(
        options=VERDICT.evidence.pool.options, tests=(test,), results=results("4 9", t="pf")
    )
    evidence = replace(VERDICT.evidence, pool=pool, weights={})
    assert why(replace(VERDICT, evidence=evidence))[:2] == (
        "No test tells trial 4 from the runner-up, trial 9.",
        "1 more test would, but has no vote.",
    )


def test_a_test_that_the_decision_silenced_has_no_vote() -> None:
    weights = dict(VERDICT.evidence.weights) | {
        "written::1": TestWeight(good=0.1, bits=0.0, silent="why not")
    }
    evidence = replace(VERDICT.evidence, weights=weights)
    assert "2 tests tell trial 4" in said(replace(VERDICT, evidence=evidence))


def test_outputs_are_held_against_what_was_said_to_be_right() -> None:
    assert (
        "1 of 1 input gives another output on trial 9; of 3 answers on which is right, "
        "2 name its own and 0 the other." in said(VERDICT)
    )


def test_an_answer_for_none_of_the_outputs_is_not_one_for_an_empty_output() -> None:
    probe = Probe(id="p", outputs={"4": "", "9": "x"}, believed=("", "x"))
    assert "0 name its own and 1 the other" in said(with_pool(VERDICT, probes=(probe,)))


def test_inputs_on_which_nothing_differs_are_not_mentioned() -> None:
    probe = Probe(id="p", outputs={"4": "1", "9": "1"})
    assert "input" not in said(with_pool(VERDICT, probes=(probe,)))


def test_the_sources_behind_each_behaviour_are_counted() -> None:
    assert "2 sources behave like it (belief 0.75), 1 source like trial 9 (0.12)." in said(VERDICT)


def test_the_repositorys_own_tests_are_mentioned_where_they_tell_the_two_apart() -> None:
    assert "repository's own" not in said(VERDICT)
    options = tuple(
        replace(option, regression="unknown") if option.key == "9" else option
        for option in VERDICT.evidence.pool.options
    )
    assert (
        "It passes the repository's own tests; trial 9 could not be held against the "
        "repository's own tests." in said(with_pool(VERDICT, options=options))
    )


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ([("4", "4"), ("9", "4")], "preferred it in both orders."),
        ([("4", "9"), ("9", "9")], "preferred trial 9 in both orders."),
        ([("4", "4"), ("9", "9")], "did not keep to its answer when the order changed: a tie."),
        ([("4", "4"), ("9", None)], "did not keep to its answer when the order changed: a tie."),
        ([("4", None), ("9", None)], "preferred neither in both orders: a tie."),
        ([("4", "4"), ("4", "4")], "was asked in one order only: a tie."),
    ],
)
def test_a_judge_counts_only_if_both_orders_agree(
    asked: list[tuple[str, str | None]], sentence: str
) -> None:
    assert f"The pairwise judge {sentence}" in said(judged(*asked))


def test_a_judgement_of_what_behaves_the_same_counts_for_it() -> None:
    shown = (("6", "9"), ("9", "6"))
    judgements = tuple(Judgement(shown=pair, preferred="6") for pair in shown)
    assert "preferred it in both orders" in said(with_pool(VERDICT, judgements=judgements))


def test_each_judge_is_told_apart() -> None:
    judgements = tuple(
        Judgement(shown=shown, preferred=preferred, judge=judge)
        for judge, preferred in (("debate", "9"), ("pairwise", "4"))
        for shown in (("4", "9"), ("9", "4"))
    )
    told = said(with_pool(VERDICT, judgements=judgements))
    assert "The debate judge preferred trial 9" in told
    assert "The pairwise judge preferred it" in told


def test_demands_are_counted_where_both_were_reviewed() -> None:
    assert "A reviewer found 1 of 2 demands met by it, 0 of 2 by trial 9." in said(VERDICT)
    evidence = replace(VERDICT.evidence, reviews=VERDICT.evidence.reviews[:1])
    assert "reviewer" not in said(replace(VERDICT, evidence=evidence))


def test_a_tie_says_how_it_was_settled() -> None:
    assert "settle" not in said(VERDICT)
    smaller, equal = said(tied(changed_lines=5)), said(tied())
    assert smaller.endswith("the smaller patch was taken, 2 changed lines against 5.")
    assert equal.endswith("the first was taken, 2 changed lines against 2.")


def test_a_tie_between_speeds_goes_to_the_faster_patch() -> None:
    fast, slow = (
        SpeedUp(ratio=ratio, low=ratio, high=ratio, p=0.01, base_s=(1.0,), state_s=(1.0,))
        for ratio in (4.0, 2.0)
    )
    chosen = candidate(4, speed=fast, changed_lines=9)
    verdict = replace(VERDICT, tie=True, candidates=(chosen, candidate(9, speed=slow)))
    assert said(verdict).endswith("the faster patch was taken.")


def test_another_candidate_can_be_compared_than_the_runner_up() -> None:
    assert why(VERDICT, 11) == ("Of trial 11, regression refused it: t::old failed.",)
    assert why(VERDICT, 6)[0] == "Nothing tells trial 4 from trial 6: they behave alike."


def test_a_lone_candidate_says_how_many_were_refused() -> None:
    evidence = replace(
        VERDICT.evidence, behaviours=(Behaviour(options=("4",), sources=1, probability=0.8),)
    )
    lone = replace(VERDICT, runner_up=None, evidence=evidence)
    assert why(lone) == ("No other candidate stands.", "1 candidate was refused on the ladder.")


def test_candidates_that_all_behave_alike_say_so() -> None:
    evidence = replace(VERDICT.evidence, behaviours=VERDICT.evidence.behaviours[:1])
    told = why(replace(VERDICT, runner_up=None, evidence=evidence))
    assert told[0] == (
        "All 2 candidates that stand behave alike, from 2 sources; nothing tells them apart."
    )


def test_an_abstention_names_the_nearest_and_what_was_against_it() -> None:
    assert why(ABSTAINED)[0] == (
        "Trial 4 came nearest (belief 0.75); no rung refused it: the belief of 0.40 is below 0.50."
    )
    assert "taken" not in said(replace(ABSTAINED, tie=True))


def test_where_none_stands_the_one_that_climbed_highest_came_nearest() -> None:
    low = candidate(1, rungs=(replace(RUNGS[0], passed=False, detail="no"),))
    high = candidate(2, rungs=(*RUNGS[:2], replace(RUNGS[2], passed=False, detail="t::old failed")))
    verdict = replace(ABSTAINED, evidence=Evidence(), candidates=(low, high))
    assert why(verdict)[0] == "Trial 2 came nearest; regression refused it: t::old failed."


def test_without_candidates_there_is_nothing_to_say() -> None:
    bare = Verdict(decision="abstained", reason="no idea")
    assert why(bare) == ("There was no candidate to choose.",)


def test_of_a_verdict_from_before_there_was_evidence_the_clusters_are_told() -> None:
    assert why(OLD) == ("1 of 3 accepted candidates has its source.",)


@given(any_value(Evidence))
def test_any_evidence_can_be_put_into_words(evidence: Evidence) -> None:
    for verdict in (VERDICT, ABSTAINED):
        told = why(replace(verdict, evidence=replace(evidence, behaviours=())))
        assert all(sentence.endswith(".") for sentence in told)
        assert told
