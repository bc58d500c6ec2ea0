"""The demo's bugs as data: a release that contained one, an issue, and what a grader knows."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from service.demo.releases import Release

FOLDER = Path(__file__).parent / "bugs"


@dataclass(frozen=True, slots=True)
class Grade:
    """Read by the grader alone, after the search."""

    fixed: Release
    files: tuple[str, ...]
    """Test files of the fixed release, laid over the patched base."""
    tests: tuple[str, ...]
    """Ids that fail on the base and pass once it is fixed."""


@dataclass(frozen=True, slots=True)
class Bug:
    """`statement` is all that the search gets, beside the release's source."""

    id: str
    kind: str
    release: Release
    statement: str
    grade: Grade


def load_bugs(folder: Path = FOLDER) -> tuple[Bug, ...]:
    """Every bug, by id."""
    return tuple(_bug(tomllib.loads(path.read_text())) for path in sorted(folder.glob("*.toml")))


def _bug(document: dict[str, dict[str, str]]) -> Bug:
    grade = document["grade"]
    return Bug(
        id=str(document["id"]),
        kind=str(document["kind"]),
        release=Release(**document["release"]),
        statement=document["issue"]["problem_statement"],
        grade=Grade(
            fixed=Release(**document["fixed"]),
            files=tuple(grade["files"]),
            tests=tuple(grade["tests"]),
        ),
    )
