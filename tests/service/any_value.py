"""Any value of a frozen dataclass, for round trips: hypothesis' own inference takes NaN for a float,
and integers that no column holds."""

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

LEAVES: dict[object, st.SearchStrategy[Any]] = {
    str: st.text(max_size=8),
    bytes: st.binary(max_size=8),
    bool: st.booleans(),
    int: st.integers(0, 10**6),
    float: st.floats(allow_nan=False, allow_infinity=False),
    type(None): st.none(),
}


def any_value(kind: Any) -> st.SearchStrategy[Any]:
    """Every field is drawn, none left at its default. Raises: KeyError for a type nobody uses yet."""
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        drawn = {field.name: any_value(hints[field.name]) for field in fields(kind)}
        return st.builds(kind, **drawn)
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Literal:
        return st.sampled_from(inner)
    if origin in {Union, types.UnionType}:
        return st.one_of(*map(any_value, inner))
    if origin is tuple:
        return _any_tuple(inner)
    if origin is Mapping:
        return st.dictionaries(any_value(inner[0]), any_value(inner[1]), max_size=2)
    return LEAVES[kind]


def _any_tuple(inner: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    if inner[-1] is Ellipsis:
        return st.lists(any_value(inner[0]), max_size=2).map(tuple)
    return st.tuples(*map(any_value, inner))
