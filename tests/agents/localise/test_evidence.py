from dataclasses import replace
from math import isclose, sqrt

from agents.localise.evidence import DIVERGING, Evidence, traces

SOURCE = """\
import os


@property
def wanted(text):
    if text:
        return 1
    return 2


def spare():
    return 3
"""
EVIDENCE = Evidence(
    statement="It is wrong.",
    sources={"core.py": SOURCE},
    failing={"core.py": {1: 1, 5: 1, 6: 1, 8: 1, 11: 1}, "tests/test_core.py": {1: 1}},
    failing_tests=1,
    passing={"core.py": {6: 3, 7: 3}},
    passing_tests=8,
)


def test_what_only_failing_tests_run_is_most_suspicious() -> None:
    found = traces(EVIDENCE).coverage["core.py"]
    assert found[8] == 1.0
    assert isclose(found[6], 1 / sqrt(1 + 3))
    assert 7 not in found


def test_what_importing_runs_is_no_more_suspicious_than_if_every_test_had_run_it() -> None:
    found = traces(EVIDENCE).coverage["core.py"]
    # The heads of functions run when they are defined.
    assert all(isclose(found[line], 1 / sqrt(1 + 8)) for line in (1, 5, 11))


def test_tests_and_files_of_others_are_left_out() -> None:
    traced = replace(EVIDENCE, tracebacks=[[("tests/test_core.py", 1), ("core.py", 8)]])
    found = traces(traced)
    assert set(found.coverage) == {"core.py"}
    assert found.frames == {"core.py": {8: 1.0}}


def test_the_issues_own_passing_tests_stand_beside_its_failing_ones() -> None:
    found = traces(replace(EVIDENCE, guarding={"core.py": {6: 1, 7: 1}}, guards=1))
    assert found.contrast["core.py"][8] == 1.0
    assert isclose(found.contrast["core.py"][6], 1 / sqrt(2))
    assert isclose(found.contrast["core.py"][11], 1 / sqrt(2))


def test_without_passing_tests_in_the_issue_there_is_no_contrast() -> None:
    found = traces(EVIDENCE)
    assert found.contrast == {}
    assert found.suspicious == found.coverage


def test_the_condition_at_which_they_parted_becomes_suspicious() -> None:
    passing = {"core.py": {6: 99, 7: 99, 8: 99}}
    found = traces(replace(EVIDENCE, passing=passing, guarding={"core.py": {6: 1, 7: 1}}, guards=1))
    assert found.coverage["core.py"][6] == 0.1
    assert found.suspicious["core.py"][6] == DIVERGING
    assert found.suspicious["core.py"][8] == found.coverage["core.py"][8] == 0.1
