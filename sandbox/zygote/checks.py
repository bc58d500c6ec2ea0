"""Part of the fork server: whether a run must be a cold process."""

# ruff: noqa: PTH110, PTH112, PTH113

from __future__ import annotations

import os
import site

from sandbox.zygote.command import Cold
from sandbox.zygote.modules import modules
from sandbox.zygote.origins import ABSENT, foreign
from sandbox.zygote.record import record
from sandbox.zygote.shadowing import provided
from sandbox.zygote.startup import ENVIRONMENT, PATH, VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sandbox.zygote.command import Command

# Read by C libraries, or by `.pth` files before anything is recorded.
SILENTLY_READ = (
    *("LD_", "LC_", "LANG", "TZ", "MALLOC_", "GLIBC_", "SSL_", "OPENSSL_", "OMP_", "OPENBLAS_"),
    *("GOTO_", "MKL_", "KMP_", "BLIS_", "NUMEXPR_", "COVERAGE_", "SETUPTOOLS_"),
)


def check_environment(env: dict[str, str]) -> None:
    """Raises: Cold where a module, or Python, may have seen another value than the run's."""
    if not modules.original or record.unsafe:
        raise Cold(record.reason() or "nothing was preloaded")
    if ENVIRONMENT.get("PYTHONHASHSEED", "random") == "random":
        raise Cold("the hash seed is random")
    for name in sorted(env.keys() | ENVIRONMENT.keys()):
        if name == "PYTHONPATH" or env.get(name) == ENVIRONMENT.get(name):
            continue
        read = name in record.variables or "*" in record.variables
        if read or name.startswith(("PYTHON", *SILENTLY_READ)):
            raise Cold(f"{name} differs from what the modules were imported with")
    if site.ENABLE_USER_SITE and "HOME" in env:
        version = "{}.{}".format(*VERSION)
        if os.path.isdir(f"{env['HOME']}/.local/lib/python{version}/site-packages"):
            raise Cold("the user has packages of its own")


def check_path(command: Command) -> None:
    """Raises: Cold where `sys.path` would differ, or hide something that is loaded."""
    appeared = next(filter(os.path.exists, ABSENT), None)
    vanished = next((p for p in PATH if foreign(p) and not os.path.exists(p)), None)
    if appeared or vanished:
        raise Cold(f"{appeared or vanished} is not as it was when the modules were imported")
    clash = provided(command.entries(), modules.guarded)
    if clash:
        raise Cold(f"{clash} comes before what is loaded")
    if command.kind == "script" and not os.path.isfile(command.what):
        raise Cold(f"{command.what} is not a file")
