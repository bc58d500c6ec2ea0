"""A healthy repository with a known bug, and the CLI beside it."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox.bubblewrap.provider import find
from tests.needs import needs
from tests.service.commands.cli import ROOT, Cli, git


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all, so that the environment is built once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def cli(cache: Path, tmp_path: Path) -> Cli:
    needs("bubblewrap")
    home = tmp_path / "home"
    home.mkdir()
    return Cli(home, cache)


@pytest.fixture(scope="session")
def cloned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    needs("git")
    folder = tmp_path_factory.mktemp("clone") / "leap"
    git("clone", "--quiet", str(ROOT / "examples" / "leap-year.bundle"), str(folder))
    return folder


@pytest.fixture
def leap(cloned: Path, tmp_path: Path) -> Path:
    """A repository whose `is_leap` is wrong, as ``examples/leap-year.md`` says."""
    return Path(shutil.copytree(cloned, tmp_path / "leap"))


@pytest.fixture
def jail() -> tuple[str, ...]:
    """Starts a command where no namespaces can be made and no Docker is found."""
    needs("bubblewrap")
    hidden = ("--tmpfs", "/run", "--setenv", "DOCKER_HOST", "unix:///nowhere.sock")
    return (str(find()), "--dev-bind", "/", "/", *hidden, "--unshare-user", "--disable-userns")


Disk = Callable[[int], Path]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """Mounts a disk of so many kilobytes, where this process may."""
    folder = tmp_path / "disk"
    folder.mkdir()

    def mount(kilobytes: int) -> Path:
        size = f"size={kilobytes}k"
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", size, "none", str(folder)],
            capture_output=True,
            check=False,
        )
        if done.returncode:
            pytest.skip(f"no file system can be mounted here: {done.stderr.decode().strip()}")
        return folder

    yield mount
    subprocess.run(["umount", str(folder)], capture_output=True, check=False)
