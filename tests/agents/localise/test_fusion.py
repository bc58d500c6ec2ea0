from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.localise.fusion import WEIGHTS, fuse

SCORES = st.dictionaries(st.sampled_from("abcdef"), st.floats(0, 100))
CLUES = st.dictionaries(st.sampled_from(sorted(WEIGHTS)), SCORES)


def test_weights_worked_by_hand() -> None:
    clues = {"coverage": {"a": 1.0, "b": 0.5}, "words": {"b": 4.0, "c": 2.0}}
    found = fuse(clues, {"coverage": 2.0, "words": 0.5})
    assert isclose(found["a"].weight, 2.0 / 2.5)
    assert isclose(found["b"].weight, (1.0 + 0.5) / 2.5)
    assert isclose(found["c"].weight, 0.25 / 2.5)
    assert found["b"].clues == ("coverage", "words")


def test_a_clue_that_points_nowhere_costs_nothing() -> None:
    clues = {"coverage": {"a": 0.2}, "frames": {}, "names": {"a": 0.0}}
    assert fuse(clues)["a"].weight == 1.0
    assert fuse(clues)["a"].clues == ("coverage",)


def test_a_clue_that_nobody_weighed_is_an_error() -> None:
    with pytest.raises(KeyError):
        fuse({"stars": {"a": 1.0}})


@given(CLUES)
def test_weights_lie_between_0_and_1_and_no_order_matters(
    clues: dict[str, dict[str, float]],
) -> None:
    found = fuse(clues)
    assert all(0 <= fused.weight <= 1 for fused in found.values())
    turned = {clue: dict(reversed(scores.items())) for clue, scores in reversed(clues.items())}
    assert fuse(turned) == found


@given(CLUES, st.sampled_from("abcdef"))
def test_what_is_first_by_every_clue_has_weight_1(
    clues: dict[str, dict[str, float]], key: str
) -> None:
    first = {clue: {**scores, key: 200.0} for clue, scores in clues.items()}
    assert all(isclose(fuse(first)[key].weight, 1.0) for _ in clues)
