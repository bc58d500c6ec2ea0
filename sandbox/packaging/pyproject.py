"""`pyproject.toml`: the `[project]` table, `[dependency-groups]`, and Poetry's tables."""

import tomllib
from collections.abc import Iterator, Mapping

from sandbox.packaging.declared import Found, is_test_group, strings, table
from sandbox.packaging.poetry import read_poetry

PATH = "pyproject.toml"


def read_pyproject(text: str) -> list[Found]:
    """What the file says; the standard tables go before Poetry's."""
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        why = str(error) or "nested too deep"
        return [Found(source=PATH, notes=(f"{PATH} is not read: {why}",))]
    tools = table(document.get("tool"))
    found = [_project(document, table(tools.get("setuptools")))]
    if isinstance(poetry := tools.get("poetry"), dict):
        found.append(read_poetry(PATH, poetry))
    return found


def _project(document: Mapping[str, object], setuptools: Mapping[str, object]) -> Found:
    project = table(document.get("project"))
    dynamic = strings(project.get("dynamic"))
    given = table(project.get("optional-dependencies"))
    extras = {name: strings(lines) for name, lines in given.items()}
    tests = [line for name, lines in extras.items() if is_test_group(name) for line in lines]
    groups, notes = _groups(table(document.get("dependency-groups")))
    name, python = project.get("name"), project.get("requires-python")
    states = bool(project) and "dependencies" not in dynamic
    files, hints = _dynamic(table(setuptools.get("dynamic")), dynamic)
    return Found(
        source=PATH,
        name=name if isinstance(name, str) else None,
        python=python if isinstance(python, str) else None,
        runtime=strings(project.get("dependencies")) if states else None,
        tests=(*tests, *groups),
        extras=extras,
        runtime_files=files,
        test_files=hints,
        notes=notes,
    )


def _groups(groups: Mapping[str, object]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The requirements of the test groups, and notes about includes that lead nowhere."""
    lines: list[str] = []
    notes: list[str] = []
    for name in groups:
        if is_test_group(name):
            lines += _group(groups, name, notes, {name})
    return tuple(lines), tuple(notes)


def _group(
    groups: Mapping[str, object], name: str, notes: list[str], seen: set[str]
) -> Iterator[str]:
    """One group with what it includes; each included group once."""
    entries = groups.get(name)
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, str):
            yield entry
        elif isinstance(included := table(entry).get("include-group"), str):
            if included not in groups:
                notes.append(f"{PATH}: group {name} includes {included}, which is not there")
            elif included not in seen:
                seen.add(included)
                yield from _group(groups, included, notes, seen)


def _dynamic(
    settings: Mapping[str, object], dynamic: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Requirement files from which setuptools takes dependencies and test extras."""
    runtime: tuple[str, ...] = ()
    if "dependencies" in dynamic:
        runtime = strings(table(settings.get("dependencies")).get("file"))
    extras = table(settings.get("optional-dependencies"))
    tests = [
        path
        for name, entry in extras.items()
        if is_test_group(name)
        for path in strings(table(entry).get("file"))
    ]
    return runtime, tuple(tests)
