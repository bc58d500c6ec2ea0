"""Last part of the fork server: serve, and in a fork, run. No function: a run sees its frame."""

# ruff: noqa: BLE001, S102, S606, SLF001

from __future__ import annotations

import json
import os
import socket
import sys

from sandbox.zygote.program import program, show
from sandbox.zygote.server import Server

if __name__ == "__main__":
    server = Server(socket.socket(fileno=json.loads(sys.argv[1])["socket"]))
    task, failure = server.serve(), None
    try:
        task_code = program(task)
    except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):
        # Let the interpreter itself say what is wrong.
        os.execve(task.executable, task.original, task.env)
    try:
        if task_code is None:
            __import__("runpy")._run_module_as_main(task.what)
        else:
            exec(task_code, sys.modules["__main__"].__dict__)
    except SystemExit:
        raise
    except BaseException as error:
        failure = error
    finally:
        if task.kind == "script":
            sys.modules["__main__"].__dict__.pop("__file__", None)
            sys.modules["__main__"].__dict__.pop("__cached__", None)
    if failure is not None:
        show(failure)
        try:
            raise failure
        finally:
            del failure
