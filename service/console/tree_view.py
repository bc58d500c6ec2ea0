"""A search as a Rich tree: what was tried, what it was worth, and where the fix grew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.markup import escape
from rich.text import Text
from rich.tree import Tree

from agents.domain import Outcome
from agents.search.tree import ROOT, Node, SearchTree
from agents.store import SearchRecord, grown_tree
from service.console.harmless import harmless, plain

SHOWN_PER_NODE = 3
"""Best children shown below one node; the others are counted."""


SHOWN_REJECTED = 20


@dataclass(frozen=True, slots=True)
class _View:
    tree: SearchTree
    outcomes: Mapping[int, Outcome]
    chosen: int | None


def tree_view(record: SearchRecord) -> Tree:
    """The search tree so far; only its root while nothing is prepared."""
    root = Tree(plain(f"{record.issue.repo} @ {record.issue.base_commit[:10]}", "bold"))
    if record.preparation is None:
        return root
    view = _View(
        tree=grown_tree(record),
        outcomes={t.number: t.outcome for t in record.trials if t.outcome},
        chosen=record.verdict.chosen if record.verdict else None,
    )
    _grow(view, root, view.tree[ROOT])
    _reject(root, [o for o in view.outcomes.values() if o.kind == "failed"])
    return root


def _reject(root: Tree, rejected: Sequence[Outcome]) -> None:
    """Replies and edits that could not be used, each with its reason."""
    if not rejected:
        return
    branch = root.add(Text(f"✗ {len(rejected)} that could not be used", style="dim"))
    for outcome in rejected[:SHOWN_REJECTED]:
        why = outcome.feedback.strip().splitlines()[:1]
        said = f"trial {outcome.trial}: {outcome.reason}" + (f": {why[0]}" if why else "")
        branch.add(Text(harmless(said), style="dim", overflow="ellipsis", no_wrap=True))
    if len(rejected) > SHOWN_REJECTED:
        branch.add(Text(f"… {len(rejected) - SHOWN_REJECTED} more", style="dim"))


def _grow(view: _View, branch: Tree, node: Node) -> None:
    children = sorted(view.tree.children(node.id), key=lambda child: _rank(view, child))
    shown = [child for child in children[:SHOWN_PER_NODE] if child.value > 0 or child.children]
    for child in shown or children[:2]:
        _grow(view, branch.add(_line(view, child)), child)
    hidden = len(children) - len(shown or children[:2])
    if hidden:
        branch.add(Text(f"… {hidden} more", style="dim"))


def _rank(view: _View, node: Node) -> tuple[bool, bool, float, int]:
    return (node.trial != view.chosen, not node.solved, -node.value, node.id)


def _line(view: _View, node: Node) -> Text:
    outcome = view.outcomes.get(node.trial if node.trial is not None else -1)
    mark, style = _mark(view, node)
    summary = outcome.summary if outcome else ""
    visits = f"  ({node.visits} visits)" if node.children else ""
    speed = f"  {outcome.speed}" if outcome and outcome.speed else ""
    return Text.from_markup(
        f"[{style}]{mark} {node.value:.2f}[/] {escape(harmless(summary))}[dim]{escape(speed)}{visits}[/]"
    )


def _mark(view: _View, node: Node) -> tuple[str, str]:
    if node.trial is not None and node.trial == view.chosen:
        return "★", "bold green"
    if node.solved:
        return "✓", "green"
    return ("◐", "yellow") if node.value > 0 else ("·", "dim")


def recent(outcomes: Sequence[Outcome]) -> str:
    """The newest edit in one line."""
    tried = [outcome.summary for outcome in outcomes if outcome.summary]
    return tried[-1] if tried else ""
