"""The fork server of a sandbox: an interpreter with an environment's modules already imported.

Standard library only, never imports ours: it is sent in as text and run as ``python -c TEXT
SETTINGS`` by the environment's own Python (3.8 or newer), in a user and with an environment of
its own. Each run is a fork that behaves as a cold ``python`` would, or is declined.

Frames on the socket whose number is ``SETTINGS["socket"]``: a length of 4 bytes (big endian),
then JSON. Every frame is answered by one; the end of the socket ends the process.

    {"op": "preload", "modules": […]} → {"loaded": n, "skipped": […], "modules": n, "unsafe": why}
    {"op": "fork", "argv": […], "env": {…}, "cwd": …, "uid": …, "limits": [[number, soft, hard], …]}
        with stdin, stdout and stderr as descriptors → {"pid": n} or {"cold": why}

A fork is no child of this process: whoever reaps orphans reaps it, and it starts its work only
after its pid was sent. What is preloaded is *hidden*: to a fork, `sys.modules` looks as in a cold
process. An import takes the hidden module, and all that its import had loaded, only if a cold
import would find the same files now; else it imports them anew.
"""

# Frames, descriptors and start-up order matter here more than looks do:
# ruff: noqa: A002, ARG002, BLE001, E402, PLC0415, PLR2004, PLW0603, S102, S606, SIM115
# ruff: noqa: SLF001, T201, UP035
# Paths are text here, as `sys.path` has them, and an image may hold an older Python:
# ruff: noqa: PTH100, PTH109, PTH110, PTH112, PTH113, PTH117, PTH118, PTH119, PTH120, PTH123, PTH208

from __future__ import annotations

import sys

STARTUP = frozenset(sys.modules) - {"__future__", "linecache"}  # what -c itself needs
BLANK = {**globals(), "__doc__": None}
if sys.path[:1] == [""]:
    del sys.path[0]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType, ModuleType
    from typing import Any, Iterable

    Json = dict[str, Any]


