"""The evidence as a person reads it."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings

from agents.domain import Baseline, Verdict
from agents.selection.evidence import Behaviour, Evidence, Measure, TestWeight
from agents.selection.pool import Option, Pool, Test
from service.console.evidence_view import evidence_view
from service.console.matrix_view import MatrixView
from service.console.verdict_view import verdict_view
from tests.service.any_value import any_value
from tests.service.console.drawing import drawn, painted
from tests.service.console.sample_evidence import (
    ABSTAINED,
    EVIDENCE,
    OLD,
    VERDICT,
    candidate,
    results,
    with_pool,
)

SHOWN = drawn(evidence_view(VERDICT))
WIDE = 30
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def section(title: str, shown: str = SHOWN) -> list[str]:
    """The lines under a title."""
    lines = shown.split("\n")
    start = lines.index(title) + 1
    return [line.rstrip() for line in lines[start : lines.index("", start)]]


def crowd(candidates: int, tests: int) -> Verdict:
    """A verdict on many candidates and tests; each test passes on all."""
    keys = [str(number) for number in range(candidates)]
    names = [f"t{number}" for number in range(tests)]
    pool = Pool(
        options=tuple(Option(key=key, source=key, changed_lines=1) for key in keys),
        tests=tuple(Test(id=name, origin="written") for name in names),
        results=results(" ".join(keys), **dict.fromkeys(names, "p" * candidates)),
    )
    behaviour = Behaviour(options=tuple(keys), sources=candidates, probability=0.5)
    evidence = Evidence(
        pool=pool,
        behaviours=(behaviour,),
        weights={name: TestWeight(good=0.5, bits=float(n)) for n, name in enumerate(names)},
    )
    return replace(VERDICT, chosen=0, runner_up=None, evidence=evidence, candidates=(candidate(0),))


def test_the_first_lines_say_what_was_decided_how_surely_and_why() -> None:
    first = SHOWN.split("Tests x candidates")[0]
    assert "patch of trial 4, confidence 0.75 (belief 0.75, calibration none), margin 0.62" in first
    assert "3 tests tell trial 4 from the runner-up, trial 9" in first
    assert first.count("\n") < 15


def test_a_tie_is_in_the_headline() -> None:
    assert "a tie settled by the smaller patch" in drawn(evidence_view(replace(VERDICT, tie=True)))


def test_the_matrix_has_candidates_by_behaviour_and_tests_by_their_weight() -> None:
    heading, *rows = section("Tests x candidates, in order of behaviour")
    assert heading.split() == ["4★", "6", "9☆", "bits", "good", "from", "test"]
    assert [row.split()[:7] for row in rows[:4]] == [
        ["✓", "✓", "✗", "+2.5", "0.80", "written", "written::1"],
        ["✓", "·", "✗", "+1.5", "0.70", "written", "written::2"],
        ["✗", "✗", "✓", "-0.5", "0.40", "written", "written::3"],
        ["✓", "✓", "✓", "–", "0.90", "issue", "issue::1"],
    ]
    assert rows[4].endswith("written::4  no vote: unstable")
    assert rows[5].split()[5:7] == ["trial", "4"]
    assert rows[6].endswith("no vote: it contradicts the issue's example")


def test_a_refused_candidate_is_in_the_matrix_only_where_it_was_run() -> None:
    ran = results("4 9 11", issue_1="ppf")
    heading = drawn(MatrixView(with_pool(VERDICT, results=ran))).split("\n")[0]
    assert heading.split()[:4] == ["4★", "6", "9☆", "11"]


def test_the_code_of_a_file_is_shown_once_below_all_of_its_tests() -> None:
    names = [f"author 4: tests/test_x.py::test_it[{number}]" for number in range(3)]
    tests = tuple(Test(id=name, origin="author", author="4") for name in names)
    verdict = with_pool(VERDICT, tests=tests)
    sources = {"author 4: tests/test_x.py": "assert file_of_three\n"}
    evidence = replace(verdict.evidence, sources=sources)
    shown = drawn(evidence_view(replace(verdict, evidence=evidence), whole=True))
    code = shown.split("Code of the tests")[1]
    assert code.count("file_of_three") == 1
    assert [line.strip() for line in code.strip().split("\n")[:4]] == [
        *names,
        "assert file_of_three",
    ]


def test_more_tests_than_fit_are_counted_and_shown_on_demand() -> None:
    verdict = crowd(candidates=2, tests=27)
    short, whole = drawn(MatrixView(verdict)), drawn(MatrixView(verdict, whole=True))
    assert "… and 7 more tests: --all" in short
    assert (short.count("written"), whole.count("written")) == (20, 27)
    assert "t26" in short
    assert "t0 " not in short


def test_more_candidates_than_fit_are_counted_and_follow_below_on_demand() -> None:
    verdict = crowd(candidates=WIDE, tests=1)
    short, whole = drawn(MatrixView(verdict), 80), drawn(MatrixView(verdict, whole=True), 80)
    assert short.count("✓") < WIDE
    assert f"… and {WIDE - short.count('✓')} more candidates: --all" in short
    assert whole.count("✓") == WIDE


@pytest.mark.parametrize("width", [20, 80, 100, 160])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    for verdict in (VERDICT, crowd(WIDE, 30)):
        shown = drawn(evidence_view(verdict, other=verdict.chosen, whole=True), width)
        assert max(map(len, shown.split("\n"))) <= width


def test_behaviours_are_shown_with_belief_votes_and_candidates() -> None:
    assert [line.split() for line in section("Behaviours")[1:]] == [
        ["0.75", "2", "sources", "4,", "6"],
        ["0.12", "1", "source", "9"],
        ["0.12", "none", "of", "them", "is", "right"],
    ]


def test_inputs_are_shown_with_their_code_outputs_and_what_was_said_to_be_right() -> None:
    assert section("Inputs that tell candidates apart") == [
        "  probe::1",
        "    print(f([]))",
        "    4, 6 → []  (said to be right 2 of 3 times)",
        "    9 → None",
        "    none of them was said to be right 1 of 3 times",
    ]


def test_judgements_are_shown_in_both_orders() -> None:
    assert section("Judgements, in both orders") == [
        "  pairwise, trial 4 and trial 9: trial 4",
        "    shown 4 then 9: trial 4: handles the empty list",
        "    shown 9 then 4: trial 4: as the issue asks",
    ]


def test_judgements_that_disagree_are_shown_as_a_tie() -> None:
    first, second = EVIDENCE.pool.judgements
    verdict = with_pool(VERDICT, judgements=(first, replace(second, preferred="9")))
    lines = section("Judgements, in both orders", drawn(evidence_view(verdict)))
    assert lines[0] == "  pairwise, trial 4 and trial 9: a tie: the orders disagree or name none"
    alone = with_pool(VERDICT, judgements=(first,))
    lines = section("Judgements, in both orders", drawn(evidence_view(alone)))
    assert lines[0].endswith("a tie: one order only")


def test_a_review_is_a_checklist() -> None:
    assert section("Reviews")[:4] == [
        "  trial 4, belief 0.90 (and 1 that behave alike)",
        "    ✓ an empty list stays one  (a.py:3)",
        "    ? it is documented",
        "    small and to the point",
    ]


def test_flaky_and_toxic_tests_are_listed_with_their_reason() -> None:
    baseline = Baseline(flaky=tuple(f"t::{number}" for number in range(7)))
    verdict = replace(VERDICT, baseline=baseline)
    lines = section("Tests without a vote", drawn(evidence_view(verdict)))
    assert lines[:3] == [
        "  written::4 (written): unstable",
        "  written::5 (written): it contradicts the issue's example",
        "  t::0: flaky on the base",
    ]
    assert lines[-1] == "  … and 2 more flaky ones: --all"
    assert "t::6" in drawn(evidence_view(verdict, whole=True))


def test_measures_are_shown_with_reason_gain_and_cost_and_why_they_ended() -> None:
    lines = section("Measures taken")
    assert lines[1].split()[:5] == ["1", "cross_run", "+0.200", "4.0", "s"]
    assert lines[1].endswith("two behaviours are close")
    assert lines[-1] == "  stopped: no measure is worth its cost"
    many = (Measure(action="judge", reason="so", expected_gain=0.1, cost=1.0),) * 25
    verdict = replace(VERDICT, evidence=replace(EVIDENCE, measures=many))
    assert "… and 5 more: --all" in drawn(evidence_view(verdict))


def test_costs_are_shown_by_rung_and_an_unknown_price_is_not_zero() -> None:
    lines = section("Costs")
    assert lines[1].split() == ["cross_run", "9", "4.2", "s", "0", "0", "0.0000"]
    assert lines[2].split() == ["judge", "0", "0.0", "s", "2", "1000", "unknown"]


def test_what_was_left_out_is_said() -> None:
    assert "skipped: rerun: the budget's seconds were spent" in SHOWN


def test_the_code_of_tests_is_shown_on_demand() -> None:
    assert "assert f([]) == []" not in SHOWN
    assert "assert f([]) == []" in drawn(evidence_view(VERDICT, whole=True))


def test_another_candidates_diff_stands_beside_the_chosen_ones() -> None:
    lines = drawn(evidence_view(VERDICT, other=9)).split("\n")
    (titles,) = [line for line in lines if "edit 4" in line and "edit 9" in line]
    assert titles.startswith("★ trial 4: edit 4")
    assert any("+y4" in line and "+y9" in line for line in lines)
    assert "+y4" not in SHOWN


def test_an_abstention_says_what_came_nearest_and_what_was_against_it() -> None:
    shown = drawn(evidence_view(ABSTAINED))
    assert shown.startswith("abstained")
    assert "Trial 4 came nearest (belief 0.75); no rung refused it" in shown
    assert "4 6 9 bits" in shown


def test_an_old_verdict_shows_what_there_is() -> None:
    shown = drawn(evidence_view(OLD))
    assert "no evidence beyond the rungs is stored (version 1)" in shown
    assert "✗ regression (t::old failed)" in shown
    assert "Behaviours" not in shown
    assert "belief" not in shown


def test_the_short_form_has_the_reasons_and_a_matrix_of_up_to_eight_tests() -> None:
    shown = drawn(verdict_view(VERDICT))
    assert "3 tests tell trial 4 from the runner-up, trial 9" in shown
    assert "✓ ·  ✗ +1.5" in shown
    assert "Measures" not in shown
    assert "bits" in drawn(verdict_view(crowd(2, 8)))
    assert "bits" not in drawn(verdict_view(crowd(2, 9)))


HOSTILE = "[red]\x1b[2J\x1b]0;owned\x07\x9b31m\r\u202e\u200b[/red]\x00"


def hostile() -> Verdict:
    """A verdict that is hostile wherever others write."""
    options = tuple(replace(o, source=HOSTILE) for o in EVIDENCE.pool.options)
    tests = tuple(
        replace(test, toxic=HOSTILE if test.toxic else "") for test in EVIDENCE.pool.tests
    )
    named = replace(EVIDENCE.pool.tests[0], id=HOSTILE, stable=False)
    probes = tuple(
        replace(probe, id=HOSTILE, outputs={"4": HOSTILE, "9": "x"}, believed=(HOSTILE,))
        for probe in EVIDENCE.pool.probes
    )
    judgements = tuple(replace(j, reason=HOSTILE, judge=HOSTILE) for j in EVIDENCE.pool.judgements)
    reviews = tuple(
        replace(
            review,
            remark=HOSTILE,
            demands=tuple(replace(d, text=HOSTILE, where=HOSTILE) for d in review.demands),
        )
        for review in EVIDENCE.reviews
    )
    evidence = replace(
        EVIDENCE,
        pool=replace(
            EVIDENCE.pool,
            options=options,
            tests=(*tests, named),
            probes=probes,
            judgements=judgements,
        ),
        weights={**EVIDENCE.weights, HOSTILE: TestWeight(good=0.0, bits=9.0, silent=HOSTILE)},
        sources={HOSTILE: HOSTILE, "written::1": HOSTILE},
        reviews=reviews,
        measures=tuple(replace(m, reason=HOSTILE) for m in EVIDENCE.measures),
        stopped=HOSTILE,
        beliefs=HOSTILE,
        calibration=HOSTILE,
    )
    rungs = tuple(replace(r, detail=HOSTILE, passed=False) for r in VERDICT.candidates[0].rungs)
    candidates = tuple(
        replace(c, summary=HOSTILE, patch=b"+" + HOSTILE.encode(), rungs=rungs)
        for c in VERDICT.candidates[:1]
    )
    return replace(
        VERDICT,
        reason=HOSTILE,
        patch=b"+" + HOSTILE.encode(),
        evidence=evidence,
        candidates=(*candidates, *VERDICT.candidates[1:]),
        baseline=Baseline(flaky=(HOSTILE,)),
        skipped=(HOSTILE,),
    )


def harmful(shown: str) -> set[str]:
    """Characters that a terminal would not just print, beside colours of our own."""
    return {c for c in COLOUR.sub("", shown) if not c.isprintable() and c != "\n"}


@pytest.mark.parametrize("whole", [True, False])
def test_nothing_that_others_wrote_reaches_the_terminal_as_a_command(whole: bool) -> None:
    shown = painted(evidence_view(hostile(), other=4, whole=whole), 200)
    assert harmful(shown) == set()
    assert "\\x1b[2J" in COLOUR.sub("", shown)
    assert "[red]" in COLOUR.sub("", shown)


def test_nor_in_the_short_form() -> None:
    shown = painted(verdict_view(hostile()), 200)
    assert harmful(shown) == set()
    assert "\\x1b[2J" in COLOUR.sub("", shown)


@settings(max_examples=40, deadline=None)
@given(any_value(Evidence))
def test_any_evidence_can_be_shown(evidence: Evidence) -> None:
    verdict = replace(VERDICT, evidence=replace(evidence, behaviours=()))
    assert harmful(painted(evidence_view(verdict, whole=True))) == set()
