"""Part of the fork server: importing what runs will need."""

# ruff: noqa: BLE001, PTH100, PTH110, PTH208

from __future__ import annotations

import ctypes
import gc
import os
import sys
import threading
from importlib import import_module

from sandbox.zygote.modules import modules
from sandbox.zygote.origins import ROOTS, editable, foreign
from sandbox.zygote.record import record
from sandbox.zygote.replay import replay
from sandbox.zygote.rewriting import REWRITER, prepare_rewriting
from sandbox.zygote.watching import watch_filters, watch_variables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from sandbox.zygote.startup import Json

USUALLY_NEEDED = (
    *("runpy", "faulthandler", "unittest.mock", "doctest", "pdb", "decimal", "difflib"),
    *("pprint", "uuid", "tempfile", "logging", "zipfile", "xml.etree.ElementTree"),
)


def preload(names: list[str], handles: set[int]) -> Json:
    """Import what there is of these modules, from the environment alone.

    `handles` are the descriptors that this process has open.
    """
    modules.show(modules.hidden)
    before, path, finders = dict(os.environ), sys.path[:], sys.meta_path[:]
    sys.path[:] = [entry for entry in path if not foreign(entry)]
    sys.meta_path[:] = [finder for finder in finders if not editable(finder)]
    failed = import_all(names)
    sys.path[:] = path
    restore_finders(finders)
    modules.hide()
    if before != dict(os.environ):
        record.unsafe["environment"] = "a module changed it"
    record.unsafe.update(dangers(handles))
    for entry in [entry for entry in sys.path_importer_cache if foreign(entry)]:
        del sys.path_importer_cache[entry]
    # Nobody takes apart at exit what a fork never imported.
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(modules.original))
    gc.collect()
    gc.freeze()
    return {
        "loaded": len([name for name in names if name in modules.original]),
        "skipped": [{"module": name, "reason": failed[name]} for name in names if name in failed],
        "modules": len(modules.original),
        "unsafe": record.reason(),
    }


def import_all(names: Iterable[str]) -> dict[str, str]:
    """Import these modules and what is usually needed; why some could not be."""
    failed = {}
    undo = watch_filters(), watch_variables()
    for name in dict.fromkeys([*prepare_rewriting(replay.offer), *USUALLY_NEEDED, *names]):
        try:
            import_module(name)
        except BaseException as error:  # a module may raise anything
            failed[name] = f"{type(error).__name__}: {error}"
    for end in undo:
        end()
    return failed


def restore_finders(before: list[Any]) -> None:
    """Leave the finders that modules added, first or last, but for pytest's."""
    now: list[Any] = [it for it in sys.meta_path if it is record or it not in before]
    now = [finder for finder in now if type(finder).__name__ != REWRITER]
    place = now.index(record)
    sys.meta_path[:] = [*now[:place], *before, *now[place + 1 :]]


def dangers(handles: set[int]) -> dict[str, str]:
    """What makes every fork of this process differ from a cold one."""
    found = {}
    for name in modules.hidden:
        file = modules.origins[name]
        if file and not os.path.abspath(file).startswith(ROOTS):
            found[name] = f"was loaded from {file}"
    for name in modules.extensions():
        if modules.closure(name)[0] & record.noisy:
            found[name] = "is compiled and needs a module that warns when imported"
    if threading.active_count() > 1 or not alone():
        found["threads"] = "a module started one"
    if not childless():
        found["processes"] = "a module started one"
    if sys.gettrace() or sys.getprofile():
        found["tracing"] = "a module switched it on"
    opened = {int(name) for name in os.listdir("/proc/self/fd")} - handles
    if any(os.path.exists(f"/proc/self/fd/{handle}") for handle in opened):
        found["descriptors"] = "a module keeps one open"
    return found


def childless() -> bool:
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return True
    return False


def alone() -> bool:
    """Whether this process has one thread, once libraries that expect a fork had a chance to."""
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return len(os.listdir("/proc/self/task")) == 1
