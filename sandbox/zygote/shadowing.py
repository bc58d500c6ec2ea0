"""Part of the fork server: whether a folder provides a name that was imported."""

# ruff: noqa: PTH110, PTH112, PTH118, PTH119, PTH208

from __future__ import annotations

import os
from importlib import machinery

from sandbox.zygote.modules import modules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

MODULE_SUFFIXES = tuple(machinery.all_suffixes())


def provided(entries: Iterable[str], names: Iterable[str]) -> str | None:
    """The first of these top-level names that one of these folders would provide."""
    wanted = modules.guarded.intersection(names)
    for entry in entries:
        try:
            listed = os.listdir(entry or ".")
        except FileNotFoundError:
            continue
        except NotADirectoryError:
            return entry
        except OSError:
            continue  # the run could not look into it either
        for file in listed:
            stem = file.partition(".")[0]
            if stem in wanted and provides(os.path.join(entry, file), stem):
                return os.path.join(entry, file)
    return None


def provides(path: str, name: str) -> bool:
    if path.endswith(MODULE_SUFFIXES):
        return True
    if os.path.basename(path) != name or not os.path.isdir(path):
        return False
    package = any(os.path.exists(f"{path}/__init__{suffix}") for suffix in MODULE_SUFFIXES)
    return package or not regular(name)


def regular(name: str) -> bool:
    """Whether a folder without `__init__` on an earlier entry leaves this name alone."""
    file = getattr(modules.original.get(name), "__file__", None)
    return name in modules.original and (file is not None or modules.origins[name] is None)
