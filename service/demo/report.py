"""What the demo found: a table for people, a file for programs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.table import Table

from agents.domain import TestStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One issue of the report."""

    id: str
    kind: str
    repository: str
    base: str
    state: str
    patch: str
    patch_lines: int
    resolved: bool
    reason: str
    nodes: int
    sandbox_runs: int
    tokens: int
    seconds: float
    hidden_tests: Mapping[str, TestStatus]
    own_tests: str


def table(lines: Sequence[Line]) -> Table:
    """Issue, resolved or not, nodes, sandbox runs, seconds, patch lines."""
    made = Table(title="What was asked of it, and what came of it", title_justify="left")
    made.add_column("issue", no_wrap=True)
    made.add_column("resolved")
    for heading in ("nodes", "runs", "tokens", "seconds", "patch lines"):
        made.add_column(heading, justify="right")
    for line in lines:
        made.add_row(
            line.id,
            _outcome(line),
            str(line.nodes),
            str(line.sandbox_runs),
            str(line.tokens),
            f"{line.seconds:.1f}",
            str(line.patch_lines or "–"),
        )
    return made


def _outcome(line: Line) -> str:
    """``no``: there is a patch, and tests that it never saw refuse it."""
    if line.resolved:
        return "[green]yes[/]"
    return {"done": "[red]no[/]", "abstained": "[yellow]abstained[/]"}.get(
        line.state, "[red]failed[/]"
    )


def write(lines: Sequence[Line], seconds: float, path: Path) -> None:
    """The report as JSON, put in place at once."""
    document = {
        "resolved": sum(line.resolved for line in lines),
        "seconds": round(seconds, 1),
        "issues": [asdict(line) for line in lines],
    }
    scratch = path.with_name(path.name + ".part")
    scratch.write_text(json.dumps(document, indent=2) + "\n")
    scratch.replace(path)
