"""Second part of the fork server: what preloading recorded. Before it, nothing may be imported."""

# ruff: noqa: A002, ARG002, SLF001

from __future__ import annotations

import builtins
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

    from sandbox.zygote.startup import Json

bootstrap: Any = sys.modules["_frozen_importlib"]


class Record:
    """Who imported what while preloading, found or not; a finder that finds nothing."""

    def __init__(self) -> None:
        self.edges: dict[str, set[str]] = {}
        self.noisy: set[str] = set()
        """Modules that warn when imported: they must be imported anew to warn again."""
        self.filters: list[tuple[str, tuple[Any, ...], bool]] = []
        self.variables: set[str] = set()
        """Names of environment variables that were read; `*` for all of them."""
        self.unsafe: dict[str, str] = {}
        """What makes every fork of this process differ from a cold one, and why."""
        self.cold_import: Any = builtins.__import__

    def begin(self) -> None:
        sys.meta_path.insert(0, self)
        builtins.__import__ = self.importing

    def end(self, successor: Any) -> None:
        """Imports are as in a cold process again, but for a finder in place of this one."""
        sys.meta_path[:] = [successor if finder is self else finder for finder in sys.meta_path]
        builtins.__import__ = self.cold_import

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        self.edges.setdefault(importer(), set()).add(name)

    def importing(
        self, name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0
    ) -> Any:
        """`__import__`, for what an import statement meets that was loaded before."""
        found = self.cold_import(name, globals, locals, fromlist, level)
        self.note(name, globals, fromlist, level)
        return found

    def note(self, name: str, scope: Json | None, wanted: Any, level: int) -> None:
        if level:
            package = bootstrap._calc___package__(scope)
            name = bootstrap._resolve_name(name, package, level)
        edges = self.edges.setdefault(importer(), set())
        edges.add(name)
        names = (f"{name}.{item}" for item in wanted or () if isinstance(item, str))
        edges.update(item for item in names if item in sys.modules)

    def reason(self) -> str | None:
        """Why every run must be cold, if it must."""
        return "; ".join(f"{what}: {why}" for what, why in self.unsafe.items()) or None


def importer() -> str:
    """The module whose import is under way, innermost."""
    frame: FrameType | None = sys._getframe(1)
    while frame and frame.f_code.co_name != "<module>":
        frame = frame.f_back
    return str(frame.f_globals.get("__name__")) if frame else "__main__"


record = Record()
if __name__ == "__main__":
    record.begin()
