"""Every log parser on a log of its runner, and on what is no such log."""

import html
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.testruns.logs import PARSERS, UnknownLogParser, parser
from sandbox.testruns.logs.grammar import LONGEST, clean
from sandbox.testruns.report import STATUSES
from tests.sandbox.testruns.log_samples import SAMPLES

CASES = [(name, log, says) for names, log, says in SAMPLES for name in names.split()]

SWEBENCH = """
    ant astroid astropy bpmn_js calypso carbon cargo chart_js cucumber cypress django doctest
    emotion eslint flask googletest gotest gradle_custom grommet highlightjs immutable_js jekyll
    jest jest_json jq karma lighthouse lighthouse_jest lighthouse_mocha marked marshmallow
    matplotlib maven micropython_test minitest next next_v1 next_v2 openlayers p5js phpunit prettier
    prismjs pvlib pydicom pylint pytest pytest_options pytest_v2 pyvista quarto_cli react_pdf redis
    requests rspec_transformed_json ruby_unit scikit scratch_gui seaborn sphinx sqlfluff sympy tap
    vitest xarray
    """
"""``parse_log_…`` in release 5.0.2."""


@pytest.mark.parametrize(("name", "log", "says"), CASES)
def test_a_parser_reads_the_log_of_its_runner(name: str, log: str, says: dict[str, str]) -> None:
    assert PARSERS[name](log) == says
    assert PARSERS[name](log.replace("\n", "\r\n")) == says


def test_every_parser_has_a_sample() -> None:
    assert {name for name, _, _ in CASES} == PARSERS.keys()


def test_every_name_of_swe_bench_is_known() -> None:
    assert [name for name in SWEBENCH.split() if name not in PARSERS] == []
    assert parser("parse_log_django") is parser("django")


def test_an_unknown_name_is_refused_with_all_that_are_known() -> None:
    with pytest.raises(UnknownLogParser) as refused:
        parser("nose")
    assert str(refused.value).endswith(", ".join(sorted(PARSERS)))


def test_a_log_that_names_failures_only_says_so() -> None:
    partial = {name for name, found in PARSERS.items() if not found.complete}
    assert partial == {"bpmn_js", "chart_js", "eslint", "marked", "openlayers", "p5js"}
    for name, log, _ in CASES:
        told = PARSERS[name](log).values()
        assert (set(told) == {"failed"}) >= (name in partial)


def test_a_later_pass_mends_no_failure() -> None:
    log = "FAILED a.py::b - so\nPASSED a.py::b\n"
    assert PARSERS["pytest"](log) == {"a.py::b": "failed"}


def invented(name: str, log: str) -> list[str]:
    """Ids of which some part is not in the log."""
    text = "\n".join(clean(log))
    known = text + html.unescape(text)
    if name == "matplotlib":
        known += text.replace("MouseButton.LEFT", "1").replace("MouseButton.RIGHT", "3")
    joined = re.compile(r" - | > |: ?|\.|\s+|(?<=\[)/")
    return [
        test for test in PARSERS[name](log) if any(part not in known for part in joined.split(test))
    ]


FRAGMENTS = sorted({line for _, log, _ in CASES for line in log.split("\n")})
WORDS = sorted({word for line in FRAGMENTS for word in re.split(r"(\s+)", line)})
lines = st.one_of(
    st.text(max_size=40),
    st.sampled_from(FRAGMENTS),
    st.lists(st.sampled_from(WORDS) | st.text(max_size=5), max_size=8).map("".join),
)
logs = st.lists(lines, max_size=15).map("\n".join)


@given(logs)
def test_no_parser_raises_or_invents_a_test(log: str) -> None:
    for name, read in PARSERS.items():
        assert set(read(log).values()) <= (STATUSES if read.complete else {"failed"})
        assert invented(name, log) == []
        assert "" not in read(log)


@given(logs, logs)
def test_more_log_never_makes_a_pass_of_a_failure(one: str, other: str) -> None:
    for name in (
        "pytest",
        "cargo",
        "gotest",
        "tap",
        "jest",
        "googletest",
        "rspec_transformed_json",
    ):
        before, after = PARSERS[name](one), PARSERS[name](f"{one}\n{other}")
        bad = {test for test, status in before.items() if status in ("failed", "error")}
        assert not {test for test in bad if after[test] == "passed"}


HOSTILE = [
    "a" * LONGEST,
    " " * (LONGEST - 1) + "x",
    "1) " * (LONGEST // 3),
    "x: " * (LONGEST // 3),
    "." * (LONGEST - 1) + "x",
    " > " * (LONGEST // 3),
    "[ OK ] (" * (LONGEST // 8),
    '{"a":' * (LONGEST // 5),
    "test ... " * (LONGEST // 9),
    "FAILED - " * (LONGEST // 9),
    "Chrome 1 (" * (LONGEST // 10),
    "<TestCase name=" * (LONGEST // 15),
    "Tests run: 1, Failures: 1, Errors: 1" * (LONGEST // 36),
    "(" * LONGEST,
    "x" + " " * (LONGEST - 2) + "x",
    "::" * (LONGEST // 2),
    "[smoke]" + "." * (LONGEST - 7),
    "_ " + ".py:" * (LONGEST // 4 - 1),
    "a = 1 " * (LONGEST // 6),
    "(1ms " * (LONGEST // 5),
]


@pytest.mark.parametrize("line", HOSTILE, ids=lambda line: line[:10].strip() or "spaces")
def test_no_line_holds_a_parser_up(line: str) -> None:
    slow = {}
    PARSERS["cypress"]("{")  # what is imported first is not the parser's time
    for name, read in PARSERS.items():
        begun = time.process_time()
        read(f"{line}\n" * 3)
        slow[name] = time.process_time() - begun
    assert {name: spent for name, spent in slow.items() if spent > 0.15} == {}


def test_short_lines_below_long_headings_do_not_fill_the_memory() -> None:
    headings = "".join(f"{' ' * depth}{'h' * 250}\n" for depth in range(1, 40))
    log = headings + "".join(f"  ✓ {number}\n" for number in range(20_000))
    found = PARSERS["mocha"](log)
    assert 0 < sum(map(len, found)) <= 64 * 1024 * 1024
