"""Everything that a repository's files say, put together and judged."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from packaging.requirements import Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from sandbox.packaging import pyproject, setup_cfg, setup_py, tool_hints, tools_lock
from sandbox.packaging.declared import Declared, Found, Read, text_of
from sandbox.packaging.requirement_files import Listing, listing, requirements_of
from sandbox.packaging.requirement_line import LeftOut, name_of, parse

_UNSETTLING = {"pytest-randomly", "pytest-random-order"}
"""Plugins that act by being there, against what baselines rest on: that runs are equal."""

Group = tuple[str, Sequence[str]]
"""A file and its requirements."""


def declared(paths: Iterable[str], read: Read) -> Declared:
    """What the repository with these paths asks for.

    Where several files say something of one package, the first of these wins: `pyproject.toml`,
    `setup.cfg`, `setup.py`, requirement files, `tox.ini` and `noxfile.py`.
    """
    tree = frozenset(paths)
    found = [*_packaging(tree, read)]
    files = listing(tree)
    notes = [note for one in found for note in one.notes]
    notes += [f"{path} is left out: by its name it is not for tests" for path in files.others]
    judge = _Judge(own=_own_names(found, tree), found=found, notes=notes)
    runtime = [*_runtime(found, files, read, notes)]
    requirements = judge.take(runtime)
    wanted = judge.take(_tests(found, files, read, notes, [source for source, _ in runtime]))
    return Declared(
        requirements=requirements,
        wanted=wanted,
        python=_python(found, notes),
        notes=tuple(dict.fromkeys(notes)),
    )


def _packaging(tree: frozenset[str], read: Read) -> Iterator[Found]:
    """Each file that is there, in the order in which they win."""
    readers = {
        setup_cfg.PATH: setup_cfg.read_setup_cfg,
        setup_py.PATH: setup_py.read_setup_py,
        tool_hints.TOX: tool_hints.read_tox,
        tool_hints.NOX: tool_hints.read_nox,
    }
    for path in (pyproject.PATH, *readers):
        text = text_of(read, path) if path in tree else None
        if text is not None and path == pyproject.PATH:
            yield from pyproject.read_pyproject(text)
        elif text is not None:
            yield readers[path](text)
        elif path in tree:
            yield Found(source=path, notes=(f"{path} is not read: too long",))


def _runtime(found: list[Found], files: Listing, read: Read, notes: list[str]) -> Iterator[Group]:
    """Run-time groups; requirement files count when nothing else says what is needed."""
    named = [path for one in found for path in one.runtime_files]
    stated = False
    for one in found:
        if one.runtime is not None:
            stated = True
            yield one.source, one.runtime
    for path in dict.fromkeys(named or (() if stated else files.runtime)):
        yield path, [*requirements_of(read, path, notes)]


def _tests(
    found: list[Found], files: Listing, read: Read, notes: list[str], taken: list[str]
) -> Iterator[Group]:
    """Groups that only tests need, and run-time files that something stricter has overruled."""
    for one in found:
        yield one.source, one.tests
    named = [path for one in found for path in one.test_files]
    for path in dict.fromkeys((*files.runtime, *files.tests, *named)):
        if path not in taken:
            yield path, [*requirements_of(read, path, notes)]


def _own_names(found: list[Found], tree: frozenset[str]) -> set[str]:
    """How the repository is called; its packages' names where no file says it."""
    named: set[str] = {canonicalize_name(one.name) for one in found if one.name}
    if named:
        return named
    inside = [path.removeprefix("src/").split("/") for path in tree]
    return {canonicalize_name(parts[0]) for parts in inside if parts[1:] == ["__init__.py"]}


def _python(found: list[Found], notes: list[str]) -> str | None:
    for one in found:
        if one.python:
            try:
                return str(SpecifierSet(one.python)) or None
            except InvalidSpecifier:
                notes.append(f"{one.source}: Python {one.python!r} is not understood")
    return None


@dataclass(slots=True)
class _Judge:
    """Decides about requirements one after the other, and remembers the names it has seen."""

    own: set[str]
    found: list[Found]
    notes: list[str]
    settled: set[str] = field(default_factory=set)

    def take(self, groups: Iterable[Group]) -> tuple[str, ...]:
        """The requirements to install out of some groups, as PEP 508."""
        taken: dict[str, None] = {}
        for source, lines in groups:
            kept = [one for one in self._judged(source, lines) if name_of(one) not in self.settled]
            taken |= dict.fromkeys(map(str, kept))
            # One for another system, say, does not speak for the package as a whole.
            self.settled |= {name_of(one) for one in kept if one.marker is None and not one.extras}
        return tuple(taken)

    def _judged(self, source: str, lines: Iterable[str]) -> Iterator[Requirement]:
        waiting, expanded = deque(lines), set[str]()
        while waiting:
            line = waiting.popleft()
            try:
                one = parse(line)
            except LeftOut as why:
                self.notes.append(f"{source}: {line[:120]} is left out: {why}")
                continue
            if name_of(one) in self.own:
                fresh = one.extras - expanded
                expanded |= fresh
                waiting.extendleft(reversed(self._extras(source, one, fresh)))
            elif not self._is_tool(source, one):
                yield one

    def _extras(self, source: str, one: Requirement, extras: set[str]) -> list[str]:
        """What a requirement of the repository itself stands for: its extras' lines."""
        if not one.extras:
            self.notes.append(f"{source}: {one} is left out: that is the repository itself")
        wanted = {canonicalize_name(extra) for extra in extras}
        return [
            line
            for file in self.found
            for extra, lines in file.extras.items()
            if canonicalize_name(extra) in wanted
            for line in lines
        ]

    def _is_tool(self, source: str, one: Requirement) -> bool:
        if name_of(one) in _UNSETTLING:
            self.notes.append(f"{source}: {one} is left out: it would run tests in another order")
            return True
        pin = tools_lock.pins().get(name_of(one))
        if pin is None:
            return False
        version = next(iter(pin.specifier)).version
        if not one.specifier.contains(version, prereleases=True):
            self.notes.append(
                f"{source}: {one} is left out: every environment has {one.name} {version}"
            )
        return True
