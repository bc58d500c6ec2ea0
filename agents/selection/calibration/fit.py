"""A map fitted on labels, of the simplest kind that foretells about as well as the best. Pure.

Each kind is judged by the log loss of what it says of repositories that it was not fitted on. Among the
kinds whose loss is within one standard error of the least, the simplest is taken (Breiman, Friedman,
Olshen and Stone 1984, Classification and Regression Trees, sect. 3.4.3; here the error is that of the
paired difference).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from agents.selection.calibration.assessment import assess, brier_gain
from agents.selection.calibration.calibration_map import CalibrationMap, Foretold, Kind
from agents.selection.calibration.folds import SEED, folds, grouping
from agents.selection.calibration.isotonic import Point, isotonic
from agents.selection.calibration.labelled_belief import LabelledBelief, digest_of, paired
from agents.selection.calibration.logistic import CLIP, logistic

FEWEST = 40
"""Labels below which nothing is fitted: ten of the rarer outcome for each of two coefficients (Peduzzi
et al. 1996) cannot come from fewer."""
ISOTONIC_FROM = 1000
"""Labels from which the isotonic map is considered: with fewer it fits noise, and Platt's does better
(Niculescu-Mizil and Caruana 2005, sect. 5)."""

Samples = Sequence[LabelledBelief]


def fit(
    samples: Samples, *, fewest: int = FEWEST, seed: int = SEED, beliefs: str = ""
) -> CalibrationMap:
    """The same for the same samples in any order. `beliefs` names the priors behind them.

    Raises: ValueError for fewer than `fewest`, or of one issue alone.
    """
    ordered = sorted(samples)
    issues = [sample.issue for sample in ordered]
    if len(ordered) < fewest or len(set(issues)) < 2:  # noqa: PLR2004 - a fold and the rest
        raise ValueError(
            f"a map is fitted on {fewest} labelled choices or more, and on several issues; there "
            f"are {len(ordered)} choices on {len(set(issues))} issues"
        )
    fold_of = folds(ordered, seed=seed)
    held_out = {kind: _held_out(kind, ordered, fold_of) for kind in _considered(ordered)}
    losses = {kind: _losses(ordered, values) for kind, values in held_out.items()}
    kind = simplest(losses)
    before = paired(ordered, [sample.belief for sample in ordered])
    after = paired(ordered, held_out[kind])
    digest = digest_of(ordered)
    return replace(
        _FITTED[kind](ordered),
        name=f"{kind}-{len(ordered)}-{digest[:8]}",
        beliefs=beliefs,
        n=len(ordered),
        digest=digest,
        foretold=Foretold(
            losses={name: _mean(values) for name, values in losses.items()},
            folds=max(fold_of) + 1,
            grouped_by=grouping(ordered),
            before=assess(before, issues),
            after=assess(after, issues),
            gain=brier_gain(before, after, issues),
        ),
    )


def simplest(losses: Mapping[Kind, Sequence[float]]) -> Kind:
    """`losses`: by kind, the simplest first, one for each sample."""
    best = min(losses, key=lambda kind: _mean(losses[kind]))
    for kind, values in losses.items():
        worse = [a - b for a, b in zip(values, losses[best], strict=True)]
        if _mean(worse) <= _standard_error(worse):
            return kind
    return best


def _considered(samples: Samples) -> tuple[Kind, ...]:
    """The simplest first."""
    few: tuple[Kind, ...] = ("identity", "logistic")
    return few if len(samples) < ISOTONIC_FROM else (*few, "isotonic")


def _held_out(kind: Kind, samples: Samples, fold_of: Sequence[int]) -> list[float]:
    """What a map of this kind says of each sample when it is fitted on the other folds."""
    maps = [
        _FITTED[kind]([s for s, fold in zip(samples, fold_of, strict=True) if fold != held])
        for held in range(max(fold_of) + 1)
    ]
    return [maps[fold].apply(s.belief) for s, fold in zip(samples, fold_of, strict=True)]


def _losses(samples: Samples, values: Sequence[float]) -> list[float]:
    """Log loss of each; a value of 0 or 1 counts as `CLIP` from it, so that none is infinite."""
    kept = [min(max(value, CLIP), 1 - CLIP) for value in values]
    return [-math.log(p if s.right else 1 - p) for s, p in zip(samples, kept, strict=True)]


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def _standard_error(values: Sequence[float]) -> float:
    """Of the mean."""
    mean, n = _mean(values), len(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (n * (n - 1)))


def _identity(_samples: Samples) -> CalibrationMap:
    return CalibrationMap(name="identity")


def _logistic(samples: Samples) -> CalibrationMap:
    line = logistic([(sample.belief, sample.right) for sample in samples])
    return CalibrationMap(name="logistic", kind="logistic", line=line)


def _isotonic(samples: Samples) -> CalibrationMap:
    """Kept as far from 0 and 1 as Laplace's rule of succession would: n labels prove nothing."""
    fitted = isotonic(Point(x=sample.belief, y=float(sample.right)) for sample in samples)
    least = 1 / (len(samples) + 2)
    knots = tuple((x, min(max(y, least), 1 - least)) for x, y in fitted)
    return CalibrationMap(name="isotonic", kind="isotonic", knots=knots)


_FITTED: Mapping[Kind, Callable[[Samples], CalibrationMap]] = {
    "identity": _identity,
    "logistic": _logistic,
    "isotonic": _isotonic,
}
