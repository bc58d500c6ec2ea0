import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.calibration import Pair, auc, brier, ece, reliability
from agents.selection.calibration.weighted import weighted_auc, weighted_brier, weighted_ece

VALUES = st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0]))
DRAWN = st.lists(st.tuples(st.builds(Pair, VALUES, st.booleans()), st.integers(0, 3)), max_size=20)


@given(DRAWN)
def test_a_weight_is_as_good_as_as_many_pairs(drawn: list[tuple[Pair, int]]) -> None:
    pairs, weights = [pair for pair, _ in drawn], [weight for _, weight in drawn]
    repeated = [pair for pair, weight in drawn for _ in range(weight)]
    mixed = 0 < sum(pair.came_true for pair in repeated) < len(repeated)
    expected = (
        pytest.approx(brier(repeated)) if repeated else None,
        pytest.approx(ece(reliability(repeated))) if repeated else None,
        pytest.approx(auc(repeated)) if mixed else None,
    )
    figures = (weighted_brier(pairs), weighted_ece(pairs), weighted_auc(pairs))
    assert tuple(of(weights) for of in figures) == expected


def test_the_comparison_gets_somewhere() -> None:
    pairs = [Pair(0.9, True), Pair(0.2, False), Pair(0.2, True)]
    assert weighted_auc(pairs)([1, 2, 1]) == 0.75
    assert weighted_brier(pairs)([0, 2, 0]) == pytest.approx(0.04)
    assert weighted_ece(pairs)([1, 2, 0]) == pytest.approx((0.1 + 0.4) / 3)
