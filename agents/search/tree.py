"""The search tree as plain data: four verbs, no clock, no randomness, no I/O.

A node holds statistics and the name of a state; diffs, prompts and logs hang off its id elsewhere.
`open_trial` counts a pending visit along the path, so that parallel workers spread (WU-UCT, Liu et
al. 2020); `close_trial` takes it back and books the result. Each verb costs O(depth), plus the
node's children where a subtree closes.

    open_trial ──▶ Trial ──▶ (carried out elsewhere) ──▶ close_trial ──▶ expand · backup
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, NewType

from agents.domain import Stage

NodeId = NewType("NodeId", int)
"""Position in `SearchTree.nodes`; nodes are numbered in the order in which they were made."""

ROOT = NodeId(0)


@dataclass(slots=True)
class Node:
    """One state on one path. `value` is the estimate it was born with, in [0, 1]."""

    id: NodeId
    parent: NodeId | None
    depth: int
    state: str
    value: float
    trial: int | None = None
    merged_with: NodeId | None = None
    """An older node with the same state: that one is searched, this one is a leaf."""
    solved: bool = False
    stage: Stage = "edit"
    """What the trial that made it was to bring."""
    prior: float | None = None
    """The policy's own belief in the step that led here, in (0, 1]; None: it did not say."""
    visits: int = 0
    pending: int = 0
    value_sum: float = 0.0
    own_visits: int = 0
    """Those visits that were trials opened right here, not below."""
    own_value_sum: float = 0.0
    peak: float = -1.0
    """The best value that was backed up through this node; of the root, its own at first."""
    stale: int = 0
    """Visits since it last rose."""
    own_stale: int = 0
    """Those of them that were trials opened right here."""
    opened: int = 0
    """Edits ever asked for here; the next one's ordinal."""
    noted: int = 0
    """Trials of other stages ever opened here."""
    opening: int = 0
    """Trials open right here (not below)."""
    exhausted: bool = False
    """The policy has nothing more to propose here."""
    closed: bool = False
    """Nothing at or below this node can be opened any more."""
    children: list[NodeId] = field(default_factory=list)

    @property
    def mean_value(self) -> float:
        """Mean of what was backed up through this node; its own value before any visit."""
        return self.value_sum / self.visits if self.visits else self.value


@dataclass(frozen=True, slots=True)
class Trial:
    """A promise to expand `node` once more. `ordinal` counts the trials opened there before: the
    edits, or those of other stages."""

    number: int
    node: NodeId
    ordinal: int
    stage: Stage = "edit"
    arm: str | None = None
    """Which of several models is to propose, where the strategy chose one."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A trial was opened here: an event of a tree's history."""

    node: NodeId
    stage: Stage = "edit"
    arm: str | None = None


@dataclass(slots=True)
class Arm:
    """What one model brought in the whole tree so far."""

    visits: int = 0
    pending: int = 0
    value_sum: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialResult:
    """What the tree needs to know of an outcome.

    ``expanded`` makes a child; ``failed`` is a bad edit: a visit of value 0 and no child;
    ``exhausted`` says that the policy has no further idea here: no visit; ``lost`` is the
    infrastructure's fault: no visit.
    """

    trial: int
    kind: Literal["expanded", "failed", "exhausted", "lost"]
    state: str = ""
    """Names what was reached, a note included: equal names are one place."""
    value: float = 0.0
    solved: bool = False
    prior: float | None = None
    credited: bool = True
    """Whether the trial's arm, if it has one, is who proposed; another policy may have answered."""


@dataclass(slots=True)
class SearchTree:
    """All nodes, the trials open now, and the numbers of those already told.

    `max_depth`: most edits on one path; `max_breadth`: most edits asked for at one node.
    """

    nodes: list[Node]
    max_depth: int
    max_breadth: int | None = None
    open_trials: dict[int, Trial] = field(default_factory=dict)
    told: set[int] = field(default_factory=set)
    next_trial: int = 0
    first_with_state: dict[str, NodeId] = field(default_factory=dict)
    solved: list[NodeId] = field(default_factory=list)
    """Finished nodes with different states, oldest first."""
    arms: dict[str, Arm] = field(default_factory=dict)
    gains: int = 0
    """Trials that beat all that was known at or below the node where they were opened."""
    best: NodeId = ROOT
    """The node of the highest value, the oldest among equals."""

    @classmethod
    def rooted(
        cls, state: str, value: float = 0.0, max_depth: int = 8, max_breadth: int | None = None
    ) -> "SearchTree":
        """A tree of one node. Raises: ValueError if a limit is not positive."""
        if max_depth < 1 or (max_breadth is not None and max_breadth < 1):
            raise ValueError(f"a limit must be at least 1: {max_depth=}, {max_breadth=}")
        root = Node(ROOT, None, 0, state, clamp(value), peak=clamp(value))
        return cls([root], max_depth, max_breadth, first_with_state={state: ROOT})

    def __getitem__(self, node: NodeId) -> Node:
        return self.nodes[node]

    def children(self, node: NodeId) -> Iterator[Node]:
        """The node's children, oldest first."""
        return (self.nodes[child] for child in self.nodes[node].children)

    def path(self, node: NodeId) -> list[NodeId]:
        """From the root to `node`, both included."""
        return list(self._upwards(node))[::-1]

    def solutions(self) -> list[Node]:
        """Finished nodes with different states, oldest first."""
        return [self.nodes[node] for node in self.solved]

    def _upwards(self, node: NodeId | None) -> Iterator[NodeId]:
        while node is not None:
            yield node
            node = self.nodes[node].parent


