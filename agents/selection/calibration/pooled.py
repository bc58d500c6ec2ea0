"""Labelled pools as samples: a selector's belief in its choice, beside whether it chose right."""

from collections.abc import Callable, Iterable, Iterator
from random import Random

from agents.selection.calibration.labelled_belief import LabelledBelief
from agents.selection.choice import Selector
from agents.selection.labelled import LabelledPool


def pairs_of(
    pools: Iterable[LabelledPool],
    selector: Selector,
    *,
    repo_of: Callable[[LabelledPool], str],
) -> list[LabelledBelief]:
    """In the order of the pools; those on which the selector abstains are left out.

    `repo_of` names the repository of a pool's issue. A pool's random numbers depend on its issue
    alone, so that they do not change with what other pools there are.
    """
    return list(_pairs(pools, selector, repo_of))


def _pairs(
    pools: Iterable[LabelledPool], selector: Selector, repo_of: Callable[[LabelledPool], str]
) -> Iterator[LabelledBelief]:
    for labelled in pools:
        choice = selector(labelled.pool, Random(labelled.issue))  # noqa: S311 - ties, no secret
        if choice.chosen is not None:
            yield LabelledBelief(
                issue=labelled.issue,
                repo=repo_of(labelled),
                belief=choice.confidence,
                right=choice.chosen in labelled.right,
            )
