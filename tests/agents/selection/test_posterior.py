"""Beliefs about candidates move as the evidence says, and as far."""

from dataclasses import replace
from itertools import pairwise
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.selection.beliefs import DEFAULT, Beta, Quality
from agents.selection.decision import decide
from agents.selection.pool import Judgement, Option, Pool, Probe, Test
from agents.selection.posterior import posterior
from tests.agents.selection.pools import copied, pool_of, reordered

KEYS = "abcdef"


@st.composite
def pools(draw: st.DrawFn) -> Pool:
    """Up to six candidates of up to four sources, up to five tests."""
    keys = KEYS[: draw(st.integers(1, 6))]
    tests = draw(st.integers(0, 5))
    marks = st.text("pf-", min_size=tests, max_size=tests)
    sources = {key: draw(st.sampled_from("wxyz")) for key in keys}
    by_source = {source: draw(marks) for source in sorted(set(sources.values()))}
    return pool_of({key: by_source[sources[key]] for key in keys}, sources=sources)


@given(pools())
def test_behaviours_and_none_share_all_belief(pool: Pool) -> None:
    found = posterior(pool)
    assert isclose(sum(b.probability for b in found.behaviours) + found.none_right, 1.0)
    assert sorted(k for b in found.behaviours for k in b.options) == sorted(found.right)
    for behaviour in found.behaviours:
        assert all(found.right[key] <= behaviour.probability + 1e-9 for key in behaviour.options)


@given(pools(), st.randoms(use_true_random=False))
def test_the_order_of_candidates_and_tests_never_changes_the_answer(
    pool: Pool, random: object
) -> None:
    order = list(range(len(pool.options)))
    random.shuffle(order)  # type: ignore[attr-defined]
    other = replace(reordered(pool, order), tests=pool.tests[::-1])
    assert posterior(other).right == pytest.approx(posterior(pool).right)
    assert decide(other, posterior(other)) == decide(pool, posterior(pool))


@given(pools(), st.sampled_from(KEYS))
def test_candidates_of_one_source_are_believed_alike(pool: Pool, key: str) -> None:
    found = posterior(pool)
    source = {option.key: option.source for option in pool.options}
    same = [k for k in source if source[k] == source.get(key)]
    assert len({round(found.right[k], 12) for k in same}) <= 1


@given(pools(), st.integers(0, 20), st.sampled_from(KEYS))
def test_copies_of_a_source_move_the_odds_by_a_bounded_factor(
    pool: Pool, times: int, key: str
) -> None:
    keys = [option.key for option in pool.options]
    key = key if key in keys else keys[0]
    before, after = posterior(pool), posterior(copied(pool, key, times))
    most = DEFAULT.copy ** (DEFAULT.copies - 1)

    def odds(right: float) -> float:
        return right / (1 - right)

    assert odds(after.right[key]) <= odds(before.right[key]) * most * (1 + 1e-9)


@given(st.integers(1, 30))
def test_a_duplicate_never_changes_which_behaviour_wins_against_the_evidence(times: int) -> None:
    pool = pool_of({"a": "ppp", "b": "fff", "c": "fff"})
    assert decide(pool, posterior(pool)).chosen == "a"
    more = copied(pool, "b", times)
    assert decide(more, posterior(more)).chosen == "a"


class TestVotes:
    def test_without_any_test_the_source_that_was_proposed_most_often_is_chosen(self) -> None:
        pool = copied(pool_of({"a": "", "b": "", "c": ""}), "c", 1)
        assert decide(pool, posterior(pool)).chosen == "c"

    def test_where_tests_are_even_the_behaviour_of_more_sources_is_chosen(self) -> None:
        pool = pool_of({"a": "pf", "b": "fp", "c": "fp"})
        found = posterior(pool)
        assert set(found.behaviours[0].options) == {"b", "c"}

    def test_a_single_candidate_is_right_as_often_as_was_published(self) -> None:
        assert posterior(pool_of({"a": ""})).right["a"] == pytest.approx(0.46, abs=0.01)

    def test_ten_candidates_hold_a_right_one_as_often_as_was_published(self) -> None:
        """69.8 % (CodeMonkeys)."""
        found = posterior(pool_of({f"c{n}": "" for n in range(10)}))
        assert 1 - found.none_right == pytest.approx(0.70, abs=0.01)


