"""A healthy repository with a known bug, and the CLI beside it."""

import shutil
from pathlib import Path

import pytest

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
