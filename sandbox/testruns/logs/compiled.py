"""Logs of the test runners of C, C++, Go, Rust, Java and Kotlin."""

import html
import re
from collections.abc import Iterator, Sequence

from sandbox.testruns.logs.grammar import TIME, LogParser, Told, pending, table, words
from sandbox.testruns.report import TestStatus

_UPPER = words(
    {
        "PASS": "passed",
        "PASSED": "passed",
        "SUCCESS": "passed",
        "FAIL": "failed",
        "FAILED": "failed",
        "FAILURE": "failed",
        "ERR": "error",
        "ERROR": "error",
        "SKIP": "skipped",
        "SKIPPED": "skipped",
        "OK": "passed",
    }
)
_LOWER = words(
    {
        "ok": "passed",
        "pass": "passed",
        "err": "failed",
        "FAIL": "failed",
        "FAILED": "failed",
        "skip": "skipped",
        "ignore": "skipped",
        "ignored": "skipped",
    }
)
_CTEST = words(
    {
        "Passed": "passed",
        "***Failed": "failed",
        "***Exception": "error",
        "***Timeout": "timeout",
        "***Not Run": "error",
        "***Skipped": "skipped",
    }
)
_TAG = re.compile(r"\s*<(?P<tag>TestCase|SubCase|Expression)\b(?P<rest>.*)$")
_NAME = re.compile(r'.*?\bname="(?P<name>[^"]*)"')
_GRADLE = r"\s*(?P<id>[^>\s].*) (?P<status>PASSED|FAILED|SKIPPED)$"


def _counts(said: str) -> TestStatus:
    """Surefire's ``2, Errors: 0, Skipped: 1`` of one class."""
    failures, errors, *_ = [int(number) for number in re.findall(r"\d{1,9}", said)]
    return "error" if errors else "failed" if failures else "passed"


def doctest_xml(lines: Sequence[str]) -> Iterator[Told]:
    """The XML of C++'s doctest, one element a line: a subcase passes if it has nothing false."""
    case, subcase = "", ""
    for line in lines:
        tag = _TAG.match(line)
        if tag is None:
            continue
        named = _NAME.match(tag["rest"])
        name = html.unescape(named["name"]) if named else ""
        if tag["tag"] == "TestCase":
            case, subcase = name, ""
        elif tag["tag"] == "SubCase":
            subcase = name
            yield f"{case} > {subcase}", "passed"
        elif 'success="false"' in tag["rest"] and subcase:
            yield f"{case} > {subcase}", "failed"


_surefire = table(
    r".*Tests run: \d+, Failures: (?P<status>\d+, Errors: \d+).* in (?P<id>[\w.$]+)$", _counts
)
_maven = pending(r".*-Dtest=(?P<id>\S+)", r".*BUILD (?P<status>SUCCESS|FAILURE)$", _UPPER)

PARSERS = {
    "gotest": LogParser((table(r"\s*--- (?P<status>PASS|FAIL|SKIP): (?P<id>.+) \(.+\)$", _UPPER),)),
    "cargo": LogParser(
        (table(r"\s*test (?P<id>.+?) \.\.\. (?P<status>ok|FAILED|ignored)(?:,.*)?$", _LOWER),)
    ),
    "maven": LogParser((_maven,)),
    "surefire": LogParser((_surefire,)),
    "ant": LogParser((table(r"\s*\[junit\] +\[(?P<status>PASS|FAIL|ERR)\] +(?P<id>.*)$", _UPPER),)),
    "gradle_custom": LogParser(
        (
            table(_GRADLE, _UPPER),
            pending(
                r"\s*(?P<id>[^>\s]\S* +> +\S+)$",
                r"\s*(?P<status>PASSED|FAILED|SKIPPED)$",
                _UPPER,
                whole=_GRADLE,
            ),
        )
    ),
    "googletest": LogParser(
        (table(r"[^\[]*\[ *(?P<status>OK|FAILED|SKIPPED) *\] (?P<id>.*) \([^()]*\)$", _UPPER),)
    ),
    "ctest": LogParser(
        (
            table(
                r"\s*\d+/\d+ Test +#\d+: (?P<id>\S.*?) \.+ *"
                r"(?P<status>Passed|\*\*\*(?:Failed|Exception|Timeout|Not Run|Skipped))",
                _CTEST,
            ),
        )
    ),
    "redis": LogParser(
        (
            table(
                rf"\[(?P<status>ok|err|skip|ignore)\]: (?P<id>.+?)(?: in \S+)?{TIME}$",
                _LOWER,
            ),
        )
    ),
    "jq": LogParser((table(r"\s*(?P<status>PASS|FAIL): (?P<id>.+)$", _UPPER),)),
    "micropython_test": LogParser((table(r"\s*(?P<status>pass|FAIL|skip) +(?P<id>.+)$", _LOWER),)),
    "doctest": LogParser((doctest_xml,)),
}