class TestTests:
    def test_a_lone_test_that_discriminates_is_not_silenced_by_many_useless_ones(self) -> None:
        pool = pool_of({"a": "p" + "p" * 12, "b": "f" + "p" * 12})
        found = posterior(pool)
        assert found.right["a"] > 2 * found.right["b"]

    def test_a_toxic_minority_cannot_flip_a_clear_case(self) -> None:
        """Tests that fail what is right and pass what is wrong, one to four good ones."""
        good = {"a": "pppp", "b": "pppp", "c": "fffp", "d": "ffff", "e": "fpff"}
        toxic = {"a": "f", "b": "f", "c": "p", "d": "f", "e": "f"}
        pool = pool_of({key: good[key] + toxic[key] for key in good})
        assert decide(pool, posterior(pool)).chosen in {"a", "b"}

    def test_a_better_test_weighs_more(self) -> None:
        """One from the issue itself against one that the author of a wrong candidate brought."""
        pool = pool_of({"a": "pf", "b": "fp"})
        tests = (Test(id="t0", origin="issue"), Test(id="t1", origin="written"))
        pool = replace(pool, tests=tests)
        found = posterior(pool)
        assert found.right["a"] > 2 * found.right["b"]
        assert found.weights["t0"].bits > -found.weights["t1"].bits > 0
        assert found.weights["t0"].good > found.weights["t1"].good

    @pytest.mark.parametrize(
        ("changes", "silent"),
        [
            ({"on_base": "passed"}, "passed on the base"),
            ({"on_base": "unknown"}, "unknown on the base"),
            ({"stable": False}, "not stable"),
            ({"toxic": "it contradicts the issue"}, "held to be wrong: it contradicts the issue"),
        ],
    )
    def test_tests_that_pass_on_the_base_or_are_not_to_be_trusted_do_not_vote(
        self, changes: dict[str, str], silent: str
    ) -> None:
        pool = pool_of({"a": "p", "b": "f"})
        pool = replace(pool, tests=(replace(pool.tests[0], **changes),))  # type: ignore[arg-type]
        found = posterior(pool)
        assert (
            found.right["a"]
            == found.right["b"]
            == posterior(pool_of({"a": "", "b": ""})).right["a"]
        )
        assert found.weights["t0"].silent == silent

    def test_a_missing_report_is_no_pass(self) -> None:
        found = posterior(pool_of({"a": "pp", "b": "--", "c": "ff"}))
        assert found.right["a"] > found.right["b"] > found.right["c"]

    def test_a_trajectorys_own_test_does_not_vote_for_its_own_cluster(self) -> None:
        pool = pool_of({"a": "p", "b": "f"}, origin="author")
        own = posterior(replace(pool, tests=(replace(pool.tests[0], author="a"),)))
        strange = posterior(replace(pool, tests=(replace(pool.tests[0], author="c"),)))
        assert strange.right["a"] > strange.right["b"]
        assert own.right["a"] == own.right["b"]

    def test_an_author_does_not_win_by_bringing_many_tests_that_nobody_else_can_pass(self) -> None:
        plain = pool_of(dict.fromkeys("abc", "p"), origin="issue")
        for count in (1, 10, 30):
            pool = pool_of({"a": "p" * count, "b": "f" * count, "c": "f" * count}, origin="author")
            tests = tuple(replace(test, author="a") for test in pool.tests)
            both = replace(
                pool,
                tests=(*(replace(test, id="own") for test in plain.tests), *tests),
                results={**pool.results, "own": plain.results["t0"]},
            )
            found = posterior(both)
            assert max(found.right["b"], found.right["c"]) >= found.right["a"]

    def test_a_report_that_is_lost_tells_nobody_apart(self) -> None:
        whole = posterior(pool_of({"a": "pp", "b": "pp", "c": "pp"}))
        lost = posterior(pool_of({"a": "pp", "b": "pp", "c": "p-"}))
        assert len(lost.behaviours) == len(whole.behaviours) == 1
        assert 0.9 * whole.right["a"] < lost.right["a"]
        assert lost.right["c"] < lost.right["a"]

    def test_what_a_useless_test_says_is_as_likely_whoever_is_right(self) -> None:
        """One passes what a crowd fails: were the test useless, that would be no evidence."""
        useless = {"written": Quality(good=1e-9, useless=1 - 2e-9, toxic=1e-9)}
        beliefs = replace(DEFAULT, quality=useless)
        rows = {"a": "pppp", **{f"b{n}": "ffff" for n in range(7)}}
        found = posterior(pool_of(rows), beliefs)
        assert found.weights["t0"].bits == pytest.approx(0.0, abs=1e-6)

    def test_belief_grows_with_agreeing_tests_and_never_reaches_certainty(self) -> None:
        rights = [posterior(pool_of({"a": "p" * n, "b": "f" * n})).right["a"] for n in range(1, 9)]
        assert all(earlier < later < 1 for earlier, later in pairwise(rights))


