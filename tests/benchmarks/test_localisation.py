"""What a fix changed, and the figures made of it."""

import json
from math import isclose
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.changed_places import applied, functions_of, hunks, needed
from benchmarks.localisation import DEFAULT, RESULTS, by_chance, first, keep, wilson

BASE = {"a.py": "def f():\n    return 1\n\n\ndef g():\n    return 2\n", "b.py": "X = 1\n"}
FIXED = {
    "a.py": "def f():\n    return 1\n\n\ndef g():\n    y = 3\n    return y\n\n\ndef h(): ...\n",
    "c.py": "def new(): ...\n",
}


def test_all_hunks_together_give_the_fixed_files() -> None:
    changed = applied(BASE, FIXED, hunks(BASE, FIXED))
    assert changed == {"a.py": FIXED["a.py"], "b.py": "", "c.py": FIXED["c.py"]}
    assert applied(BASE, FIXED, []) == {}


def test_the_functions_that_a_fix_changed_are_those_of_the_base() -> None:
    assert functions_of(BASE, FIXED, hunks(BASE, FIXED)) == {("a.py", "g")}


def test_a_line_that_only_came_in_counts_for_its_function() -> None:
    grown = {**BASE, "a.py": BASE["a.py"].replace("    return 1", "    pass\n    return 1")}
    assert functions_of(BASE, grown, hunks(BASE, grown)) == {("a.py", "f")}


@given(st.sets(st.integers(0, 30)))
def test_what_is_needed_is_all_that_is_kept(wanted: set[int]) -> None:
    assert needed(list(range(31)), lambda kept: wanted <= set(kept)) == sorted(wanted)


def test_an_interval_worked_by_hand() -> None:
    # 8 of 10: (0.8 + 1.92/10 ± 1.96 · sqrt(0.016 + 0.0096)) / 1.38416
    low, high = wilson(8, 10)
    assert isclose(low, 0.490, abs_tol=0.001)
    assert isclose(high, 0.943, abs_tol=0.001)
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(("top", "expected"), [(1, 0.2), (2, 1 - 8 * 7 / (10 * 9)), (99, 1.0)])
def test_a_random_order_finds_by_chance(top: int, expected: float) -> None:
    assert isclose(by_chance((10, 2), top), expected)


def test_nothing_found_has_no_place() -> None:
    assert first([], {("a.py", "f")}) is None


def test_measuring_one_set_keeps_what_is_known_of_the_others(tmp_path: Path) -> None:
    file = tmp_path / "found.json"
    keep(file, {"demo": 1, "historical": 2})
    keep(file, {"planted_dev": 3, "demo": 4})
    assert json.loads(file.read_text()) == {"demo": 4, "historical": 2, "planted_dev": 3}


def test_the_command_alone_measures_what_is_published() -> None:
    assert set(DEFAULT) <= set(json.loads(RESULTS.read_text()))
