"""A patch in its parts: what it changes in the source, and what its author left beside that. Pure.

Test files and scratch files do no harm to a right change, so they are split off instead of refusing
the patch. What runs before any test does is neither: a patch with it is refused.
"""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, field

from agents.domain import STARTED_BY_PYTHON, is_test_path

Changes = Mapping[str, bytes | None]
"""Path → new content; None: removed."""

_SCRATCH = re.compile(
    r"(?:repro(?:duce|duction)?|debug|scratch|tmp|temp|demo|check|verify|try)(?:[_-]?\w*)?\.py"
)
_LEFT_BEHIND = re.compile(r"(?:.*/)?(?:__pycache__/.*|[^/]*\.(?:pyc|orig|rej|bak|swp|log))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Every changed path is in exactly one part."""

    source: Changes = field(default_factory=dict)
    tests: Changes = field(default_factory=dict)
    scratch: Changes = field(default_factory=dict)
    forbidden: str = ""
    """A path that no patch may touch; empty: there is none."""

    @property
    def brought(self) -> dict[str, bytes]:
        """Test files that were added or changed."""
        return {path: content for path, content in self.tests.items() if content is not None}

    @property
    def off(self) -> tuple[str, ...]:
        """Paths that do not belong to the patch."""
        return (*self.tests, *self.scratch)


def split(changes: Changes, on_base: Container[str]) -> Split:
    """`on_base`: paths of the base. A file that is there is never scratch."""
    forbidden = next((path for path in changes if runs_at_start(path)), "")
    tests = {path: content for path, content in changes.items() if is_test_path(path)}
    rest = {path: content for path, content in changes.items() if path not in tests}
    maybe = {path for path in rest if path not in on_base and _looks_scratch(path)}
    source = {path: content for path, content in rest.items() if path not in maybe}
    scratch = {path: rest[path] for path in maybe if not _named(path, source)}
    return Split(
        source={path: content for path, content in rest.items() if path not in scratch},
        tests=tests,
        scratch=scratch,
        forbidden=forbidden,
    )


def runs_at_start(path: str) -> bool:
    """Modules and ``.pth`` files that every Python imports, a test run's included."""
    *folders, name = path.split("/")
    parts = (*folders, name.partition(".")[0])
    return name.endswith(".pth") or not STARTED_BY_PYTHON.isdisjoint(parts)


def _looks_scratch(path: str) -> bool:
    return bool(_SCRATCH.fullmatch(path) or _LEFT_BEHIND.fullmatch(path))


def _named(path: str, source: Changes) -> bool:
    """Whether what else is changed speaks of a file's name: then it may need it."""
    stem = path.rpartition("/")[2].partition(".")[0]
    word = re.compile(rb"\b" + re.escape(stem.encode()) + rb"\b")
    return any(content is not None and word.search(content) for content in source.values())
