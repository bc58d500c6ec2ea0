"""Where a test failed and what its variables held, as the harness reports it.

Laid into the sandbox beside the harness, and executed only once a test has failed. Nothing here
calls code of the repository: a ``__repr__`` may be slow, raise or change what later tests see, so
values are described by their types and what these store. No address is told: texts are the same
in every run.

Source of the idea: Cheng, Nie, Swaminathan, "Trace is the Next AutoDiff", 2024 (an execution trace
beside the error is worth more than the error alone); locals and covered lines as in Zhong et al.,
"Debug like a Human" (LDB), 2024.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from types import CodeType, FrameType
    from typing import Any

WORKSPACE = "/workspace/"
ISSUE = "<issue>"
FRAMES, WITH_LOCALS, LOCALS = 5, 3, 12
DEPTH, ITEMS, SORTED = 3, 6, 64
CHARS, TEXT = 60, 140
BITS = 512
"""Longer integers take quadratic time to write."""

# Read past every metaclass: these are the interpreter's own.
NAME, MRO, VARS = (type.__dict__[name] for name in ("__name__", "__mro__", "__dict__"))
SLOT = type(type(lambda: 0).__dict__["__globals__"])
DERIVED = type(VARS)
PLAIN = (bool, float, complex, range, type(...))
CODE = (type, type(sys), type(lambda: 0), type(len))
WHERE_LEAVES = (
    ("decimal", "Decimal"),
    ("fractions", "Fraction"),
    ("datetime", "date", "datetime", "time", "timedelta"),
    ("pathlib", "PosixPath", "PurePosixPath"),
    ("re", "Pattern", "Match"),
    ("uuid", "UUID"),
)


def leaves() -> list[type]:
    """Types of the standard library whose ``repr`` calls nobody else's; those that are loaded."""
    return [
        vars(sys.modules[module])[name]
        for module, *names in WHERE_LEAVES
        if module in sys.modules
        for name in names
        if name in vars(sys.modules[module])
    ]


class Describer:
    """Values as bounded text."""

    def __init__(self) -> None:
        self.leaves = leaves()

    def text(self, value: Any) -> str:
        """At most `TEXT` characters, whatever the value is."""
        try:
            return cut(self.of(value, DEPTH), TEXT)
        except Exception:  # noqa: BLE001 - such as a dictionary that another thread changes
            return "<?>"

    def of(self, value: Any, depth: int) -> str:
        """`depth`: how many containers may still be opened."""
        kind = type(value)
        if value is None or any(kind is plain for plain in PLAIN):
            return repr(value)
        told = self.scalar(value, kind)
        if told is None:
            told = self.container(value, kind, depth)
        return self.object(value, kind, depth) if told is None else told

    def scalar(self, value: Any, kind: type) -> str | None:
        """Text, bytes, numbers, code, and `leaves`. Subclasses are shown as what they are made of."""
        for base in (str, bytes):
            if issubclass(kind, base):
                head = repr(base.__getitem__(value, slice(CHARS)))
                size = base.__len__(value)
                return named(kind, base, head if size <= CHARS else f"{head}... ({size} long)")
        if issubclass(kind, int):
            bits = int.bit_length(value)
            return named(kind, int, int.__repr__(value) if bits <= BITS else f"<{bits} bits>")
        if issubclass(kind, float):
            return named(kind, float, float.__repr__(value))
        for code in CODE:
            if issubclass(kind, code):
                return f"<{NAME.__get__(code)}>"
        return repr(value) if any(kind is leaf for leaf in self.leaves) else None

    def container(self, value: Any, kind: type, depth: int) -> str | None:
        """Lists, tuples, sets, dictionaries; an exception is the tuple of its arguments."""
        for base, ends in ((dict, "{}"), (list, "[]"), (tuple, "()")):
            if issubclass(kind, base):
                items = dict.items(value) if base is dict else base.__iter__(value)
                shown = [self.item(base, item, depth - 1) for item in first(items, depth)]
                text = ends[0] + listed(shown, base.__len__(value)) + ends[1]
                return self.derived(value, kind, base, text, depth)
        for mass in (set, frozenset):
            if issubclass(kind, mass):
                return self.derived(value, kind, mass, self.set_of(mass, value, depth), depth)
        if issubclass(kind, BaseException):
            told = BaseException.__dict__["args"].__get__(value)
            return f"{NAME.__get__(kind)}{self.of(told, depth - 1)}"
        return None

    def item(self, base: type, item: Any, depth: int) -> str:
        if base is dict:
            return f"{self.of(item[0], depth)}: {self.of(item[1], depth)}"
        return self.of(item, depth)

    def derived(self, value: Any, kind: type, base: type, text: str, depth: int) -> str:
        """What a subclass stores beside its items."""
        if kind is base:
            return text
        found = [f"{n}={self.of(v, depth - 1)}" for n, v in first(stored(value, kind), depth)]
        return f"{NAME.__get__(kind)}({', '.join([text, *found])})"

    def set_of(self, base: type, value: Any, depth: int) -> str:
        """Sorted by text: a set's own order changes from run to run."""
        size = base.__len__(value)  # type: ignore[attr-defined]
        few = depth > 0 and size <= SORTED
        shown = sorted(self.of(item, depth - 1) for item in base.__iter__(value)) if few else []  # type: ignore[attr-defined]
        return "{" + listed(shown[:ITEMS], size) + "}"

    def object(self, value: Any, kind: type, depth: int) -> str:
        """Type and stored attributes; properties are not asked."""
        name = NAME.__get__(kind)
        found = list(first(stored(value, kind), depth + 1))
        if not found:
            return f"<{name}>"
        if depth <= 0:
            return f"{name}(...)"
        return f"{name}({', '.join(f'{n}={self.of(v, depth - 1)}' for n, v in found)})"


