"""Column types: frozen dataclasses as JSON, and text that every database takes."""

from typing import Any, TypeVar

from sqlalchemy import JSON, Dialect, Text
from sqlalchemy.types import TypeDecorator

from service.kit.documents import from_document, to_document

T = TypeVar("T")


class Document(TypeDecorator[T]):
    """A frozen dataclass, stored as JSON.

    ``json`` rather than ``jsonb`` on Postgres: only the former keeps a NUL inside a string, and
    what tests print may hold one.
    """

    impl = JSON
    cache_ok = True

    def __init__(self, kind: type[T]) -> None:
        super().__init__(none_as_null=True)
        self.kind = kind

    def process_bind_param(self, value: T | None, dialect: Dialect) -> Any:  # noqa: ARG002
        return None if value is None else to_document(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> T | None:  # noqa: ARG002
        return None if value is None else from_document(self.kind, value)


class PlainText(TypeDecorator[str]):
    """Text without NUL, which Postgres refuses: it becomes U+FFFD."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else value.replace("\0", "\ufffd")
