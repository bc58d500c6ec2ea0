"""``/v1/issues/{issue}/label``."""

from typing import Annotated

from fastapi import APIRouter, Path, Request

from service.kit.problems import declared
from service.labels import service
from service.labels.schemas import LabelIn, LabelOut

router = APIRouter(prefix="/issues", tags=["issues"])


@router.put("/{issue}/label", responses=declared(404, 409, 422))
def label(body: LabelIn, request: Request, issue: Annotated[str, Path(max_length=64)]) -> LabelOut:
    """Tell whether the decision was right. Searches never see it; confidence is calibrated by it."""
    return service.tell(request.app.state.database, issue, body)
