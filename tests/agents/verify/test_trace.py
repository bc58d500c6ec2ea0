import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from agents.llm.protocol import estimate_tokens
from agents.verify.report import harness_report
from agents.verify.trace import Covered, Trace, TraceFrame, printable, trace_of, with_sources
from agents.verify.trace_text import trace_text, traces_text
from sandbox.protocol import RunResult

FRAME = {"path": "core.py", "line": 2, "function": "mean", "locals": [["x", "1"]]}
RAN = {"path": "core.py", "function": "mean", "lines": [1], "not": [2]}
PASSED = {"id": "issue::1", "status": "passed"}


def reported(*lines: object) -> RunResult:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    return RunResult(outcome="ok", exit_code=0, artefacts={"report.jsonl": text.encode()})


def test_lines_of_another_shape_are_no_report() -> None:
    wrong: list[Any] = [
        5,
        None,
        [],
        "[" * 100_000,
        "9" * 10_000,
        {"id": 1, "status": "passed"},
        {"id": ["issue::1"], "status": "passed"},
        {"id": "issue::1", "status": "skipped"},
        {"id": "issue::1", "status": ["passed"]},
        PASSED | {"frames": 5},
        PASSED | {"lines": {"a.py": ["x"]}},
        PASSED | {"message": 5},
        PASSED | {"id": "issue::9"},
    ]
    assert harness_report(reported(*wrong), ["issue::1"]) == {}
    assert harness_report(reported(*wrong, PASSED), ["issue::1"])["issue::1"].status == "passed"


def test_a_failure_that_was_reported_stays_one_and_keeps_its_first_words() -> None:
    first, second = ({**PASSED, "status": "failed", "message": said} for said in ("one", "two"))
    for lines in ([first, second, PASSED], [PASSED, first, second], [first, PASSED, second]):
        found = harness_report(reported(*lines), ["issue::1"])["issue::1"]
        assert (found.status, found.message) == ("failed", "one")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
FIELDS = ("id", "status", "error", "message", "frames", "lines", "trace")
NEARLY = st.fixed_dictionaries(
    {"id": st.just("issue::1"), "status": st.just("failed")},
    optional=dict.fromkeys(FIELDS[2:], JSON),
)
TRACES = st.fixed_dictionaries(
    {},
    optional={
        "frames": JSON | st.lists(JSON | st.just(FRAME) | st.builds(dict, JSON.map(lambda x: {}))),
        "ran": JSON | st.just(RAN) | st.builds(lambda x: RAN | {"lines": x}, JSON),
    },
)


@given(st.lists(JSON | NEARLY))
def test_no_report_whatever_its_shape_is_an_error(lines: list[Any]) -> None:
    found = harness_report(reported(*map(json.dumps, lines)), ["issue::1"])
    assert set(found) <= {"issue::1"}


@given(TRACES, st.integers(min_value=0, max_value=400))
def test_no_trace_is_an_error_and_its_text_keeps_to_the_budget(given: Any, tokens: int) -> None:
    found = trace_of(given)
    text = "" if found is None else trace_text(found, tokens)
    assert estimate_tokens(text) <= tokens


def test_and_a_trace_of_the_right_shape_is_read() -> None:
    found = trace_of({"frames": [FRAME, 5, FRAME | {"line": "2"}], "ran": RAN})
    assert found is not None
    frame = TraceFrame(path="core.py", line=2, function="mean", locals=(("x", "1"),))
    assert found.frames == (frame,)
    assert found.covered == Covered(path="core.py", function="mean", ran=(1,), missed=(2,))


@given(st.text(), st.integers(min_value=0, max_value=100))
def test_text_of_a_report_is_bounded_and_can_be_stored(text: str, most: int) -> None:
    told = printable(text, most)
    assert len(told) <= most
    assert "\0" not in told
    assert told.encode().decode() == told


def test_addresses_are_taken_out() -> None:
    assert printable("<A at 0x7f12ab>, <B at 0x7", 100) == "<A at 0x..>, <B at 0x.."


TEXT = "def mean(x):\n    if x:\n        return 1\n    return y[x]\n"
SHOWN = Trace(
    frames=(
        TraceFrame(path="<issue>", line=1, function="<module>"),
        TraceFrame(path="core.py", line=4, function="mean", locals=(("x", "0"),)),
    ),
    covered=Covered(path="core.py", function="mean", ran=(2, 4), missed=(3,)),
)


def test_a_text_begins_where_it_failed() -> None:
    sourced = with_sources(SHOWN, {"core.py": TEXT, "<issue>": "mean(0)"}.get)
    assert trace_text(sourced, 200) == (
        "at line 4 of core.py, mean: return y[x]\n"
        "  x = 0\n"
        "2 of 3 lines of mean ran; not run:\n"
        "  return 1\n"
        "called at line 1 of the issue's code: mean(0)"
    )


def test_what_does_not_fit_is_left_out_from_the_end() -> None:
    sourced = with_sources(SHOWN, {"core.py": TEXT}.get)
    assert trace_text(sourced, 14) == "at line 4 of core.py, mean: return y[x]\n  x = 0"
    assert trace_text(sourced, 3) == ""


def test_lines_that_no_file_has_are_told_by_their_numbers() -> None:
    sourced = with_sources(SHOWN, {"core.py": "one line"}.get)
    assert trace_text(sourced, 200).startswith("at line 4 of core.py, mean\n")


def test_tests_that_fail_alike_are_told_once() -> None:
    other = Trace(frames=(TraceFrame(path="b.py", line=1, function="f"),))
    text = traces_text({"issue::1": SHOWN, "issue::2": SHOWN, "issue::3": other}, 200)
    assert [line for line in text.split("\n") if line.startswith("issue")] == [
        "issue::1 failed:",
        "issue::3 failed:",
    ]


@given(st.integers(min_value=0, max_value=100), st.integers(min_value=1, max_value=9))
def test_many_traces_share_one_budget(tokens: int, many: int) -> None:
    traces = {
        f"issue::{n}": Trace(frames=(TraceFrame(path="b.py", line=n + 1, function="f"),))
        for n in range(many)
    }
    # A line break between two texts may round up.
    assert estimate_tokens(traces_text(traces, tokens)) <= tokens + many
