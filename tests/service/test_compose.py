"""docker-compose.yml is one that docker-compose takes."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def compose() -> str:
    found = shutil.which("docker-compose")
    if found is not None:
        return found
    if os.environ.get("CI") == "true":
        pytest.fail("docker-compose is not installed")
    pytest.skip("docker-compose is not installed (Debian: apt-get install docker-compose)")


def config(compose: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    (folder / ".env").write_text((ROOT / ".env.example").read_text())
    shutil.copy(ROOT / "docker-compose.yml", folder)
    return subprocess.run(
        [compose, "config"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **env},
        capture_output=True,
        text=True,
        check=False,
    )


def test_compose_file_is_accepted(compose: str, tmp_path: Path) -> None:
    done = config(compose, tmp_path, POSTGRES_PASSWORD="p", BUDWOOD_API_KEY="k")
    assert done.returncode == 0, done.stderr
    assert "postgresql://budwood:p@postgres/budwood" in done.stdout


def test_secrets_that_are_missing_are_named(compose: str, tmp_path: Path) -> None:
    done = config(compose, tmp_path)
    assert done.returncode != 0
    assert "set it in .env" in done.stderr


def test_only_the_worker_reaches_the_docker_socket() -> None:
    services = (ROOT / "docker-compose.yml").read_text().split("\n\n  ")
    mounting = [part.split(":")[0] for part in services if "/docker.sock:" in part]
    assert mounting == ["worker"]
