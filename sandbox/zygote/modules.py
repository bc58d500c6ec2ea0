"""Part of the fork server: the modules of this process, and which of them are hidden."""

# ruff: noqa: PTH118

from __future__ import annotations

import os
import sys
import sysconfig
from importlib import machinery

from sandbox.zygote.origins import editable, find_origin
from sandbox.zygote.record import record
from sandbox.zygote.startup import STARTUP

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterable
    from typing import Any


class Modules:
    """What was loaded, and how it hangs together."""

    def __init__(self) -> None:
        self.original: dict[str, Any] = {}
        """Every module of this process, hidden or not."""
        self.hidden: dict[str, Any] = {}
        self.order: dict[str, int] = {}
        self.origins: dict[str, str | None] = {}
        self.guarded: set[str] = {"sitecustomize", "usercustomize"}
        """Top-level names that were imported, or not found, and that a folder could provide."""
        self.compiled: set[str] = set()
        """Top-level names of packages with compiled modules, which cannot be loaded twice."""
        self.hooks: dict[str, Any] = {}
        """A `sys.excepthook` of a hidden module's, by that module."""

    def show(self, names: Iterable[str]) -> None:
        """Put hidden modules into `sys.modules`, in the order that they were loaded in."""
        for name in sorted(names, key=self.order.__getitem__):
            sys.modules[name] = module = self.hidden.pop(name)
            self.package(name).setdefault(name.rpartition(".")[2], module)

    def hide(self) -> None:
        """Make `sys.modules` what it is in a process that has just started."""
        self.original.update(sys.modules)
        self.origins.update({name: find_origin(it) for name, it in self.original.items()})
        self.order.update({name: number for number, name in enumerate(self.original)})
        self.hidden.update({name: it for name, it in sys.modules.items() if name not in STARTUP})
        self._connect()
        self._guard()
        if sys.excepthook is not sys.__excepthook__:
            self.hooks[str(sys.excepthook.__module__)] = sys.excepthook
            sys.excepthook = sys.__excepthook__
        for name, module in self.hidden.items():
            del sys.modules[name]
            space, tail = self.package(name), name.rpartition(".")[2]
            if space.get(tail) is module:
                del space[tail]

    def package(self, name: str) -> dict[str, Any]:
        """The attributes of the package that a module is in; none for a top-level module."""
        return getattr(self.original.get(name.rpartition(".")[0]), "__dict__", {})

    def closure(self, name: str, live: Any = ()) -> tuple[set[str], bool]:
        """This module and what its import loaded, or tried to, as far as that is not `live`.

        And whether something that is live is another module than was met then.
        """
        seen: set[str] = set()
        todo, changed = [name], False
        while todo:
            name = todo.pop()
            if name in seen or name == "__main__":
                continue
            if name in live:
                changed = changed or live[name] is not self.original.get(name)
                continue
            seen.add(name)
            todo += record.edges.get(name, ())
            if "." in name:
                todo.append(name.rpartition(".")[0])
        return seen, changed

    def extensions(self) -> list[str]:
        """The compiled modules that are not the standard library's: none can be loaded twice."""
        paths = sysconfig.get_paths()
        library = tuple(os.path.join(paths[key], "") for key in ("stdlib", "platstdlib"))
        found = []
        for name, module in self.original.items():
            file = getattr(module, "__file__", None) or ""
            packaged = not file.startswith(library) or "-packages" in file
            if packaged and file.endswith(tuple(machinery.EXTENSION_SUFFIXES)):
                found.append(name)
        return found

    def _connect(self) -> None:
        """Have modules come with a package where no import of theirs was recorded."""
        found: Container[str] = set().union(*record.edges.values())
        for name, module in self.original.items():
            by_hand = name not in found or getattr(module, "__spec__", None) is None
            if by_hand and "." in name:
                record.edges.setdefault(name.rpartition(".")[0], set()).add(name)
        # Compiled modules import past what is recorded.
        for top in {name.partition(".")[0] for name in self.extensions()}:
            self.compiled.add(top)
            company = {other for other in self.original if other.startswith(f"{top}.")}
            record.edges.setdefault(top, set()).update(company)

    def _guard(self) -> None:
        imported = (names for name, names in record.edges.items() if name != "__main__")
        tried = set(self.original).union(*imported)
        self.guarded.update(n for n in tried if "." not in n and not self._without_path(n))
        for finder in filter(editable, sys.meta_path):
            # What was not found while preloading is found in a run.
            record.noisy.update(
                name for name in self.guarded - self.original.keys() if finder.find_spec(name, None)
            )

    def _without_path(self, name: str) -> bool:
        """Whether this name never comes from a path."""
        loader = getattr(getattr(self.original.get(name), "__spec__", None), "loader", None)
        kinds = (machinery.BuiltinImporter, machinery.FrozenImporter)
        return name in (*sys.builtin_module_names, "__main__") or loader in kinds


modules = Modules()