class Record:
    """Who imported what while preloading, found or not; a finder that finds nothing."""

    def __init__(self) -> None:
        self.edges: dict[str, set[str]] = {}
        self.noisy: set[str] = set()
        """Modules that warn when imported: they must be imported anew to warn again."""
        self.filters: list[tuple[str, tuple[Any, ...], bool]] = []
        self.variables: set[str] = set()
        """Names of environment variables that were read; `*` for all of them."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        self.edges.setdefault(importer(), set()).add(name)

    def note(self, name: str, scope: Json | None, wanted: Any, level: int) -> None:
        """An import statement that may have met modules loaded before."""
        if level:
            package = bootstrap._calc___package__(scope)
            name = bootstrap._resolve_name(name, package, level)
        edges = self.edges.setdefault(importer(), set())
        edges.add(name)
        names = (f"{name}.{item}" for item in wanted or () if isinstance(item, str))
        edges.update(item for item in names if item in sys.modules)


def importer() -> str:
    """The module whose import is under way, innermost."""
    frame: FrameType | None = sys._getframe(1)
    while frame and frame.f_code.co_name != "<module>":
        frame = frame.f_back
    return str(frame.f_globals.get("__name__")) if frame else "__main__"


import builtins

bootstrap: Any = sys.modules["_frozen_importlib"]
record = Record()
cold_import: Any = builtins.__import__


def recording_import(
    name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0
) -> Any:
    found = cold_import(name, globals, locals, fromlist, level)
    record.note(name, globals, fromlist, level)
    return found


sys.meta_path.insert(0, record)
builtins.__import__ = recording_import

import array
import ctypes
import gc
import json
import os
import resource
import shutil
import signal
import site
import socket
import struct
import sysconfig
import threading
import types
import warnings
from importlib import import_module, machinery

VERSION = sys.version_info[:2]
PR_SET_DUMPABLE, PR_SET_NAME = 4, 15
SETTLE_SECONDS = 5
CAPABILITY_VERSION = 0x20080522
REWRITER = "AssertionRewritingHook"
# Read by C libraries, or by `.pth` files before anything is recorded.
SILENTLY_READ = (
    *("LD_", "LC_", "LANG", "TZ", "MALLOC_", "GLIBC_", "SSL_", "OPENSSL_", "OMP_", "OPENBLAS_"),
    *("GOTO_", "MKL_", "KMP_", "BLIS_", "NUMEXPR_", "COVERAGE_", "SETUPTOOLS_"),
)
MODULE_SUFFIXES = tuple(machinery.all_suffixes())
USUALLY_NEEDED = (
    *("runpy", "faulthandler", "unittest.mock", "doctest", "pdb", "decimal", "difflib"),
    *("pprint", "uuid", "tempfile", "logging", "zipfile", "xml.etree.ElementTree"),
)


class Cold(Exception):
    """This run must be a cold process; the message says why."""


# --- where modules may come from ----------------------------------------------------------------


def trusted_roots() -> tuple[str, ...]:
    """Folders of the standard library and the environment, as `sys.path` names them."""
    prefixes = {sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix}
    below = tuple(os.path.join(prefix, "") for prefix in prefixes)
    named = sysconfig.get_paths()
    stated = [named[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")]
    found = [path for path in sys.path if path.startswith(below)]
    return tuple(os.path.join(path, "") for path in dict.fromkeys([*found, *stated]))


def missing_entries() -> list[str]:
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
    return [path for path in found if not os.path.exists(path)]


def find_origin(module: Any) -> str | None:
    """The file that a module was loaded from; a folder for a namespace package."""
    spec = getattr(module, "__spec__", None)
    file = getattr(module, "__file__", None)
    if isinstance(file, str):
        return file
    if getattr(spec, "origin", None) in ("built-in", "frozen"):
        return None
    return next(iter(getattr(module, "__path__", ())), None)


def regular(name: str) -> bool:
    """Whether a folder without `__init__` on an earlier entry leaves this name alone."""
    file = getattr(original.get(name), "__file__", None)
    return name in original and (file is not None or origins[name] is None)


def frozen(name: str) -> bool:
    """Whether this name never comes from a path."""
    loader = getattr(getattr(original.get(name), "__spec__", None), "loader", None)
    kinds = (machinery.BuiltinImporter, machinery.FrozenImporter)
    return name in (*sys.builtin_module_names, "__main__") or loader in kinds


def provided(entries: Iterable[str], names: Iterable[str]) -> str | None:
    """The first of these top-level names that one of these folders would provide."""
    wanted = guarded.intersection(names)
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


def foreign(path: str) -> bool:
    return not os.path.join(path, "").startswith(roots)


def editable(finder: Any) -> bool:
    """Whether a finder is of the kind that build tools install for a folder being worked on."""
    named = f"{getattr(finder, '__module__', '')} {type(finder).__module__}"
    return "editable" in named.lower()


# --- hidden modules, and how an import finds them -------------------------------------------------

original: dict[str, Any] = {}
"""Every module of this process, hidden or not."""
hidden: dict[str, Any] = {}
order: dict[str, int] = {}
origins: dict[str, str | None] = {}
guarded: set[str] = {"sitecustomize", "usercustomize"}
"""Top-level names that were imported, or not found, and that a folder could provide."""
compiled: set[str] = set()
"""Top-level names of packages with compiled modules, which cannot be loaded twice."""
hooks: dict[str, Any] = {}
"""A `sys.excepthook` of a hidden module's, by that module."""


def closure(name: str, live: Any) -> tuple[set[str], bool]:
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
            changed = changed or live[name] is not original.get(name)
            continue
        seen.add(name)
        todo += record.edges.get(name, ())
        if "." in name:
            todo.append(name.rpartition(".")[0])
    return seen, changed


def parent_kept(name: str) -> bool:
    """Whether the package that a hidden module belongs to is the one it was loaded in."""
    package = name.rpartition(".")[0]
    return package not in sys.modules or sys.modules[package] is original[package]


def attach(name: str, module: Any, shown: bool) -> None:
    """Make a submodule an attribute of its package, or take it away."""
    package, _, tail = name.rpartition(".")
    space = getattr(original.get(package), "__dict__", {})
    if shown:
        space.setdefault(tail, module)
    elif space.get(tail) is module:
        del space[tail]


