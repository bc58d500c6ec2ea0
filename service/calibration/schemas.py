"""Calibration as JSON."""

from pydantic import BaseModel

from agents.calibration import Calibration
from agents.value.hindsight import Event


class CalibrationOut(BaseModel):
    """How well one value function foretold one event."""

    value: str
    """The value function."""
    event: Event
    """``candidate``: a finished candidate was found below. ``accepted``: the verifier accepted the
    state or one below."""
    figures: Calibration


class CalibrationPage(BaseModel):
    """By value function and event."""

    items: list[CalibrationOut]
