"""An execution trace as a few lines for a model. Pure."""

from collections.abc import Iterable, Iterator, Mapping

from agents.llm.protocol import estimate_tokens
from agents.verify.trace import ISSUE, Covered, Trace, TraceFrame

MISSED_SHOWN = 4
"""Lines that did not run, quoted one by one; more say little."""


def trace_text(trace: Trace, tokens: int) -> str:
    """The failing frame first, then who called it, then what did not run; about `tokens` at most.

    What does not fit is left out from the end, by whole lines. Ends without a line break; empty
    where there is nothing to tell or no room for the first line.
    """
    return _fitting(_lines(trace), tokens)


def traces_text(traces: Mapping[str, Trace], tokens: int) -> str:
    """Each different trace once, with the first test that has it; about `tokens` together."""
    first: dict[Trace, str] = {}
    for test, trace in traces.items():
        first.setdefault(trace, test)
    share = tokens // len(first) if first else 0
    told = [
        _fitting([f"{test} failed:", *(f"  {line}" for line in _lines(trace))], share)
        for trace, test in first.items()
        if trace.frames
    ]
    return "\n".join(text for text in told if text)


def _lines(trace: Trace) -> Iterator[str]:
    inner, *outer = trace.frames[::-1] or (None,)
    if inner is not None:
        yield from _frame("at", inner)
    if trace.covered is not None:
        yield from _covered(trace.covered)
    for frame in outer:
        yield from _frame("called at", frame)


def _frame(how: str, frame: TraceFrame) -> Iterator[str]:
    where = "the issue's code" if frame.path == ISSUE else f"{frame.path}, {frame.function}"
    yield f"{how} line {frame.line} of {where}" + (f": {frame.source}" if frame.source else "")
    yield from (f"  {name} = {value}" for name, value in frame.locals)


def _covered(covered: Covered) -> Iterator[str]:
    """How much of the function ran, and what of it did not. That all of it ran says little."""
    every = len(covered.ran) + len(covered.missed)
    shown = [text for text in covered.missed_sources if text]
    if not (covered.ran and shown):
        return
    yield f"{len(covered.ran)} of {every} lines of {covered.function} ran; not run:"
    yield from (f"  {text}" for text in shown[:MISSED_SHOWN])
    if len(shown) > MISSED_SHOWN:
        yield f"  ... {len(shown) - MISSED_SHOWN} more"


def _fitting(lines: Iterable[str], tokens: int) -> str:
    text = ""
    for line in lines:
        longer = f"{text}\n{line}" if text else line
        if estimate_tokens(longer) > tokens:
            break
        text = longer
    return text
