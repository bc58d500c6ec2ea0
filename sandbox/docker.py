"""Runs in Docker: warm hardened containers whose process 1 is `runner.py`.

The only door to the `docker` library. A container serves one environment and many runs, one at a
time; it lives as long as the socket to its stdin, so it cannot outlive its worker. Commands run
under a user of their own; the runner is root with nothing but SETUID and SETGID (to become that
user) and KILL (to end it).
"""

import contextlib
import hashlib
import json
import secrets
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
from docker.errors import DockerException, ImageNotFound, NotFound
from docker.types import LogConfig

from sandbox import bases, environments, owners, wire
from sandbox.environments import locked
from sandbox.errors import EnvironmentBuildFailed, SandboxLost, SandboxUnavailable
from sandbox.images import host_rootfs
from sandbox.protocol import (
    OUTPUTS,
    WORKSPACE,
    Capabilities,
    EnvironmentId,
    EnvironmentSpec,
    RunResult,
    RunSpec,
    StateId,
)
from sandbox.slot import Slot
from sandbox.states import GitStates

_REMEDY = (
    "start the Docker daemon and let this user reach it (systemctl start docker; "
    "usermod -aG docker $USER), or use bubblewrap"
)
_SOCKET = "unix:///var/run/docker.sock"
_HOST, _GIVEN = "budwood/host", "budwood/given"
_OWNER = "budwood.owner"
_START_S = 60.0
_BASE_S = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a container may use; a run's own limits apply below these."""

    memory_mb: int = 2048
    """For processes; the temporary file systems come on top."""
    disk_mb: int = 512
    """Size of the workspace and of /tmp, each."""
    base_mb: int = 512
    pids: int = 512
    cpus: float = 2.0
    inodes: int = 200_000


