"""What was found in one file, and what a whole repository asks for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Read = Callable[[str], bytes | None]
"""A path of the repository → its content, or None."""

_TEST_GROUPS = {"dev", "develop", "development"}
_MOST_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one file says. Requirements are as written; nobody has judged them yet."""

    source: str
    """The file's path."""
    name: str | None = None
    """How the repository's own distribution is called."""
    python: str | None = None
    """A PEP 440 specifier."""
    runtime: tuple[str, ...] | None = None
    """None where the file does not say; empty where it says that nothing is needed."""
    tests: tuple[str, ...] = ()
    extras: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Every extra, for requirements that name the repository itself with one."""
    runtime_files: tuple[str, ...] = ()
    """Requirement files that the file names as its run-time ones."""
    test_files: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What was left out, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What a repository asks for, without duplicates."""

    requirements: tuple[str, ...] = ()
    """PEP 508; needed to import it."""
    wanted: tuple[str, ...] = ()
    """PEP 508; its tests ask for them. None of `requirements` is among them."""
    python: str | None = None
    """A PEP 440 specifier."""
    notes: tuple[str, ...] = ()
    """One line for each thing that was left out, with its file and the reason."""


def is_test_group(name: str) -> bool:
    """Whether an extra, or a group of dependencies, is there for the tests."""
    plain = name.strip().lower()
    return plain in _TEST_GROUPS or plain.startswith("test")


def text_of(read: Read, path: str) -> str | None:
    """A file as text; None where there is none, or where it is too long to be meant."""
    content = read(path)
    if content is None or len(content) > _MOST_BYTES:
        return None
    return content.decode("utf-8-sig", "replace")


def strings(value: object) -> tuple[str, ...]:
    """The strings of a list that a file holds, whatever else is in it."""
    if isinstance(value, str):
        return (value,)
    items = value if isinstance(value, list | tuple) else ()
    return tuple(item for item in items if isinstance(item, str))


def table(value: object) -> Mapping[str, object]:
    """A mapping with names for keys, or an empty one."""
    return value if isinstance(value, dict) else {}
