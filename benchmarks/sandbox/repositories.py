"""Repositories made for the purpose: of one file, of a library's size, and of 3,000 files."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from sandbox import git as hardened

FILES = 3000
LIBRARY_FILES = 200
EDITED = "package_0/module_0.py"
TEST = "tests/test_one.py"
DIRT = (
    "for n in 1 2 3; do echo '# dirt' >> package_1/module_5$n.py; done; "
    "echo new > package_1/new.py; echo new > new.py"
)
"""A shell's words that change three files of a repository and make two."""
_PER_FOLDER = 50


def files(count: int) -> dict[str, bytes]:
    """`count` Python modules of 1 to 8 KiB in packages of 50; above one file, also one test."""
    made = {EDITED: module(0)}
    for number in range(1, count - 1):
        made[f"package_{number // _PER_FOLDER}/module_{number}.py"] = module(number)
    if count > 1:
        made[TEST] = b"from package_0 import module_0\n\n\ndef test_one():\n    assert module_0\n"
    return made


def module(number: int, note: str = "") -> bytes:
    """A module's text; `note` makes it another one."""
    functions = [
        f"def function_{at}(value):\n    return value + {at}\n" for at in range(length(number))
    ]
    return "\n\n".join([f'"""Module {number} {note}."""\n', *functions]).encode()


def length(number: int) -> int:
    """How many functions a module has: 20 to 160, about 1 to 8 KiB."""
    return 20 + number * 37 % 141


def lay(folder: Path, content: Mapping[str, bytes]) -> Path:
    """Make a git repository with one commit."""
    for name, data in content.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "base")
    return folder


def git(folder: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    """Run git on a repository that we made, whatever the user's configuration says."""
    identity = ["-c", "user.name=bench", "-c", "user.email=bench@localhost", "-c", "gc.auto=0"]
    done = subprocess.run(
        [hardened.binary(), *identity, *arguments],
        cwd=folder,
        input=stdin,
        stdout=subprocess.PIPE,
        env=hardened.environment(),
        check=True,
    )
    return done.stdout