class Replay:
    """The finder, and loader, that gives hidden modules to a fork."""

    def __init__(self) -> None:
        self.wanted: dict[str, set[str]] = {}

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        importing = sys._getframe(2).f_code.co_name == "_find_and_load_unlocked"
        return self.offer(name) if importing else None

    def offer(self, name: str) -> Any:
        """A specification that loads the hidden module; None where it must be imported anew."""
        if name not in hidden:
            return None
        wanted, changed = closure(name, sys.modules)
        tops = {name.partition(".")[0] for name in wanted}
        if name.partition(".")[0] in compiled:
            # It cannot be loaded twice, so it comes whatever became of what it needs.
            tops = {name.partition(".")[0]}
        elif changed or wanted & record.noisy or not rewritten_alike(wanted):
            return None
        if provided(filter(foreign, sys.path), tops) or not parent_kept(name):
            return None
        self.wanted[name] = wanted
        return machinery.ModuleSpec(name, self)  # type: ignore[arg-type]

    def create_module(self, spec: Any) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Show the module and its company in the order that they were loaded in."""
        names = self.wanted.pop(module.__name__) & hidden.keys()
        for name in sorted(names, key=order.__getitem__):
            sys.modules[name] = found = hidden.pop(name)
            if "." in name:
                attach(name, found, shown=True)
            sys.excepthook = hooks.pop(name, sys.excepthook)
        for owner, item, append in record.filters:
            if owner in names:
                warnings._add_filter(*item, append=append)  # type: ignore[attr-defined]


def rewritten_alike(names: Iterable[str]) -> bool:
    """Whether pytest would now rewrite those of these modules that it had rewritten."""
    hooks = [finder for finder in sys.meta_path if type(finder).__name__ == REWRITER]
    for name in names:
        module = hidden.get(name)
        before = type(getattr(module, "__loader__", None)).__name__ == REWRITER
        exempt = module is None or name.partition(".")[0] in compiled
        if exempt or not (hooks or before):
            continue
        package = original.get(name.rpartition(".")[0])
        path = getattr(package, "__path__", None)
        if before != any(plain_find_spec(hook, name, path) is not None for hook in hooks):
            return False
    return True


plain_find_spec: Any = None


def find_rewritten(hook: Any, name: str, path: Any = None, target: Any = None) -> Any:
    """`AssertionRewritingHook.find_spec`, which comes before ours, with our answer put in."""
    spec = plain_find_spec(hook, name, path, target)
    importing = sys._getframe(2).f_code.co_name == "_find_and_load_unlocked"
    return (replay.offer(name) if spec and importing and forked else None) or spec


replay, forked = Replay(), False


# --- preloading -----------------------------------------------------------------------------------


def rewriting() -> list[str]:
    """Have pytest rewrite what it would rewrite in a run; what its plugins consist of."""
    global plain_find_spec
    try:
        from importlib.metadata import distributions

        from _pytest.assertion import install_importhook
        from _pytest.assertion.rewrite import AssertionRewritingHook
        from _pytest.config import get_config
    except ImportError:
        return []
    config: Any = get_config()
    if not hasattr(config, "inicfg"):
        config.inicfg = {}  # before pytest 8.4 only parsing makes it
    hook = install_importhook(config)
    if plain_find_spec is None:
        plain_find_spec = AssertionRewritingHook.find_spec
        AssertionRewritingHook.find_spec = find_rewritten  # type: ignore[assignment, method-assign]
    mark: Any = config._mark_plugins_for_rewrite
    mark(*(hook, False)[: mark.__func__.__code__.co_argcount - 1])
    points = (point for found in distributions() for point in found.entry_points)
    plugins = [p.value.partition(":")[0].strip() for p in points if p.group == "pytest11"]
    return [*plugins, *sorted(getattr(hook, "_must_rewrite", ()))]


def watch_variables() -> Any:
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


def watch_filters() -> Any:
    """Record which modules warn, and which change the filters of warnings; how to end that."""
    add: Any = getattr(warnings, "_add_filter", None)
    added: list[tuple[str, tuple[Any, ...], bool]] = []

    def adding(*item: Any, append: bool) -> None:
        added.append((importer(), item, append))
        add(*item, append=append)

    def undo() -> None:
        record.filters += [entry for entry in added if entry[1] in warnings.filters]
        warnings._add_filter, warnings.showwarning = add, showing  # type: ignore[attr-defined]
        # C code keeps the list that it used last: let that be the one that stays.
        warnings.filters[:] = [("ignore", None, Warning, None, 0)]  # type: ignore[index]
        warnings._filters_mutated()  # type: ignore[attr-defined]
        warnings.warn("", stacklevel=1)
        warnings.filters[:] = filters  # type: ignore[index]
        warnings._filters_mutated()  # type: ignore[attr-defined]

    filters, showing = list(warnings.filters), warnings.showwarning
    warnings.simplefilter("always")
    warnings.showwarning = lambda *_, **__: record.noisy.add(importer())
    if add is not None:
        warnings._add_filter = adding  # type: ignore[attr-defined]
    return undo


def preload(names: list[str], handles: Iterable[int] = ()) -> Json:
    """Import what there is of these modules, from the environment alone."""
    show_all()
    before, path, finders = dict(os.environ), sys.path[:], sys.meta_path[:]
    sys.path[:] = [entry for entry in path if not foreign(entry)]
    sys.meta_path[:] = [finder for finder in finders if not editable(finder)]
    skipped = []
    undo = watch_filters(), watch_variables()
    plugins = rewriting()
    for name in dict.fromkeys([*plugins, *USUALLY_NEEDED, *names]):
        try:
            import_module(name)
        except BaseException as error:  # a module may raise anything
            if name in names:
                skipped.append({"module": name, "reason": f"{type(error).__name__}: {error}"})
    for end in undo:
        end()
    sys.path[:] = path
    now = [f for f in sys.meta_path if f is record or f not in finders]
    now = [finder for finder in now if type(finder).__name__ != REWRITER]
    place: Any = record
    sys.meta_path[:] = [*now[: now.index(place)], *finders, *now[now.index(place) + 1 :]]
    hide()
    unsafe.update({"environment": "a module changed it"} if before != dict(os.environ) else {})
    unsafe.update(dangers({0, 1, 2, channel.fileno(), *handles}))
    for entry in [entry for entry in sys.path_importer_cache if foreign(entry)]:
        del sys.path_importer_cache[entry]
    # Nobody takes apart at exit what a fork never imported.
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(original))
    gc.collect()
    gc.freeze()
    loaded = len([name for name in names if name in original])
    reason = "; ".join(f"{what}: {why}" for what, why in unsafe.items())
    return {
        "loaded": loaded,
        "skipped": skipped,
        "modules": len(original),
        "unsafe": reason or None,
    }


def show_all() -> None:
    for name in sorted(hidden, key=order.__getitem__):
        sys.modules[name] = hidden.pop(name)
        attach(name, sys.modules[name], shown=True)


def hide() -> None:
    """Make `sys.modules` what it is in a process that has just started."""
    original.update(sys.modules)
    origins.update({name: find_origin(module) for name, module in original.items()})
    hidden.update({name: sys.modules[name] for name in sys.modules if name not in STARTUP})
    order.update({name: number for number, name in enumerate(original)})
    found = set().union(*record.edges.values())
    for name in original:
        if name not in found and "." in name:  # a compiled module put it there
            record.edges.setdefault(name.rpartition(".")[0], set()).add(name)
    tried = set(original).union(*(to for name, to in record.edges.items() if name != "__main__"))
    guarded.update(name for name in tried if "." not in name and not frozen(name))
    for finder in filter(editable, sys.meta_path):
        # What was not found while preloading is found in a run.
        record.noisy.update(
            name for name in guarded - original.keys() if finder.find_spec(name, None)
        )
    if sys.excepthook is not sys.__excepthook__:
        hooks[str(sys.excepthook.__module__)] = sys.excepthook
        sys.excepthook = sys.__excepthook__
    for name in extensions():
        # Compiled modules import past what is recorded: such a package comes as a whole.
        top = name.partition(".")[0]
        compiled.add(top)
        company = {other for other in original if other.startswith(f"{top}.")}
        record.edges.setdefault(top, set()).update(company)
    for name, module in hidden.items():
        del sys.modules[name]
        if "." in name:
            attach(name, module, shown=False)


def extensions() -> list[str]:
    """The compiled modules that are not the standard library's: none can be loaded twice."""
    library = tuple(
        os.path.join(sysconfig.get_paths()[key], "") for key in ("stdlib", "platstdlib")
    )
    found = []
    for name, module in original.items():
        file = getattr(module, "__file__", None) or ""
        packaged = not file.startswith(library) or "-packages" in file
        if packaged and file.endswith(tuple(machinery.EXTENSION_SUFFIXES)):
            found.append(name)
    return found


