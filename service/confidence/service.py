"""Figures of confidence, and fitting a map."""

from collections.abc import Iterable

from agents.calibration import Pair
from agents.selection.calibration.assessment import assess, brier_gain
from agents.selection.calibration.calibration_map import CalibrationMap
from agents.selection.calibration.fit import fit
from agents.selection.calibration.labelled_belief import paired
from service.confidence.labelled_verdict import LabelledVerdict, left_out, newest_beliefs, samples
from service.confidence.schemas import ConfidenceOut
from service.errors import TooFewLabels


def report(verdicts: Iterable[LabelledVerdict], active: CalibrationMap) -> ConfidenceOut:
    """`verdicts`: oldest first."""
    known = list(verdicts)
    found = samples(known)
    used = active.fitting(newest_beliefs(known))
    issues = [sample.issue for sample in found]
    before = paired(found, [sample.belief for sample in found])
    after = paired(found, [used.apply(sample.belief) for sample in found])
    usable = [verdict for verdict in known if verdict.usable]
    return ConfidenceOut(
        labelled=len(known),
        left_out=left_out(known),
        belief=assess(before, issues),
        calibrated=assess(after, issues),
        gain=brier_gain(before, after, issues),
        told=assess([Pair(v.confidence, v.right) for v in usable], [v.issue for v in usable]),
        active=used,
    )


def fitted(verdicts: Iterable[LabelledVerdict], fewest: int) -> CalibrationMap:
    """A map out of all that can be used. Raises: TooFewLabels, with what there is and what to do."""
    known = list(verdicts)
    found = samples(known)
    try:
        return fit(found, fewest=fewest, beliefs=newest_beliefs(known))
    except ValueError as error:
        why = "".join(f"; {n} left out: {reason}" for reason, n in left_out(known).items())
        raise TooFewLabels(f"{error}{why}. Tell more with budwood label") from error
