"""Pure rules over git trees: which paths are safe, how a folder is edited, how two differ."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from sandbox.errors import UnsafePath
from sandbox.objects import FILE, FOLDER, LINK, MODULE, Entry, Objects, Tree

_DEEPEST = 200
_LONGEST = 4000
_LONGEST_NAME = 255


class Difference(NamedTuple):
    """One path that differs between two trees; `entry` is None where it was removed."""

    path: bytes
    entry: Entry | None


@dataclass(slots=True)
class Edits:
    """Changes to one folder, by name; `content` is what becomes of the name itself."""

    content: bytes | None = None
    removed: bool = False
    below: dict[bytes, "Edits"] = field(default_factory=dict)


def encode(path: str) -> bytes:
    """A path as git stores it; `decode` is its inverse for any bytes."""
    return path.encode("utf-8", "surrogateescape")


def decode(path: bytes) -> str:
    """A stored path as text."""
    return path.decode("utf-8", "surrogateescape")


def components(path: str) -> list[bytes]:
    """The names along a relative path. Raises: UnsafePath."""
    try:
        raw = encode(path)
    except UnicodeEncodeError as error:
        raise UnsafePath(f"{path!r} is not a file name") from error
    if not raw or raw.startswith(b"/") or len(raw) > _LONGEST:
        raise UnsafePath(f"{path!r} is empty, absolute or too long; paths are relative to the tree")
    names = raw.split(b"/")
    if len(names) > _DEEPEST:
        raise UnsafePath(f"{path!r} is deeper than {_DEEPEST} folders")
    for name in names:
        check_name(name)
    return names


def check_name(name: bytes) -> None:
    """Refuse a name that climbs, or that git (on any file system) may take for its own folder.

    Raises: UnsafePath.
    """
    shown = decode(name)
    if name in (b"", b".", b"..") or b"\0" in name or len(name) > _LONGEST_NAME:
        raise UnsafePath(f"{shown!r} is not a file name")
    # HFS+ ignores some invisible characters, NTFS trailing dots, blanks and streams.
    plain = "".join(c for c in shown.casefold() if not ("\u200c" <= c <= "\u206f" or c == "\ufeff"))
    if plain.split(":")[0].rstrip(". ") in (".git", "git~1"):
        raise UnsafePath(f"{shown!r} is git's own")


def check_link(path: bytes, target: bytes) -> None:
    """Refuse a symlink whose target may lie outside of the tree. Raises: UnsafePath.

    Only leading ``..`` are taken: one behind a name could climb out through another symlink.
    """
    names = target.split(b"/")
    climbs = 0
    while climbs < len(names) and names[climbs] == b"..":
        climbs += 1
    outside = target.startswith(b"/") or climbs > path.count(b"/") or b".." in names[climbs:]
    if outside or not target or b"\0" in target:
        raise UnsafePath(f"the symlink {decode(path)!r} points outside of the tree")
    for name in names[climbs:]:
        if name not in (b"", b"."):
            check_name(name)


def plan(changes: Mapping[str, bytes | None]) -> Edits:
    """Changes by path as nested edits. Raises: UnsafePath."""
    root = Edits()
    for path, content in changes.items():
        here = root
        for name in components(path):
            here = here.below.setdefault(name, Edits())
        here.content = content
        here.removed = content is None
    return root


def edit(objects: Objects, tree: Tree, edits: Edits, at: str = "") -> Tree:
    """A folder with edits carried out; new objects are written. Raises: UnsafePath."""
    result = dict(tree)
    for name, change in edits.below.items():
        where = f"{at}{decode(name)}"
        entry = _edit_entry(objects, result.get(name), change, where)
        if entry is None:
            result.pop(name, None)
        else:
            result[name] = entry
    return result


def _edit_entry(objects: Objects, entry: Entry | None, change: Edits, where: str) -> Entry | None:
    if change.removed and entry is not None:
        if entry.mode == FOLDER:
            raise UnsafePath(f"{where!r} is a folder; remove its files one by one")
        entry = None
    if change.below:
        entry = _edit_folder(objects, entry, change, where)
    if change.content is None:
        return entry
    return _edit_file(objects, entry, change.content, where)


def _edit_folder(objects: Objects, entry: Entry | None, change: Edits, where: str) -> Entry | None:
    if entry is not None and entry.mode != FOLDER:
        kind = {LINK: "a symlink", MODULE: "a submodule"}.get(entry.mode, "a file")
        raise UnsafePath(f"{where!r} is {kind}: nothing can lie below it")
    before = objects.tree(entry.oid) if entry is not None else {}
    after = edit(objects, before or {}, change, f"{where}/")
    return Entry(FOLDER, objects.write_tree(after)) if after else None


def _edit_file(objects: Objects, entry: Entry | None, content: bytes, where: str) -> Entry:
    if entry is not None and entry.mode in (FOLDER, LINK, MODULE):
        kind = {FOLDER: "a folder", LINK: "a symlink", MODULE: "a submodule"}[entry.mode]
        raise UnsafePath(f"{where!r} is {kind}, not a file to be replaced")
    return Entry(entry.mode if entry else FILE, objects.write_blob(content))


def walk(load: Callable[[str], Tree], tree: Tree, prefix: bytes = b"") -> Iterator[Difference]:
    """Every file, symlink and submodule of a tree, in git's order of folders."""
    for name, entry in tree.items():
        path = prefix + name
        if entry.mode == FOLDER:
            yield from walk(load, load(entry.oid), path + b"/")
        else:
            yield Difference(path, entry)


def differences(
    load: Callable[[str], Tree], old: Tree, new: Tree, prefix: bytes = b""
) -> Iterator[Difference]:
    """What to do to `old` to get `new`; equal folders are not opened."""
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name), new.get(name)
        if before == after:
            continue
        path = prefix + name
        old_folder = load(before.oid) if before and before.mode == FOLDER else {}
        new_folder = load(after.oid) if after and after.mode == FOLDER else {}
        if before and before.mode != FOLDER and (after is None or after.mode == FOLDER):
            yield Difference(path, None)
        yield from differences(load, old_folder, new_folder, path + b"/")
        if after and after.mode != FOLDER:
            yield Difference(path, after)
