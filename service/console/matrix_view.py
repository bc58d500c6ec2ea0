"""The tests x candidates matrix in the terminal: what each test said of each candidate."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from agents.domain import Verdict
from agents.selection.evidence import Evidence
from agents.selection.pool import Mark, Test
from service.console.harmless import in_a_line, plain
from service.console.standing import in_order, silence

SHOWN_TESTS = 20
WORDS = 62
"""Columns of the terminal that weight, origin and test need beside the marks."""
MARKS: dict[Mark, tuple[str, str]] = {
    "passed": ("✓", "green"),
    "failed": ("✗", "red"),
    "unknown": ("·", "dim"),
}


@dataclass(frozen=True, slots=True)
class MatrixView:
    """Candidates ordered by behaviour, tests by how much they moved the choice.

    What does not fit is counted, or follows below where `whole`.
    """

    verdict: Verdict
    whole: bool = False

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        evidence = self.verdict.evidence
        keys, tests = in_order(evidence), by_weight(evidence)
        shown = tests if self.whole else tests[:SHOWN_TESTS]
        blocks = list(_blocks(keys, options.max_width - WORDS))
        for block in blocks if self.whole else blocks[:1]:
            yield self._table(block, shown)
        hidden = len(tests) - len(shown)
        if hidden:
            yield Text(f"  … and {hidden} more tests: --all", style="dim")
        if len(blocks) > 1 and not self.whole:
            beyond = len(keys) - len(blocks[0])
            yield Text(f"  … and {beyond} more candidates: --all", style="dim")

    def _table(self, keys: Sequence[str], tests: Sequence[Test]) -> Table:
        table = Table(box=None, padding=(0, 1, 0, 0), header_style="dim")
        for key in keys:
            table.add_column(self._heading(key), justify="right", no_wrap=True)
        for heading in ("bits", "good"):
            table.add_column(heading, justify="right", no_wrap=True)
        for heading in ("from", "test"):
            table.add_column(heading, overflow="fold")
        for test in tests:
            table.add_row(*self._marks(test, keys), *_words(self.verdict.evidence, test))
        return table

    def _heading(self, key: str) -> Text:
        place = {str(self.verdict.chosen): "★", str(self.verdict.runner_up): "☆"}.get(key, "")
        return plain(key + place)

    def _marks(self, test: Test, keys: Sequence[str]) -> Iterator[Text]:
        for key in keys:
            mark, style = MARKS[self.verdict.evidence.pool.mark(test.id, key)]
            yield Text(mark, style=style)


def by_weight(evidence: Evidence) -> list[Test]:
    """The tests, those first that moved the choice most; then those that vote."""

    def rank(test: Test) -> tuple[float, bool]:
        weight = evidence.weights.get(test.id)
        return (-abs(weight.bits) if weight else 0.0, bool(silence(evidence, test)))

    return sorted(evidence.pool.tests, key=rank)


def origin_of(test: Test) -> str:
    """Where it is from, in a word or two."""
    return f"trial {test.author}" if test.author is not None else test.origin


def _words(evidence: Evidence, test: Test) -> tuple[Text, Text, Text, Text]:
    weight = evidence.weights.get(test.id)
    silent = silence(evidence, test)
    name = plain(in_a_line(test.id, 60), "dim" if silent else "")
    if silent:
        name.append(f"  no vote: {in_a_line(silent, 60)}", style="yellow")
    return (
        Text(f"{weight.bits:+.1f}" if weight and weight.bits else "–"),
        Text(f"{weight.good:.2f}" if weight else "–"),
        plain(origin_of(test)),
        name,
    )


def _blocks(keys: Sequence[str], width: int) -> Iterator[Sequence[str]]:
    """So many candidates at a time as fit beside the words; at least one."""
    widest = max((len(key) for key in keys), default=1) + 2  # its mark and a space
    size = max(1, width // widest)
    for start in range(0, len(keys), size):
        yield keys[start : start + size]
