"""Every provider passes the one suite; the fake passes what needs no process."""

import pytest

from sandbox.conformance import CHECKS, EXECUTING, Subject


@pytest.mark.parametrize("name", CHECKS)
def test_bubblewrap_keeps_the_promise(bubblewrap: Subject, name: str) -> None:
    CHECKS[name](bubblewrap)


@pytest.mark.parametrize("name", CHECKS)
def test_docker_keeps_the_promise(docker: Subject, name: str) -> None:
    CHECKS[name](docker)


@pytest.mark.parametrize("name", [name for name in CHECKS if name not in EXECUTING])
def test_the_fake_keeps_what_it_can(memory: Subject, name: str) -> None:
    CHECKS[name](memory)
