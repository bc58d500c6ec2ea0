"""Opaque cursors: callers hand them back and read nothing into them."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error

from service.errors import Unprocessable


def encode(key: str) -> str:
    """The cursor that goes on behind `key`."""
    return urlsafe_b64encode(key.encode()).decode().rstrip("=")


def decode(cursor: str) -> str:
    """Raises: Unprocessable for what `encode` did not make."""
    try:
        return urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (Error, ValueError) as error:
        raise Unprocessable(
            "bad-cursor", "this cursor is none of ours: start without one"
        ) from error
