"""``/v1/calibration/confidence``."""

from fastapi import APIRouter

from service.confidence import repository, service
from service.confidence.schemas import ConfidenceOut
from service.kit.http import Reading

router = APIRouter(prefix="/calibration", tags=["calibration"])


@router.get("/confidence")
def confidence(session: Reading) -> ConfidenceOut:
    """What verdicts' confidence is worth, by the labels that were told, and the map in use."""
    return service.report(repository.labelled(session), repository.active(session))
