"""Where a budget goes: by expected gain, beside fixed splits of the same size.

    python -m benchmarks.selection.spending [--issues N] [--units N] [--split dev] [--least-rate R]

In the world of `benchmarks.selection.world` an edit, a test and a comparison in both orders cost one
unit each. A fixed split buys so many of each, whatever they say. The marginal choice asks
`agents.selection.marginal` before each unit, and may stop early. Both choose by the same posterior,
at the end, from what they bought. JSON of the report split in
`benchmarks/results/selection_spending.json`; of the other one nothing is written.
"""

import argparse
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from agents.selection.decision import decide
from agents.selection.evidence import Action, Measure
from agents.selection.foresight import rivals
from agents.selection.intervals import draws, interval
from agents.selection.marginal import Means, next_measure
from agents.selection.pool import Pool
from agents.selection.posterior import posterior
from benchmarks.selection.parameters import DEV, REPORT
from benchmarks.selection.report import between
from benchmarks.selection.world import World

RESULTS = Path(__file__).parents[1] / "results" / "selection_spending.json"
SPLITS: dict[str, Sequence[int]] = {"dev": DEV, "report": REPORT}
LEAST_RATE = 0.0005
"""Gain for a unit below which the marginal choice stops: of 0.0005, 0.002 and 0.008, tried on the
first 150 issues of `DEV`, the one with which most were right."""
EARLY_STOP_ERROR = 0.05
"""Most of the issues, as a share, on which to stop by `LEAST_RATE` may turn a right choice into a
wrong one or the reverse, beside going on until nothing that is left could change the choice."""
COSTS: dict[Action, float] = {"edit": 1.0, "written": 1.0, "judge": 1.0}
MARGINAL = "marginal choice"
SHARES: dict[str, tuple[int, int, int]] = {
    "edits only": (1, 0, 0),
    "edits and tests": (1, 1, 0),
    "tests above all": (1, 3, 0),
    "edits above all": (3, 1, 0),
    "a third each": (1, 1, 1),
    "edits and comparisons": (1, 0, 1),
}
"""Name → parts of edits, tests, comparisons."""


@dataclass(slots=True)
class Buying:
    """One issue, and what was bought for it so far."""

    world: World
    pool: Pool = field(default_factory=Pool)
    spent: int = 0

    def buy(self, action: Action, about: Sequence[str] = ()) -> None:
        """One unit; a comparison that there is nothing for is paid all the same."""
        self.spent += 1
        if action == "edit":
            self._edit()
        elif action == "written":
            self._test()
        else:
            self._judge(about)

    def _edit(self) -> None:
        drawn = self.world.draw_option()
        option = replace(drawn, regression=self.world.regression(drawn.key))
        self.pool = replace(self.pool, options=(*self.pool.options, option))
        self._run()

    def _test(self) -> None:
        self.pool = replace(self.pool, tests=(*self.pool.tests, self.world.draw_test()))
        self._run()

    def _run(self) -> None:
        """Every test on every candidate, once."""
        known = self.pool.results
        results = {
            test.id: {
                option.key: known.get(test.id, {}).get(option.key)
                or self.world.run(test.id, option.key)
                for option in self.pool.options
            }
            for test in self.pool.tests
        }
        self.pool = replace(self.pool, results=results)

    def _judge(self, about: Sequence[str]) -> None:
        pair = tuple(about) or self._first_two()
        if len(pair) > 1:
            made = (self.world.judge(pair[0], pair[1]), self.world.judge(pair[1], pair[0]))
            self.pool = replace(self.pool, judgements=(*self.pool.judgements, *made))

    def _first_two(self) -> tuple[str, ...]:
        found = posterior(self.pool)
        leader = decide(self.pool, found).chosen
        between = rivals(self.pool, found, leader) if leader else None
        return (between.leader, between.other) if between and between.other else ()

    @property
    def right(self) -> bool:
        """Whether what is chosen is right."""
        return decide(self.pool, posterior(self.pool)).chosen in self.world.right


def fixed(world: World, units: int, parts: tuple[int, int, int]) -> Buying:
    """Edits first, then tests, then comparisons of the first two."""
    buying = Buying(world)
    counts = [units * part // sum(parts) for part in parts]
    counts[0] += units - sum(counts)
    actions: tuple[Action, ...] = ("edit", "written", "judge")
    for action, count in zip(actions, counts, strict=True):
        for _ in range(count):
            buying.buy(action)
    return buying


def marginal(world: World, units: int, least_rate: float = LEAST_RATE) -> Buying:
    """By expected gain; `least_rate`: below so much of a chance for a unit it stops."""
    buying = Buying(world)
    while measure := advised(buying, units, least_rate):
        buying.buy(measure.action, measure.about)
    return buying


def advised(buying: Buying, units: int, least_rate: float) -> Measure | None:
    """The next unit, or None."""
    means = Means(costs=COSTS, left=units - buying.spent, least_rate=least_rate)
    return next_measure(buying.pool, posterior(buying.pool), means).measure


def study(seeds: Sequence[int], units: int, least_rate: float = LEAST_RATE) -> dict[str, Any]:
    """Share of issues that are resolved, and units spent, by how the budget was split."""
    ways: dict[str, Callable[[World], Buying]] = {
        MARGINAL: lambda world: marginal(world, units, least_rate),
        **{name: _split(units, parts) for name, parts in SHARES.items()},
    }
    drawn = draws(len(seeds), 0)
    told: dict[str, Any] = {}
    results = {name: [way(World(seed)) for seed in seeds] for name, way in ways.items()}
    right = {name: [bought.right for bought in every] for name, every in results.items()}
    for name, every in results.items():
        told[name] = {
            "resolved": _mean(right[name], drawn),
            "less than the marginal choice": _mean(
                [float(a) - b for a, b in zip(right[MARGINAL], right[name], strict=True)],
                drawn,
            ),
            "units": sum(bought.spent for bought in every) / len(every),
        }
    return {
        "n": len(seeds),
        "seeds": {"first": seeds[0], "last": seeds[-1]},
        "units": units,
        "least_rate": least_rate,
        "ways": told,
    }


def table(found: Mapping[str, Any]) -> Iterator[str]:
    """Markdown."""
    yield "| budget | right (95 %) | marginal choice less this (95 %) | units spent |"
    yield "|---|--:|--:|--:|"
    for name, row in found["ways"].items():
        gap = "" if name == MARGINAL else between(row["less than the marginal choice"])
        yield f"| {name} | {between(row['resolved'])} | {gap} | {row['units']:.1f} |"


def _split(units: int, parts: tuple[int, int, int]) -> Callable[[World], Buying]:
    return lambda world: fixed(world, units, parts)


def _mean(values: Sequence[float], drawn: Any) -> dict[str, float] | None:
    found = interval(lambda draw: sum(values[i] for i in draw) / len(draw), len(values), drawn)
    return None if found is None else asdict(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--issues", type=int, default=400)
    parser.add_argument("--units", type=int, default=20)
    parser.add_argument("--split", choices=sorted(SPLITS), default="report")
    parser.add_argument("--least-rate", type=float, default=LEAST_RATE)
    options = parser.parse_args()
    seeds = SPLITS[options.split][: options.issues]
    found = study(seeds, options.units, options.least_rate)
    print("\n".join(table(found)))
    if options.split == "report":
        RESULTS.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
