"""Patches as `select` gets them: files, folders, standard input, SWE-bench's predictions."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import typer

from agents.domain import External
from service.commands.failures import say

ENDINGS = (".diff", ".patch")
STDIN = "-"
LONGEST_NAME = 200


def gathered(
    sources: Sequence[str], predictions: Sequence[Path], instance: str | None, stdin: BinaryIO
) -> tuple[External, ...]:
    """Everything that was named, in that order. Raises: BadParameter, saying what to do."""
    found = [patch for source in sources for patch in _from_source(source, stdin)]
    found += [patch for path in predictions for patch in predicted(path, instance)]
    if not found:
        raise typer.BadParameter("there is no patch: name patch files, a folder or --predictions")
    twice = [name for name, count in Counter(p.name for p in found).items() if count > 1]
    if twice:
        raise typer.BadParameter(
            f"two patches are named {twice[0]!r}: rename a file, or change its model_name_or_path"
        )
    return tuple(found)


def predicted(path: Path, instance: str | None) -> Iterator[External]:
    """What the systems of a predictions file (JSON lines) say of one instance.

    A system that gave no patch is told and left out. Raises: BadParameter.
    """
    rows = list(_rows(path))
    known = sorted({str(row.get("instance_id", "")) for row in rows})
    if instance is None and len(known) != 1:
        raise typer.BadParameter(f"{path} has {len(known)} instances: choose one by --instance")
    wanted = known[0] if instance is None else instance
    if wanted not in known:
        raise typer.BadParameter(f"{path} has no instance {wanted!r}, but {', '.join(known[:3])}")
    for row in rows:
        if str(row.get("instance_id", "")) == wanted:
            name = _name(row.get("model_name_or_path") or path.stem)
            patch = row.get("model_patch") or ""
            if not isinstance(patch, str):
                raise typer.BadParameter(f"{path}: model_patch of {name!r} is no text")
            if patch.strip():
                yield External(name=name, patch=patch.encode("utf-8", "surrogateescape"))
            else:
                say(f"{name} has no patch for {wanted}: left out")


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    if not path.is_file():
        raise typer.BadParameter(f"there is no file {path}; --predictions names JSON lines")
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise typer.BadParameter(f"{path}, line {number} is not JSON: {error}") from None
        if not isinstance(row, dict):
            raise typer.BadParameter(f"{path}, line {number} is no JSON object")
        yield row


def _from_source(source: str, stdin: BinaryIO) -> Iterator[External]:
    path = Path(source)
    if source == STDIN:
        yield _filled("stdin", stdin.read())
    elif path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix in ENDINGS)
        if not files:
            raise typer.BadParameter(f"{path} holds no file that ends in {' or '.join(ENDINGS)}")
        yield from (_filled(file.stem, file.read_bytes()) for file in files)
    elif path.is_file():
        yield _filled(path.stem, path.read_bytes())
    else:
        raise typer.BadParameter(f"there is no file {path}; name patch files or a folder of them")


def _filled(name: str, patch: bytes) -> External:
    if not patch.strip():
        raise typer.BadParameter(f"the patch {name!r} is empty: leave it out")
    return External(name=_name(name), patch=patch)


def _name(text: object) -> str:
    """One line."""
    return " ".join(str(text).split())[:LONGEST_NAME] or "unnamed"