class TestRegression:
    def test_a_candidate_that_breaks_the_repositorys_tests_is_believed_less(self) -> None:
        pool = pool_of({"a": "p", "b": "p"})
        broken = replace(pool.options[1], regression="failed")
        pool = replace(pool, options=(replace(pool.options[0], regression="passed"), broken))
        found = posterior(pool)
        assert found.right["a"] > found.right["b"]

    def test_a_candidate_that_a_rung_refused_is_not_believed_at_all(self) -> None:
        pool = pool_of({"a": "p", "b": "p"})
        pool = replace(pool, options=(pool.options[0], replace(pool.options[1], refused="builds")))
        assert posterior(pool).right.keys() == {"a"}


class TestJudges:
    def test_two_orders_that_agree_speak_for_one(self) -> None:
        for rows in ({"a": "", "b": ""}, {"a": "pf", "b": "fp"}):
            found = posterior(_judged(pool_of(rows), "a", "a"))
            assert found.right["a"] > found.right["b"]

    def test_two_orders_that_disagree_are_a_tie(self) -> None:
        for rows in ({"a": "", "b": ""}, {"a": "pf", "b": "fp"}):
            found = posterior(_judged(pool_of(rows), "a", "b"))
            assert found.right["a"] == pytest.approx(found.right["b"])

    def test_a_preference_against_the_order_says_more(self) -> None:
        pool = pool_of({"a": "pf", "b": "fp"})
        first = posterior(replace(pool, judgements=(Judgement(shown=("a", "b"), preferred="a"),)))
        last = posterior(replace(pool, judgements=(Judgement(shown=("b", "a"), preferred="a"),)))
        assert last.right["a"] > first.right["a"] > first.right["b"]

    def test_neither_speaks_against_both(self) -> None:
        pool = pool_of({"a": "pf", "b": "fp"})
        found = posterior(_judged(pool, None, None))
        assert found.none_right > posterior(pool).none_right

    def test_the_same_question_asked_again_adds_nothing(self) -> None:
        pool = pool_of({"a": "pf", "b": "fp"})
        once = _judged(pool, "a", "a")
        often = replace(once, judgements=once.judgements * 9)
        assert posterior(often).right == pytest.approx(posterior(once).right)


class TestProbes:
    def test_an_output_that_is_said_to_be_right_speaks_for_those_who_gave_it(self) -> None:
        pool = pool_of({"a": "p", "b": "p", "c": "p"})
        probe = Probe(id="q", outputs={"a": "1", "b": "2", "c": "2"}, believed=("1",))
        found = posterior(replace(pool, probes=(probe,)))
        assert found.right["a"] > found.right["b"]

    def test_outputs_that_nobody_says_to_be_right_are_no_evidence(self) -> None:
        pool = pool_of({"a": "p", "b": "p", "c": "p"})
        probe = Probe(id="q", outputs={"a": "1", "b": "2", "c": "2"})
        assert posterior(replace(pool, probes=(probe,))).right == posterior(pool).right

    def test_that_none_of_the_outputs_is_right_speaks_against_all(self) -> None:
        pool = pool_of({"a": "p", "b": "p"})
        probe = Probe(id="q", outputs={"a": "1", "b": "2"}, believed=("",))
        found = posterior(replace(pool, probes=(probe,)))
        assert found.none_right > posterior(pool).none_right


def test_a_good_review_speaks_for_its_candidate_and_a_bad_one_against() -> None:
    pool = pool_of({"a": "p", "b": "p"})
    for review, better in ((0.9, True), (0.1, False)):
        reviewed = Option(key="a", source="source of a", changed_lines=3, review=review)
        found = posterior(replace(pool, options=(reviewed, pool.options[1])))
        assert (found.right["a"] > found.right["b"]) is better


def test_the_chance_of_one_candidate_and_one_test_is_as_worked_by_hand() -> None:
    """Of one source and one test that it passes, with a rate of 1/2.

    right: 1/2 · (good 0.5 · 0.9 + useless 0.4 · 1/2 + toxic 0.1 · 0.1) = 1/2 · 0.66
    wrong: 1/2 · (good 0.5 · 1/2 + useless 0.4 · 1/2 + toxic 0.1 · 1/2) = 1/2 · 0.50
    """
    half = Beta(yes=1.0, no=1.0)
    beliefs = replace(
        DEFAULT,
        quality={"written": Quality(good=0.5, useless=0.4, toxic=0.1)},
        right=half,
        slip=0.1,
        survives=half,
        useless=half,
        misled=half,
    )
    found = posterior(pool_of({"a": "p"}), beliefs)
    assert found.right["a"] == pytest.approx(0.66 / 1.16)
    assert found.weights["t0"].good == pytest.approx((0.45 + 0.25) / 1.16)


def _judged(pool: Pool, there: str | None, back: str | None) -> Pool:
    made = (
        Judgement(shown=("a", "b"), preferred=there),
        Judgement(shown=("b", "a"), preferred=back),
    )
    return replace(pool, judgements=made)