def dangers(expected: set[int]) -> Json:
    """What makes every fork of this process differ from a cold one."""
    found: Json = {}
    for name in hidden:
        file = origins[name]
        if file and not os.path.abspath(file).startswith(roots):
            found[name] = f"was loaded from {file}"
    for name in extensions():
        if closure(name, {})[0] & record.noisy:
            found[name] = "is compiled and needs a module that warns when imported"
    if threading.active_count() > 1 or not alone():
        found["threads"] = "a module started one"
    if sys.gettrace() or sys.getprofile():
        found["tracing"] = "a module switched it on"
    handles = {int(name) for name in os.listdir("/proc/self/fd")} - expected
    if any(os.path.exists(f"/proc/self/fd/{handle}") for handle in handles):
        found["descriptors"] = "a module keeps one open"
    return found


def alone() -> bool:
    """Whether this process has one thread, once libraries that expect a fork had a chance to."""
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return len(os.listdir("/proc/self/task")) == 1


# --- one run --------------------------------------------------------------------------------------


class Run:
    """How a cold interpreter would understand a command. Raises: Cold."""

    def __init__(self, frame: Json) -> None:
        self.argv: list[str] = frame["argv"]
        self.env: dict[str, str] = frame["env"]
        self.frame = frame
        words = self.locate()
        self.kind, self.what, self.argv0 = "script", "", ""
        if words[:1] in (["-m"], ["-c"]) and len(words) > 1:
            self.kind, self.what, self.argv0 = words[0], words[1], words[0]
            words = words[1:]
        elif words and not words[0].startswith("-"):
            self.what = self.argv0 = words[0]
        else:
            raise Cold("the interpreter is given options, or nothing to run")
        if self.kind == "-c" and VERSION >= (3, 13):
            raise Cold("this interpreter shows the source of -c in tracebacks")
        self.arguments = [self.argv0, *words[1:]]

    def locate(self) -> list[str]:
        """Find the interpreter; the words that it is given."""
        found = shutil.which(self.argv[0], path=self.env.get("PATH", os.defpath)) or ""
        if not os.path.isabs(found) or not os.path.isabs(self.frame["cwd"]):
            raise Cold(f"{self.argv[0]} is not an absolute path, or not found")
        self.executable = found
        if is_interpreter(found):
            self.original = self.argv
            return self.argv[1:]
        if os.path.dirname(found) != os.path.dirname(sys.executable):
            raise Cold(f"{found} is not the environment's")
        with open(found, "rb") as file:
            line = file.readline(256)
        self.executable = os.fsdecode(line[2:].strip())
        if line[:2] != b"#!" or not is_interpreter(self.executable):
            raise Cold(f"{self.argv[0]} is not run by this interpreter")
        self.original = [self.executable, found, *self.argv[1:]]
        return [found, *self.argv[1:]]

    def entries(self) -> list[str]:
        """The start of `sys.path`, before the environment; in the run's own folder."""
        given = self.env.get("PYTHONPATH") or None
        named = [os.path.abspath(entry) for entry in given.split(os.pathsep)] if given else []
        named = list(dict.fromkeys(named))
        self.named = named
        if getattr(sys.flags, "safe_path", False):
            return named
        if self.kind == "script":
            return [os.path.dirname(os.path.realpath(self.what)), *named]
        return [os.getcwd() if self.kind == "-m" else "", *named]


