"""Part of the fork server: how an import in a fork finds hidden modules."""

# ruff: noqa: ARG002, SLF001

from __future__ import annotations

import sys
import warnings
from importlib import machinery

from sandbox.zygote.modules import modules
from sandbox.zygote.origins import foreign
from sandbox.zygote.record import record
from sandbox.zygote.rewriting import importing, rewritten_alike
from sandbox.zygote.shadowing import provided

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any


class Replay:
    """The finder, and loader, that gives hidden modules to a fork."""

    def __init__(self) -> None:
        self.wanted: dict[str, set[str]] = {}

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        return self.offer(name) if importing() else None

    def offer(self, name: str) -> Any:
        """A specification that loads the hidden module; None where it must be imported anew."""
        if name not in modules.hidden:
            return None
        wanted, changed = modules.closure(name, sys.modules)
        top = name.partition(".")[0]
        tops = {name.partition(".")[0] for name in wanted}
        if top in modules.compiled:
            # It cannot be loaded twice, so it comes whatever became of what it needs.
            tops = {top}
        elif changed or wanted & record.noisy or not rewritten_alike(wanted):
            return None
        if provided(filter(foreign, sys.path), tops) or not parent_kept(name):
            return None
        self.wanted[name] = wanted
        return machinery.ModuleSpec(name, self)  # type: ignore[arg-type]

    def create_module(self, spec: Any) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Show the module and its company."""
        names = self.wanted.pop(module.__name__) & modules.hidden.keys()
        modules.show(names)
        for name in sorted(names & modules.hooks.keys(), key=modules.order.__getitem__):
            sys.excepthook = modules.hooks.pop(name)
        for owner, item, append in record.filters:
            if owner in names:
                warnings._add_filter(*item, append=append)  # type: ignore[attr-defined]


def parent_kept(name: str) -> bool:
    """Whether the package that a hidden module belongs to is the one it was loaded in."""
    package = name.rpartition(".")[0]
    return package not in sys.modules or sys.modules[package] is modules.original[package]


replay = Replay()
