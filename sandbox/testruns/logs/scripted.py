"""Logs of the test runners of Ruby and PHP."""

from sandbox.testruns.logs.grammar import MARK, TIME, LogParser, outline, table, words
from sandbox.testruns.report import TestStatus

_LETTERS = words(
    {
        ".": "passed",
        "F": "failed",
        "E": "error",
        "S": "skipped",
        "O": "skipped",
        "P": "skipped",
        "N": "skipped",
    }
)


def _steps(letters: str) -> TestStatus | None:
    """Cucumber's sign for each step of a feature; None where no step ran."""
    return "failed" if "F" in letters else "passed" if "." in letters else None


_minitest = table(r"\s*(?P<id>\S.*?)\.? {1,2}= \d[\d.]* s = (?P<status>[.FES])$", _LETTERS)
_cucumber = table(r"\s*(?P<id>\S.*?[^\s=]) (?P<status>[.FUPS-]+)$", _steps)

PARSERS = {
    "minitest": LogParser((_minitest,)),
    "cucumber": LogParser((_cucumber,)),
    "jekyll": LogParser((_minitest, _cucumber)),
    "ruby_unit": LogParser(
        (table(r"\s*(?:test: )?(?P<id>\S.*?):\s+(?P<status>[.EFOPN])(?=:|\s|$)", _LETTERS),)
    ),
    "rspec_transformed_json": LogParser(
        (
            table(
                r"\s*(?P<id>\S.*) - (?P<status>passed|failed|pending)\b",
                words({"passed": "passed", "failed": "failed", "pending": "skipped"}),
            ),
        )
    ),
    "phpunit": LogParser(
        (
            outline(
                " > ",
                test=rf"(?P<indent>\s*)(?P<status>{MARK})\s*(?P<id>.+?){TIME}$",
                heading=r"(?P<indent>)(?P<id>\w.*) \(.+\)$",
            ),
        )
    ),
}
