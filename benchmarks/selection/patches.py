"""The patches of a simulated issue: how they behave, look, and keep the repository's tests."""

import math
from collections import defaultdict

from agents.selection.pool import Mark, Option
from benchmarks.selection.chance import Chance
from benchmarks.selection.drawn import RIGHT, Patch
from benchmarks.selection.parameters import Parameters

RUNGS = ("applies", "builds")


class Patches:
    """Each new one is right with the issue's `ease`, or falls into a mistake by its popularity."""

    def __init__(self, chance: Chance, parameters: Parameters, ease: float) -> None:
        self._chance, self._parameters, self._ease = chance, parameters, ease
        self._mistakes: list[int] = []
        self._written: dict[int, list[int]] = defaultdict(list)
        self.truth: dict[str, Patch] = {}

    def draw(self) -> Option:
        key = f"c{len(self.truth)}"
        behaviour = self._behaviour(key)
        source = self._source(key, behaviour)
        self.truth[key] = Patch(behaviour=behaviour, source=source)
        return Option(
            key=key,
            source=source,
            changed_lines=self._lines(behaviour, source),
            refused=self._refused(behaviour, source),
        )

    def regression(self, key: str) -> Mark:
        patch, chance, p = self.truth[key], self._chance, self._parameters
        if chance.happens(p.lost, "suite lost", key):
            return "unknown"
        mistake = not patch.right and chance.happens(p.breaks, "breaks", patch.behaviour)
        broken = mistake or chance.happens(p.clumsy, "clumsy", patch.source)
        return "failed" if broken else "passed"

    def _behaviour(self, key: str) -> int:
        if self._chance.happens(self._ease, "right", key):
            return RIGHT
        number = _sit(self._mistakes, self._chance, self._parameters.mistakes, "mistake", key)
        return number + 1

    def _source(self, key: str, behaviour: int) -> str:
        tables = self._written[behaviour]
        number = _sit(tables, self._chance, self._parameters.sources, "source", key)
        return self._chance.digest("text", behaviour, number).hex()

    def _lines(self, behaviour: int, source: str) -> int:
        right, wrong = self._parameters.lines
        width = self._chance.normal(self._parameters.lines_width, "lines", source)
        return math.ceil(math.exp((right if behaviour == RIGHT else wrong) + width))

    def _refused(self, behaviour: int, source: str) -> str:
        if behaviour == RIGHT:
            return ""
        if not self._chance.happens(self._parameters.refused, "refused", source):
            return ""
        return RUNGS[self._chance.happens(0.5, "rung", source)]


def _sit(tables: list[int], chance: Chance, concentration: float, *name: object) -> int:
    """Seats one more; the table's number."""
    number = chance.table(concentration, tables, *name)
    if number == len(tables):
        tables.append(0)
    tables[number] += 1
    return number
