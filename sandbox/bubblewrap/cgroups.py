"""Control groups of version 1 or 2, where we may make them: memory and pids of a whole run.

Resource limits count one process at a time, and the number of processes not at all for root;
a group counts everything in a sandbox, its temporary file systems included.
"""

import os
import secrets
import time
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from sandbox.protocol import RunResult, RunSpec

_ROOT = Path("/sys/fs/cgroup")
_NUMBERS = count()
_TRIES, _PAUSE_S = 200, 0.005
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
            probe = Group(found.make())
            probe.limit(RunSpec(argv=("probe",)))
        except OSError:
            return None
        probe.remove()
        return found

    def make(self) -> tuple[Path, ...]:
        """New groups: one, or one per controller. Raises: OSError."""
        name = f"budwood-{os.getpid()}-{next(_NUMBERS)}-{secrets.token_hex(4)}"
        made: list[Path] = []
        try:
            for folder in dict.fromkeys((self.memory / name, self.pids / name)):
                folder.mkdir()
                made.append(folder)
        except OSError:
            for folder in made:
                _remove(folder)
            raise
        return tuple(made)


@dataclass(frozen=True, slots=True)
class Group:
    """The groups of one cell; none where they are not permitted."""

    folders: tuple[Path, ...] = ()

    @staticmethod
    def new(groups: Groups | None) -> "Group":
        """Without limits as yet. Raises: OSError."""
        return Group(groups.make() if groups else ())

    def limit(self, spec: RunSpec) -> None:
        """Give it the limits of a run. Raises: OSError."""
        memory = str(spec.memory_mb << 20)
        wanted = (
            ("memory.max", memory),
            ("memory.swap.max", "0"),
            ("memory.limit_in_bytes", memory),
            ("memory.memsw.limit_in_bytes", memory),
            # The runner and bwrap itself are in the group too.
            ("pids.max", str(spec.pids + 4)),
        )
        for folder in self.folders:
            for name, value in wanted:
                # Which files there are depends on the version and on whether swap is counted.
                if (folder / name).exists():
                    (folder / name).write_text(value)

    def remove(self) -> None:
        """When everything in it is dead. Idempotent."""
        for folder in self.folders:
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
                _remove(folder, tries=1)


def _remove(folder: Path, *, tries: int = _TRIES) -> None:
    # The last of its processes may still be on its way out: then the folder is busy.
    for _ in range(tries):
        try:
            folder.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            time.sleep(_PAUSE_S)
        else:
            return
