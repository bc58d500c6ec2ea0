"""The test files that one candidate's author brought, as they are laid into a tree. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agents.domain import is_test_path
from agents.verify.ladder import Climb
from agents.verify.pooling import key_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """One author's. What runs in one process can silence or forge the reports of all else that
    runs there, so no two authors ever share one."""

    author: str
    """Key of the candidate that brought it."""
    files: Mapping[str, bytes]

    @property
    def modules(self) -> tuple[str, ...]:
        """The files that hold tests; others are what they need."""
        return tuple(path for path in self.files if _holds_tests(path))


def bundles(climbs: Sequence[Climb]) -> list[Bundle]:
    """One for each candidate that brought tests, in the order of the candidates."""
    made = [Bundle(author=key_of(climbed), files=dict(climbed.brought)) for climbed in climbs]
    return [bundle for bundle in made if bundle.modules]


def _holds_tests(path: str) -> bool:
    name = path.rpartition("/")[2]
    return (
        is_test_path(path)
        and name.endswith(".py")
        and name != "conftest.py"
        and (name.startswith("test") or name.endswith("_test.py"))
    )
