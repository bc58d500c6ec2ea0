"""Requirement files as pip reads them, includes and all, as far as an index is asked."""

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sandbox.packaging.declared import Read, text_of

_COMMENT = re.compile(r"(^|\s)#.*$")
_OPTION = re.compile(r"^(--?[A-Za-z][\w-]*?)(?:=|\s+|$)(.*)$")
_SHORT = re.compile(r"^-([rce])\s*(\S.*)$")
_ON_A_REQUIREMENT = re.compile(r"\s--[a-z][\w-]*.*$")
_NAMED = re.compile(r"^[^/]*requirements[^/]*\.(txt|in)$|^requirements/[^/]+\.(txt|in)$")
_TESTS = re.compile(r"(^|[-_./])(tests?|testing|dev|develop|development)([-_./]|$)")
_RUNTIME = re.compile(
    r"(^requirements|/(requirements|base|common|core|default|install|main|prod|production|runtime))"
    r"\.(txt|in)$"
)


@dataclass(frozen=True, slots=True)
class Listing:
    """The requirement files of a repository by what they are for."""

    runtime: tuple[str, ...]
    tests: tuple[str, ...]
    others: tuple[str, ...]


def listing(paths: Iterable[str]) -> Listing:
    """Sort the requirement files at the top level and in ``requirements/`` by their names.

    Of a ``.in`` and the ``.txt`` that was made from it, the looser ``.in`` is left out.
    """
    named = sorted(path for path in paths if _NAMED.match(path))
    kept = [path for path in named if path[:-3] + ".txt" not in named or path.endswith(".txt")]
    tests = tuple(path for path in kept if _TESTS.search(path))
    runtime = tuple(path for path in kept if path not in tests and _RUNTIME.search(path))
    return Listing(runtime, tests, tuple(p for p in kept if p not in tests and p not in runtime))


def requirements_of(read: Read, path: str, notes: list[str]) -> Iterator[str]:
    """The requirements of a file and of those it includes, each file once."""
    yield from _file(read, posixpath.normpath(path), notes, set())


def _file(read: Read, path: str, notes: list[str], seen: set[str]) -> Iterator[str]:
    seen.add(path)
    text = text_of(read, path)
    if text is None:
        notes.append(f"{path} is not in the repository, or too long to be read")
        return
    for line in re.sub(r"\\\r?\n", " ", text).splitlines():
        plain = _COMMENT.sub("", line).strip()
        included = _option(path, plain, notes) if plain.startswith("-") else None
        if included is not None and included not in seen:
            yield from _include(read, included, path, notes, seen)
        elif plain and not plain.startswith("-"):
            yield _ON_A_REQUIREMENT.sub("", plain).strip()


def _include(
    read: Read, included: str, path: str, notes: list[str], seen: set[str]
) -> Iterator[str]:
    if included.startswith(("..", "/")) or "://" in included:
        notes.append(f"{path}: {included} is left out: it lies outside of the repository")
        return
    yield from _file(read, included, notes, seen)


def _option(path: str, line: str, notes: list[str]) -> str | None:
    """The file that a line includes; every other option is noted."""
    short, option = _SHORT.match(line), _OPTION.match(line)
    name, value = (
        (f"-{short[1]}", short[2]) if short else (option[1], option[2]) if option else (line, "")
    )
    value = value.strip().strip("\"'")
    if name in ("-r", "--requirement") and value:
        if "://" in value:
            return value
        return posixpath.normpath(posixpath.join(posixpath.dirname(path), value))
    why = {
        "-e": "nothing is installed from a path or a URL; the workspace is imported as it is",
        "--editable": "nothing is installed from a path or a URL",
        "-c": "constraints are not read",
        "--constraint": "constraints are not read",
    }.get(name, "the indexes are those of this machine's pip")
    notes.append(f"{path}: {name} {value.split('://')[0]} is left out: {why}")
    return None
