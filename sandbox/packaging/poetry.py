"""Poetry's tables, and its constraints in the words of PEP 440."""

import re
from collections.abc import Iterator, Mapping

from packaging.version import InvalidVersion, Version

from sandbox.packaging.declared import Found, is_test_group, strings, table

_OPERATORS = re.compile(r"(\^|~=|~|===|==|!=|<=|>=|<|>|=)?\s*([^\s,|<>=!~^]+)")
_ELSEWHERE = ("path", "git", "url", "file")


def read_poetry(source: str, tables: Mapping[str, object]) -> Found:
    """What ``[tool.poetry]`` says; tables that it lacks say nothing."""
    notes: list[str] = []
    main = dict(table(tables.get("dependencies")))
    python = main.pop("python", None)
    optional = {name for name, entry in main.items() if table(entry).get("optional") is True}
    lines = {name: [*_lines(source, name, entry, notes)] for name, entry in main.items()}
    groups = {"dev": table(tables.get("dev-dependencies"))}
    for group, settings in table(tables.get("group")).items():
        listed = table(table(settings).get("dependencies"))
        groups[group] = {**groups.get(group, {}), **listed}
    tests = [
        line
        for group, listed in groups.items()
        if is_test_group(group)
        for name, entry in listed.items()
        for line in _lines(source, name, entry, notes)
    ]
    extras = {
        extra: tuple(line for name in strings(names) for line in lines.get(name, ()))
        for extra, names in table(tables.get("extras")).items()
    }
    tests += [line for extra, given in extras.items() if is_test_group(extra) for line in given]
    kept = [line for name, given in lines.items() if name not in optional for line in given]
    name = tables.get("name")
    return Found(
        source=source,
        name=name if isinstance(name, str) else None,
        python=_versions(f"{source}: python", python, notes) if isinstance(python, str) else None,
        runtime=tuple(kept) if "dependencies" in tables else None,
        tests=tuple(tests),
        extras=extras,
        notes=tuple(notes),
    )


def _lines(source: str, name: str, entry: object, notes: list[str]) -> Iterator[str]:
    """The PEP 508 lines of one entry: a constraint, a table, or a list of them."""
    if isinstance(entry, list):
        for one in entry:
            yield from _lines(source, name, one, notes)
        return
    settings = {"version": entry} if isinstance(entry, str) else table(entry)
    if any(key in settings for key in _ELSEWHERE):
        notes.append(f"{source}: {name} is left out: it is not from an index")
        return
    constraint = settings.get("version")
    where = f"{source}: {name}"
    versions = _versions(where, constraint, notes) if isinstance(constraint, str) else ""
    named = ",".join(strings(settings.get("extras")))
    yield f"{name}[{named}]{versions}{_marker(where, settings, notes)}"


def _marker(where: str, settings: Mapping[str, object], notes: list[str]) -> str:
    parts: list[str] = []
    if isinstance(markers := settings.get("markers"), str):
        parts.append(f"({markers})")
    if isinstance(python := settings.get("python"), str):
        for clause in filter(None, _versions(where, python, notes).split(",")):
            operator, version = re.findall(r"^([<>=!~]+)(.*)$", clause)[0]
            parts.append(f"python_full_version {operator} '{version}'")
    return f"; {' and '.join(parts)}" if parts else ""


def _versions(where: str, constraint: str, notes: list[str]) -> str:
    """A Poetry constraint as a PEP 440 specifier; the last of several alternatives is taken."""
    *others, taken = re.split(r"\|\|?", constraint)
    if others:
        notes.append(f"{where}: of {constraint!r} only {taken.strip()!r} is taken")
    try:
        return specifier(taken)
    except InvalidVersion:
        notes.append(f"{where}: versions {constraint!r} are not understood; any is taken")
        return ""


def specifier(constraint: str) -> str:
    """Clauses with carets, tildes and wildcards in PEP 440's words. Raises: InvalidVersion."""
    clauses = [_clause(*found) for found in _OPERATORS.findall(constraint)]
    return ",".join(clause for clause in clauses if clause)


def _clause(operator: str, written: str) -> str:
    if written == "*":
        return ""
    if operator == "^":
        version = Version(written)
        return f">={version},<{_caret(version.release)}"
    if operator == "~":
        version = Version(written)
        release = version.release[:2]
        return f">={version},<{_raised(release, len(release) - 1)}"
    Version(written.removesuffix(".*"))
    return f"{operator if operator not in ('', '=') else '=='}{written}"


def _caret(release: tuple[int, ...]) -> str:
    """The first version that changes the leftmost number that is not zero."""
    leading = next((at for at, number in enumerate(release) if number), len(release) - 1)
    return _raised(release, leading)


def _raised(release: tuple[int, ...], at: int) -> str:
    return ".".join(map(str, (*release[:at], release[at] + 1)))
