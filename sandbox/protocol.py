"""What the rest of Budwood may know about sandboxes.

Two nouns. A `States` store holds workspaces as git trees: immutable, content-addressed, never run.
A `Sandbox` runs one command on a throw-away copy of one state and returns what happened.
A run never changes a state, and two runs never see each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NewType, Protocol

StateId = NewType("StateId", str)
"""The git tree hash (40 hex digits) of a workspace."""

EnvironmentId = NewType("EnvironmentId", str)
"""A digest that names an interpreter with its packages."""

WORKSPACE = "/workspace"
"""Where the copy of the state lies inside every sandbox; also the working directory."""

INPUTS = "/inputs"
"""Where `RunSpec.inputs` lie, read-only."""

OUTPUTS = "/outputs"
"""Where a command leaves the files that `RunSpec.artefacts` names."""

RunOutcome = Literal["ok", "failed", "timeout", "oom", "output_limit", "disk_limit", "pids_limit"]


@dataclass(frozen=True, slots=True)
class EnvironmentSpec:
    """What must be importable or installed when a command runs."""

    requirements: tuple[str, ...] = ()
    """PEP 508 requirements beside the test tools (pytest, coverage) that are always there."""
    image: str | None = None
    """A local image to run in; only the Docker provider can honour it."""
    wanted: tuple[str, ...] = ()
    """Installed as well where all of them can be, else left out; the build log says which."""
    python: str | None = None
    """A PEP 440 specifier. None takes the Python that runs us, which is preferred anyway."""
    notes: tuple[str, ...] = field(default=(), compare=False)
    """Lines for the build log; they change nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSpec:
    """One command with its limits. `python` in `argv` is the environment's interpreter."""

    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    """Added to a small pinned environment (PATH, HOME, TZ=UTC, LANG=C.UTF-8, PYTHONHASHSEED=0)."""
    cwd: str = ""
    """Where the command starts, relative to the workspace."""
    stdin: bytes = b""
    inputs: Mapping[str, bytes] = field(default_factory=dict)
    """Plain file name → content, laid under `INPUTS` before the command starts."""
    artefacts: tuple[str, ...] = ()
    """Plain file names under `OUTPUTS` to bring back; a missing or irregular file is left out."""
    protect: tuple[str, ...] = ()
    """Files that the command sees as they are in the base, whatever the state made of them: paths
    with ``*`` for any characters, such as ``tests/*``."""
    preload: tuple[str, ...] = ()
    """Modules that a Python may have imported before this run is forked from it, where the provider
    can: a hint that saves time. Not for a final verification, which starts from nothing."""
    wall_s: float = 60.0
    cpu_s: int | None = None
    """Processor seconds of one process; going over is a ``timeout``."""
    memory_mb: int = 2048
    pids: int = 256
    disk_mb: int = 512
    """Largest file, and size of each writable area where the provider can bound it."""
    output_bytes: int = 65_536
    """Kept of each stream: half from its head, half from its tail."""
    artefact_bytes: int = 64 * 1024 * 1024
    """A larger artefact is left out."""

    def __post_init__(self) -> None:
        """Raises: ValueError for a limit that nothing could keep."""
        limits = (self.wall_s, self.memory_mb, self.pids, self.disk_mb, self.cpu_s or 1)
        if min(limits) <= 0 or min(self.output_bytes, self.artefact_bytes) < 0:
            raise ValueError(f"a limit must be above 0: {self}")


@dataclass(frozen=True, slots=True)
class Output:
    """One stream, cut in the middle when it was longer than `RunSpec.output_bytes`."""

    head: bytes = b""
    tail: bytes = b""
    dropped: int = 0
    """Bytes left out between head and tail."""

    @property
    def text(self) -> str:
        """The stream as text, with a note where bytes were dropped."""
        gap = f"\n[... {self.dropped} bytes dropped ...]\n".encode() if self.dropped else b""
        return (self.head + gap + self.tail).decode("utf-8", "replace")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """What happened to a command. Failing, timing out and flooding are results, not exceptions."""

    outcome: RunOutcome
    exit_code: int | None = None
    """None when a signal ended the command."""
    signal: int | None = None
    stdout: Output = Output()
    stderr: Output = Output()
    wall_s: float = 0.0
    cpu_s: float = 0.0
    peak_mb: float = 0.0
    artefacts: Mapping[str, bytes] = field(default_factory=dict)
    forked: bool = False
    """Whether the command came out of a fork server, see `RunSpec.preload`."""
    cold: str | None = None
    """Why it did not, although it was to."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What really holds, probed; shown by `budwood doctor` and kept with every verdict."""

    provider: str
    isolation: tuple[str, ...]
    """Such as ``network``, ``filesystem``, ``processes``, ``user``."""
    limits: tuple[str, ...]
    """Such as ``wall``, ``memory``, ``pids``, ``output``, ``disk``."""
    features: tuple[str, ...] = ()
    """How it is fast here, such as ``fork server``."""


class States(Protocol):
    """Workspaces as git trees. Safe to call from several threads and processes at once."""

    def import_commit(self, repository: Path, revision: str) -> tuple[StateId, str]:
        """Bring a commit's tree in; answer its state and the full commit id.

        Raises: RepositoryUnreadable.
        """
        ...

    def fork(self, parent: StateId, changes: Mapping[str, bytes | None]) -> StateId:
        """The parent with some files replaced, added, or (None) removed. Modes are kept.

        Raises: UnsafePath.
        """
        ...

    def apply(self, base: StateId, patch: bytes) -> StateId:
        """`base` with a git diff applied. Raises: PatchDoesNotApply, UnsafePath."""
        ...

    def restore(self, base: StateId, patch: bytes, expected: StateId) -> StateId:
        """`apply`, then prove that the tree is the expected one.

        Raises: PatchDoesNotApply, UnsafePath, StateMismatch.
        """
        ...

    def diff(self, base: StateId, state: StateId) -> bytes:
        """A binary-safe git diff with full index lines that `git apply` takes; empty when equal."""
        ...

    def changed(self, base: StateId, state: StateId) -> Mapping[str, bytes | None]:
        """Path → content in `state` (None: removed) of every file that differs from `base`."""
        ...

    def paths(self, state: StateId) -> tuple[str, ...]:
        """Every file of the state, relative, sorted."""
        ...

    def read(self, state: StateId, path: str) -> bytes | None:
        """A file's content, or None when the state has no such regular file."""
        ...


class Sandbox(Protocol):
    """Where untrusted code runs. One instance serves many threads."""

    @property
    def states(self) -> States: ...

    def capabilities(self) -> Capabilities:
        """Probe what is enforced. Raises: SandboxUnavailable."""
        ...

    def prepare(self, spec: EnvironmentSpec) -> EnvironmentId:
        """Build or find the environment. Idempotent. Raises: EnvironmentBuildFailed."""
        ...

    def run(
        self, environment: EnvironmentId, base: StateId, state: StateId, spec: RunSpec
    ) -> RunResult:
        """Run on a throw-away copy of `state`, which is `base` with few files changed.

        `base` lets a provider keep one big tree and lay the difference over it.

        Raises: SandboxLost, SandboxUnavailable.
        """
        ...

    def close(self) -> None:
        """End everything this instance started. Idempotent."""
        ...
