"""Fields of a JSON document, read with errors that say where and what."""

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from agents.errors import BadPool

SHOWN = 60
"""Most characters of a value that an error shows."""


@dataclass(frozen=True, slots=True)
class Field:
    """A value and its place, such as ``pools.jsonl, line 3: candidates[0].key``.

    Every method raises BadPool where the value is something else.
    """

    value: Any
    file: str
    path: str = ""

    def bad(self, why: str) -> BadPool:
        """The error, to be raised."""
        return BadPool(f"{self.file}: {self.path}: {why}" if self.path else f"{self.file}: {why}")

    def document(self, known: Iterable[str]) -> "Document":
        """An object with no field beside those named."""
        names = tuple(known)
        for name in self.entries():
            if name not in names:
                raise self.inside(name).bad(f"no such field; there are {', '.join(names)}")
        return Document(self)

    def entries(self) -> "dict[str, Field]":
        """An object whose names are the file's own."""
        if not isinstance(self.value, dict):
            raise self._not("an object")
        return {name: self.inside(name, value) for name, value in self.value.items()}

    def items(self) -> "Iterator[Field]":
        """The members of a list."""
        if not isinstance(self.value, list):
            raise self._not("a list")
        for number, value in enumerate(self.value):
            yield Field(value, self.file, f"{self.path}[{number}]")

    def text(self) -> str:
        """A string, which may be empty."""
        if not isinstance(self.value, str):
            raise self._not("a text")
        return self.value

    def name(self) -> str:
        """A string that is not empty."""
        if not self.text():
            raise self.bad("must not be empty")
        return self.text()

    def flag(self) -> bool:
        """True or false."""
        if not isinstance(self.value, bool):
            raise self._not("true or false")
        return self.value

    def whole(self) -> int:
        """A whole number from 0."""
        if isinstance(self.value, bool) or not isinstance(self.value, int) or self.value < 0:
            raise self._not("a whole number from 0")
        return self.value

    def number(self, high: float = math.inf) -> float:
        """A finite number from 0 to `high`."""
        plain = isinstance(self.value, int | float) and not isinstance(self.value, bool)
        if not plain or not math.isfinite(self.value) or not 0 <= self.value <= high:
            raise self._not("a number from 0" + (f" to {high:g}" if high < math.inf else ""))
        return float(self.value)

    def one_of(self, names: Iterable[str]) -> Any:
        """One of some texts."""
        known = tuple(names)
        if self.value not in known:
            raise self._not("one of " + ", ".join(known))
        return self.value

    def inside(self, name: str, value: Any = None) -> "Field":
        """A field of this object."""
        return Field(value, self.file, f"{self.path}.{name}".lstrip("."))

    def _not(self, wanted: str) -> BadPool:
        shown = json.dumps(self.value)
        return self.bad(f"must be {wanted}, not {shown[:SHOWN]}{'…' * (len(shown) > SHOWN)}")


@dataclass(frozen=True, slots=True)
class Document:
    """An object of which all fields are known by name."""

    whole: Field

    def __contains__(self, name: str) -> bool:
        """Null is as if left out."""
        return self.whole.value.get(name) is not None

    def __getitem__(self, name: str) -> Field:
        """Raises: BadPool where it is missing."""
        if name not in self:
            raise self.whole.bad(f"{name} is missing")
        return self.whole.inside(name, self.whole.value[name])

    def items(self, name: str) -> Iterator[Field]:
        """The members of a list, none where it is left out."""
        return self[name].items() if name in self else iter(())

    def entries(self, name: str) -> dict[str, Field]:
        """The entries of an object, none where it is left out."""
        return self[name].entries() if name in self else {}
