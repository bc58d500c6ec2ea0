"""A verdict in the terminal, in short: the patch, and why this one. `evidence_view` shows the rest."""

from rich.console import Group, RenderableType
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from agents.domain import Candidate, Reproduction, Rung, Verdict
from service.console.effort_view import skipped_view
from service.console.harmless import harmless, in_a_line, plain
from service.console.matrix_view import MatrixView
from service.console.standing import has_evidence
from service.console.why import why

SHORT_MATRIX = 8
"""Most tests of a matrix that is shown without being asked for."""


def verdict_view(verdict: Verdict, *, with_patch: bool = True) -> RenderableType:
    """Patch, evidence, what was skipped."""
    parts: list[RenderableType] = [headline(verdict)]
    if verdict.patch and with_patch:
        parts.append(patch_view(verdict.patch))
    if verdict.candidates:
        parts += sentences(verdict)
        if 0 < len(verdict.evidence.pool.tests) <= SHORT_MATRIX:
            parts.append(MatrixView(verdict))
        parts.append(ladder_view(verdict))
    parts.append(_basis(verdict))
    parts.extend(skipped_view(verdict))
    return Group(*parts)


def patch_view(patch: bytes) -> Syntax:
    """The diff with colours, without its index lines: those are for git. Harmless."""
    lines = harmless(patch.decode("utf-8", "replace")).split("\n")
    shown = "\n".join(line for line in lines if not line.startswith("index "))
    return Syntax(shown, "diff", theme="ansi_dark", word_wrap=True)


def headline(verdict: Verdict) -> Text:
    """Decision, confidence and by which map it was made, margin, tie, reason."""
    if verdict.decision == "abstained":
        return plain(
            f"abstained{_belief(verdict)}: {in_a_line(verdict.reason, 400)}", "bold yellow"
        )
    by = "faster, then the smaller" if verdict.slowness else "smaller"
    tie = f", a tie settled by the {by} patch" if verdict.tie else ""
    return plain(
        f"patch of trial {verdict.chosen}, confidence {verdict.confidence:.2f}{_belief(verdict)}"
        f"{tie}: {in_a_line(verdict.reason, 400)}",
        "bold green",
    )


def _belief(verdict: Verdict) -> str:
    """What the confidence was made of, where that is stored."""
    if not has_evidence(verdict):
        return ""
    evidence = verdict.evidence
    by = evidence.calibration or "none"
    return (
        f" (belief {evidence.belief:.2f}, calibration {in_a_line(by, 60)}), "
        f"margin {evidence.margin:.2f}"
    )


def sentences(verdict: Verdict, other: int | None = None) -> list[Text]:
    """Why, a line each; in comparison with `other` where that is given."""
    return [plain(f"  {in_a_line(sentence, 400)}") for sentence in why(verdict, other)]


def ladder_view(verdict: Verdict) -> Table:
    """Each candidate with its rungs."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for column in ("", "trial", "cluster", "lines", "edit", "rungs"):
        table.add_column(column, overflow="fold")
    for candidate in verdict.candidates:
        table.add_row(
            _place(verdict, candidate),
            str(candidate.trial),
            str(candidate.cluster),
            str(candidate.changed_lines),
            plain(in_a_line(candidate.summary, 200)),
            Text("  ").join(_rung(rung) for rung in candidate.rungs),
        )
    return table


def _place(verdict: Verdict, candidate: Candidate) -> str:
    if candidate.trial == verdict.chosen:
        return "★"
    return "2nd" if candidate.trial == verdict.runner_up else ""


def _rung(rung: Rung) -> Text:
    mark, style = {True: ("✓", "green"), False: ("✗", "red"), None: ("–", "dim")}[rung.passed]
    telling = rung.passed is False or rung.name == "speed"
    detail = f" ({in_a_line(rung.detail, 200)})" if rung.detail and telling else ""
    return plain(f"{mark} {rung.name}{detail}", style)


def _basis(verdict: Verdict) -> Text:
    baseline, reproduction = verdict.baseline, verdict.reproduction
    return Text(
        f"  the issue's tests: {len(reproduction.targets)} fail on the base, "
        f"{len(reproduction.guards)} pass{_written(reproduction)}; the repository's: {len(baseline.passing)} pass, "
        f"{len(baseline.failing)} fail, {len(baseline.flaky)} flaky{_slowness(verdict)}",
        style="dim",
    )


def _written(reproduction: Reproduction) -> str:
    """Tests that a model wrote are never shown as the issue's own."""
    if not reproduction.written:
        return ""
    if reproduction.quorum is None:
        return f", {len(reproduction.written)} that a model wrote fail and vote"
    return f"; a model wrote those that fail, {reproduction.quorum} must pass"


def _slowness(verdict: Verdict) -> str:
    slowness = verdict.slowness
    if slowness is None:
        return ""
    goal = slowness.workload.goal
    return (
        f"; the workload takes {slowness.seconds:.3g} s on the base, wanted {goal:g} times as fast"
    )
