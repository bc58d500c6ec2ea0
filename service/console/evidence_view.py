"""The evidence of a verdict in the terminal: why this patch and not the runner-up, then all else."""

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from agents.domain import Candidate, Verdict
from service.console.effort_view import costs_view, measures_view, skipped_view
from service.console.findings_view import (
    behaviours_view,
    judgements_view,
    probes_view,
    reviews_view,
    tests_view,
)
from service.console.harmless import in_a_line, plain
from service.console.matrix_view import MatrixView, by_weight, origin_of
from service.console.standing import candidate_of, first_of, in_order, silence
from service.console.verdict_view import headline, ladder_view, patch_view, sentences

SHOWN_FLAKY = 5


def evidence_view(
    verdict: Verdict,
    *,
    other: int | None = None,
    whole: bool = False,
    more: Sequence[str] = (),
) -> RenderableType:
    """Headline and reasons first, in one screen; then everything that they rest on.

    `other`: show this candidate's diff beside the chosen one's, and compare with it. `more`: lines
    behind the reasons, of trials that brought no candidate.
    """
    parts: list[RenderableType] = [headline(verdict), *sentences(verdict, other)]
    parts += [plain(f"  {in_a_line(line, 400)}") for line in more]
    if other is not None:
        parts.append(_diffs(verdict, other))
    if verdict.version == 1:
        parts.append(
            Text(f"  no evidence beyond the rungs is stored (version {verdict.version})", "dim")
        )
    for title, section in _sections(verdict, whole=whole):
        shown = list(section)
        if shown:
            parts += [Text(f"\n{title}", style="bold"), *shown]
    return Group(*parts)


def _sections(verdict: Verdict, *, whole: bool) -> Iterator[tuple[str, Iterable[RenderableType]]]:
    evidence = verdict.evidence
    if evidence.pool.tests and in_order(evidence):
        yield "Tests x candidates, in order of behaviour", [MatrixView(verdict, whole)]
    if evidence.behaviours:
        yield "Behaviours", [behaviours_view(verdict)]
    yield "Inputs that tell candidates apart", probes_view(evidence)
    yield "Judgements, in both orders", judgements_view(evidence.pool)
    yield "Reviews", reviews_view(evidence)
    if whole:
        yield "Code of the tests", tests_view(evidence)
    yield "Tests without a vote", _mute(verdict, whole=whole)
    if verdict.candidates:
        yield "Rungs", [ladder_view(verdict)]
    yield "Measures taken", measures_view(verdict, whole=whole)
    if verdict.costs:
        yield "Costs", [costs_view(verdict)]
    yield "Left out", skipped_view(verdict)


def _mute(verdict: Verdict, *, whole: bool) -> Iterator[Text]:
    """Flaky and toxic tests, the repository's own among them."""
    evidence = verdict.evidence
    for test in by_weight(evidence):
        if test.toxic or not test.stable:
            yield plain(
                f"  {in_a_line(test.id, 60)} ({origin_of(test)}): "
                f"{in_a_line(silence(evidence, test), 160)}"
            )
    flaky = verdict.baseline.flaky
    shown = flaky if whole else flaky[:SHOWN_FLAKY]
    yield from (plain(f"  {in_a_line(test, 100)}: flaky on the base") for test in shown)
    if len(shown) < len(flaky):
        yield Text(f"  … and {len(flaky) - len(shown)} more flaky ones: --all", style="dim")


def _diffs(verdict: Verdict, other: int) -> RenderableType:
    """The two diffs, side by side."""
    trials = [trial for trial in (first_of(verdict), other) if trial is not None]
    found = [c for t in dict.fromkeys(trials) if (c := candidate_of(verdict, t))]
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    for _ in found:
        table.add_column(ratio=1, overflow="fold")
    table.add_row(*(_title(verdict, candidate) for candidate in found))
    table.add_row(*(patch_view(candidate.patch) for candidate in found))
    return table


def _title(verdict: Verdict, candidate: Candidate) -> Text:
    place = "★ " if candidate.trial == verdict.chosen else ""
    summary = in_a_line(candidate.summary, 80)
    return plain(f"\n{place}trial {candidate.trial}: {summary}", "bold")
