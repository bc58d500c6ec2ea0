"""What a test needs of the machine: missing, it is skipped here and fails where CI=true."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.docker import DockerSandbox
from sandbox.errors import SandboxError
from sandbox.states import GitStates


def needs(what: str) -> None:
    """Skip the calling test, or fail it in CI, unless `docker` or `bubblewrap` works here."""
    with tempfile.TemporaryDirectory() as folder:
        reason = _missing(what, Path(folder))
    if reason is None:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must have {what}: {reason}")
    pytest.skip(f"{what} does not work here: {reason}")


def _missing(what: str, folder: Path) -> str | None:
    if what not in ("docker", "bubblewrap"):
        return None if shutil.which(what) else f"no {what} on PATH"
    states = GitStates(folder / "states")
    provider = DockerSandbox if what == "docker" else BubblewrapSandbox
    try:
        provider(states, folder).close()
    except SandboxError as error:
        return str(error)
    return None
