"""`images` builds environments before they are needed, lists them, and removes the oldest."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from sandbox.images import docker_images
from service.commands.failures import BAD_ISSUE, DONE, USAGE
from tests.needs import needs
from tests.service.commands.cli import Cli, Ended, committed, git


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    git("init", "--quiet", at=folder)
    (folder / "requirements.txt").write_text("six\n")
    (folder / "requirements-dev.txt").write_text("budwood-has-no-such-package\n-e .\n")
    return committed(folder, pkg__a="VALUE = 1\n")


def listed(ended: Ended) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(ended.out)
    return found


def test_a_repositorys_environment_and_image_are_built(cli: Cli, repository: Path) -> None:
    needs("docker")
    ended = cli("images", "build", "--repo", str(repository), "--json")
    assert ended.code == DONE
    built = ended.document
    assert Path(built["folder"]).name == built["environment"]
    assert "falling back on what is required alone" in Path(built["log"]).read_text()
    declared, wanted = built["left_out"]
    assert declared.startswith("requirements-dev.txt: -e . is left out: nothing is installed from")
    assert wanted == (
        "budwood-has-no-such-package: the whole set could not be installed, see the log"
    )
    assert min(built["bytes"], built["image_bytes"]) > 1_000_000
    assert built["image"].endswith(built["environment"])
    again = cli("images", "build", "--repo", str(repository))
    assert f"environment {built['environment']} (Python " in again.out
    assert f"log         {built['log']}\n" in again.out
    kept = {one["name"]: one for one in listed(cli("images", "list", "--json"))}
    assert kept[built["environment"]]["kind"] == "environment"
    assert kept[built["image"]]["bytes"] == built["image_bytes"]
    told = cli("images", "list").out
    assert built["environment"] in told
    with docker_images.daemon() as api:
        api.remove_image(built["image"])


def test_packages_may_be_named(cli: Cli) -> None:
    ended = cli("images", "build", "--image-for", "six", "--image-for", "budwood-no-such==1")
    assert ended.code == BAD_ISSUE
    assert "No matching distribution found for budwood-no-such==1" in ended.told
    assert "It is all in " in ended.told
    refused = cli("images", "build", "--image-for", "./here")
    assert refused.code == BAD_ISSUE
    assert "'./here' is not a name with versions" in refused.told


def test_a_folder_that_is_no_repository_is_told(cli: Cli, tmp_path: Path) -> None:
    ended = cli("images", "build", "--repo", str(tmp_path))
    assert ended.code == BAD_ISSUE
    assert "is not a git repository" in ended.told


def test_an_asked_for_python_that_is_not_here_is_told(cli: Cli, repository: Path) -> None:
    (repository / "pyproject.toml").write_text("[project]\nname='x'\nrequires-python='<3'\n")
    committed(repository, more="")
    ended = cli("images", "build", "--repo", str(repository))
    assert ended.code == BAD_ISSUE
    assert "Python <3 is asked for and here are " in ended.told


def test_pruning_removes_the_longest_unused(
    cli: Cli, tmp_path: Path, jail: tuple[str, ...]
) -> None:
    cache = tmp_path / "own"
    for name, used in (("old", 1), ("new", 2)):
        folder = cache / "sandbox" / "environments" / name
        folder.mkdir(parents=True)
        (folder / "file").write_bytes(os.urandom(1_000_000))
        folder.with_name(f"{name}.use").touch()
        os.utime(folder.with_name(f"{name}.use"), (used, used))

    def run(*arguments: str) -> Ended:
        return cli("images", *arguments, before=jail, BUDWOOD_CACHE_DIR=str(cache))

    assert [one["name"] for one in listed(run("list", "--json"))] == ["old", "new"]
    gone = listed(run("prune", "--keep-gb", "0.0015", "--json"))
    assert [(one["kind"], one["name"], one["in_use"]) for one in gone] == [
        ("environment", "old", False)
    ]
    assert "removed environment new, 1.0 MB" in run("prune", "--keep-gb", "0").out
    assert "nothing is kept" in run("list").out
    assert run("prune", "--keep-gb", "-1").code == USAGE
