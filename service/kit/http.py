"""What endpoints share: sessions, the caller's key, a limit on bodies."""

import secrets
from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.errors import NotAuthenticated
from service.kit.database import Database
from service.kit.problems import too_large

_bearer = HTTPBearer(
    auto_error=False, description="The value of BUDWOOD_API_KEY, where one is set."
)


def reading(request: Request) -> Iterator[Session]:
    """A consistent view of the database."""
    database: Database = request.app.state.database
    with database.read() as session:
        yield session


# Without the scope, the session would end only after the answer was sent.
Reading = Annotated[Session, Depends(reading, scope="function")]


def require_key(
    request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> None:
    """Raises: NotAuthenticated."""
    wanted = request.app.state.settings.api_key
    if wanted is None:
        return
    offered = given.credentials if given else ""
    if not secrets.compare_digest(offered.encode(), wanted.get_secret_value().encode()):
        raise NotAuthenticated("not-authenticated", "send the API key: Authorization: Bearer KEY")


class BodyLimit:
    """Ends a request whose body is too large, also when its length was not announced."""

    def __init__(self, app: ASGIApp, *, most: int, exceptions: dict[str, int]) -> None:
        """`exceptions`: path → bytes, for paths that take more than `most`."""
        self._app, self._most, self._exceptions = app, most, exceptions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._exceptions.get(scope["path"], self._most)
        if _announced(scope) > most:
            await too_large(_told(most))(scope, receive, send)
            return
        received = 0

        async def counting() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > most:
                raise HTTPException(413, _told(most))
            return message

        await self._app(scope, counting, send)


def _announced(scope: Scope) -> int:
    length = dict(scope["headers"]).get(b"content-length", b"0")
    return int(length) if length.isdigit() else 0


def _told(most: int) -> str:
    return f"at most {most} bytes are taken here"
