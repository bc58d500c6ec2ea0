"""A tar archive as a repository of one commit, without laying its files on this machine's disk.

The archive is untrusted: its members become blobs by way of `git fast-import`, so no name in it
can point outside, and nothing in it is ever a program. The same archive gives the same commit.
"""

import stat
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, BinaryIO

from sandbox import git as plain
from service.repositories.errors import RepositoryRefused, RepositoryTooLarge

_HEADER = (
    b"commit refs/heads/main\ncommitter Budwood <budwood@localhost> 0 +0000\ndata 8\nuploaded\n"
)
MOST_FILES = 200_000
LONGEST_PATH = 4096


def import_archive(archive: BinaryIO, folder: Path, *, most_bytes: int) -> None:
    """Fill the bare repository `folder`: branch ``main`` holds the archive's files.

    Raises: RepositoryRefused for what is no archive or names unsafe paths; RepositoryTooLarge.
    """
    command = plain.command(folder, "fast-import", "--quiet", "--done", "--date-format=raw")
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=plain.environment(),
        cwd="/",
    ) as importer:
        assert importer.stdin is not None  # noqa: S101 - a pipe was asked for
        try:
            _feed(archive, importer.stdin, most_bytes)
        except BaseException:
            importer.kill()
            raise
        _, complaint = importer.communicate()
    if importer.returncode:
        raise RepositoryRefused(f"git refused the archive: {complaint.decode(errors='replace')}")


def _feed(archive: BinaryIO, sink: IO[bytes], most_bytes: int) -> None:
    try:
        with tarfile.open(fileobj=archive, mode="r:*") as tar:
            sink.write(_HEADER)
            for part in _files(tar, most_bytes):
                sink.write(part)
            sink.write(b"\ndone\n")
            sink.flush()
    except (tarfile.TarError, EOFError, OSError) as error:
        raise RepositoryRefused(
            f"this is neither a git bundle nor a tar archive that can be read: {error}"
        ) from error


def _files(tar: tarfile.TarFile, most_bytes: int) -> Iterator[bytes]:
    size = 0
    for count, member in enumerate(tar):
        size += member.size
        if size > most_bytes or count >= MOST_FILES:
            raise RepositoryTooLarge(
                f"unpacked, the archive holds more than {most_bytes >> 20} MB or {MOST_FILES} files "
                "(BUDWOOD_MAX_REPOSITORY_MB)"
            )
        if member.isdir():
            continue
        yield from _file(tar, member)


def _file(tar: tarfile.TarFile, member: tarfile.TarInfo) -> Iterator[bytes]:
    path = _safe(member.name)
    if member.issym():
        yield from _entry(b"120000", path, member.linkname.encode("utf-8", "surrogateescape"))
        return
    content = tar.extractfile(member) if member.isfile() else None
    if content is None:
        raise RepositoryRefused(f"{member.name!r} is no plain file, folder or symbolic link")
    mode = b"100755" if member.mode & stat.S_IXUSR else b"100644"
    yield from _entry(mode, path, content.read())


def _entry(mode: bytes, path: bytes, content: bytes) -> Iterator[bytes]:
    yield b"M %b inline %b\ndata %d\n" % (mode, path, len(content))
    yield content
    yield b"\n"


def _safe(name: str) -> bytes:
    """The path, quoted for fast-import. Raises: RepositoryRefused."""
    parts = [part for part in name.split("/") if part not in {"", "."}]
    unsafe = any(part == ".." or part.casefold() == ".git" for part in parts)
    if not parts or unsafe or name.startswith("/") or len(name) > LONGEST_PATH:
        raise RepositoryRefused(
            f"{name[:200]!r} is not a path inside a repository (a .git folder: send a git bundle)"
        )
    raw = "/".join(parts).encode("utf-8", "surrogateescape")
    quoted = raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    return b'"' + quoted + b'"'
