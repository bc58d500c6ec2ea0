"""A small test file of a library, again and again: a cold pytest beside a fork server.

Both in the same container. Adding a library is adding a `Library`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.sandbox.bench import Bench, Place, say
from benchmarks.sandbox.timing import Field, interleave, summary, timed

COLD: dict[str, Any] = {}
WARM: dict[str, Any] = {}
"""What a `RunSpec` says for each. The provider has no fork server yet: both are cold."""

_STANDARD = (
    "asyncio concurrent.futures email.message http.client json unittest.mock xml.dom.minidom"
)


@dataclass(frozen=True, slots=True)
class Library:
    """A repository with a small test file; pytest of it must pass in the plain environment."""

    name: str
    files: Mapping[str, bytes]
    test: str


def libraries() -> tuple[Library, ...]:
    """Generated ones: nothing imported, much of the standard library imported, pytest itself."""
    test = b"import toy\n\n\ndef test_answer():\n    assert toy.answer() == 42\n"
    answer = "def answer():\n    return 42\n"
    imports = "\n".join(f"import {name}" for name in _STANDARD.split())
    inner = b"pytest_plugins = ['pytester']\n\n\ndef test_inner(pytester):\n    pytester.makepyfile('def test(): pass')\n    pytester.runpytest_inprocess().assert_outcomes(passed=1)\n"
    small = {"toy/__init__.py": answer.encode(), "test_toy.py": test}
    large = {"toy/__init__.py": f"{imports}\n\n\n{answer}".encode(), "test_toy.py": test}
    return (
        Library("imports nothing", small, "test_toy.py"),
        Library("imports the standard library", large, "test_toy.py"),
        Library("pytest", {"test_pytest.py": inner}, "test_pytest.py"),
    )


def measure(bench: Bench) -> dict[str, Field]:
    """The median over the libraries of cold over warm."""
    with bench.docker(1) as place:
        found = {library.name: _compare(bench, place, library) for library in libraries()}
    ratios = [times["cold"]["p50"] / times["warm"]["p50"] for times in found.values()]
    return {"forkserver_speedup": {**summary(ratios), "libraries": found}}


def _compare(bench: Bench, place: Place, library: Library) -> dict[str, Field]:
    say(f"library: {library.name}")
    state = place.sandbox.states.fork(place.base, library.files)
    argv = ("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", library.test)
    steps = {
        "cold": lambda: timed(lambda: place.run(*argv, state=state, **COLD)),
        "warm": lambda: timed(lambda: place.run(*argv, state=state, **WARM)),
    }
    times = interleave(steps, bench.rounds(20))
    return {name: summary(values) for name, values in times.items()}
