import pytest

from agents.differences import first_difference


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ({"a": [1, 2]}, {"a": [1, 3]}, "a[1]: 2 was, 3 is"),
        ({"a": 1}, {"a": 1, "b": 2}, "b: nothing was, 2 is"),
        ([{"x": 1}, {"x": 2}], [{"x": 1}], "[1]: {'x': 2} was, nothing is"),
        ({"t": "a\nb\nc"}, {"t": "a\nB\nc"}, "t, line 2: 'b' was, 'B' is"),
        ({"t": "a"}, {"t": "b"}, "t: 'a' was, 'b' is"),
        ({"b": 1, "a": 1}, {"b": 2, "a": 2}, "a: 1 was, 2 is"),
    ],
)
def test_the_first_place_is_named(was: object, now: object, told: str) -> None:
    assert first_difference(was, now) == told


def test_equal_documents_do_not_differ() -> None:
    assert first_difference({"a": [1, {"b": "x\ny"}]}, {"a": [1, {"b": "x\ny"}]}) is None


def test_long_values_are_cut() -> None:
    told = first_difference({"a": "x" * 1000}, {"a": "y"})
    assert told is not None
    assert len(told) < 200
