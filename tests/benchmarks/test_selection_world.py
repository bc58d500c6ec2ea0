"""Whether the simulated world is as it says: what was published holds in it, and labels stay out."""

from dataclasses import fields
from functools import cache
from random import Random
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.selection.labelled import LabelledPool
from agents.selection.pool import Mark, Option, Pool
from agents.selection.selectors import PUBLISHED, SELECTORS
from benchmarks.selection import parameters
from benchmarks.selection.chance import Chance
from benchmarks.selection.world import World

ISSUES = 2000
OPTIONS = 10
WRITTEN = 10


@cache
def pools() -> tuple[LabelledPool, ...]:
    return tuple(World(seed).pool(OPTIONS, WRITTEN, 20) for seed in parameters.DEV[:ISSUES])


def mixed() -> list[LabelledPool]:
    """Where there is something to choose."""
    return [pool for pool in pools() if 0 < len(pool.right) < OPTIONS]


def oracle() -> float:
    return fmean(bool(pool.right) for pool in pools())


def single() -> float:
    return fmean(len(pool.right) / OPTIONS for pool in pools())


def gap_closure(name: str) -> float:
    random = Random(0)
    selected = fmean(SELECTORS[name](pool.pool, random).chosen in pool.right for pool in pools())
    return (selected - single()) / (oracle() - single())


def marks(pool: LabelledPool, test: str, *, right: bool) -> set[Mark]:
    results = pool.pool.results[test].items()
    return {mark for key, mark in results if (key in pool.right) is right} - {"unknown"}


def toxic(pool: LabelledPool, test: str) -> bool:
    wrong = marks(pool, test, right=False)
    return marks(pool, test, right=True) == {"failed"} and "passed" in wrong


def test_ten_patches_cover_what_was_published() -> None:
    assert oracle() == pytest.approx(parameters.COVERAGE, abs=0.02)


def test_one_patch_is_right_as_often_as_was_published() -> None:
    assert single() == pytest.approx(parameters.SINGLE, abs=0.02)


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_published_rules_close_the_gap_as_was_published(name: str) -> None:
    low, high = parameters.GAP_CLOSURES
    assert low - 0.02 <= gap_closure(name) <= high + 0.02


@pytest.mark.parametrize("name", ["tests_only", "judge_only"])
def test_one_kind_of_evidence_alone_closes_about_half_of_that(name: str) -> None:
    assert gap_closure(name) == pytest.approx(parameters.ONE_KIND_ALONE, abs=0.1)


def test_votes_of_the_majority_are_often_wrong() -> None:
    assert 0.1 < gap_closure("majority") < 0.35


def test_few_tests_tell_patches_apart() -> None:
    differ = [
        len(marks(pool, test.id, right=True) | marks(pool, test.id, right=False)) > 1
        for pool in mixed()
        for test in pool.pool.tests
    ]
    assert 0.1 < fmean(differ) < parameters.TELLING_SHARE


def test_toxic_tests_are_more_on_harder_issues_and_a_tenth_at_most() -> None:
    def share(pools_: list[LabelledPool]) -> float:
        return fmean(toxic(pool, test.id) for pool in pools_ for test in pool.pool.tests)

    hard = share([pool for pool in mixed() if len(pool.right) <= 3])
    easy = share([pool for pool in mixed() if len(pool.right) >= 7])
    assert easy < hard < parameters.TOXIC_SHARE
    assert hard > 0.04


def test_a_wrong_patchs_own_test_rarely_fails_it() -> None:
    def fails(*, right: bool) -> float:
        return fmean(
            pool.pool.mark(test.id, test.author) == "failed"
            for pool in mixed()
            for test in pool.pool.tests
            if test.author is not None and (test.author in pool.right) is right
        )

    assert fails(right=False) < 0.02
    assert fails(right=True) < 0.02


def test_a_wrong_patchs_own_test_fails_right_patches_more_often_than_a_right_ones_does() -> None:
    def toxicity(*, right: bool) -> float:
        return fmean(
            marks(pool, test.id, right=True) == {"failed"}
            for pool in mixed()
            for test in pool.pool.tests
            if test.author is not None and (test.author in pool.right) is right
        )

    assert toxicity(right=False) > 2 * toxicity(right=True)


def test_most_wrong_patches_keep_the_suite_and_some_right_ones_do_not() -> None:
    def passing(*, right: bool) -> float:
        return fmean(
            option.regression == "passed"
            for pool in pools()
            for option in pool.pool.options
            if (option.key in pool.right) is right
        )

    assert 0.6 < passing(right=False) < 0.8
    assert 0.9 < passing(right=True) < 0.97