@dataclass(slots=True)
class _Image:
    id: str
    path: str | None
    """The PATH of a given image; None for ours, where the pinned one is right."""


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
    ) -> None:
        """At most `slots` runs at once; `host` is a daemon's address, `runtime` such as runsc.

        Raises: SandboxUnavailable when no daemon answers.
        """
        self._states = states
        self._cache = cache.resolve()
        self._limits = limits or Limits()
        self._runtime = runtime
        self._slots = slots
        self._free = threading.BoundedSemaphore(slots)
        self._lock = threading.Lock()
        self._idle: list[Slot] = []
        self._containers: set[str] = set()
        self._images: dict[EnvironmentId, _Image] = {}
        self._client = _connect(host)
        self.reap()

    @property
    def states(self) -> GitStates:
        """Where its states are kept."""
        return self._states

    def capabilities(self) -> Capabilities:
        """What the daemon says it enforces. Raises: SandboxUnavailable."""
        with _daemon("Docker does not answer"):
            info = self._client.info()
        named = {"MemoryLimit": "memory", "SwapLimit": "swap", "PidsLimit": "pids"}
        held = tuple(limit for key, limit in named.items() if info.get(key))
        held += ("cpu",) * bool(info.get("CpuCfsQuota"))
        return Capabilities(
            provider="docker",
            isolation=("filesystem", "network", "processes", "user", "ipc", "capabilities"),
            limits=("wall", "output", "file size", "disk", *held),
        )

    def prepare(self, spec: EnvironmentSpec) -> EnvironmentId:
        """Build or find the image. Raises: EnvironmentBuildFailed, SandboxUnavailable."""
        if spec.image is not None:
            return self._given(spec, spec.image)
        environment = environments.build(self._cache, spec)
        tag = _host_tag(environment)
        with locked(self._cache / "environments" / f"{environment}.image.lock"):
            if self._find(tag) is None:
                self._import(tag, environments.locate(self._cache, environment))
        return environment

    def run(
        self, environment: EnvironmentId, base: StateId, state: StateId, spec: RunSpec
    ) -> RunResult:
        """Run in a warm container, on a fresh copy of the base with the difference laid in."""
        frame = wire.request(spec, self._states.delta(base, state))
        with self._slot(environment, base) as slot:
            if slot.path:
                frame["env"] = {**frame["env"], "PATH": slot.path, **spec.env}
            self._settle(slot, base)
            answer = slot.ask(frame, wire.answer_limit(spec), spec.wall_s + wire.GRACE_S)
            result = wire.result(answer, spec)
            if answer.get("clean") is not True:
                self._discard(slot)
        return result

    def reap(self) -> int:
        """Remove containers of ours whose worker is gone; answer how many there were."""
        count = 0
        with _daemon("Docker cannot list containers"):
            for found in self._client.api.containers(all=True, filters={"label": _OWNER}):
                if owners.abandoned(found["Labels"][_OWNER], found["State"]):
                    count += self._remove(found["Id"])
        return count

    def close(self) -> None:
        """Remove the containers of this instance. Idempotent."""
        with self._lock:
            idle, self._idle = self._idle, []
            containers = set(self._containers)
        for slot in idle:
            slot.close()
        for container in containers:
            self._remove(container)
        self._client.close()

    @contextlib.contextmanager
    def _slot(self, environment: EnvironmentId, base: StateId) -> Iterator[Slot]:
        """A container for one run; one that fails is thrown away."""
        with self._free:
            slot = self._take(environment, base) or self._start(environment)
            try:
                yield slot
            except BaseException:
                self._discard(slot)
                raise
            with self._lock:
                if slot.container in self._containers:
                    self._idle.append(slot)

    def _take(self, environment: EnvironmentId, base: StateId) -> Slot | None:
        """The idle container that fits best; makes room where none fits."""
        with self._lock:
            fitting = [slot for slot in self._idle if slot.environment == environment]
            chosen = next((slot for slot in fitting if slot.base == base), None)
            chosen = chosen or (fitting[-1] if fitting else None)
            surplus = None
            if chosen is not None:
                self._idle.remove(chosen)
            elif len(self._containers) >= self._slots and self._idle:
                surplus = self._idle.pop(0)
        if surplus is not None:
            self._discard(surplus)
        return chosen

    def _settle(self, slot: Slot, base: StateId) -> None:
        """Make sure that a container holds the base, compiled."""
        if slot.base == base:
            return
        frame = {
            "op": "base",
            "id": base,
            "items": wire.items(self._states.items(base)),
            "compile": ["python", "-I", *bases.COMPILE],
            "env": wire.environment({"PATH": slot.path} if slot.path else None),
        }
        slot.ask(frame, 4096, _BASE_S)
        slot.base = base

    def _start(self, environment: EnvironmentId) -> Slot:
        image = self._image(environment)
        user = 1_000_000 + 2 * secrets.randbelow(1 << 28)
        settings = {
            "uid": user,
            "keeper": user + 1,
            "base": "/base",
            "scratch": [WORKSPACE, OUTPUTS, "/tmp", "/home", "/dev/shm", "/dev/mqueue"],  # noqa: S108
        }
        python = ["python3", "-I", "-S", "-B", "-c", wire.runner_source()]
        with _daemon("Docker cannot start a container", SandboxLost):
            api = self._client.api
            made = api.create_container(
                image=image.id,
                entrypoint=[],
                command=[*python, json.dumps(settings)],
                environment=wire.environment({"PATH": image.path} if image.path else None),
                user="0:0",
                working_dir="/",
                hostname="sandbox",
                stdin_open=True,
                labels={_OWNER: owners.me(), "budwood.environment": environment},
                host_config=self._host_config(user),
            )["Id"]
            with self._lock:
                self._containers.add(made)
            try:
                options = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
                response = api.attach_socket(made, params=options)
                raw = getattr(response, "_sock", response)
                slot = Slot(environment, made, raw, response, image.path)
            except BaseException:
                self._remove(made)
                raise
            try:
                api.start(made)
            except BaseException:
                self._discard(slot)
                raise
        return slot

    def _host_config(self, user: int) -> Any:
        most = self._limits
        disk, small, base = most.disk_mb, 64, most.base_mb
        memory = f"{most.memory_mb + 3 * disk + 3 * small + base}m"
        common = f"rw,nosuid,nodev,exec,nr_inodes={most.inodes}"
        mine = f"{common},uid={user},gid={user},mode=755"
        keeps = f"{common},uid={user + 1},gid={user + 1},mode=755"
        return self._client.api.create_host_config(
            network_mode="none",
            cap_drop=["ALL"],
            cap_add=["SETUID", "SETGID", "KILL"],
            security_opt=["no-new-privileges:true"],
            read_only=True,
            ipc_mode="private",
            auto_remove=True,
            pids_limit=most.pids,
            mem_limit=memory,
            memswap_limit=memory,
            nano_cpus=int(most.cpus * 1e9),
            shm_size=f"{small}m",
            log_config=LogConfig(type="none"),
            runtime=self._runtime,
            tmpfs={
                WORKSPACE: f"{mine},size={disk}m",
                OUTPUTS: f"{mine},size={disk}m",
                "/tmp": f"{common},mode=1777,size={disk}m",  # noqa: S108 - in the container
                "/home": f"{mine},size={small}m",
                "/inputs": f"{keeps},size={small}m",
                "/base": f"{keeps},size={base}m",
            },
        )

    def _image(self, environment: EnvironmentId) -> _Image:
        known = self._images.get(environment)
        if known is None:
            given = str(environment).startswith("given")
            tag = f"{_GIVEN}:{environment}" if given else _host_tag(environment)
            found = self._find(tag)
            if found is None:
                raise SandboxUnavailable(f"image {tag} is not here: call prepare first")
            settings = found.attrs.get("Config", {}).get("Env") or []
            paths = [line[5:] for line in settings if line.startswith("PATH=")]
            known = _Image(found.id, paths[0] if given and paths else None)
            self._images[environment] = known
        return known

    def _given(self, spec: EnvironmentSpec, name: str) -> EnvironmentId:
        if spec.requirements:
            raise EnvironmentBuildFailed(
                f"nothing is installed into the given image {name}: "
                f"put {', '.join(spec.requirements)} into it and leave requirements empty"
            )
        found = self._find(name)
        if found is None:
            raise EnvironmentBuildFailed(
                f"image {name} is not on this machine and nothing is pulled: docker pull {name}"
            )
        environment = EnvironmentId("given" + hashlib.sha256(found.id.encode()).hexdigest()[:32])
        with _daemon("Docker cannot tag an image", EnvironmentBuildFailed):
            found.tag(_GIVEN, tag=environment)
        return environment

    def _find(self, name: str) -> Any:
        """A local image or None; never asks a registry."""
        with _daemon("Docker cannot look for an image"):
            try:
                return self._client.images.get(name)
            except ImageNotFound:
                return None

    def _import(self, tag: str, folder: Path) -> None:
        repository, _, label = tag.partition(":")
        with tempfile.NamedTemporaryFile(dir=self._cache, prefix="rootfs-") as file:
            host_rootfs.write(file, folder)  # type: ignore[arg-type]
            file.flush()
            with _daemon("Docker cannot import the image", EnvironmentBuildFailed):
                self._client.api.import_image_from_file(file.name, repository, label)

    def _discard(self, slot: Slot) -> None:
        slot.close()
        self._remove(slot.container)

    def _remove(self, container: str) -> bool:
        with self._lock:
            self._containers.discard(container)
        try:
            self._client.api.remove_container(container, force=True)
        except NotFound:
            return False
        except (DockerException, OSError):
            # Its stdin is closed, so it ends by itself; a later reap removes what is left.
            return False
        return True


@contextlib.contextmanager
def _daemon(
    what: str,
    kind: type[SandboxUnavailable | SandboxLost | EnvironmentBuildFailed] = SandboxUnavailable,
) -> Iterator[None]:
    """Turn the library's errors (the HTTP client's are OSErrors) into ours."""
    try:
        yield
    except (DockerException, OSError) as error:
        raise kind(f"{what}: {error}. {_REMEDY}") from error


def _connect(host: str | None) -> docker.DockerClient:
    address = Path((host or _SOCKET).removeprefix("unix://"))
    if address.is_absolute() and not address.exists():
        raise SandboxUnavailable(f"Docker does not answer: no socket {address}. {_REMEDY}")
    with _daemon("Docker does not answer"):
        client = docker.DockerClient(base_url=host, timeout=120)
        try:
            client.ping()
        except BaseException:
            client.close()
            raise
    return client


def _host_tag(environment: EnvironmentId) -> str:
    return f"{_HOST}:{host_rootfs.FORMAT}-{environment}"
