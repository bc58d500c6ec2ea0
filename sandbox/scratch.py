"""Temporary folders in caches, which are removed even when the process that made them was killed."""

import hashlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sandbox import owners

_FOREIGN_S = 24 * 3600.0


@contextmanager
def scratch(parent: Path, what: str) -> Iterator[Path]:
    """A folder in `parent` for the time of a block."""
    prefix = f"{what}.{_process()}."
    with tempfile.TemporaryDirectory(prefix=prefix, dir=parent, ignore_cleanup_errors=True) as name:
        yield Path(name)


def sweep(parent: Path) -> None:
    """Remove what killed processes left in `parent`; another machine's only after a day."""
    for folder in parent.glob("*.*-*-*.*"):
        with suppress(OSError):
            if _abandoned(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _process() -> str:
    kernel, pid, started = owners.me().split(" ")
    return f"{_short(kernel)}-{pid}-{started}"


def _short(kernel: str) -> str:
    return hashlib.sha256(kernel.encode()).hexdigest()[:8]


def _abandoned(folder: Path) -> bool:
    kernel, pid, started = folder.name.split(".")[1].split("-")
    here = owners.kernel_name()
    if kernel != _short(here):
        return time.time() - folder.stat().st_mtime > _FOREIGN_S
    return owners.abandoned(f"{here} {pid} {started}", "")
