"""The trees in docs/strategies: every strategy on one real bug, drawn.

    python -m benchmarks.strategy_pictures [--bug ID] [--nodes N]

The demo's bug is searched by the mutation policy, so nothing is needed but a sandbox, and the package
index on the first run. Same seed, same picture.
"""

import argparse
from collections.abc import Iterator
from html import escape
from pathlib import Path

from rich.console import Console

from agents.domain import Issue
from agents.registry import STRATEGIES
from agents.search.tree import ROOT, Node, NodeId, SearchTree
from agents.settings import Limits, SearchSettings
from agents.store import SearchRecord, grown_tree
from service.commands.demo import fetch_all, in_scratch, wanted
from service.commands.local import open_local
from service.config import Settings
from service.demo.bugs import load_bugs

FOLDER = Path(__file__).parents[1] / "docs" / "strategies"
STEP, ROW, MARGIN = 11, 56, 24
COLOURS = {"solved": "#1a7f37", "some": "#bf8700", "none": "#8c959f", "note": "#0969da"}


def main() -> None:
    options = arguments()
    settings = in_scratch(Settings())
    (bug,) = wanted(load_bugs(), [options.bug])
    sources = fetch_all([bug.release, bug.grade.fixed], settings)
    source = sources[bug.release]
    issue = Issue(repo=str(source.path), base_commit=source.commit, problem_statement=bug.statement)
    with open_local(settings) as local:
        for name in STRATEGIES:
            search = SearchSettings(strategy=name, candidates=1, limits=Limits(nodes=options.nodes))
            record = local.run(Console(quiet=True), issue, search)
            (FOLDER / f"{name}.svg").write_text(drawn(record, name))
            print(f"{name}: {len(record.trials)} trials, {record.phase}")


def drawn(record: SearchRecord, name: str) -> str:
    """The tree as SVG: a row per edit, width by leaves, colour and shape by what a node is worth."""
    tree = grown_tree(record)
    places = dict(_placed(tree, ROOT, iter(range(len(tree.nodes)))))
    levels = {node.id: len(tree.path(node.id)) - 1 for node in tree.nodes}
    width = 2 * MARGIN + STEP * max(places.values(), default=0)
    height = 2 * MARGIN + ROW * max(levels.values()) + 18
    shapes = [
        _line(tree[node.parent], node, places, levels)
        for node in tree.nodes
        if node.parent is not None
    ]
    shapes += [_mark(node, places, levels) for node in tree.nodes]
    failed = sum(t.outcome is not None and t.outcome.kind == "failed" for t in record.trials)
    told = f"{name}: {len(record.trials)} trials, {len(tree.nodes) - 1} nodes, {failed} unusable"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{min(width, 900):g}" role="img" font-family="sans-serif" font-size="11">'
        f"<title>{escape(told)}</title>"
        + "".join(shapes)
        + f'<text x="{MARGIN}" y="{height - 8:g}" fill="#57606a">{escape(told)}</text></svg>\n'
    )


def _placed(
    tree: SearchTree, node: NodeId, leaves: Iterator[int]
) -> Iterator[tuple[NodeId, float]]:
    """Leaves side by side, every other node over the middle of its children."""
    children = tree[node].children
    if not children:
        yield node, next(leaves)
        return
    below = dict(pair for child in children for pair in _placed(tree, child, leaves))
    yield from below.items()
    yield node, (below[children[0]] + below[children[-1]]) / 2


def _at(node: Node, places: dict[NodeId, float], levels: dict[NodeId, int]) -> tuple[float, float]:
    return MARGIN + STEP * places[node.id], MARGIN + ROW * levels[node.id]


def _line(parent: Node, node: Node, places: dict[NodeId, float], levels: dict[NodeId, int]) -> str:
    (x1, y1), (x2, y2) = _at(parent, places, levels), _at(node, places, levels)
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="#d0d7de"/>'


def _mark(node: Node, places: dict[NodeId, float], levels: dict[NodeId, int]) -> str:
    """A diamond is a note, a ring a repeated state, a large dot a fix."""
    x, y = _at(node, places, levels)
    if node.stage != "edit":
        corners = f"{x},{y - 5} {x + 5},{y} {x},{y + 5} {x - 5},{y}"
        return f'<polygon points="{corners}" fill="{COLOURS["note"]}"/>'
    colour = COLOURS["solved" if node.solved else "some" if node.value > 0 else "none"]
    radius = 6 if node.solved else 4 if node.value > 0 or node.id == ROOT else 2.5
    fill = "none" if node.merged_with is not None else colour
    return f'<circle cx="{x:g}" cy="{y:g}" r="{radius}" fill="{fill}" stroke="{colour}"/>'


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--bug", default="sqlparse-lowercase-ctas")
    parser.add_argument("--nodes", type=int, default=60)
    return parser.parse_args()


if __name__ == "__main__":
    main()
