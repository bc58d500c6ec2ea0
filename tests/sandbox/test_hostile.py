"""Every hostile case on every real provider."""

import pytest

from sandbox.conformance.hostile import GROUPS, HOSTILE, NotHere
from tests.sandbox.arena import Arena

FEWEST = 60
FILES = (14, 18, 22)
"""Groups that change the workspace."""


def attempt(name: str, arena: Arena) -> None:
    try:
        HOSTILE[name](arena.target())
    except NotHere as reason:
        pytest.skip(str(reason))
    except BaseException:
        arena.renew()
        raise


@pytest.mark.parametrize("name", HOSTILE)
def test_bubblewrap_withstands(hostile_bubblewrap: Arena, name: str) -> None:
    attempt(name, hostile_bubblewrap)


@pytest.mark.parametrize("name", HOSTILE)
def test_docker_withstands(hostile_docker: Arena, name: str) -> None:
    attempt(name, hostile_docker)


@pytest.mark.parametrize("name", [n for n, case in HOSTILE.items() if case.group in FILES])
def test_docker_withstands_without_events(hostile_docker_scanning: Arena, name: str) -> None:
    attempt(name, hostile_docker_scanning)


def test_every_group_is_covered() -> None:
    assert {case.group for case in HOSTILE.values()} == set(GROUPS)
    assert len(HOSTILE) >= FEWEST