def is_interpreter(path: str) -> bool:
    """Whether a path is this interpreter, of this environment, under whatever name."""
    folder, name = os.path.split(path)
    return (
        folder == os.path.dirname(sys.executable)
        and name.startswith("python")
        and os.path.realpath(path) == os.path.realpath(sys.executable)
    )


def check_environment(env: dict[str, str]) -> None:
    """Raises: Cold where a module, or Python, may have seen another value than the run's."""
    if unsafe:
        raise Cold("; ".join(f"{what}: {why}" for what, why in unsafe.items()))
    if server_env.get("PYTHONHASHSEED", "random") == "random":
        raise Cold("the hash seed is random")
    for name in sorted(env.keys() | server_env.keys()):
        if name == "PYTHONPATH" or env.get(name) == server_env.get(name):
            continue
        read = name in record.variables or "*" in record.variables
        if read or name.startswith(("PYTHON", *SILENTLY_READ)):
            raise Cold(f"{name} differs from what the modules were imported with")
    if site.ENABLE_USER_SITE and "HOME" in env:
        version = "{}.{}".format(*VERSION)
        if os.path.isdir(f"{env['HOME']}/.local/lib/python{version}/site-packages"):
            raise Cold("the user has packages of its own")


def check_path(run: Run, entries: list[str]) -> None:
    """Raises: Cold where `sys.path` would differ, or hide something that is loaded."""
    appeared = next(filter(os.path.exists, absent), None)
    vanished = next((p for p in known_path if foreign(p) and not os.path.exists(p)), None)
    if appeared or vanished:
        raise Cold(f"{appeared or vanished} is not as it was when the modules were imported")
    clash = provided(entries, guarded)
    if clash:
        raise Cold(f"{clash} comes before what is loaded")
    compiled = run.what.endswith((".pyc", ".pyz"))
    if run.kind == "script" and (compiled or not os.path.isfile(run.what)):
        raise Cold(f"{run.what} is not a source file")


