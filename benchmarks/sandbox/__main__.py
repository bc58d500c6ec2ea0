"""What the sandbox costs, beside other ways of doing the same, measured in one run.

    python -m benchmarks.sandbox [--quick] [--only MEASURE ...] [--json FILE]

A table on stdout, progress on stderr, JSON in `benchmarks/results/sandbox.json` when everything was
measured in full. Times are in ms; the p90 is over n single times. Needs Docker, bubblewrap and git, and the
package index for the environments.
"""

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.sandbox import (
    command,
    deadline,
    forkserver,
    leaks,
    namespaces,
    node,
    opening,
    report,
    restore,
    throughput,
)
from benchmarks.sandbox.bench import Bench, opened
from benchmarks.sandbox.timing import Field
from sandbox.errors import SandboxUnavailable

RESULTS = Path(__file__).parents[1] / "results" / "sandbox.json"
MEASURES: Mapping[str, Callable[[Bench], dict[str, Field]]] = {
    "command": command.measure,
    "deadline": deadline.measure,
    "open": opening.measure,
    "restore": restore.measure,
    "node": node.measure,
    "throughput": throughput.measure,
    "bubblewrap": namespaces.measure,
    "forkserver": forkserver.measure,
}


def main() -> None:
    options = arguments()
    fields: dict[str, Field] = {}
    skipped: dict[str, str] = {}
    with opened(quick=options.quick) as bench:
        for name in options.only:
            print(name, file=sys.stderr)
            try:
                fields |= MEASURES[name](bench)
            except SandboxUnavailable as error:
                skipped[name] = str(error)
        left = leaks.count(bench.client, bench.cache)
        about = {**report.machine(bench.client.info()), "quick": options.quick, "skipped": skipped}
    print(f"left behind: {left}", file=sys.stderr)
    total = sum(left.values())
    fields["leaked"] = {"p50": total, "p90": total, "n": 1, **left}
    print(report.table(fields))
    for name, reason in skipped.items():
        print(f"{name} was not measured: {reason}")
    if options.json:
        report.write(options.json, fields, about)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="hardly any rounds: does it work?")
    parser.add_argument("--only", nargs="+", choices=MEASURES, default=list(MEASURES))
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if options.json is None and not options.quick and options.only == list(MEASURES):
        options.json = RESULTS
    return options


if __name__ == "__main__":
    main()
