from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.localise.ochiai import ochiai

counts = st.dictionaries(st.integers(1, 30), st.integers(0, 9))


def test_a_line_that_only_failing_tests_run_is_fully_suspicious() -> None:
    assert ochiai({"a.py": {3: 2}}, {}, 2) == {"a.py": {3: 1.0}}


def test_a_line_that_passing_tests_run_too_is_less_suspicious() -> None:
    found = ochiai({"a.py": {3: 2, 4: 1}}, {"a.py": {3: 6, 4: 0}}, 2)
    assert found["a.py"][3] == pytest.approx(2 / sqrt(2 * (2 + 6)))
    assert found["a.py"][4] == pytest.approx(1 / sqrt(2))


def test_lines_that_no_failing_test_ran_are_left_out() -> None:
    assert ochiai({"a.py": {1: 0}, "b.py": {}}, {"c.py": {1: 5}}, 1) == {}


def test_without_failing_tests_nothing_is_suspicious() -> None:
    assert ochiai({"a.py": {1: 1}}, {}, 0) == {}


@given(counts, counts)
def test_suspiciousness_lies_between_zero_and_one(
    failing: dict[int, int], passing: dict[int, int]
) -> None:
    total = max([*failing.values(), 1])
    for score in ochiai({"a.py": failing}, {"a.py": passing}, total).get("a.py", {}).values():
        assert 0 < score <= 1