def become(uid: int | None, limits: list[list[int]]) -> None:
    """Take the run's user, no capabilities, and its limits."""
    try:
        # Where memory runs out, let the kernel end this process rather than its server.
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("1000")
    except OSError:
        pass
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
        # From one ordinary user to another, Linux keeps them.
        header = struct.pack("Ii", CAPABILITY_VERSION, 0)
        if libc.capset(header, struct.pack("6I", *[0] * 6)):
            raise OSError("capset failed")
    for which, soft, hard in limits:
        resource.setrlimit(which, (soft, hard))


def settle(run: Run) -> None:
    """Make this fork what a cold interpreter is when it starts the run. Raises: Cold, OSError."""
    frame = run.frame
    os.umask(0o022)
    os.chdir(frame["cwd"])
    become(frame.get("uid"), frame.get("limits", []))
    entries = run.entries()
    check_path(run, entries)
    base = [path for path in known_path if path not in run.named]
    sys.path[:] = [*entries, *base]
    os.environ.clear()
    os.environ.update(run.env)
    sys.executable, sys.argv[:] = run.executable, run.arguments
    if VERSION < (3, 11):
        folder, name = os.path.dirname(base_executable), os.path.basename(run.executable)
        sys._base_executable = os.path.join(folder, name)  # type: ignore[attr-defined]
    if VERSION >= (3, 10):
        sys.orig_argv = list(run.original)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    remake_streams()
    renew_randomness()


def remake_streams() -> None:
    """Start the three streams over in place, for whoever kept one already."""
    unbuffered = bool(server_env.get("PYTHONUNBUFFERED"))
    for number, stream in enumerate((sys.stdin, sys.stdout, sys.stderr)):
        mode = "w" if number else "r"
        plain = unbuffered and number > 0
        buffer: Any = open(number, mode + "b", 0 if plain else -1, closefd=False)
        raw = buffer if plain else buffer.raw
        raw.name = stream.name
        line = not unbuffered and (number == 2 or raw.isatty())
        stream.__init__(  # type: ignore[misc]
            buffer, stream.encoding, stream.errors, "\n", line, unbuffered
        )
        stream.mode = mode  # type: ignore[misc]


def renew_randomness() -> None:
    """What is drawn once per process; `random` itself renews its state after a fork."""
    numpy, temporary = original.get("numpy.random"), original.get("tempfile")
    if numpy is not None:
        numpy.seed()
    if temporary is not None:
        temporary.tempdir = None


