"""The first provider that works, or every reason why none does."""

from pathlib import Path

import pytest

from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.choose import choose, providers
from sandbox.docker import DockerSandbox
from sandbox.errors import SandboxUnavailable
from sandbox.memory import MemorySandbox
from sandbox.protocol import Sandbox
from sandbox.states import GitStates


def works(states: GitStates, cache: Path) -> Sandbox:
    return MemorySandbox(states=states)


def broken(states: GitStates, cache: Path) -> Sandbox:
    raise SandboxUnavailable("it is broken;\nmend it")


def test_the_first_that_works_is_taken(tmp_path: Path) -> None:
    known = {"broken": broken, "works": works}
    sandbox = choose(("broken", "works"), tmp_path / "cache", known=known)
    assert sandbox.capabilities().provider == "memory"


def test_when_none_works_there_is_a_line_for_each(tmp_path: Path) -> None:
    with pytest.raises(SandboxUnavailable) as raised:
        choose(("broken", "podman"), tmp_path, known={"broken": broken})
    lines = str(raised.value).splitlines()
    assert lines[1].strip() == "broken: it is broken; mend it"
    assert lines[2].strip() == "podman: unknown; there are broken"


def test_nothing_asked_for_is_nothing_chosen(tmp_path: Path) -> None:
    with pytest.raises(SandboxUnavailable, match="no provider was asked for"):
        choose((), tmp_path)


def test_every_real_provider_is_offered() -> None:
    assert set(providers()) == {"bubblewrap", "docker"}


def test_a_missing_daemon_has_a_remedy(states: GitStates, tmp_path: Path) -> None:
    with pytest.raises(SandboxUnavailable, match="systemctl start docker"):
        DockerSandbox(states, tmp_path, host=f"unix://{tmp_path}/none.sock")


def test_a_bubblewrap_that_fails_has_a_remedy(states: GitStates, tmp_path: Path) -> None:
    with pytest.raises(SandboxUnavailable, match="unprivileged_userns_clone"):
        BubblewrapSandbox(states, tmp_path, bwrap=Path("/bin/false"))
