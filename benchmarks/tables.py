"""The tables in README and docs/measured.md, out of the committed results.

python -m benchmarks.tables
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.search_quality.report import table as quality_table
from benchmarks.selection.ablation import table as ablation_table
from benchmarks.selection.mixture import table as mixture_table
from benchmarks.selection.report import percent
from benchmarks.selection.report import table as selection_table
from benchmarks.selection.spending import table as spending_table

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"
PAGES = (ROOT / "README.md", ROOT / "docs" / "measured.md")
SIZES = ("100", "1000", "10000")


def main() -> None:
    for page in PAGES:
        page.write_text(filled(page.read_text()))


def filled(text: str) -> str:
    """The text with the present tables between its ``<!-- table NAME -->`` marks."""
    for name, lines in TABLES.items():
        found = json.loads((RESULTS / f"{name}.json").read_text())
        body = "\n".join(lines(found))
        part = re.compile(rf"<!-- table {name} -->\n.*?<!-- /table -->", re.DOTALL)
        text = part.sub(lambda _, n=name, b=body: f"<!-- table {n} -->\n{b}\n<!-- /table -->", text)
    return text


def quality(found: Mapping[str, Any]) -> Iterator[str]:
    about = found["about"]
    yield (
        f"{about['tasks']} tasks of the report split begun, seeds {about['seeds']}, "
        f"{', '.join(name for name, _ in about['models'])}; {about['budget']['trials']} model edits at "
        "most for each search; USD as if at the price of "
        f"{about['usd_equivalent']['label']}."
    )
    yield ""
    yield from quality_table(found)


def core(found: Mapping[str, Any]) -> Iterator[str]:
    yield "| µs per ask+tell, p50 (p90) | 100 nodes | 1,000 | 10,000 |"
    yield "|---|--:|--:|--:|"
    for group, whose in (("ours_us", "ours"), ("treequest_us", "treequest")):
        for name, sizes in found[group].items():
            cells = (_cell(sizes.get(size)) for size in SIZES)
            yield f"| {whose}: {name} | {' | '.join(cells)} |"
    growth = found["growth_10000_over_100"]
    yield ""
    yield (
        f"treequest's AB-MCTS-A over our `ab_mcts` at 1,000 nodes: × {found['ratio_1000']} by `ask` and "
        f"`tell`, × {found['ratio_1000_by_step']} by `step`, which its documentation uses and which copies "
        "the state (aim 200). "
        f"In given trees (branching 8, depth 5), 10,000 nodes over 100: × {growth['ratio']} "
        f"({growth['ratio_low']} to {growth['ratio_high']}, n={growth['n']}) for the worst strategy, "
        f"`{growth['worst']}` (aim 1.5)."
    )
    yield ""
    yield "| 64 trials, best value found (optimum 1) | one at a time | 16 at once | lost (95 %) | without pending counts |"
    yield "|---|--:|--:|--:|--:|"
    for name, one in found["width_16"].items():
        yield (
            f"| {name} | {one['width_1']} | {one['width_16']} | {_loss(one['loss'])} | "
            f"{_loss(one['loss_uncounted'])} |"
        )


def selection(found: Mapping[str, Any]) -> Iterator[str]:
    pool, seeds = found["pool"], found["seeds"]
    yield (
        f"{found['n']:,} simulated issues (seeds {seeds['first']} to {seeds['last']}), "
        f"{pool['candidates']} candidates each: by lot {percent(found['random'])} right, with an oracle "
        f"{percent(found['oracle'])}."
    )
    yield ""
    yield from selection_table(found)


def spending(found: Mapping[str, Any]) -> Iterator[str]:
    seeds = found["seeds"]
    yield (
        f"{found['n']:,} simulated issues (seeds {seeds['first']} to {seeds['last']}), {found['units']} "
        f"units each; the marginal choice stops below a gain of {found['least_rate']:g} for a unit."
    )
    yield ""
    yield from spending_table(found)


def _cell(times: Mapping[str, float] | None) -> str:
    return "" if times is None else f"{times['p50']:,.0f} ({times['p90']:,.0f})"


def _loss(gap: Mapping[str, float]) -> str:
    return f"{gap['mean']:+.3f} ± {gap['half_width_95']:.3f}"


TABLES: Mapping[str, Callable[[Mapping[str, Any]], Iterator[str]]] = {
    "search_quality": quality,
    "search_core": core,
    "selection_candidates": mixture_table,
    "selection": selection,
    "selection_ablation": ablation_table,
    "selection_spending": spending,
}


if __name__ == "__main__":
    main()
