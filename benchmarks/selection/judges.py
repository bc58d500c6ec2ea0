"""What readers say of patches that they do not run: biased by order, style and how a mistake looks."""

import math
from collections import Counter

from agents.selection.pool import Judgement
from benchmarks.selection.chance import Chance
from benchmarks.selection.drawn import Patch
from benchmarks.selection.parameters import Parameters


class Judges:
    """Style and mistakes look the same to every reader, so asking again does not help against them."""

    def __init__(self, chance: Chance, parameters: Parameters) -> None:
        self._chance, self._parameters = chance, parameters
        self._asked: Counter[tuple[str, str]] = Counter()

    def review(self, key: str, patch: Patch) -> float:
        """A belief in [0, 1]."""
        noise = self._chance.normal(self._parameters.review_width, "review", key)
        return 1 / (1 + math.exp(-self._appeal(patch) - noise))

    def judge(self, keys: tuple[str, str], patches: tuple[Patch, Patch]) -> Judgement:
        """One more comparison, shown in this order."""
        again, p = self._asked[keys], self._parameters
        self._asked[keys] += 1
        none_right = not any(patch.right for patch in patches)
        if self._chance.happens(p.neither[none_right], "neither", keys, again):
            return Judgement(shown=keys, preferred=None)
        first, second = map(self._appeal, patches)
        noise = self._chance.logistic(p.judge_width, "judge", keys, again)
        return Judgement(
            shown=keys, preferred=keys[0 if first - second + p.first_shown + noise > 0 else 1]
        )

    def _appeal(self, patch: Patch) -> float:
        p, chance = self._parameters, self._chance
        look = (
            p.liked / 2
            if patch.right
            else chance.normal(p.mistake_width, "look", patch.behaviour) - p.liked / 2
        )
        return look + chance.normal(p.style_width, "style", patch.source)
