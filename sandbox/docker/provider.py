"""Runs in Docker: warm hardened containers whose process 1 is `sandbox.runner`.

A container serves one environment and many runs, one at a time; it lives as long as the socket to
its stdin, so it cannot outlive its worker. Nothing of the host is mounted: the daemon may be on
another machine, or behind a proxy. Commands run under a user of their own; the runner is root with
nothing but SETUID and SETGID (to become that user) and KILL (to end it).
"""

import base64
import json
import secrets
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from docker.errors import APIError, DockerException, NotFound

from sandbox import bases, owners, seccomp, wire
from sandbox.docker import hardening
from sandbox.docker.daemon import connect, daemon
from sandbox.docker.hardening import Limits
from sandbox.docker.images import Images
from sandbox.errors import SandboxLost
from sandbox.pool import Pool
from sandbox.protocol import (
    Capabilities,
    EnvironmentId,
    EnvironmentSpec,
    RunResult,
    RunSpec,
    StateId,
)
from sandbox.repeated import Repeated
from sandbox.slot import Slot
from sandbox.states import GitStates

_OWNER = "budwood.owner"
_BASE_S = 900.0
_REAP_S = 60.0
_PRELOAD_S, _PRELOADED_BYTES = 120.0, 1 << 20
_REMOVAL_S = 10
_MEMORY_SHARE = 0.75
_CONFLICT = 409


@dataclass(frozen=True, slots=True, kw_only=True)
class Mending:
    """How a workspace is made to equal its state for the next run."""

    events: bool = True
    """Learn from the kernel what a run changed, where it tells; else look at every file."""
    audit: bool = False
    """Compare the whole workspace with its state before each run: for tests."""


