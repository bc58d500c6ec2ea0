"""Control groups of version 1 or 2, where we may make them: memory and pids of a whole run.

Resource limits count one process at a time, and the number of processes not at all for root;
a group counts everything in a sandbox, its temporary file systems included.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from sandbox.protocol import RunResult, RunSpec

_ROOT = Path("/sys/fs/cgroup")
_NUMBERS = count()
_ENTER = 'for g; do case $g in --) shift; break;; esac; echo 0 > "$g/cgroup.procs" || exit 125; shift; done; exec "$@"'


@dataclass(frozen=True, slots=True)
class Groups:
    """Where groups can be made."""

    memory: Path
    pids: Path
    unified: bool

    @staticmethod
    def probe() -> "Groups | None":
        """Find a place by making a group there, or answer None."""
        unified = (_ROOT / "cgroup.controllers").is_file()
        places = (_ROOT, _ROOT) if unified else (_ROOT / "memory", _ROOT / "pids")
        found = Groups(places[0], places[1], unified)
        _sweep(found)
        try:
            for folder in found.make(RunSpec(argv=("probe",))):
                folder.rmdir()
        except OSError:
            return None
        return found

    def make(self, spec: RunSpec) -> tuple[Path, ...]:
        """New groups with a run's limits: one, or one per controller. Raises: OSError."""
        name = f"budwood-{os.getpid()}-{next(_NUMBERS)}"
        memory, pids = self.memory / name, self.pids / name
        made = tuple(dict.fromkeys((memory, pids)))
        bytes_ = str(spec.memory_mb << 20)
        try:
            for folder in made:
                folder.mkdir()
            limit = "memory.max" if self.unified else "memory.limit_in_bytes"
            (memory / limit).write_text(bytes_)
            # The runner and bwrap itself are in the group too.
            (pids / "pids.max").write_text(str(spec.pids + 4))
        except OSError:
            for folder in made:
                shutil.rmtree(folder, ignore_errors=True)
                if folder.is_dir():
                    folder.rmdir()
            raise
        for swap in ("memory.swap.max", "memory.memsw.limit_in_bytes"):
            if (memory / swap).exists():
                (memory / swap).write_text("0" if self.unified else bytes_)
        return made


@dataclass(frozen=True, slots=True)
class Group:
    """The groups of one run; none where they are not permitted."""

    folders: tuple[Path, ...] = ()

    @staticmethod
    @contextmanager
    def joined(groups: Groups | None, spec: RunSpec) -> "Iterator[Group]":
        """Make the groups of one run, and remove them when it is over."""
        if groups is None:
            yield Group()
            return
        folders = groups.make(spec)
        try:
            yield Group(folders)
        finally:
            for folder in folders:
                _remove(folder)

    def enter(self, command: list[str]) -> list[str]:
        """The command, started from inside of the groups."""
        if not self.folders:
            return command
        return ["/bin/sh", "-c", _ENTER, "sh", *map(str, self.folders), "--", *command]

    def judge(self, result: RunResult) -> RunResult:
        """Name the limit that a failed run hit."""
        if result.outcome != "failed":
            return result
        if self.out_of_memory():
            return replace(result, outcome="oom")
        return (
            replace(result, outcome="pids_limit") if self._counted("pids.events", "max") else result
        )

    def out_of_memory(self) -> bool:
        """Whether the kernel killed something in the group for memory."""
        names = ("memory.oom_control", "memory.events")
        return any(self._counted(name, "oom_kill") for name in names)

    def _counted(self, name: str, key: str) -> int:
        for folder in self.folders:
            try:
                lines = (folder / name).read_text().splitlines()
            except OSError:
                continue
            for line in lines:
                word, _, value = line.partition(" ")
                if word == key:
                    return int(value)
        return 0


def _sweep(groups: Groups) -> None:
    """Remove what a killed worker left behind; the kernel keeps a group that is in use."""
    for place in {groups.memory, groups.pids}:
        for folder in place.glob("budwood-*-*"):
            if not Path("/proc", folder.name.split("-")[1]).exists():
                _remove(folder)


def _remove(folder: Path) -> None:
    # The last of its processes may still be on its way out: then the folder is busy, and the
    # group stays behind, empty; that costs nothing but a name.
    try:
        folder.rmdir()
    except OSError:
        return
