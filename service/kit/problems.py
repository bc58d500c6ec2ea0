"""Every error as a problem document (RFC 9457), with a `type` that never changes."""

from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from service.errors import NotAuthenticated, Refused
from service.kit.database import DATABASE_LOST

_log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"


class Problem(BaseModel):
    """RFC 9457. `type` is ``urn:budwood:problem:`` and a slug; `errors` names fields."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, Any]] | None = None


def declared(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI says of an endpoint's errors."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "model": Problem,
            "content": {MEDIA_TYPE: {"schema": schema}},
        }
        for status in statuses
    }


def install(app: FastAPI) -> None:
    """Handle every exception that an endpoint lets through."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    for kind in DATABASE_LOST:
        app.add_exception_handler(kind, _unavailable)
    app.add_exception_handler(Exception, _unforeseen)


def problem(
    status: int, slug: str, title: str, detail: str, errors: list[dict[str, Any]] | None = None
) -> JSONResponse:
    """One document."""
    body = Problem(
        type=f"urn:budwood:problem:{slug}", title=title, status=status, detail=detail, errors=errors
    )
    return JSONResponse(body.model_dump(exclude_none=True), status, media_type=MEDIA_TYPE)


def too_large(detail: str) -> JSONResponse:
    """A body over the limit."""
    return problem(413, "too-large", "Too large", detail)


def _refused(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refused)  # noqa: S101 - registered for nothing else
    answer = problem(error.status, error.slug, error.title, str(error))
    if isinstance(error, NotAuthenticated):
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for nothing else
    errors = [
        {"field": ".".join(map(str, found["loc"])), "message": found["msg"]}
        for found in error.errors()
    ]
    detail = "; ".join(f"{found['field']}: {found['message']}" for found in errors)
    return problem(422, "invalid-request", "Invalid request", detail, jsonable_encoder(errors))


def _http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for nothing else
    if error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return too_large(error.detail)
    phrase = HTTPStatus(error.status_code).phrase
    answer = problem(error.status_code, phrase.lower().replace(" ", "-"), phrase, str(error.detail))
    answer.headers.update(error.headers or {})
    return answer


def _unavailable(_request: Request, error: Exception) -> JSONResponse:
    _log.error("database lost", error=str(error))
    detail = "the database does not answer; try again, and see /readyz"
    return problem(503, "database-unavailable", "Service unavailable", detail)


def _unforeseen(request: Request, error: Exception) -> JSONResponse:
    """The API's one catch-all."""
    _log.error("request failed", path=request.url.path, exc_info=error)
    return problem(500, "internal", "Internal error", "this is a bug; the log says more")
