"""``/v1/calibration``."""

from typing import Annotated

from fastapi import APIRouter, Query

from service.calibration import repository, service
from service.calibration.schemas import CalibrationPage
from service.kit.http import Reading
from service.kit.problems import declared

router = APIRouter(prefix="/calibration", tags=["calibration"])


@router.get("", responses=declared(422))
def calibration(
    session: Reading,
    value: Annotated[
        str | None, Query(max_length=500, description="one value function; all without it")
    ] = None,
) -> CalibrationPage:
    """How well value functions foretold what came of the nodes of searches that have a verdict."""
    return service.report(repository.judged(session), value)
