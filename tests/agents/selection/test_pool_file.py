"""Pools go into a file and come back; what is wrong in one is named by line and field."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.errors import BadPool
from agents.selection.labelled import LabelledPool
from agents.selection.pool import Judgement, Option, Pool, Probe, Test
from agents.selection.pool_file import read, written

FULL = LabelledPool(
    issue="i",
    pool=Pool(
        options=(
            Option(key="a", source="s", changed_lines=3, regression="passed", review=0.5),
            Option(key="b", source="t", changed_lines=0, refused="applies", speed=1.5),
        ),
        tests=(
            Test(id="t", origin="issue", on_base="passed", stable=False),
            Test(id="own", origin="author", author="b", toxic="it says why"),
        ),
        results={"t": {"a": "failed"}, "own": {"a": "unknown", "b": "passed"}},
        probes=(Probe(id="p", outputs={"a": "", "b": "1"}, believed=("", "1")),),
        judgements=(
            Judgement(shown=("b", "a"), preferred=None),
            Judgement(shown=("a", "b"), preferred="b", judge="debate", reason="it is"),
        ),
    ),
    right=frozenset({"a"}),
    costs={"tests": 2.5},
)


def small(**changes: Any) -> dict[str, Any]:
    """A document with two candidates, and what is changed in it."""
    candidates = [{"key": key, "source": key, "changed_lines": 1} for key in "ab"]
    return {"issue": "i", "candidates": candidates, "right": ["a"], **changes}


def pools(*documents: Any) -> list[LabelledPool]:
    return list(read(map(json.dumps, documents), "f.jsonl"))


def test_everything_comes_back() -> None:
    assert list(read([written(FULL)], "f")) == [FULL]


def test_what_is_not_known_is_left_out() -> None:
    line = json.loads(written(FULL))
    assert line["candidates"][0] == {
        "key": "a", "source": "s", "changed_lines": 3, "regression": "passed", "review": 0.5,
    }  # fmt: skip
    none = LabelledPool(issue="n", pool=Pool(), right=frozenset())
    assert json.loads(written(none)) == {"issue": "n", "candidates": [], "right": []}


def test_little_is_enough() -> None:
    (found,) = pools(small())
    assert found.pool.options[1] == Option(key="b", source="b", changed_lines=1)
    assert (found.right, found.costs, found.pool.tests) == (frozenset("a"), {}, ())


def test_a_patch_stands_for_source_and_lines() -> None:
    patch = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"
    keys = [{"key": "a", "patch": patch}, {"key": "b", "patch": patch.replace("+b", "+c")}]
    (found,) = pools(small(candidates=keys))
    one, two = found.pool.options
    assert (one.changed_lines, two.changed_lines) == (2, 2)
    assert one.source != two.source
    said = {"key": "a", "patch": patch, "source": "mine", "changed_lines": 7}
    (found,) = pools(small(candidates=[said]))
    assert (found.pool.options[0].source, found.pool.options[0].changed_lines) == ("mine", 7)


def test_empty_lines_are_passed_over_and_counted() -> None:
    with pytest.raises(BadPool, match=r"^f, line 3: is not JSON: "):
        list(read([json.dumps(small()), "\n", "{"], "f"))


def test_null_is_as_if_left_out() -> None:
    (found,) = pools(small(probes=None, judgements=[{"shown": ["a", "b"], "preferred": None}]))
    assert found.pool.judgements == (Judgement(shown=("a", "b"), preferred=None),)


def candidate(**of: Any) -> dict[str, Any]:
    return {"candidates": [{"key": "a", "source": "s", "changed_lines": 1, **of}]}


def case(**of: Any) -> dict[str, Any]:
    return {"tests": [{"id": "t", "origin": "written", "on_base": "failed", **of}]}


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"issue": ""}, "issue: must not be empty"),
    ({"issue": 3}, "issue: must be a text, not 3"),
    ({"right": None}, "right is missing"),
    ({"right": ["z"]}, "right[0]: there is no candidate z"),
    ({"labels": []}, "labels: no such field; there are issue, candidates, "),
    ({"candidates": {}}, "candidates: must be a list, not {}"),
    ({"candidates": ["a"]}, 'candidates[0]: must be an object, not "a"'),
    (
        candidate(changed_lines=-1),
        "candidates[0].changed_lines: must be a whole number from 0, not -1",
    ),
    (candidate(changed_lines=True), "candidates[0].changed_lines: must be a whole number"),
    (candidate(source=None), "candidates[0]: patch or source is missing"),
    (candidate(changed_lines=None), "candidates[0]: patch or changed_lines is missing"),
    (candidate(review=1.5), "candidates[0].review: must be a number from 0 to 1, not 1.5"),
    (candidate(speed=float("nan")), "candidates[0].speed: must be a number from 0, not NaN"),
    (
        candidate(regression="pass"),
        "candidates[0].regression: must be one of passed, failed, unknown",
    ),
    (candidate(regression=[]), "candidates[0].regression: must be one of passed, failed, unknown"),
    (candidate(key="b", lines=2), "candidates[0].lines: no such field"),
    ({"candidates": candidate()["candidates"] * 2}, "candidates[1]: a is there twice"),
    (case(on_base=None), "tests[0]: on_base is missing"),
    (case(stable="no"), 'tests[0].stable: must be true or false, not "no"'),
    (case(origin="author"), "tests[0]: author must be there where origin is author"),
    (case(author="a"), "tests[0]: author must be there where origin is author"),
    (case(origin="author", author="z"), "tests[0].author: there is no candidate z"),
    ({"results": {"t": {}}}, "results.t: there is no test t"),
    ({**case(), "results": {"t": {"z": "passed"}}}, "results.t.z: there is no candidate z"),
    ({**case(), "results": {"t": {"a": 1}}}, "results.t.a: must be one of"),
    ({"judgements": [{"shown": ["a"]}]}, "judgements[0].shown: must be two different candidates"),
    ({"judgements": [{"shown": ["a", "a"]}]}, "judgements[0].shown: must be two different"),
    ({"judgements": [{"shown": ["a", "z"]}]}, "judgements[0].shown[1]: there is no candidate z"),
    ({"probes": [{"id": "p"}]}, "probes[0]: outputs is missing"),
    ({"probes": [{"id": "p", "outputs": {"a": 1}}]}, "probes[0].outputs.a: must be a text, not 1"),
    ({"costs": {"tests": -1}}, "costs.tests: must be a number from 0, not -1"),
]


@pytest.mark.parametrize(("changes", "told"), WRONG)
def test_what_is_wrong_is_named_by_line_and_field(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(BadPool) as caught:
        pools(small(issue="first"), small(**changes))
    assert str(caught.value).startswith(f"f.jsonl, line 2: {told}")


def test_who_was_preferred_must_have_been_shown() -> None:
    three = [{"key": key, "source": key, "changed_lines": 1} for key in "abc"]
    told = [{"shown": ["a", "b"], "preferred": "c"}]
    with pytest.raises(BadPool, match=r"judgements\[0\]\.preferred: c was not shown"):
        pools(small(candidates=three, judgements=told))


def test_an_issue_comes_once() -> None:
    with pytest.raises(BadPool, match=r"line 2: issue: i is on line 1 already"):
        pools(small(), small())


@pytest.mark.parametrize("line", ["[]", "3", "null", '"text"'])
def test_a_line_is_an_object(line: str) -> None:
    with pytest.raises(BadPool, match="line 1: must be an object"):
        list(read([line], "f"))


def test_a_long_value_is_not_shown_in_full() -> None:
    with pytest.raises(BadPool) as caught:
        pools(small(issue=["x" * 500]))
    assert len(str(caught.value)) < 120


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("ab", max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text("ab", max_size=3), inner, max_size=2)
    ),
    max_leaves=5,
)
FIELDS = st.sampled_from(
    ["issue", "candidates", "right", "tests", "results", "probes", "judgements", "costs"]
)


@given(st.dictionaries(FIELDS, JSON))
def test_whatever_a_line_holds_is_read_or_refused(changes: dict[str, Any]) -> None:
    try:
        found = pools(small(**changes))
    except BadPool as error:
        assert str(error).startswith("f.jsonl, line 1: ")  # noqa: PT017 - either is right
    else:
        assert len(found) == 1
