"""Part of the fork server: the program that a run executes, and what its end shows."""

# ruff: noqa: BLE001, PTH109, PTH117, PTH123, T201

from __future__ import annotations

import os
import sys
import types
from importlib import machinery

from sandbox.zygote.startup import BLANK, VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sandbox.zygote.command import Command


def program(command: Command) -> Any:
    """Make a new `__main__`, and give the code to run in it; none for a module."""
    main = types.ModuleType("__main__")
    space = main.__dict__
    space.clear()
    space.update(BLANK)
    if "__annotations__" in space:
        space["__annotations__"] = {}
    sys.modules["__main__"] = main
    if command.kind == "-m":
        return None
    name, source = "<string>", os.fsencode(command.what) + b"\n"
    if command.kind == "script":
        name = command.what
        if VERSION >= (3, 9) and not os.path.isabs(name):
            name = f"{os.getcwd()}/{name}"
        with open(command.what, "rb") as file:
            source = file.read()
        space["__file__"], space["__cached__"] = name, None
        space["__loader__"] = machinery.SourceFileLoader("__main__", name)
    return compile(source, name, "exec", dont_inherit=True)


def show(error: BaseException) -> None:
    """Print an uncaught exception without our frames, as the interpreter does."""
    second = None
    error.__traceback__ = trace = ours_removed(error)
    try:
        sys.excepthook(type(error), error, trace)
    except Exception as failed:
        second = failed
    if second is not None:
        print("Error in sys.excepthook:", file=sys.stderr)
        second.__traceback__ = ours_removed(second)
        sys.__excepthook__(type(second), second, second.__traceback__)
        print("\nOriginal exception was:", file=sys.stderr)
        sys.__excepthook__(type(error), error, trace)
    sys.excepthook = lambda *_: None


def ours_removed(error: BaseException) -> Any:
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_globals is globals():
        trace = trace.tb_next
    return trace