def fork(frame: Json, handles: list[int]) -> tuple[Json, Any, Run | None]:
    """The answer, and what to release the fork with once it is sent; in the fork, the run."""
    try:
        run = Run(frame)
        check_environment(run.env)
    except (Cold, OSError) as reason:
        return {"cold": str(reason)}, None, None
    ours, theirs = socket.socketpair()
    child = os.fork()
    if child == 0:
        try:
            if os.fork():
                os._exit(0)
            ours.close()
            report(run, handles, theirs)
        except BaseException:  # whatever it is, no second server may come of it
            os._exit(127)
        return {}, None, run
    theirs.close()
    os.waitpid(child, 0)
    ours.settimeout(SETTLE_SECONDS)
    try:
        text = ours.recv(65536)
    except OSError:
        text = b""
    answer = json.loads(text) if text else {"cold": "the fork failed"}
    return answer, ours, None


def report(run: Run, handles: list[int], parent: socket.socket) -> None:
    """In the fork: get ready, say so, and wait until the pid is known."""
    global forked
    os.setsid()
    for number, handle in enumerate(handles):
        os.dup2(handle, number)
    try:
        settle(run)
        answer: Json = {"pid": os.getpid()}
    except (Cold, OSError, ValueError) as reason:
        answer = {"cold": str(reason)[:1000]}
    parent.sendall(json.dumps(answer).encode())
    if "cold" in answer or not parent.recv(1):
        os._exit(0)
    if run.frame.get("uid") is not None:
        # As after `execve`; until here, no process of that user could trace this one.
        libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
    channel.detach()
    parent.detach()
    os.closerange(3, 1024)
    if run.executable != run.argv[0]:
        libc.prctl(PR_SET_NAME, os.path.basename(run.argv[0]).encode()[:15], 0, 0, 0)
    forked = True
    sys.meta_path[:] = [replay if finder is record else finder for finder in sys.meta_path]
    builtins.__import__ = cold_import


def receive() -> tuple[Json | None, list[int]]:
    """One frame and its descriptors; None at the end."""
    handles = array.array("i")
    data, length = b"", 4
    while len(data) < length:
        part, extra, _, _ = channel.recvmsg(length - len(data), socket.CMSG_SPACE(12))
        if not part:
            return None, []
        for _level, _kind, content in extra:
            handles.frombytes(content[: len(content) // 4 * 4])
        data += part
        if length == 4 == len(data):
            length += int.from_bytes(data, "big")
    return json.loads(data[4:]), list(handles)


def serve() -> Run:
    """Answer frames; returns in a fork alone, with its run."""
    while True:
        frame, handles = receive()
        if frame is None:
            os._exit(0)
        waiting = None
        if frame["op"] == "preload":
            answer = preload(frame["modules"])
        else:
            if not original:
                preload([], handles)
            answer, waiting, run = fork(frame, handles)
            if run is not None:
                return run
        for handle in handles:
            os.close(handle)
        body = json.dumps(answer).encode()
        channel.sendall(len(body).to_bytes(4, "big") + body)
        if waiting is not None:
            if "pid" in answer:
                waiting.sendall(b"!")
            waiting.close()


def program(run: Run) -> Any:
    """Make a new `__main__`, and give the code to run in it; none for a module."""
    main = types.ModuleType("__main__")
    space = main.__dict__
    space.clear()
    space.update({name: value for name, value in BLANK.items() if name in COLD_NAMES})
    if "__annotations__" in space:
        space["__annotations__"] = {}
    sys.modules["__main__"] = main
    if run.kind == "-m":
        return None
    name, source = "<string>", os.fsencode(run.what) + b"\n"
    if run.kind == "script":
        name = run.what
        if VERSION >= (3, 9) and not os.path.isabs(name):
            name = f"{os.getcwd()}/{name}"
        with open(run.what, "rb") as file:
            source = file.read()
        space["__file__"], space["__cached__"] = name, None
        space["__loader__"] = machinery.SourceFileLoader("__main__", name)
    if b"PK\5\6" in source[-65600:]:
        raise ValueError("an archive may be executed otherwise")
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


COLD_NAMES = {name for name in BLANK if name.startswith("__")}
settings = json.loads(sys.argv[1])
channel = socket.socket(fileno=settings["socket"])
libc = ctypes.CDLL(None, use_errno=True)
server_env = dict(os.environ)
known_path = sys.path[:]
base_executable: str = getattr(sys, "_base_executable", sys.executable)
roots = trusted_roots()
absent = missing_entries()
unsafe: Json = {}
if "PYTHONPATH" in server_env:
    unsafe["PYTHONPATH"] = "is set for this process"

task, failure = serve(), None
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
