"""Which samples are held out together. Pure."""

import hashlib
from collections import Counter
from collections.abc import Sequence

from agents.selection.calibration.calibration_map import Grouping
from agents.selection.calibration.labelled_belief import LabelledBelief

FOLDS = 5
SEED = 0


def grouping(samples: Sequence[LabelledBelief]) -> Grouping:
    """By repository; by issue where there is but one repository: then it is also the one that the
    map will be used on."""
    return "repository" if len({sample.repo for sample in samples}) > 1 else "issue"


def folds(samples: Sequence[LabelledBelief], *, seed: int = SEED) -> list[int]:
    """The fold of each sample, from 0; at most `FOLDS`, and no more than there are groups.

    The largest group goes first, each to the smallest fold so far; `seed` settles ties.
    """
    by = "repo" if grouping(samples) == "repository" else "issue"
    names = [getattr(sample, by) for sample in samples]
    sizes = Counter(names)
    held = [0] * min(FOLDS, len(sizes))
    fold_of: dict[str, int] = {}
    for name in sorted(sizes, key=lambda name: (-sizes[name], _shuffled(seed, name))):
        fold_of[name] = held.index(min(held))
        held[fold_of[name]] += sizes[name]
    return [fold_of[name] for name in names]


def _shuffled(seed: int, name: str) -> str:
    return hashlib.sha256(f"{seed}:{name}".encode()).hexdigest()
