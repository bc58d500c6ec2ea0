"""A strategy's parameters: declared once, beside their defaults, and read by everybody.

    @dataclass(frozen=True, slots=True)
    class Greedy:
        k: int = parameter(3, "branches kept at each step", least=1)

The command line, the API and the documentation list what is declared here.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from agents.errors import BadOption

T = TypeVar("T")
LARGEST = 1e6
"""No parameter is larger unless it says so: formulas stay finite."""
Value = float | str


@dataclass(frozen=True, slots=True)
class Parameter:
    """One of a strategy's parameters, for people and for checks."""

    name: str
    kind: str
    """``int``, ``float`` or ``str``; ``int | None`` where None means "as many as one likes"."""
    default: Any
    help: str
    least: float | None
    most: float
    choices: tuple[str, ...]


def parameter(
    default: Any,
    help: str,  # noqa: A002 - the usual word for it
    *,
    least: float | None = None,
    most: float = LARGEST,
    choices: tuple[str, ...] = (),
) -> Any:
    """A dataclass field that callers may set; both bounds are included."""
    return field(
        default=default,
        metadata={"help": help, "least": least, "most": most, "choices": choices},
    )


def parameters(cls: type) -> tuple[Parameter, ...]:
    """In the order in which they are declared."""
    return tuple(
        Parameter(f.name, getattr(f.type, "__name__", str(f.type)), f.default, **f.metadata)
        for f in fields(cls)
        if "help" in f.metadata
    )


def configured(cls: type[T], options: Mapping[str, Value | None], **others: object) -> T:
    """`cls` with `options` in place of its defaults; text is read as the parameter's kind.

    Raises: BadOption, naming what there is.
    """
    known = {parameter.name: parameter for parameter in parameters(cls)}
    unknown = [name for name in options if name not in known]
    if unknown:
        there = ", ".join(sorted(known)) or "none"
        raise BadOption(f"{cls.__name__} has no parameter {unknown[0]!r}; there are: {there}")
    return cls(**{name: _read(known[name], value) for name, value in options.items()}, **others)


def _read(wanted: Parameter, value: Value | None) -> Any:
    number = _converted(wanted, value)
    low = wanted.least is not None and number is not None and number < wanted.least
    high = not wanted.choices and number is not None and number > wanted.most
    if low or high or (wanted.choices and number not in wanted.choices):
        raise BadOption(f"{wanted.name} must be {_bounds(wanted)}, not {value!r}")
    return number


def _converted(wanted: Parameter, value: Value | None) -> Any:
    if "None" in wanted.kind and value in {None, "none"}:
        return None
    kind = wanted.kind.partition(" ")[0]
    try:
        number = {"int": int, "float": float, "str": str}[kind](value)
    except (TypeError, ValueError, OverflowError) as error:
        raise BadOption(f"{wanted.name} must be {_bounds(wanted)}, not {value!r}") from error
    if kind == "int" and isinstance(value, float) and number != value:
        raise BadOption(f"{wanted.name} must be a whole number, not {value!r}")
    if kind == "float" and not math.isfinite(number):
        raise BadOption(f"{wanted.name} must be {_bounds(wanted)}, not {value!r}")
    return number


def _bounds(wanted: Parameter) -> str:
    if wanted.choices:
        return "one of " + ", ".join(wanted.choices)
    said = {"int": "a whole number", "float": "a number", "str": "a word"}
    text = said[wanted.kind.partition(" ")[0]]
    text += f" of at least {wanted.least:g}" if wanted.least is not None else ""
    return text + (f" and at most {wanted.most:g}" if wanted.most != LARGEST else "")
