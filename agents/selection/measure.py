"""How well a selector chooses. Pure.

    random        expected share of right ones among all candidates, refused ones too
    selected      share of issues for which a right one was chosen
    oracle        share of issues that have a right one
    efficiency    selected / oracle
    gap closure   (selected - random) / (oracle - random); 0 is by lot, 1 is the oracle
    abstained     share of issues without an answer
    precision     share of right ones among answers
    Brier, AUC    of the confidence of answers: agents.calibration

with intervals by resampling issues. All but the AUC are ratios of sums over issues.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from agents.calibration import Pair, auc, calibration
from agents.selection.answers import Answer, answers
from agents.selection.choice import Selector
from agents.selection.intervals import RESAMPLES, Draw, Figure, Interval, draws, interval
from agents.selection.labelled import LabelledPool


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of one selector. None: the figure cannot be had; `missing` says why."""

    n: int
    """Issues."""
    k: int | None
    """Candidates of an issue at most; None: all."""
    random: Interval | None
    selected: Interval | None
    oracle: Interval | None
    efficiency: Interval | None
    gap_closure: Interval | None
    abstained: Interval | None
    precision: Interval | None
    brier: Interval | None
    auc: Interval | None
    ece: float | None
    missing: Mapping[str, str]
    """Figure → why it is None."""


def measure(
    pools: Sequence[LabelledPool],
    selector: Selector,
    *,
    k: int | None = None,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Figures:
    """`seed`: of the candidates kept, of the selector and of the resampling. Raises: ValueError."""
    return figures(answers(pools, selector, k=k, seed=seed), k=k, seed=seed, resamples=resamples)


def figures(
    found: Sequence[Answer], *, k: int | None = None, seed: int = 0, resamples: int = RESAMPLES
) -> Figures:
    """Of answers to the issues of one measurement."""
    n, drawn = len(found), draws(len(found), seed, resamples)
    missing = _missing(found)

    def of(name: str, figure: Figure) -> Interval | None:
        return None if name in missing else interval(figure, n, drawn)

    return Figures(
        n=n,
        k=k,
        random=of("random", _ratio(found, _random, _one)),
        selected=of("selected", _ratio(found, _selected, _one)),
        oracle=of("oracle", _ratio(found, _oracle, _one)),
        efficiency=of("efficiency", _ratio(found, _selected, _oracle)),
        gap_closure=of("gap_closure", _gap_closure(found)),
        abstained=of("abstained", _ratio(found, lambda answer: not answer.answered, _one)),
        precision=of("precision", _ratio(found, _selected, _answered)),
        brier=of("brier", _ratio(found, lambda answer: answer.squared_error, _answered)),
        auc=of("auc", _auc(found)),
        ece=None if "ece" in missing else calibration(_pairs(found)).ece,
        missing=missing,
    )


def ahead(
    first: Sequence[Answer],
    second: Sequence[Answer],
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Interval | None:
    """Gap closure of the first less that of the second. Raises: ValueError if they answer other
    issues, as far as the truth about these shows."""
    if [(a.random, a.oracle) for a in first] != [(a.random, a.oracle) for a in second]:
        raise ValueError("the answers are to different issues")
    ours, theirs = _gap_closure(first), _gap_closure(second)

    def difference(draw: Draw) -> float | None:
        mine, other = ours(draw), theirs(draw)
        return None if mine is None or other is None else mine - other

    return interval(difference, len(first), draws(len(first), seed, resamples))


def costs(pools: Sequence[LabelledPool]) -> dict[str, float]:
    """Stage → mean of an issue, in the units of `LabelledPool.costs`, by name. What a pool does not
    list cost nothing."""
    stages = sorted({stage for labelled in pools for stage in labelled.costs})
    return {
        stage: sum(pool.costs.get(stage, 0.0) for pool in pools) / len(pools) for stage in stages
    }


def _ratio(
    found: Sequence[Answer],
    above: Callable[[Answer], float],
    below: Callable[[Answer], float],
) -> Figure:
    over, under = [above(answer) for answer in found], [below(answer) for answer in found]

    def figure(draw: Draw) -> float | None:
        whole = sum(map(under.__getitem__, draw))
        return sum(map(over.__getitem__, draw)) / whole if whole > _NOTHING else None

    return figure


_NOTHING = 1e-9
"""Less than this is what is left of subtracting equal numbers."""


def _gap_closure(found: Sequence[Answer]) -> Figure:
    return _ratio(
        found,
        lambda answer: answer.selected - answer.random,
        lambda answer: answer.oracle - answer.random,
    )


def _auc(found: Sequence[Answer]) -> Figure:
    def figure(draw: Draw) -> float | None:
        pairs = _pairs([found[issue] for issue in draw])
        return auc(pairs) if 0 < sum(pair.came_true for pair in pairs) < len(pairs) else None

    return figure


def _missing(found: Sequence[Answer]) -> dict[str, str]:
    missing = dict(calibration(_pairs(found)).missing)
    if not found:
        return missing | dict.fromkeys(_SHARES, "there are no issues")
    if not any(answer.confidence for answer in found):
        missing |= dict.fromkeys(("brier", "auc", "ece"), "no answer has a confidence")
    if not any(map(_oracle, found)):
        missing["efficiency"] = "no issue has a right candidate"
    if sum(answer.oracle - answer.random for answer in found) <= _NOTHING:
        missing["gap_closure"] = "no issue has both right and wrong candidates"
    if not any(map(_answered, found)):
        missing["precision"] = "nothing was answered"
    return missing


_SHARES = (
    *("random", "selected", "oracle", "efficiency", "gap_closure"),
    *("abstained", "precision"),
)


def _pairs(found: Sequence[Answer]) -> list[Pair]:
    return [Pair(a.confidence, a.selected) for a in found if a.confidence is not None]


def _random(answer: Answer) -> float:
    return answer.random


def _selected(answer: Answer) -> float:
    return answer.selected


def _oracle(answer: Answer) -> float:
    return answer.oracle


def _answered(answer: Answer) -> float:
    return answer.answered


def _one(_answer: Answer) -> float:
    return 1.0
