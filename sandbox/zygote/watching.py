"""Part of the fork server: what modules do to the process while they are imported."""

# ruff: noqa: SLF001

from __future__ import annotations

import os
import warnings

from sandbox.zygote.record import importer, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def watch_variables() -> Callable[[], None]:
    """Record which environment variables are read; how to end that."""
    kind: Any = type(os.environ)
    get, iterate = kind.__getitem__, kind.__iter__

    def getitem(self: Any, key: Any) -> Any:
        record.variables.add(key)
        return get(self, key)

    def iterating(self: Any) -> Any:
        record.variables.add("*")
        return iterate(self)

    def undo() -> None:
        kind.__getitem__, kind.__iter__ = get, iterate

    kind.__getitem__, kind.__iter__ = getitem, iterating
    return undo


def watch_filters() -> Callable[[], None]:
    """Record which modules warn, and which change the filters of warnings; how to end that."""
    library: Any = warnings
    add, showing, filters = library._add_filter, library.showwarning, list(library.filters)
    added: list[tuple[str, tuple[Any, ...], bool]] = []

    def adding(*item: Any, append: bool) -> None:
        added.append((importer(), item, append))
        add(*item, append=append)

    def undo() -> None:
        record.filters += [entry for entry in added if entry[1] in library.filters]
        library._add_filter, library.showwarning = add, showing
        # C code keeps the list that it used last: let that be the one that stays.
        library.filters[:] = [("ignore", None, Warning, None, 0)]
        library._filters_mutated()
        library.warn("", stacklevel=1)
        library.filters[:] = filters
        library._filters_mutated()

    library.simplefilter("always")
    library.showwarning = lambda *_, **__: record.noisy.add(importer())
    library._add_filter = adding
    return undo