def clamp(value: float) -> float:
    """`value` forced into [0, 1]. Raises: ValueError for NaN, before anything was changed."""
    if value != value:  # noqa: PLR0124 - only NaN differs from itself
        raise ValueError("a value must be a number, not NaN")
    return min(1.0, max(0.0, value))


def open_trial(
    tree: SearchTree, node: NodeId, stage: Stage = "edit", arm: str | None = None
) -> Trial:
    """Promise one expansion of `node`: a pending visit on it and on everything above.

    A node that reaches the limit on breadth is exhausted.

    Raises: ValueError if the node is closed, or exhausted and asked for another edit.
    """
    chosen = tree[node]
    if chosen.closed or (chosen.exhausted and stage == "edit"):
        raise ValueError(f"nothing can be opened at node {node}")
    ordinal = chosen.opened if stage == "edit" else chosen.noted
    trial = Trial(tree.next_trial, node, ordinal, stage, arm)
    tree.next_trial += 1
    tree.open_trials[trial.number] = trial
    chosen.opening += 1
    if stage == "edit":
        chosen.opened += 1
        chosen.exhausted = chosen.opened == tree.max_breadth
    else:
        chosen.noted += 1
    _shift_pending(tree, trial, +1)
    return trial


def close_trial(tree: SearchTree, result: TrialResult) -> Node | None:
    """Book a result; answer the new node, if there is one. Telling twice changes nothing.

    Raises: KeyError if the trial was never opened; ValueError if the value is NaN.
    """
    if result.trial in tree.told:
        return None
    value = clamp(result.value)
    trial = tree.open_trials.pop(result.trial)
    tree.told.add(result.trial)
    tree[trial.node].opening -= 1
    _shift_pending(tree, trial, -1)
    return _book(tree, trial, result, value)


def expand(tree: SearchTree, trial: Trial, result: TrialResult) -> Node:
    """Add a child that holds the result's state. A state that was reached before becomes a leaf."""
    parent = tree[trial.node]
    node = Node(
        id=NodeId(len(tree.nodes)),
        parent=parent.id,
        depth=parent.depth + (trial.stage == "edit"),
        state=result.state,
        value=clamp(result.value),
        trial=result.trial,
        merged_with=tree.first_with_state.get(result.state),
        solved=result.solved,
        stage=trial.stage,
        prior=result.prior,
    )
    tree.nodes.append(node)
    parent.children.append(node.id)
    tree.first_with_state.setdefault(result.state, node.id)
    if node.solved and all(tree[known].state != node.state for known in tree.solved):
        tree.solved.append(node.id)
    if node.stage == "edit" and node.merged_with is None:
        _compare(tree, parent, node)
    if node.solved or node.merged_with is not None or node.depth >= tree.max_depth:
        _close(tree, node)
    return node


def _compare(tree: SearchTree, parent: Node, node: Node) -> None:
    gained = node.value > max(parent.value, parent.peak)
    tree.gains += gained
    if node.value > tree[tree.best].value:
        tree.best = node.id


def backup(tree: SearchTree, start: NodeId, value: float) -> None:
    """One visit worth `value` for the node `start` and everything above it."""
    for ancestor in tree._upwards(start):  # noqa: SLF001 - same module
        node = tree[ancestor]
        node.visits += 1
        node.value_sum += value
        rose = value > node.peak
        node.stale = 0 if rose else node.stale + 1
        node.own_stale = 0 if rose else node.own_stale
        node.peak = max(node.peak, value)


def fold(tree: SearchTree, history: Iterable[Opening | TrialResult]) -> SearchTree:
    """Replay what happened, in order, onto a tree that holds only its root.

    The stored outcomes are the truth; this is how a tree comes back from them.
    """
    for event in history:
        if isinstance(event, TrialResult):
            close_trial(tree, event)
        else:
            open_trial(tree, event.node, event.stage, event.arm)
    return tree


def _book(tree: SearchTree, trial: Trial, result: TrialResult, value: float) -> Node | None:
    if result.kind == "expanded":
        child = expand(tree, trial, result)
        _count(tree, trial, value, credited=result.credited)
        backup(tree, child.id, value)
        return child
    if result.kind == "failed":
        _count(tree, trial, 0.0, credited=result.credited)
        backup(tree, trial.node, 0.0)
    if result.kind == "exhausted" and trial.stage == "edit":
        tree[trial.node].exhausted = True
    _close_if_done(tree, trial.node)
    return None


def _count(tree: SearchTree, trial: Trial, value: float, *, credited: bool) -> None:
    """Book a visit where its trial was opened, and with the model if it was the one to propose."""
    node = tree[trial.node]
    node.own_visits += 1
    node.own_value_sum += value
    node.own_stale += 1
    if trial.arm is not None and credited:
        arm = tree.arms[trial.arm]
        arm.visits += 1
        arm.value_sum += value


def _shift_pending(tree: SearchTree, trial: Trial, by: int) -> None:
    for ancestor in tree._upwards(trial.node):  # noqa: SLF001 - same module
        tree[ancestor].pending += by
    if trial.arm is not None:
        tree.arms.setdefault(trial.arm, Arm()).pending += by


def _close(tree: SearchTree, node: Node) -> None:
    node.closed = True
    if node.parent is not None:
        _close_if_done(tree, node.parent)


def _close_if_done(tree: SearchTree, node: NodeId) -> None:
    """Close a node that has no idea left, no trial under way here, and only closed children."""
    chosen = tree[node]
    if chosen.exhausted and not chosen.opening and all(c.closed for c in tree.children(node)):
        _close(tree, chosen)
