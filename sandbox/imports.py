"""Bring one commit's tree out of a repository that is not trusted.

Its configuration is never read: its object database is borrowed (git calls that *alternates*) by
a scratch repository of ours that has copies of its reference files, so no key of theirs can name
a program. Only the tree comes over: no commit, so no history from after (or before) it.
"""

import shutil
import subprocess
from pathlib import Path

from sandbox import git
from sandbox.errors import RepositoryUnreadable
from sandbox.scratch import scratch as scratch_folder

_POINTER_BYTES = 64 * 1024


def commit_tree(store: Path, repository: Path, revision: str) -> tuple[str, str]:
    """Copy a commit's tree into the bare repository `store`; answer (tree hash, commit id).

    Raises: RepositoryUnreadable.
    """
    own, common = _locate(repository)
    with scratch_folder(store, "import") as scratch:
        _borrow(scratch, own, common)
        commit = _resolve(scratch, repository, revision)
        tree = _rev_parse(scratch, f"{commit}^{{tree}}")
        if tree is None:
            raise RepositoryUnreadable(f"{repository}: the tree of commit {commit} is missing")
        _copy(scratch, store, tree, repository)
        return tree, commit


def _locate(repository: Path) -> tuple[Path, Path]:
    """The repository's own git folder and the one it shares with other work trees."""
    own = repository / ".git"
    if own.is_file():
        own = _follow(own, b"gitdir: ")
    elif not own.is_dir():
        own = repository
    common = _follow(own / "commondir", b"") if (own / "commondir").is_file() else own
    if not ((own / "HEAD").is_file() and (common / "objects").is_dir()):
        raise RepositoryUnreadable(
            f"{repository} is not a git repository; give the folder that holds .git, "
            "or make it one: git init && git add -A && git commit"
        )
    return own.resolve(), common.resolve()


def _follow(pointer: Path, prefix: bytes) -> Path:
    with pointer.open("rb") as file:
        text = file.read(_POINTER_BYTES)
    target = text.removeprefix(prefix).rstrip(b"\r\n").decode("utf-8", "surrogateescape")
    return pointer.parent / target


def _borrow(scratch: Path, own: Path, common: Path) -> None:
    (scratch / "objects" / "info").mkdir(parents=True)
    borrowed = str(common / "objects")
    if "\n" in borrowed:
        raise RepositoryUnreadable(f"{borrowed!r}: a folder name with a newline is not supported")
    quoted = borrowed.replace("\\", "\\\\").replace('"', '\\"')
    (scratch / "objects" / "info" / "alternates").write_bytes(
        f'"{quoted}"\n'.encode("utf-8", "surrogateescape")
    )
    (scratch / "config").write_text("[core]\n\trepositoryformatversion = 0\n\tbare = true\n")
    shutil.copyfile(own / "HEAD", scratch / "HEAD")
    for name in ("packed-refs", "shallow"):
        if (common / name).is_file():
            shutil.copyfile(common / name, scratch / name)
    if (common / "refs").is_dir():
        (scratch / "refs").symlink_to(common / "refs")
    else:
        (scratch / "refs").mkdir()


def _resolve(scratch: Path, repository: Path, revision: str) -> str:
    commit = _rev_parse(scratch, f"{revision}^{{commit}}") if "\0" not in revision else None
    if commit is None:
        shallow = " (it is shallow: git fetch --unshallow)" * (scratch / "shallow").is_file()
        raise RepositoryUnreadable(
            f"{repository} has no commit {revision!r}; see `git log`, or fetch it first{shallow}"
        )
    return commit


def _rev_parse(scratch: Path, expression: str) -> str | None:
    done = git.run(scratch, "rev-parse", "--verify", "--quiet", "--end-of-options", expression)
    lines = done.stdout.decode().split()
    return lines[-1] if done.returncode == 0 and lines else None


def _copy(scratch: Path, store: Path, tree: str, repository: Path) -> None:
    """Pack everything below `tree` on one side of a pipe and index it on the other."""
    with subprocess.Popen(
        git.command(scratch, "pack-objects", "--revs", "--stdout", "-q", "--delta-base-offset"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=git.environment(),
        cwd="/",
    ) as packer:
        if packer.stdin is None or packer.stdout is None or packer.stderr is None:
            raise RepositoryUnreadable("git pack-objects was started without pipes")
        packer.stdin.write(f"{tree}\n".encode())
        packer.stdin.close()
        indexed = subprocess.run(
            git.command(store, "index-pack", "--stdin"),
            stdin=packer.stdout,
            capture_output=True,
            env=git.environment(),
            cwd="/",
            check=False,
        )
        complaint = packer.stderr.read().decode("utf-8", "replace").strip()
    if packer.returncode or indexed.returncode:
        raise RepositoryUnreadable(
            f"{repository}: files of the commit are missing (a partial clone? "
            f"git fetch --refetch): {complaint or git.message(indexed)}"
        )
