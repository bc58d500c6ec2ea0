"""One table a file. Labels are not to be had from here: whoever searches must not find them."""

from service.models.base import Base
from service.models.calibration_map import CalibrationMapRow
from service.models.candidate import CandidateRow
from service.models.event import EventRow
from service.models.model_call import ModelCallRow
from service.models.node import NodeRow
from service.models.outcome import OutcomeRow
from service.models.preparation import PreparationRow
from service.models.search import SearchRow
from service.models.trial import TrialRow
from service.models.uploaded_repository import UploadedRepositoryRow
from service.models.verdict import VerdictRow
from service.models.work_unit import WorkUnitRow

__all__ = [
    "Base",
    "CalibrationMapRow",
    "CandidateRow",
    "EventRow",
    "ModelCallRow",
    "NodeRow",
    "OutcomeRow",
    "PreparationRow",
    "SearchRow",
    "TrialRow",
    "UploadedRepositoryRow",
    "VerdictRow",
    "WorkUnitRow",
]

APPEND_ONLY = (
    *("outcomes", "verdicts", "candidates", "model_calls", "events"),
    *("labels", "calibration_maps"),
)
"""Tables on which a trigger refuses UPDATE and DELETE."""
