"""``/healthz`` and ``/readyz``; both without a key."""

from fastapi import APIRouter, Request, Response

from service.health.checks import check_all
from service.health.schemas import CheckOut, Health, Readiness

router = APIRouter(tags=["health"])


@router.get("/healthz")
def alive() -> Health:
    """The process answers; nothing else is asked."""
    return Health()


@router.get("/readyz", responses={503: {"model": Readiness}})
def ready(request: Request, response: Response) -> Readiness:
    """Database, migrations, broker and sandbox, each as it is now."""
    checks = check_all(request.app.state.probes)
    well = all(check.ok for check in checks)
    response.status_code = 200 if well else 503
    return Readiness(
        ready=well,
        checks=[CheckOut(name=c.name, ok=c.ok, detail=c.detail) for c in checks],
    )
