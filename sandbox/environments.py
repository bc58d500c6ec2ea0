"""Environments: an interpreter's packages in a folder that every sandbox sees at one path.

Built once per (interpreter, requirements, test tools) under ``<cache>/environments/<digest>``,
with the build's log beside it. It is a virtual environment without pip whose scripts name
`ENVIRONMENT`, where providers put it, so the folder may lie anywhere on the host. Only wheels are
installed: building a source distribution runs its code, and that must never happen outside of a
sandbox.
"""

import hashlib
import json
import re
from functools import cache as remembered
from pathlib import Path

from sandbox import prune, pythons, uses
from sandbox.build_log import BuildLog
from sandbox.errors import EnvironmentBuildFailed, SandboxUnavailable
from sandbox.install import ABOUT, describe, install
from sandbox.locks import locked
from sandbox.packaging.tools_lock import TEST_TOOLS
from sandbox.protocol import EnvironmentId, EnvironmentSpec
from sandbox.pythons import Interpreter
from sandbox.scratch import scratch

__all__ = [
    "ENVIRONMENT",
    "Interpreter",
    "base_of",
    "build",
    "digest",
    "interpreter",
    "locate",
    "log_of",
    "requirements_of",
]

ENVIRONMENT = "/environment"
"""Where an environment lies inside of every sandbox."""

_FORMAT = "1"
_REQUIREMENT = re.compile(
    r"\s*[A-Za-z0-9][\w.-]*\s*(\[[\w\s,.-]*\])?[\s(]*([<>=!~][\w\s<>=!~.,*+-]*)?[\s)]*"
)


def interpreter(python: str | None = None) -> Interpreter:
    """The Python that environments stand on: ours, or another where ours does not fit.

    Raises: EnvironmentBuildFailed.
    """
    return pythons.fitting(python)


def digest(spec: EnvironmentSpec) -> EnvironmentId:
    """The name of the environment that a spec asks for, whether or not it is built.

    Raises: EnvironmentBuildFailed when no Python fits.
    """
    base = interpreter(spec.python)
    parts = [_FORMAT, base.banner, str(base.executable), TEST_TOOLS.read_text(), spec.image or ""]
    parts += sorted(spec.requirements)
    if spec.wanted:
        parts += ["", *sorted(spec.wanted)]
    return EnvironmentId(hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32])


def locate(cache: Path, environment: EnvironmentId) -> Path:
    """The folder of a built environment, which counts as used from now on.

    Raises: SandboxUnavailable when there is none.
    """
    folder = _folder(cache, environment)
    if folder.is_dir():
        uses.OURS.hold(folder)
    if not folder.is_dir():
        raise SandboxUnavailable(f"environment {environment} is not built here: call prepare first")
    if not (python := base_of(folder).executable).exists():
        raise SandboxUnavailable(f"{python}, on which environment {environment} stands, is gone")
    return folder


def base_of(folder: Path) -> Interpreter:
    """What an environment stands on; ours for a folder that does not say. Never raises."""
    about = folder / ABOUT
    return _described(about) if about.is_file() else interpreter()


def requirements_of(folder: Path) -> tuple[str, ...]:
    """What was asked for and is installed in a built environment."""
    return tuple(json.loads((folder / ABOUT).read_text())["requirements"])


def log_of(cache: Path, environment: EnvironmentId) -> Path:
    """Where the log of an environment's build lies, whether or not it succeeded."""
    return _folder(cache, environment).with_suffix(".log")


def build(cache: Path, spec: EnvironmentSpec) -> EnvironmentId:
    """Build the environment or find it built. Raises: EnvironmentBuildFailed.

    Building one may cost others that were not used for long: see `prune`.
    """
    _vet((*spec.requirements, *spec.wanted))
    environment = digest(spec)
    target = _folder(cache, environment)
    uses.OURS.hold(target)
    with locked(target.with_suffix(".lock")):
        if target.is_dir():
            return environment
        with scratch(target.parent, "build") as place:
            _make(place, spec, BuildLog(log_of(cache, environment))).replace(target)
    prune.prune(cache.resolve())
    return environment


def _make(place: Path, spec: EnvironmentSpec, log: BuildLog) -> Path:
    """A new folder with everything, else with what must be there; the log says which."""
    base = interpreter(spec.python)
    log.say(f"Python {base.version}, {base.executable}")
    log.say("required", sorted(spec.requirements))
    log.say("wanted for tests", sorted(spec.wanted))
    log.say("left out of what the repository declares", spec.notes)
    folder, chosen = place / "environment", (*spec.requirements, *spec.wanted)
    try:
        install(folder, base, chosen, ENVIRONMENT, log)
    except EnvironmentBuildFailed:
        if not spec.wanted:
            raise
        log.say("not everything can be installed: falling back on what is required alone")
        folder, chosen = place / "required", spec.requirements
        install(folder, base, chosen, ENVIRONMENT, log)
    describe(folder, base, chosen, log.seconds)
    log.say(f"done after {log.seconds:.1f} s")
    return folder


def _folder(cache: Path, environment: EnvironmentId) -> Path:
    if not environment.isalnum():
        raise SandboxUnavailable(f"{environment!r} does not name an environment")
    return cache.resolve() / "environments" / environment


@remembered
def _described(about: Path) -> Interpreter:
    said = json.loads(about.read_text())
    return Interpreter(
        Path(said["executable"]), Path(said["prefix"]), said["version"], said["banner"]
    )


def _vet(requirements: tuple[str, ...]) -> None:
    """Refuse what pip would build whatever we say: `--only-binary` does not bind URLs and paths."""
    for requirement in requirements:
        plain = requirement.partition(";")[0]
        if not _REQUIREMENT.fullmatch(plain):
            raise EnvironmentBuildFailed(
                f"{requirement!r} is not a name with versions; only wheels from an index are "
                "installed, since building a source distribution runs its code on this host"
            )
