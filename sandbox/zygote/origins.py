"""Part of the fork server: where modules come from, and which folders are trusted."""

# ruff: noqa: PTH110, PTH118, PTH123, PTH208

from __future__ import annotations

import os
import site
import sys
import sysconfig

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def trusted_roots() -> tuple[str, ...]:
    """Folders of the standard library and the environment, as `sys.path` names them."""
    prefixes = {sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix}
    below = tuple(os.path.join(prefix, "") for prefix in prefixes)
    named = sysconfig.get_paths()
    stated = [named[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")]
    found = [path for path in sys.path if path.startswith(below)]
    return tuple(os.path.join(path, "") for path in dict.fromkeys([*found, *stated]))


def missing_entries() -> tuple[str, ...]:
    """Folders that `.pth` files name but that do not exist: they would be in a later `sys.path`."""
    found = []
    for folder in filter(os.path.isdir, site.getsitepackages()):
        for name in os.listdir(folder):
            if not name.endswith(".pth"):
                continue
            with open(os.path.join(folder, name), errors="replace") as file:
                lines = [line.strip() for line in file]
            plain = (line for line in lines if line and not line.startswith(("#", "import")))
            found += [os.path.join(folder, line) for line in plain]
    return tuple(path for path in found if not os.path.exists(path))


def foreign(path: str) -> bool:
    return not os.path.join(path, "").startswith(ROOTS)


def editable(finder: Any) -> bool:
    """Whether a finder is of the kind that build tools install for a folder being worked on."""
    named = f"{getattr(finder, '__module__', '')} {type(finder).__module__}"
    return "editable" in named.lower()


def find_origin(module: Any) -> str | None:
    """The file that a module was loaded from; a folder for a namespace package."""
    spec = getattr(module, "__spec__", None)
    file = getattr(module, "__file__", None)
    if isinstance(file, str):
        return file
    if getattr(spec, "origin", None) in ("built-in", "frozen"):
        return None
    return next(iter(getattr(module, "__path__", ())), None)


ROOTS = trusted_roots()
ABSENT = missing_entries()
