"""The API as an ASGI application, and `serve` for the CLI."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import uvicorn
from fastapi import APIRouter, Depends, FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.middleware.trustedhost import TrustedHostMiddleware

from service.bootstrap import Services, build_services
from service.calibration.endpoints import router as calibration
from service.confidence.endpoints import router as confidence
from service.config import Settings
from service.health.endpoints import router as health
from service.issues.endpoints import router as issues
from service.kit import logs, problems
from service.kit.http import BodyLimit, require_key
from service.labels.endpoints import router as labels
from service.repositories.endpoints import router as repositories
from service.strategies.endpoints import router as strategies

BODY_BYTES = 4 << 20
LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]
STOP_S = 5.0
"""How long running searches may go on at the end; they are resumed at the next start."""


def create_app(
    settings: Settings, build: Callable[[Settings], Services] = build_services
) -> FastAPI:
    """Nothing is connected before the application starts; `build` may raise then."""
    app = FastAPI(
        title="Budwood",
        version="1",
        summary="Test-time compute search for code agents.",
        lifespan=_lifespan(settings, build),
        separate_input_output_schemas=False,
    )
    app.state.settings = settings
    problems.install(app)
    _guard(app, settings)
    v1 = APIRouter(
        prefix="/v1", dependencies=[Depends(require_key)], responses=problems.declared(401)
    )
    v1.include_router(issues)
    v1.include_router(labels)
    v1.include_router(repositories)
    v1.include_router(strategies)
    v1.include_router(calibration)
    v1.include_router(confidence)
    app.include_router(v1)
    app.include_router(health)
    return app


def serve(settings: Settings) -> None:
    """Serve until told to stop.

    Raises: ValueError when it would be open to others without a key; what `build_services` raises.
    """
    settings.check_exposure()
    logs.configure(settings.log_level, as_json=settings.log_json)
    services = build_services(settings)
    app = create_app(settings, lambda _: services)
    uvicorn.run(app, host=settings.host, port=settings.port, log_config=None)


def _guard(app: FastAPI, settings: Settings) -> None:
    """Without a key, a web page must not reach the API by a name that it controls."""
    upload = (settings.max_repository_mb << 20) + (1 << 20)
    app.add_middleware(BodyLimit, most=BODY_BYTES, exceptions={"/v1/repositories": upload})
    if settings.api_key is None:
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=LOOPBACK)


def _lifespan(
    settings: Settings, build: Callable[[Settings], Services]
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        services = await run_in_threadpool(build, settings)
        app.state.database = services.database
        app.state.submission = services.submission
        app.state.uploads = services.uploads
        app.state.probes = services.probes
        services.executor.start()
        yield
        await run_in_threadpool(services.executor.stop, STOP_S)
        services.database.close()

    return lifespan
