"""The figures of every value function that has judged something."""

from collections.abc import Iterable

from agents.calibration import calibration
from agents.value.hindsight import JudgedSearch, pairs
from service.calibration.schemas import CalibrationOut, CalibrationPage


def report(searches: Iterable[JudgedSearch], value: str | None = None) -> CalibrationPage:
    """Of one value function, or of all that were asked in these searches."""
    return CalibrationPage(
        items=[
            CalibrationOut(value=name, event=event, figures=calibration(found))
            for (name, event), found in sorted(pairs(searches).items())
            if value in {None, name}
        ]
    )
