"""Several clues about the same things as one weight. Pure.

    weight of x = Σ over clues:  w(clue) · score of x / largest score of the clue  ÷  Σ w(clue)

over the clues that point anywhere, so that an issue without a traceback is not the poorer for it
and 1 means: first by every clue. A weighted sum, not reciprocal ranks (Cormack, Clarke and
Büttcher 2009), because one clue here often gives hundreds of things the same score: all lines that
an import runs share a place near the middle, where by their ranks they would hardly count as run.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar

WEIGHTS: Mapping[str, float] = {
    "coverage": 2.0,
    "contrast": 1.0,
    "frames": 1.0,
    "profile": 2.0,
    "names": 0.5,
    "words": 0.5,
}
"""What was run tells more than what was said. Of five round settings on the demo's seven bugs; only
an issue about speed has a profile."""

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Fused:
    """What all clues together say of one thing."""

    weight: float
    """In (0, 1]."""
    clues: tuple[str, ...]
    """Those that point there, the most telling first."""


def fuse(
    clues: Mapping[str, Mapping[Key, float]], weights: Mapping[str, float] = WEIGHTS
) -> dict[Key, Fused]:
    """Clue → thing → score (at least 0) and clue → weight, as one verdict on each thing.

    Nothing depends on the order of either mapping. Raises: KeyError for a clue without weight.
    """
    peaks = {clue: max(clues[clue].values(), default=0.0) for clue in sorted(clues)}
    most = sum(weights[clue] for clue, peak in peaks.items() if peak > 0)
    shares: dict[Key, list[tuple[float, str]]] = {}
    for clue, peak in peaks.items():
        for key, score in clues[clue].items():
            if score > 0:
                shares.setdefault(key, []).append((weights[clue] * score / peak, clue))
    return {key: _fused(found, most) for key, found in shares.items()}


def _fused(shares: list[tuple[float, str]], most: float) -> Fused:
    ordered = sorted(shares, key=lambda share: (-share[0], share[1]))
    total = sum(share for share, _ in ordered)
    return Fused(min(1.0, total / most), tuple(clue for _, clue in ordered))
