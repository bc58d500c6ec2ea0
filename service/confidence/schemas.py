"""Confidence as JSON."""

from pydantic import BaseModel

from agents.selection.calibration.assessment import Assessment
from agents.selection.calibration.calibration_map import CalibrationMap
from agents.selection.intervals import Interval


class ConfidenceOut(BaseModel):
    """What beliefs and confidences were worth, over all labelled verdicts with a patch."""

    labelled: int
    """Verdicts with a label, whether they can be used or not."""
    left_out: dict[str, int]
    """Why → how many of them tell nothing of the beliefs in use now."""
    belief: Assessment
    """Before calibration."""
    calibrated: Assessment
    """The same beliefs by the active map. Where it was fitted on these very labels, this flatters it:
    ``active.foretold`` does not."""
    gain: Interval | None
    """How much lower the Brier score is of `calibrated` than of `belief`."""
    told: Assessment
    """The confidences as verdicts gave them at the time, also those without a belief."""
    active: CalibrationMap
    """In use for these beliefs: the newest, or the prior where that was fitted on beliefs of other
    priors."""