class DockerSandbox:
    """The `Sandbox` protocol over a Docker daemon. One instance serves many threads."""

    def __init__(
        self,
        states: GitStates,
        cache: Path,
        *,
        slots: int = 2,
        limits: Limits | None = None,
        host: str | None = None,
        runtime: str | None = None,
        mending: Mending = Mending(),
    ) -> None:
        """At most `slots` runs at once, fewer where the daemon's memory does not hold as many.

        `host` is a daemon's address, `runtime` such as runsc.

        Raises: SandboxUnavailable when no daemon answers.
        """
        self._states = states
        self._limits = limits or Limits()
        self._runtime = runtime
        self._mending = mending
        self._lock = threading.Lock()
        self._containers: set[str] = set()
        self._client = connect(host, slots)
        self._images = Images(self._client, cache.resolve())
        with daemon("Docker does not answer"):
            info = self._client.info()
        self._filter = seccomp.program(info.get("Architecture", "")) or b""
        size = _room(info.get("MemTotal", 0), self._limits, slots)
        self._pool = Pool(self._start, self._discard, size=size)
        self.reap()
        self._reaper = Repeated(self.reap, _REAP_S)

    @property
    def states(self) -> GitStates:
        """Where its states are kept."""
        return self._states

    def capabilities(self) -> Capabilities:
        """What the daemon says it enforces. Raises: SandboxUnavailable."""
        with daemon("Docker does not answer"):
            info = self._client.info()
        named = {"MemoryLimit": "memory", "SwapLimit": "swap", "PidsLimit": "pids"}
        held = tuple(limit for key, limit in named.items() if info.get(key))
        calls = ("system calls",) if self._filter else ()
        held += ("cpu",) * bool(info.get("CpuCfsQuota"))
        return Capabilities(
            provider="docker",
            isolation=("filesystem", "network", "processes", "user", "ipc", "capabilities", *calls),
            limits=(
                "wall",
                "output",
                "file size",
                "disk",
                "inodes",
                "memory of each process",
                *held,
            ),
            features=("warm containers", "fork server"),
        )

    def prepare(self, spec: EnvironmentSpec) -> EnvironmentId:
        """Build or find the image. Raises: EnvironmentBuildFailed, SandboxUnavailable."""
        return self._images.prepare(spec)

    def run(
        self, environment: EnvironmentId, base: StateId, state: StateId, spec: RunSpec
    ) -> RunResult:
        """Run in a warm container whose workspace is the base with the difference laid over it."""
        delta = self._states.delta(base, state)
        if (unfit := wire.unfit(delta, self._limits.disk_mb)) is not None:
            return unfit
        frame = wire.request(spec, delta)
        with self._pool.slot(environment, base) as slot:
            image = self._images.image(environment)
            frame["env"] = {**frame["env"], **image.commands, **spec.env}
            if image.profile == "tight":
                self._settle(slot, base)
                self._preload(slot, spec.preload)
            answer = slot.ask(frame, wire.answer_limit(spec), spec.wall_s + wire.GRACE_S)
            if answer.get("serving") is not True:
                slot.preloaded.clear()
            slot.mending, slot.suspect = image.profile == "tight", image.profile != "tight"
            return wire.result(answer, spec)

    def reap(self) -> int:
        """Remove containers of ours whose worker is gone; answer how many there were."""
        count = 0
        with daemon("Docker cannot list containers"):
            for found in self._client.api.containers(all=True, filters={"label": _OWNER}):
                if owners.abandoned(found["Labels"][_OWNER], found["State"]):
                    count += self._remove(found["Id"])
        return count

    def close(self) -> None:
        """Remove the containers of this instance. Idempotent."""
        self._reaper.stop()
        self._pool.drain()
        with self._lock:
            containers = set(self._containers)
        for container in containers:
            self._remove(container)
        self._client.close()

    def _settle(self, slot: Slot, base: StateId) -> None:
        """Make sure that a container holds the base, compiled."""
        if slot.base == base:
            return
        frame = {
            "op": "base",
            "id": base,
            "compile": ["python", "-I", *bases.COMPILE],
        }
        files = {"items": wire.items(self._states.items(base))}
        slot.restore = str(slot.ask(frame, 4096, _BASE_S, then=files).get("restore"))
        slot.base = base

    def _preload(self, slot: Slot, modules: tuple[str, ...]) -> None:
        """Have the fork server import what it has not been asked for yet: not the run's time."""
        new = [name for name in modules if name not in slot.preloaded]
        if new:
            slot.ask({"op": "preload", "modules": new}, _PRELOADED_BYTES, _PRELOAD_S)
            slot.preloaded.update(new)

    def _start(self, environment: EnvironmentId) -> Slot:
        image = self._images.image(environment)
        user = 1_000_000 + 4 * secrets.randbelow(1 << 28)
        settings = {
            **hardening.settings(image.profile, user),
            **asdict(self._mending),
            "leash": True,
            "env": wire.environment(image.commands),
            "filter": base64.b64encode(self._filter).decode(),
        }
        python = ["python3", "-I", "-S", "-B", "-c", wire.runner_source()]
        arguments = [json.dumps(settings), wire.zygote_source()]
        with daemon("Docker cannot start a container", SandboxLost):
            api = self._client.api
            made = api.create_container(
                image=image.id,
                entrypoint=[],
                command=[*python, *arguments],
                environment=wire.environment(image.env),
                user="0:0",
                working_dir="/",
                hostname="sandbox",
                stdin_open=True,
                labels={_OWNER: owners.me(), "budwood.environment": environment},
                host_config=hardening.host_config(
                    self._client, self._limits, image.profile, user, self._runtime
                ),
            )["Id"]
            with self._lock:
                self._containers.add(made)
            try:
                options = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
                response = api.attach_socket(made, params=options)
                raw = getattr(response, "_sock", response)
                slot = Slot(environment, made, raw, response)
            except BaseException:
                self._remove(made)
                raise
            try:
                api.start(made)
            except BaseException:
                self._discard(slot)
                raise
        return slot

    def _discard(self, slot: Slot) -> None:
        try:
            slot.close()
        finally:
            self._remove(slot.container)

    def _remove(self, container: str) -> bool:
        with self._lock:
            self._containers.discard(container)
        try:
            self._client.api.remove_container(container, force=True)
        except NotFound:
            return False
        except APIError as error:
            # It was removing itself: when we return it is to be gone.
            return error.status_code == _CONFLICT and self._await_removal(container)
        except (DockerException, OSError):
            # Its stdin is closed, so it ends by itself; a later reap removes what is left.
            return False
        return True

    def _await_removal(self, container: str) -> bool:
        with suppress(DockerException, OSError):
            self._client.api.wait(container, timeout=_REMOVAL_S, condition="removed")
        return False


def _room(memory: int, limits: Limits, slots: int) -> int:
    """How many containers so many bytes of memory hold, at most `slots`, at least one."""
    if not memory:
        return slots
    return max(1, min(slots, int(memory / (1 << 20) * _MEMORY_SHARE / limits.total_mb)))
