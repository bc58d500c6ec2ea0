"""What choosing costs, and what choosing well is worth: every strategy's `ask` and `tell`.

    python -m benchmarks.search_core [--json FILE]

- µs per ask+tell in trees of 100, 1,000 and 10,000 nodes that each strategy grew itself, beside
  `treequest` (AB-MCTS-A and StandardMCTS), installed into a virtual environment of its own and measured
  in the same run, by turns.
- Growth with the tree: the same in trees that are given (branching 8, every path 5 deep).
- What 16 trials at once lose against one at a time, with pending counts and without them, on
  synthetic fixes of several edits with a known optimum.
"""

import argparse
import json
import os
import platform
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.sandbox.timing import Field
from benchmarks.search_core import growth, parallel, peers

RESULT = Path(__file__).parents[1] / "results" / "search_core.json"


def main() -> None:
    options = arguments()
    console = Console()
    console.print("given trees ...", style="dim")
    given = growth.given_trees()
    console.print("grown trees, beside treequest ...", style="dim")
    ours, theirs = peers.by_turns()
    console.print("sixteen at once ...", style="dim")
    width = parallel.widths()
    worst = max(given, key=lambda name: given[name]["ratio"])
    report = {
        "ours_us": ours,
        "treequest_us": theirs,
        "ratio_1000": ratio(theirs["AB-MCTS-A"], ours["ab_mcts"]),
        "ratio_1000_by_step": ratio(theirs["AB-MCTS-A by step()"], ours["ab_mcts"]),
        "growth_10000_over_100": {**given[worst], "worst": worst},
        "given_us": given,
        "width_16": width,
        "machine": {"cores": os.cpu_count(), "load": os.getloadavg()[0],
                    "python": platform.python_version()},
        "date": datetime.now(UTC).date().isoformat(),
    }  # fmt: skip
    show(console, report)
    options.json.write_text(json.dumps(report, indent=2) + "\n")
    console.print(f"written to {options.json}")


def ratio(theirs: Mapping[str, Field], ours: Mapping[str, Field]) -> float:
    return float(round(theirs["1000"]["p50"] / ours["1000"]["p50"], 1))


def show(console: Console, report: dict[str, object]) -> None:
    table = Table("µs per ask+tell, p50", "100 nodes", "1,000", "10,000", box=None)
    for who in ("ours_us", "treequest_us"):
        for name, sizes in report[who].items():  # type: ignore[attr-defined]
            shown = (
                f"{sizes[n]['p50']:.0f}" if n in sizes else "" for n in ("100", "1000", "10000")
            )
            table.add_row(name, *shown)
    console.print(table)
    console.print(f"ratio at 1,000 nodes: {report['ratio_1000']} (aim 200)")
    console.print(f"10,000 over 100 nodes: {report['growth_10000_over_100']} (aim 1.5)")
    console.print(report["width_16"])


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", type=Path, default=RESULT)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
