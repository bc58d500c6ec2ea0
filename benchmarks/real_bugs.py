"""How many real bugs are resolved, by strategy, at equal budget: `mcts` against `best_of_n`.

    python -m benchmarks.real_bugs [--bugs FOLDER] [--nodes N] [--json FILE] [--only ID ...]

Default: the held-out bugs of `benchmarks/historical`, which nothing was tuned on; `--bugs
service/demo/bugs` are the demo's. Needs the package index on the first run, and a sandbox.
Resolved: the fixed release's own tests of the bug pass, and no test of the library broke.
"""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from agents.settings import Limits, SearchSettings
from service.commands.demo import fetch_all, in_scratch, solved
from service.commands.local import open_local
from service.config import Settings
from service.demo.bugs import load_bugs
from service.demo.report import Line, table

STRATEGIES = ("mcts", "best_of_n")


def main() -> None:
    options = arguments()
    bugs = [b for b in load_bugs(options.bugs) if not options.only or b.id in options.only]
    settings = in_scratch(Settings())
    sources = fetch_all([r for bug in bugs for r in (bug.release, bug.grade.fixed)], settings)
    console, quiet = Console(), Console(quiet=True)
    found: dict[str, list[Line]] = {}
    for strategy in STRATEGIES:
        search = SearchSettings(strategy=strategy, limits=Limits(nodes=options.nodes))
        # An engine each: the second would otherwise find the first one's runs remembered.
        with open_local(settings) as local:
            found[strategy] = [solved(quiet, local, bug, search, sources) for bug in bugs]
        console.print(f"\n{strategy}, {options.nodes} nodes")
        console.print(table(found[strategy]))
    for strategy, lines in found.items():
        wrong = sum(line.state == "done" and not line.resolved for line in lines)
        console.print(
            f"{strategy}: {sum(line.resolved for line in lines)} of {len(lines)} resolved, "
            f"{wrong} wrong patches, {sum(line.nodes for line in lines)} nodes"
        )
    if options.json:
        report = {name: [asdict(line) for line in lines] for name, lines in found.items()}
        options.json.write_text(json.dumps(report, indent=2) + "\n")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--bugs", type=Path, default=Path(__file__).parent / "historical")
    parser.add_argument("--nodes", type=int, default=300)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
