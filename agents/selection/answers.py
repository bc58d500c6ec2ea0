"""What selectors make of pools of which it is known what is right."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from agents.selection.choice import Selector
from agents.selection.labelled import LabelledPool
from agents.selection.subsets import at_most


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one selector made of one issue."""

    random: float
    """Share of right ones among its candidates, in [0, 1]."""
    oracle: bool
    """Whether there is a right one."""
    selected: bool
    """Whether a right one was chosen; to abstain is not to resolve."""
    confidence: float | None
    """None: it abstained."""

    @property
    def answered(self) -> bool:
        return self.confidence is not None

    @property
    def squared_error(self) -> float:
        """Of the confidence; 0 where it abstained."""
        return 0.0 if self.confidence is None else (self.confidence - self.selected) ** 2


def answers(
    pools: Sequence[LabelledPool], selector: Selector, *, k: int | None = None, seed: int = 0
) -> tuple[Answer, ...]:
    """By issue, whatever the order of the pools. `k`: candidates of an issue at most, by lot, the
    same for every selector.

    Raises: ValueError for two pools of one issue, or for a choice that is not in its pool.
    """
    ordered = sorted(pools, key=lambda labelled: labelled.issue)
    if len({labelled.issue for labelled in ordered}) < len(ordered):
        raise ValueError("two pools are of the same issue")
    return tuple(_answer(labelled, selector, k, seed) for labelled in ordered)


def _answer(labelled: LabelledPool, selector: Selector, k: int | None, seed: int) -> Answer:
    name = f"{seed}:{k}:{labelled.issue}"
    if k is not None:
        labelled = at_most(labelled, k, Random(f"kept:{name}"))  # noqa: S311 - a seed that is known
    keys = {option.key for option in labelled.pool.options}
    choice = selector(labelled.pool, Random(f"choice:{name}"))  # noqa: S311 - the same
    if choice.chosen is not None and choice.chosen not in keys:
        raise ValueError(f"{labelled.issue}: there is no candidate {choice.chosen}")
    right = labelled.right & keys
    return Answer(
        random=len(right) / len(keys) if keys else 0.0,
        oracle=bool(right),
        selected=choice.chosen in right,
        confidence=None if choice.chosen is None else choice.confidence,
    )
