"""How well the right candidate is chosen, beside the usual and the published rules.

    python -m benchmarks.selection [--issues N] [--json FILE]

Pools are simulated, since only there the truth is known at no cost and in any number: see
`benchmarks.selection.parameters` for what they are calibrated to, on other seeds than those reported
and by the published rules alone. Every selector is given the same evidence: ten candidates, ten tests
written from the issue, one by each author, reviews, and twenty comparisons.

`real_efficiency` is the same of candidates that were really made and graded, where
`benchmarks/results/selection_real.jsonl` holds some (docs/selection-pools.md says in which form).
JSON in `benchmarks/results/selection.json`.
"""

import argparse
import json
import platform
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agents.selection.pool_file import read
from agents.selection.selectors import PUBLISHED, SELECTORS
from benchmarks.selection.ablation import ablation
from benchmarks.selection.ablation import table as ablation_table
from benchmarks.selection.parameters import REPORT, Parameters
from benchmarks.selection.report import report, table
from benchmarks.selection.world import World

RESULTS = Path(__file__).parents[1] / "results"
OPTIONS, TESTS, JUDGEMENTS, INPUTS = 10, 10, 20, 2
KS = (2, 4, 8)


def main() -> None:
    options = arguments()
    seeds = REPORT[: options.issues]
    pools = [World(seed).pool(OPTIONS, TESTS, JUDGEMENTS) for seed in seeds]
    with_inputs = [World(s).pool(OPTIONS, TESTS, JUDGEMENTS, probes=INPUTS) for s in seeds]
    found = {
        **report(pools, SELECTORS, ks=KS, published=PUBLISHED),
        **real(options.real),
        "seeds": {"first": seeds[0], "last": seeds[-1]},
        "pool": {"candidates": OPTIONS, "tests": TESTS, "judgements": JUDGEMENTS},
        "world": asdict(Parameters()),
        "python": platform.python_version(),
        "date": datetime.now(UTC).date().isoformat(),
    }
    left_out = {"n": len(pools), "inputs": INPUTS, "ablation": ablation(pools, with_inputs)}
    print("\n".join((*table(found), "", *ablation_table(left_out))))
    options.json.write_text(json.dumps(found, indent=2) + "\n")
    ablated = options.json.with_name(f"{options.json.stem}_ablation.json")
    ablated.write_text(json.dumps(left_out, indent=2) + "\n")
    print(f"written to {options.json}")


def real(path: Path) -> dict[str, Any]:
    """The figures of candidates that were really made, or why there are none."""
    if not path.exists():
        return {"real_efficiency": None, "real": {"missing": f"there is no {path.name} yet"}}
    with path.open() as lines:
        found = report(list(read(lines, path.name)), SELECTORS, published=PUBLISHED)
    return {"real_efficiency": found["efficiency"], "real": found}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--issues", type=int, default=len(REPORT), choices=range(1, len(REPORT) + 1),
                        metavar="N")  # fmt: skip
    parser.add_argument("--real", type=Path, default=RESULTS / "selection_real.jsonl")
    parser.add_argument("--json", type=Path, default=RESULTS / "selection.json")
    return parser.parse_args()


if __name__ == "__main__":
    main()
