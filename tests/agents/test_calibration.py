import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.calibration import ECE_FROM, Pair, auc, brier, calibration, ece, reliability

WORKED = [Pair(0.1, False), Pair(0.4, True), Pair(0.4, False), Pair(0.8, True)]
PAIRS = st.lists(st.builds(Pair, st.floats(0, 1), st.booleans()), max_size=60)


def test_brier_by_hand() -> None:
    # 0.01 + 0.36 + 0.16 + 0.04 = 0.57
    assert brier(WORKED) == pytest.approx(0.57 / 4)


def test_auc_by_hand_with_a_tie() -> None:
    # Of four pairs (true, false): 0.4 > 0.1, 0.4 = 0.4 (half), 0.8 > 0.1, 0.8 > 0.4.
    assert auc(WORKED) == pytest.approx(3.5 / 4)


def test_auc_of_equal_values_is_chance() -> None:
    assert auc([Pair(0.5, True), Pair(0.5, False), Pair(0.5, False)]) == 0.5


@given(PAIRS)
def test_auc_is_the_share_of_pairs_in_the_right_order(pairs: list[Pair]) -> None:
    true = [p.value for p in pairs if p.came_true]
    false = [p.value for p in pairs if not p.came_true]
    right = sum((a > b) + (a == b) / 2 for a in true for b in false)
    found = calibration(pairs).auc
    expected = right / (len(true) * len(false)) if true and false else None
    assert found == (None if expected is None else pytest.approx(expected))


def test_the_brute_force_comparison_gets_somewhere() -> None:
    assert calibration(WORKED).auc is not None
    assert calibration([Pair(0.2, True), Pair(0.9, False)]).auc == 0.0


def test_reliability_by_hand() -> None:
    rows = reliability(WORKED)
    assert [(row.low, row.high, row.n, row.share) for row in rows] == [
        (0.1, 0.2, 1, 0.0),
        (0.4, 0.5, 2, 0.5),
        (0.8, 0.9, 1, 1.0),
    ]
    assert rows[1].mean_value == pytest.approx(0.4)


def test_ece_by_hand() -> None:
    # 1/4 · 0.1 + 2/4 · 0.1 + 1/4 · 0.2
    assert ece(reliability(WORKED)) == pytest.approx(0.125)


@pytest.mark.parametrize("edge", range(10))
def test_an_edge_belongs_to_the_bin_above_it(edge: int) -> None:
    (row,) = reliability([Pair(edge / 10, True)])
    assert row.low == edge / 10


def test_1_belongs_to_the_last_bin() -> None:
    (row,) = reliability([Pair(1.0, True)])
    assert (row.low, row.high) == (0.9, 1.0)


@given(PAIRS)
def test_every_pair_is_in_one_bin_that_holds_its_value(pairs: list[Pair]) -> None:
    rows = reliability(pairs)
    assert sum(row.n for row in rows) == len(pairs)
    assert all(row.low - 1e-9 <= row.mean_value <= row.high + 1e-9 for row in rows)


def test_few_pairs_have_no_ece_and_the_reason_is_given() -> None:
    found = calibration(WORKED * ((ECE_FROM - 1) // 4))
    assert found.n == 496
    assert found.ece is None
    assert found.missing == {"ece": "it needs 500 pairs or more, and there are 496"}


def test_from_500_pairs_on_there_is_an_ece() -> None:
    found = calibration(WORKED * (ECE_FROM // 4))
    assert (found.n, found.came_true, found.missing) == (500, 250, {})
    assert found.ece == pytest.approx(0.125)


def test_no_pairs_have_no_figures() -> None:
    found = calibration([])
    assert (found.brier, found.auc, found.ece, found.table) == (None, None, None, ())
    assert set(found.missing) == {"brier", "auc", "ece"}


def test_one_outcome_alone_has_no_auc() -> None:
    assert "auc" in calibration([Pair(0.3, True)]).missing


def test_values_that_mean_what_they_say_are_found_calibrated_and_others_not() -> None:
    rng = random.Random(0)
    said = [rng.random() for _ in range(5000)]
    honest = calibration([Pair(value, rng.random() < value) for value in said])
    boastful = calibration([Pair(value, rng.random() < value**3) for value in said])
    assert honest.ece is not None
    assert boastful.ece is not None
    assert honest.ece < 0.03
    assert boastful.ece > 0.15
