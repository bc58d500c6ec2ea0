"""What deciding took: the measures, why they ended, what each rung cost, what was left out."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from agents.domain import Usage, Verdict
from service.console.harmless import in_a_line, plain

SHOWN_MEASURES = 20


def measures_view(verdict: Verdict, *, whole: bool) -> Iterator[RenderableType]:
    """Each measure in its order, with reason, expected gain and cost; then why it stopped."""
    measures = verdict.evidence.measures
    shown = measures if whole else measures[:SHOWN_MEASURES]
    if shown:
        table = Table(box=None, padding=(0, 2, 0, 2), header_style="dim")
        for heading in ("", "measure", "expected gain", "expected cost", "why"):
            table.add_column(heading, overflow="fold")
        for number, measure in enumerate(shown, 1):
            table.add_row(
                str(number),
                measure.action,
                f"{measure.expected_gain:+.3f}",
                f"{measure.cost:.1f} s",
                plain(in_a_line(measure.reason, 160)),
            )
        yield table
    if len(shown) < len(measures):
        yield Text(f"  … and {len(measures) - len(shown)} more: --all", style="dim")
    if verdict.evidence.stopped:
        yield plain(f"  stopped: {in_a_line(verdict.evidence.stopped, 160)}")


def costs_view(verdict: Verdict) -> RenderableType:
    """A line for each rung that cost something."""
    table = Table(box=None, padding=(0, 2, 0, 2), header_style="dim")
    for heading in ("rung", "runs", "sandbox", "calls", "tokens", "USD"):
        table.add_column(heading, justify="left" if heading == "rung" else "right")
    for rung, usage in verdict.costs.items():
        table.add_row(plain(rung), *_cells(usage))
    return table


def _cells(usage: Usage) -> tuple[str, ...]:
    """An unknown price is never shown as 0."""
    return (
        str(usage.sandbox_runs),
        f"{usage.sandbox_s:.1f} s",
        str(usage.calls),
        str(usage.tokens),
        "unknown" if usage.usd is None else f"{usage.usd:.4f}",
    )


def skipped_view(verdict: Verdict) -> Iterator[RenderableType]:
    """What was not done, and why."""
    yield from (plain(f"  skipped: {in_a_line(note, 200)}", "dim") for note in verdict.skipped)
