"""Every command of the README is run, by this file or by what it names."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.needs import needs

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
COMMANDS = re.findall(r"^\$ (.*)$", README, re.MULTILINE)
BUDWOOD = f"{sys.executable} -m service.cli"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the examples, and Budwood's own folders under it."""
    folder = tmp_path_factory.mktemp("readme")
    shutil.copytree(ROOT / "examples", folder / "examples")
    return folder


def environment(place: Path) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("BUDWOOD_")},
        "XDG_DATA_HOME": str(place / "data"),
        "XDG_CACHE_HOME": str(place / "cache"),
        "PYTHONPATH": str(ROOT),
    }


def run(command: str, place: Path) -> subprocess.CompletedProcess[str]:
    """A line of the README in a shell, as written; only the host's port may differ."""
    line = command.replace("budwood ", f"{BUDWOOD} ", 1) if command[:8] == "budwood " else command
    return subprocess.run(
        ["/bin/sh", "-c", line],
        cwd=place,
        env=environment(place),
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


@pytest.fixture(scope="module")
def server(place: Path) -> Iterator[int]:
    """`budwood serve` on a free port."""
    needs("bubblewrap")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [sys.executable, "-m", "service.cli", "serve", "--port", str(port)]
    with (place / "serve.log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=place, env=environment(place), stdout=log, stderr=log
        )
        await_health(port, place)
        yield port
        process.terminate()
        process.wait(60)


def await_health(port: int, place: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).close()
        except (urllib.error.URLError, OSError):
            continue
        return
    pytest.fail((place / "serve.log").read_text())


def test_every_command_of_the_readme_is_known_to_these_tests() -> None:
    assert [re.split(r"\s+#", command)[0].split()[:2] for command in COMMANDS] == [
        ["make", "demo"],
        ["make", "test"],
        ["curl", "-s"],
        ["curl", "-s"],
        ["git", "clone"],
        ["budwood", "solve"],
        ["budwood", "select"],
    ]


def test_the_make_targets_are_listed_by_make_itself() -> None:
    shown = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "make demo" in shown
    assert "make test" in shown


@pytest.fixture(scope="module")
def cloned(place: Path) -> Path:
    """The folder, with the example's repository in it."""
    needs("bubblewrap")
    done = run(COMMANDS[4], place)
    assert done.returncode == 0, done.stderr
    return place


@pytest.fixture(scope="module")
def solved(cloned: Path) -> str:
    """What solving the example said."""
    done = run(COMMANDS[5], cloned)
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_the_solved_example_is_explained_by_the_command_that_is_named(
    cloned: Path, solved: str
) -> None:
    (search,) = re.findall(r"^search (\w+)$", solved, re.MULTILINE)
    assert "`budwood explain ID`" in README
    done = run(f"budwood explain {search}", cloned)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("patch of trial ")


@pytest.mark.usefixtures("solved")
def test_solving_the_example_gives_a_patch_that_git_takes(cloned: Path) -> None:
    checked = run("git -C leap-year apply --check ../leap-year.patch", cloned)
    assert checked.returncode == 0, checked.stderr


def test_selecting_among_the_example_s_patches_gives_the_right_one(cloned: Path) -> None:
    done = run(COMMANDS[6], cloned)
    assert done.returncode == 0, done.stderr
    assert "by-the-book: chosen" in done.stderr
    assert "year % 400 == 0" in (cloned / "chosen.patch").read_text()


def test_the_curl_lines_are_answered_as_shown(place: Path, server: int) -> None:
    upload, post = (command.replace(":8080", f":{server}") for command in COMMANDS[2:4])
    shown = re.findall(r"^(\{.*\})$", README, re.MULTILINE)
    assert json.loads(run(upload, place).stdout) == json.loads(shown[0])
    posted = json.loads(run(post, place).stdout)
    assert posted["state"] == "queued"
    assert posted.keys() == json.loads(shown[1]).keys()
    assert posted["url"].endswith(posted["id"])


def test_the_options_that_the_readme_names_exist() -> None:
    shown = subprocess.run(
        [*BUDWOOD.split(), "solve", "--help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "200"},
    ).stdout
    for option in ("--policy", "--model", "--base-url", "--json", "--output"):
        assert option in shown


def test_the_files_that_the_readme_links_exist() -> None:
    links = re.findall(r"\]\(([^)]+)\)", README)
    assert [link for link in links if not (ROOT / link).exists()] == []
