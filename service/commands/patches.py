"""Patches as `select` gets them: files, folders, standard input, SWE-bench's predictions."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import typer

from agents.domain import External
from service.commands.predictions import in_one_line, predicted

ENDINGS = (".diff", ".patch")
STDIN = "-"


def gathered(
    sources: Sequence[str], predictions: Sequence[Path], instance: str | None, stdin: BinaryIO
) -> tuple[External, ...]:
    """Everything that was named, in that order. Raises: BadParameter, saying what to do.

    Predictions of equal names are numbered: a system may have answered more than once.
    """
    if instance is not None and not predictions:
        raise typer.BadParameter("--instance chooses among predictions: name some by --predictions")
    found = [patch for source in sources for patch in _from_source(source, stdin)]
    twice = [name for name, count in Counter(p.name for p in found).items() if count > 1]
    if twice:
        raise typer.BadParameter(f"two patches are named {twice[0]!r}: rename a file")
    for path in predictions:
        for patch in predicted(path, instance):
            found.append(_numbered(patch, {other.name for other in found}))
    if not found:
        raise typer.BadParameter("there is no patch: name patch files, a folder or --predictions")
    return tuple(found)


def _numbered(patch: External, taken: set[str]) -> External:
    name, number = patch.name, 1
    while name in taken:
        number += 1
        name = f"{patch.name}-{number}"
    return replace(patch, name=name)


def _from_source(source: str, stdin: BinaryIO) -> Iterator[External]:
    if source == STDIN:
        yield _filled("stdin", stdin.read())
        return
    path = Path(source)
    try:
        for file in _files(path):
            yield _filled(_stem(file), file.read_bytes())
    except OSError as error:
        raise typer.BadParameter(
            f"cannot read {error.filename or path}: {error.strerror}"
        ) from None


def _files(path: Path) -> list[Path]:
    """The patch files that a name stands for. Raises: BadParameter; OSError."""
    if _leads_nowhere(path):
        raise typer.BadParameter(f"{path} is a link to {path.readlink()}, which is not there")
    if not path.exists():
        raise typer.BadParameter(f"there is no file {path}; name patch files or a folder of them")
    if not path.is_dir():
        return [path]  # a pipe too, such as /dev/fd/63 of a shell
    named = sorted(file for file in path.iterdir() if file.suffix in ENDINGS)
    files = [f for n in named if n.is_file() or _leads_nowhere(n) for f in _files(n)]
    if not files:
        raise typer.BadParameter(f"{path} holds no file that ends in {' or '.join(ENDINGS)}")
    return files


def _leads_nowhere(path: Path) -> bool:
    return path.is_symlink() and not path.exists()


def _stem(path: Path) -> str:
    """A file's name need be no text."""
    return os.fsencode(path.stem).decode("utf-8", "replace")


def _filled(name: str, patch: bytes) -> External:
    if not patch.strip():
        raise typer.BadParameter(f"the patch {name!r} is empty: leave it out")
    return External(name=in_one_line(name), patch=patch)
