"""Parsers of test logs, by the names that SWE-bench's harness has for them, and a few more.

Ids are what the log prints; where tests stand below headings, the headings joined in front. An
expected failure counts as skipped. These are readings of formats, not copies of that harness:
where one format's habits vary, a parser takes every variant.
"""

from sandbox.testruns.logs import compiled, javascript, python, scripted
from sandbox.testruns.logs.grammar import LogParser

PARSERS = {**python.PARSERS, **javascript.PARSERS, **compiled.PARSERS, **scripted.PARSERS}
"""Name → parser. SWE-bench's own names have ``parse_log_`` in front of these."""


def parser(name: str) -> LogParser:
    """The parser of a name, with ``parse_log_`` in front or without.

    Raises: UnknownLogParser.
    """
    found = PARSERS.get(name.removeprefix("parse_log_"))
    if found is None:
        raise UnknownLogParser(f"no log parser {name!r}; there are: {', '.join(sorted(PARSERS))}")
    return found


class UnknownLogParser(ValueError):
    """The message lists every name that there is."""
