"""Small git repositories for tests."""

import os
import subprocess
from pathlib import Path


def git(folder: Path, *arguments: str) -> str:
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b",
        "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b",
    }  # fmt: skip
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=env, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def new_repository(folder: Path, content: str = "one\n") -> str:
    """One commit on ``main``; answer its id."""
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    return commit(folder, content)


def commit(folder: Path, content: str) -> str:
    (folder / "m.py").write_text(content)
    git(folder, "add", "-A")
    git(folder, "commit", "--quiet", "-m", "change")
    return git(folder, "rev-parse", "HEAD")


def bundle(folder: Path, *revisions: str) -> bytes:
    path = folder.parent / "made.bundle"
    git(folder, "bundle", "create", "--quiet", str(path), *(revisions or ("--all", "HEAD")))
    return path.read_bytes()