def stored(value: Any, kind: type) -> Iterator[tuple[str, Any]]:
    """What an object's dictionary and slots hold, read without its help."""
    for base in MRO.__get__(kind):
        for name, entry in VARS.__get__(base).items():
            if type(entry) is SLOT and base is not object and name[:2] != "__":
                try:
                    yield name, entry.__get__(value)
                except AttributeError:  # never set
                    continue
            elif name == "__dict__" and type(entry) is DERIVED:
                held = entry.__get__(value)
                yield from ((n, v) for n, v in held.items() if type(n) is str)


def first(items: Iterable[Any], depth: int) -> Iterator[Any]:
    """The first few; none where no further container may be opened."""
    for place, item in enumerate(items):
        if place >= ITEMS or depth <= 0:
            return
        yield item


def listed(shown: list[str], size: int) -> str:
    left = size - len(shown)
    return ", ".join([*shown, f"... {left} more"] if left else shown)


def named(kind: type, base: type, text: str) -> str:
    return text if kind is base else f"{NAME.__get__(kind)}({text})"


def cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 3] + "..."


def locals_of(frame: FrameType, describer: Describer) -> list[list[str]]:
    """Name and text of a frame's variables, without code and what Python itself put there."""
    held = frame.f_locals
    usual = (dict, type(sys._getframe().f_locals))  # noqa: SLF001
    if not any(type(held) is kind for kind in usual):  # a metaclass prepared a class body's own
        return []
    found = [
        (name, value)
        for name, value in list(held.items())
        if type(name) is str and name.isidentifier() and name[:2] != "__"
        if not any(issubclass(type(value), code) for code in CODE)
    ]
    return [[cut(name, CHARS), describer.text(value)] for name, value in found[:LOCALS]]


def ran_of(code: CodeType, seen: Iterable[int]) -> dict[str, Any] | None:
    """Which lines of a function ran, and which did not. Python 3.10 and later know all of them."""
    if not hasattr(code, "co_lines"):
        return None
    first_line = code.co_firstlineno
    every = {line for _, _, line in code.co_lines() if line and line != first_line}
    ran = every.intersection(seen)
    return {
        "path": code.co_filename[len(WORKSPACE) :],
        "function": cut(getattr(code, "co_qualname", code.co_name), TEXT),
        "lines": sorted(ran),
        "not": sorted(every - ran),
    }


def trace_of(
    error: BaseException, lines: Mapping[str, set[int]], entered: CodeType | None
) -> dict[str, Any]:
    """The innermost frames of workspace and issue, and the lines of the innermost function.

    `lines`: path → lines that ran; empty where nobody looked. `entered`: the function of the
    workspace that was the last to be entered for the first time; taken where the error left none
    on its way, as the `assert` of an issue does.
    """
    describer, frames, at = Describer(), [], error.__traceback__
    while at is not None:
        if at.tb_frame.f_code.co_filename.startswith((WORKSPACE, ISSUE)):
            frames.append((at.tb_frame, at.tb_lineno))
        at = at.tb_next
    inside = [f.f_code for f, _ in frames if f.f_code.co_filename.startswith(WORKSPACE)]
    code = inside[-1] if inside else entered
    shown = frames[-FRAMES:]
    return {
        "frames": [
            {
                "path": frame.f_code.co_filename.replace(WORKSPACE, "", 1),
                "line": line,
                "function": cut(getattr(frame.f_code, "co_qualname", frame.f_code.co_name), TEXT),
                "locals": locals_of(frame, describer) if n >= len(shown) - WITH_LOCALS else [],
            }
            for n, (frame, line) in enumerate(shown)
        ],
        "ran": ran_of(code, lines.get(code.co_filename[len(WORKSPACE) :], ()))
        if code is not None and lines
        else None,
    }