def test_a_judge_is_a_bit_better_than_chance_and_prefers_what_it_sees_first() -> None:
    told = [
        (judgement.preferred in pool.right, judgement.preferred == judgement.shown[0])
        for pool in mixed()
        for judgement in pool.pool.judgements
        if judgement.preferred
        and (judgement.shown[0] in pool.right) != (judgement.shown[1] in pool.right)
    ]
    assert 0.58 < fmean(agrees for agrees, _ in told) < 0.7
    assert 0.53 < fmean(first for _, first in told) < 0.65


def test_right_patches_are_of_several_sources_and_some_are_equal() -> None:
    many = [pool for pool in pools() if len(pool.right) >= 5]
    sources = [
        len({option.source for option in pool.pool.options if option.key in pool.right})
        / len(pool.right)
        for pool in many
    ]
    assert 0.4 < fmean(sources) < 0.9


def test_a_popular_mistake_often_outnumbers_the_right_patches() -> None:
    hard = [pool for pool in mixed() if len(pool.right) <= 3]

    def largest(pool: LabelledPool) -> int:
        """Wrong patches that no test tells apart."""
        wrong = [option.key for option in pool.pool.options if option.key not in pool.right]
        rows = [tuple(pool.pool.mark(test.id, key) for test in pool.pool.tests) for key in wrong]
        return max(rows.count(row) for row in rows)

    assert fmean(largest(pool) > len(pool.right) for pool in hard) > 0.4


@given(st.integers(0, 2**40))
def test_the_same_seed_makes_the_same_pool(seed: int) -> None:
    assert World(seed).pool(4, 3, 4, probes=2) == World(seed).pool(4, 3, 4, probes=2)


def test_another_seed_makes_another_pool() -> None:
    assert World(1).pool(4, 3).pool != World(2).pool(4, 3).pool


@given(st.integers(0, 2**40))
def test_what_was_asked_before_changes_nothing(seed: int) -> None:
    plain, busy = World(seed), World(seed)
    first = [plain.draw_option() for _ in range(3)]
    for again in first:
        assert busy.draw_option() == again
        busy.judge("c0", again.key)
        busy.own_test(again.key)
        busy.probe()
    test = plain.draw_test()
    assert busy.draw_test() == test
    assert [busy.run(test.id, o.key) for o in first] == [plain.run(test.id, o.key) for o in first]
    assert busy.right == plain.right


@given(st.integers(0, 2**40))
def test_equal_sources_are_equal_in_all_but_noise(seed: int) -> None:
    labelled = World(seed).pool(8, 4)
    by_source: dict[str, set[tuple[bool, int, str]]] = {}
    for option in labelled.pool.options:
        facts = (option.key in labelled.right, option.changed_lines, option.refused)
        by_source.setdefault(option.source, set()).add(facts)
    assert all(len(facts) == 1 for facts in by_source.values())


def test_labels_are_not_in_a_pool() -> None:
    assert {field.name for field in fields(Pool)} == {
        "options", "tests", "results", "probes", "judgements",
    }  # fmt: skip
    labelled = World(3).pool(6, 4, 4, probes=1)
    assert "right" not in repr(labelled.pool)


def test_names_say_nothing_of_what_is_right() -> None:
    """Sources and outputs are opaque, and keys are by the order of drawing."""
    labelled = World(3).pool(6, 4, probes=2)
    assert [option.key for option in labelled.pool.options] == [f"c{n}" for n in range(6)]
    hexadecimal = set("0123456789abcdef")
    for text in (
        *(option.source for option in labelled.pool.options),
        *(output for probe in labelled.pool.probes for output in probe.outputs.values()),
    ):
        assert set(text) <= hexadecimal
    firsts = [int(option.source[0], 16) for option, _ in _options(right=True)]
    others = [int(option.source[0], 16) for option, _ in _options(right=False)]
    assert fmean(firsts) == pytest.approx(fmean(others), abs=0.3)


def _options(*, right: bool) -> list[tuple[Option, LabelledPool]]:
    return [
        (option, pool)
        for pool in pools()
        for option in pool.pool.options
        if (option.key in pool.right) is right
    ]


def test_calibration_and_report_share_no_seed() -> None:
    assert not set(parameters.DEV) & set(parameters.REPORT)


def test_probes_show_some_mistakes_and_never_tell_right_patches_apart() -> None:
    shown = 0
    for seed in parameters.DEV[:300]:
        labelled = World(seed).pool(OPTIONS, 1, probes=1)
        outputs = labelled.pool.probes[0].outputs
        assert len({outputs[key] for key in labelled.right}) <= 1
        shown += len(set(outputs.values())) > 1
    assert shown > 100


def test_a_judgement_needs_two_options() -> None:
    with pytest.raises(ValueError, match="two options"):
        World(0).pool(1, 1, 1)


def test_tables_are_chosen_by_their_size() -> None:
    chance = Chance(0)
    found = [chance.table(1.0, [8, 1], n) for n in range(2000)]
    shares = [found.count(n) / 2000 for n in range(3)]
    assert shares == pytest.approx([0.8, 0.1, 0.1], abs=0.03)
