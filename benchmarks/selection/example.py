"""The example of docs/selection-pools.md: simulated issues that are neither tuned nor reported on.

python -m benchmarks.selection.example
"""

from collections.abc import Iterator
from pathlib import Path

from agents.selection.pool_file import written
from benchmarks.selection.world import World

PATH = Path(__file__).parents[2] / "examples" / "selection-pools.jsonl"
SEEDS = range(20_000, 20_020)
OPTIONS, TESTS, JUDGEMENTS = 5, 4, 6


def main() -> None:
    PATH.write_text("".join(lines()))


def lines() -> Iterator[str]:
    for seed in SEEDS:
        yield f"{written(World(seed).pool(OPTIONS, TESTS, JUDGEMENTS))}\n"


if __name__ == "__main__":
    main()
