"""Which file a line of a reply names, and which files an edit may touch. Pure."""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import PurePosixPath

from agents.domain import is_test_path
from sandbox.protocol import WORKSPACE

_TICKS = re.compile(r"`([^`\s]+)`")
_LIKE_A_PATH = re.compile(r"^[^\s`<>|*?\"']*(/[^\s`<>|*?\"']+|[^\s/`<>|*?\"']\.[A-Za-z]\w{0,7})$")
MOST_SIMILAR = 3
_DECORATION = "`*#:;,()[]\"'"


def find_path(line: str) -> str:
    """The path that a line such as ``### File: `pkg/a.py``` names; empty when it names none."""
    words = line.strip().lstrip("`#*").replace(":", " ").split()
    for word in [*_TICKS.findall(line), *words]:
        path = _normal(word.strip(_DECORATION))
        if _LIKE_A_PATH.match(path) and "://" not in line:
            return path
    return ""


def _normal(word: str) -> str:
    path = word.replace("\\", "/").removeprefix(WORKSPACE + "/")
    while path.startswith("./"):
        path = path[2:]
    return path


def path_problem(path: str, paths: Sequence[str]) -> str | None:
    """Why an edit may not touch `path`, for the model; None when it may."""
    parts = path.split("/")
    if path and (path.startswith(("/", "~")) or not path.isprintable() or {"", "."} & set(parts)):
        return f"{path} is not a relative path inside the repository."
    if ".." in parts or any(part.lower().rstrip(". ") == ".git" for part in parts):
        return f"{path} is outside of the repository's files."
    if is_test_path(path):
        return (
            f"{path} belongs to the tests or runs before them, and they must stay as they are. "
            "Change the source only."
        )
    return _clash(path, paths)


def similar_paths(path: str, paths: Sequence[str]) -> list[str]:
    """Files that `path` may have meant, the likeliest first: of the same name, then alike."""
    name = PurePosixPath(path).name
    same = [other for other in paths if name and PurePosixPath(other).name == name]
    close = get_close_matches(path, paths, n=MOST_SIMILAR, cutoff=0.6)
    return list(dict.fromkeys([*get_close_matches(path, same, len(same) or 1, 0.0), *close]))[
        :MOST_SIMILAR
    ]


def no_such_file(path: str, paths: Sequence[str]) -> str:
    """For the model: that there is no such file, and which there are."""
    known = similar_paths(path, paths)
    hint = f" Did you mean {', '.join(known)}?" if known else ""
    return f"There is no file {path!r}.{hint}"


def _clash(path: str, paths: Sequence[str]) -> str | None:
    """A new file under something that is a file, or where a folder is."""
    known = set(paths)
    if not path or path in known:
        return None
    if any(str(folder) in known for folder in PurePosixPath(path).parents):
        return f"{path} is below a file, not a folder."
    if any(other.startswith(path + "/") for other in paths):
        return f"{path} is a folder."
    return None
