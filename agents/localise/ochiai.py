"""Spectrum-based fault localisation: lines that failing tests run and passing tests do not.

Ochiai beat Tarantula and Jaccard on seeded faults (Abreu, Zoeteweij and van Gemund 2007, "On the
accuracy of spectrum-based fault localization") and stays among the best on real ones (Pearson et
al. 2017, "Evaluating and improving fault localization").
"""

from collections.abc import Mapping
from math import sqrt

Counts = Mapping[str, Mapping[int, int]]
"""Path → line (from 1) → how many tests ran it."""


def ochiai(failing: Counts, passing: Counts, failing_total: int) -> dict[str, dict[int, float]]:
    """Path → line → suspiciousness in (0, 1]; lines that no failing test ran are left out.

    `ef / sqrt(F · (ef + ep))`, with ef and ep the failing and passing tests that ran the line and
    F all failing tests. The number of passing tests plays no part in the formula.
    """
    return {
        path: scores
        for path, lines in failing.items()
        if (scores := _of_file(lines, passing.get(path, {}), failing_total))
    }


def _of_file(
    failing: Mapping[int, int], passing: Mapping[int, int], failing_total: int
) -> dict[int, float]:
    return {
        line: min(1.0, ef / sqrt(failing_total * (ef + passing.get(line, 0))))
        for line, ef in sorted(failing.items())
        if ef > 0 and failing_total > 0
    }
