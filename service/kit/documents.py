"""Frozen dataclasses ↔ JSON, by pydantic. Bytes travel as base64."""

import json
from collections.abc import Hashable
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import ConfigDict, TypeAdapter

T = TypeVar("T")

_CONFIG = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64", ser_json_inf_nan="constants")


def to_document(value: object) -> Any:
    """Plain lists, dictionaries and scalars that `json.dumps` takes."""
    return _adapter(cast("Hashable", type(value))).dump_python((value,), mode="json")[0]


def from_document(kind: type[T], document: object) -> T:
    """The reverse. Raises: ValidationError when the document is not of that kind."""
    return cast("T", _adapter(cast("Hashable", kind)).validate_json(json.dumps([document]))[0])


@cache
def _adapter(kind: Hashable) -> TypeAdapter[tuple[Any, ...]]:
    """A tuple around the type: pydantic takes no configuration for a bare dataclass."""
    wrapped: Any = tuple[kind]  # type: ignore[valid-type]
    return TypeAdapter(wrapped, config=_CONFIG)
