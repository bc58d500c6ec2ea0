"""A verdict in the terminal: the patch, and why this one."""

from rich.console import Group, RenderableType
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from agents.domain import Candidate, Reproduction, Rung, Verdict


def verdict_view(verdict: Verdict, *, with_patch: bool = True) -> RenderableType:
    """Patch, evidence, what was skipped."""
    parts: list[RenderableType] = [_headline(verdict)]
    if verdict.patch and with_patch:
        parts.append(patch_view(verdict.patch))
    if verdict.candidates:
        parts.append(_ladder(verdict))
    parts.append(_basis(verdict))
    parts.extend(Text(f"  skipped: {note}", style="dim") for note in verdict.skipped)
    return Group(*parts)


def patch_view(patch: bytes) -> Syntax:
    """The diff with colours, without its index lines: those are for git."""
    lines = patch.decode("utf-8", "replace").splitlines()
    shown = "\n".join(line for line in lines if not line.startswith("index "))
    return Syntax(shown, "diff", theme="ansi_dark", word_wrap=True)


def _headline(verdict: Verdict) -> Text:
    if verdict.decision == "abstained":
        return Text(f"abstained: {verdict.reason}", style="bold yellow")
    by = "faster, then the smaller" if verdict.slowness else "smaller"
    tie = f", a tie settled by the {by} patch" if verdict.tie else ""
    return Text(
        f"patch of trial {verdict.chosen}, confidence {verdict.confidence:.2f}{tie}: "
        f"{verdict.reason}",
        style="bold green",
    )


def _ladder(verdict: Verdict) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for column in ("", "trial", "cluster", "lines", "edit", "rungs"):
        table.add_column(column, overflow="fold")
    for candidate in verdict.candidates:
        table.add_row(
            _place(verdict, candidate),
            str(candidate.trial),
            str(candidate.cluster),
            str(candidate.changed_lines),
            Text(candidate.summary),
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
    detail = f" ({rung.detail})" if rung.detail and telling else ""
    return Text(f"{mark} {rung.name}{detail}", style=style)


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
