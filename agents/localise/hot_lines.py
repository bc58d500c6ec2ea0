"""Where a workload spends its time, as suspiciousness of lines."""

from collections.abc import Mapping, Sequence

from agents.localise.functions import enclosing, function_spans
from agents.workload import HotFunction

Lines = Mapping[str, Mapping[int, float]]
"""Path → line (from 1) → weight in [0, 1]."""


def hot_lines(hot: Sequence[HotFunction], sources: Mapping[str, str]) -> Lines:
    """Every line of a hot function weighs what the function does, the hottest 1.

    Rows outside of functions, such as a module that computes when it is imported, weigh nothing:
    their profile has no end that could be read off the source.
    """
    most = max((row.share for row in hot), default=1.0)
    found: dict[str, dict[int, float]] = {}
    for row in hot:
        span = enclosing(function_spans(sources.get(row.path, "")), row.line)
        for line in range(span.start, span.end + 1) if span else ():
            at = found.setdefault(row.path, {})
            at[line] = max(at.get(line, 0.0), row.share / most)
    return found


def merged(first: Lines, second: Lines) -> Lines:
    """The larger weight of each line."""
    return {
        path: {
            line: max(first.get(path, {}).get(line, 0.0), second.get(path, {}).get(line, 0.0))
            for line in sorted({*first.get(path, {}), *second.get(path, {})})
        }
        for path in sorted({*first, *second})
    }
