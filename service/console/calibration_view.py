"""Figures of what was foretold, as lines of text."""

from collections.abc import Iterator

from agents.calibration import Calibration
from agents.selection.calibration.assessment import Assessment
from agents.selection.calibration.calibration_map import CalibrationMap

FIGURES = ("brier", "auc", "ece")


def shown(name: str, found: Calibration) -> str:
    """A figure with its name."""
    figure: float | None = getattr(found, name)
    return f"{name} {'-' if figure is None else f'{figure:.3f}'}"


def table(found: Calibration) -> Iterator[str]:
    """The reliability table, a line for each bin."""
    for row in found.table:
        yield (
            f"  {row.low:.1f}-{row.high:.1f}  n {row.n:>6}  mean value {row.mean_value:.3f}  "
            f"came true {row.share:.3f}"
        )


def assessed(title: str, found: Assessment) -> Iterator[str]:
    """Figures with their intervals, why one is missing, and the table."""
    yield f"{title}: n {found.figures.n}, right {found.figures.came_true}"
    if not found.figures.n:
        return
    yield "  " + "  ".join(shown(name, found.figures) + _between(found, name) for name in FIGURES)
    yield from (f"  no {name}: {why}" for name, why in found.figures.missing.items())
    yield from table(found.figures)


def map_lines(chosen: CalibrationMap) -> Iterator[str]:
    """What it is, what it makes of some beliefs, and how it did where it was not fitted."""
    labels = f", fitted on {chosen.n} labels" if chosen.n else ", not fitted"
    yield f"map {chosen.name}: {chosen.kind}{labels}"
    said = "  ".join(
        f"{place / 10:.1f}→{chosen.apply(place / 10):.2f}" for place in range(0, 11, 2)
    )
    yield f"  belief→confidence  {said}"
    if chosen.foretold is None:
        return
    losses = "  ".join(f"{kind} {loss:.3f}" for kind, loss in chosen.foretold.losses.items())
    yield f"  cross-validated by {chosen.foretold.grouped_by}, log loss  {losses}"
    for title, found in (("before", chosen.foretold.before), ("after", chosen.foretold.after)):
        yield f"  {title}  " + "  ".join(
            shown(name, found.figures) + _between(found, name) for name in FIGURES
        )
    if chosen.foretold.gain:
        gain = chosen.foretold.gain
        yield f"  brier lower by {gain.value:.3f} ({gain.low:.3f} to {gain.high:.3f})"


def _between(found: Assessment, name: str) -> str:
    between = found.intervals.get(name)
    return f" ({between.low:.3f} to {between.high:.3f})" if between else ""
