"""A running search in the terminal: phase, counts, budget left, and the tree."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from agents.domain import Usage
from agents.store import FINAL, SearchRecord
from service.console.harmless import harmless
from service.console.tree_view import recent, tree_view

REFRESH_S = 0.25


def usage_of(record: SearchRecord) -> Usage:
    """All that was spent so far."""
    if record.verdict is not None:
        return record.verdict.usage
    start = record.preparation.usage if record.preparation else Usage()
    return sum((t.outcome.usage for t in record.trials if t.outcome), start)


def status_line(record: SearchRecord, seconds: float) -> str:
    """One line of numbers."""
    outcomes = [t.outcome for t in record.trials if t.outcome]
    best = max((o.value for o in outcomes), default=0.0)
    usage = usage_of(record)
    limits = record.settings.limits
    parts = [
        record.phase,
        f"{len(outcomes)}/{limits.nodes or '∞'} nodes",
        f"best {best:.2f}",
        f"{usage.sandbox_runs} runs",
        f"{seconds:.0f} s" + (f" of {limits.wall_s:.0f}" if limits.wall_s else ""),
    ]
    if usage.calls:
        price = "price unknown" if usage.usd is None else f"{usage.usd:.4f} USD"
        parts.insert(4, f"{usage.tokens} tokens, {price}")
    return " · ".join(parts)


def progress_view(record: SearchRecord, seconds: float) -> RenderableType:
    """What the live display shows."""
    line = status_line(record, seconds)
    head: RenderableType = Text(line) if record.phase in FINAL else Spinner("dots", text=line)
    newest = recent([t.outcome for t in record.trials if t.outcome])
    return Group(head, tree_view(record), Text(harmless(newest), style="dim", overflow="ellipsis"))


@contextmanager
def watching(console: Console, load: Callable[[], SearchRecord]) -> Iterator[None]:
    """Show a search while the block runs. Not a terminal: nothing is drawn."""
    if not console.is_terminal:
        yield
        return
    began = time.monotonic()
    over = threading.Event()
    with Live(console=console, transient=True, auto_refresh=True) as live:

        def draw() -> None:
            while not over.wait(REFRESH_S):
                live.update(progress_view(load(), time.monotonic() - began))

        painter = threading.Thread(target=draw, name="watching", daemon=True)
        painter.start()
        try:
            yield
        finally:
            over.set()
            painter.join()
