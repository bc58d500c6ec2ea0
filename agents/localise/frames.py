"""Which lines a traceback passed through, the innermost weighing most. Pure."""

from collections.abc import Iterable, Sequence

Frame = tuple[str, int]
"""Path and line (from 1)."""

DEEPEST = 10


def frame_weights(tracebacks: Iterable[Sequence[Frame]]) -> dict[str, dict[int, float]]:
    """Path → line → weight in (0, 1]; tracebacks come outermost first.

    The frame at place n from the inside weighs 1/n, and those beyond the tenth 0.1, as in Wong et
    al. 2014, "Boosting bug-report-oriented fault localization with segmentation and stack-trace
    analysis", section III-C. Of several tracebacks the largest weight counts.
    """
    found: dict[str, dict[int, float]] = {}
    for traceback in tracebacks:
        for place, (path, line) in enumerate(reversed(traceback), 1):
            lines = found.setdefault(path, {})
            lines[line] = max(lines.get(line, 0.0), 1 / min(place, DEEPEST))
    return found
