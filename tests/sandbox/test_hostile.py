"""Every hostile case on every real provider."""

import pytest

from sandbox.conformance.hostile import GROUPS, HOSTILE, NotHere
from tests.sandbox.arena import Arena

FEWEST = 60


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


def test_every_group_is_covered() -> None:
    assert {case.group for case in HOSTILE.values()} == set(GROUPS)
    assert len(HOSTILE) >= FEWEST
