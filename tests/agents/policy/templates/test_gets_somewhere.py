"""Single bugs in functions of the standard library are found within a stated number of tries."""

import importlib
from pathlib import Path

import pytest

from agents.localise.functions import function_spans
from tests.agents.policy.templates.helpers import mutants, place_of

BUGS = (
    ("bisect", "bisect_left", "lo = mid + 1", "lo = mid", 150),
    ("bisect", "bisect_right", "if x < a[mid]", "if x <= a[mid]", 150),
    ("heapq", "_siftdown", "if newitem < parent:", "if newitem > parent:", 60),
    ("heapq", "heappop", "returnitem = heap[0]", "returnitem = heap[1]", 60),
    ("textwrap", "dedent", "margin = margin[:i]", "margin = margin[i:]", 150),
    (
        "string",
        "capwords",
        "map(str.capitalize, s.split(sep))",
        "map(str.capitalize, s.split())",
        60,
    ),
    ("fractions", "_richcmp", "self._denominator * other", "self._denominator + other", 150),
    ("calendar", "isleap", "year % 100 != 0 or", "year % 100 != 0 and", 60),
    ("shlex", "quote", "if not s:", "if s:", 60),
    ("csv", "_dict_to_list", 'action == "raise"', 'action != "raise"', 60),
)


@pytest.mark.parametrize(("module", "function", "right", "wrong", "tries"), BUGS)
def test_a_seeded_bug_is_found(
    module: str, function: str, right: str, wrong: str, tries: int
) -> None:
    source = Path(importlib.import_module(module).__file__ or "").read_text(encoding="utf-8")
    span = next(s for s in function_spans(source) if s.short == function)
    lines = source.split("\n")
    body = "\n".join(lines[span.start - 1 : span.end])
    assert right in body
    broken = body.replace(right, wrong, 1).split("\n")
    buggy = "\n".join([*lines[: span.start - 1], *broken, *lines[span.end :]])
    weights = dict.fromkeys(range(span.start, span.end + 1), 1.0)
    assert place_of(source, mutants(buggy, lines=weights), tries)
