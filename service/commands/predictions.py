"""SWE-bench's predictions as `select` gets them: JSON lines, one list, or one object by instance."""

import json
from codecs import BOM_UTF8
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from agents.domain import External
from service.commands.failures import say

LONGEST_NAME = 200
FORMS = "predictions are JSON lines, a list of objects, or an object of them by instance"

Row = tuple[str, dict[str, Any]]
"""Where it stands, for messages, and what it says."""


def predicted(path: Path, instance: str | None) -> Iterator[External]:
    """What the systems of a predictions file say of one instance.

    A system that gave no patch is told and left out. Raises: BadParameter.
    """
    rows = list(_rows(path))
    if not rows:
        raise typer.BadParameter(f"{path} is empty: {FORMS}")
    wanted = _chosen(path, sorted({_instance(row) for _, row in rows}), instance)
    for where, row in rows:
        if _instance(row) == wanted:
            name, patch = _named(where, row, path), _patch(where, row)
            if patch.strip():
                yield External(name=name, patch=patch)
            else:
                say(f"{name} has no patch for {wanted}: left out")


def in_one_line(text: object) -> str:
    """A name for people; never empty."""
    return " ".join(str(text).split())[:LONGEST_NAME] or "unnamed"


def _instance(row: dict[str, Any]) -> str:
    return str(row.get("instance_id", ""))


def _chosen(path: Path, known: list[str], instance: str | None) -> str:
    if instance is None and len(known) != 1:
        raise typer.BadParameter(f"{path} has {len(known)} instances: choose one by --instance")
    wanted = known[0] if instance is None else instance
    if wanted not in known:
        raise typer.BadParameter(f"{path} has no instance {wanted!r}, but {', '.join(known[:3])}")
    return wanted


def _named(where: str, row: dict[str, Any], path: Path) -> str:
    name = in_one_line(row.get("model_name_or_path") or path.stem)
    try:
        name.encode()
    except UnicodeError:
        raise typer.BadParameter(f"{where}: model_name_or_path {name!r} is no text") from None
    return name


def _patch(where: str, row: dict[str, Any]) -> bytes:
    """Bytes that are no UTF-8 come as Python's lone low surrogates."""
    patch = row.get("model_patch") or ""
    if not isinstance(patch, str):
        raise typer.BadParameter(f"{where}: model_patch is no text")
    try:
        return patch.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        raise typer.BadParameter(f"{where}: model_patch is no text: {error.reason}") from None


def _rows(path: Path) -> Iterator[Row]:
    if not path.exists() or path.is_dir():
        raise typer.BadParameter(f"there is no file {path}; {FORMS}")
    try:
        content = path.read_bytes().removeprefix(BOM_UTF8)
    except OSError as error:
        raise typer.BadParameter(f"cannot read {path}: {error.strerror}") from None
    whole = _whole(content)
    found = _of_lines(path, content) if whole is None else _of_whole(path, whole)
    for where, row in found:
        if not isinstance(row, dict):
            raise typer.BadParameter(f"{where} is no JSON object")
        yield where, row


def _whole(content: bytes) -> list[Any] | dict[str, Any] | None:
    """The file as one list, or as one object of objects by instance; None: it has lines."""
    try:
        found = json.loads(content.decode())
    except ValueError:
        return None
    if not isinstance(found, dict):
        return found if isinstance(found, list) else None
    if "instance_id" in found:
        return [found]
    return found if all(isinstance(row, dict) for row in found.values()) else None


def _of_whole(path: Path, whole: list[Any] | dict[str, Any]) -> Iterator[tuple[str, Any]]:
    if isinstance(whole, list):
        yield from ((f"{path}, entry {number}", row) for number, row in enumerate(whole, 1))
    else:
        for name, row in whole.items():
            yield f"{path}, {name!r}", {"instance_id": name, **row}


def _of_lines(path: Path, content: bytes) -> Iterator[tuple[str, Any]]:
    # Bytes: `str.splitlines` would also split at marks that JSON allows inside a string.
    for number, line in enumerate(content.split(b"\n"), 1):
        where = f"{path}, line {number}"
        if not line.strip():
            continue
        try:
            yield where, json.loads(line.decode())
        except UnicodeDecodeError as error:
            raise typer.BadParameter(f"{where} is not UTF-8: {error.reason}") from None
        except ValueError as error:
            raise typer.BadParameter(f"{where} is not JSON: {error}; {FORMS}") from None
