"""Pick the first sandbox that really works here, or say how to get one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.docker import DockerSandbox
from sandbox.errors import SandboxUnavailable
from sandbox.protocol import Sandbox
from sandbox.states import GitStates

Provider = Callable[[GitStates, Path], Sandbox]


@dataclass(frozen=True, slots=True, kw_only=True)
class DockerOptions:
    """What Docker leaves to whoever runs it."""

    slots: int = 2
    """Containers, and so runs, at once; throughput is highest at the number of cores."""
    host: str | None = None
    """The daemon's address, such as ``tcp://…``; None: the local socket."""
    runtime: str | None = None
    """Such as ``runsc``; None: the daemon's default."""


def providers(options: DockerOptions | None = None) -> dict[str, Provider]:
    """Every real provider by name."""
    docker = asdict(options or DockerOptions())
    return {
        "bubblewrap": BubblewrapSandbox,
        "docker": lambda states, cache: DockerSandbox(states, cache, **docker),
    }


def choose(
    order: Sequence[str],
    cache: Path,
    *,
    docker: DockerOptions | None = None,
    known: Mapping[str, Provider] | None = None,
) -> Sandbox:
    """The first provider of `order` that runs something here, with its states in `cache`.

    Raises: SandboxUnavailable, with one line for each provider: why not, and the remedy.
    """
    offered = providers(docker) if known is None else known
    cache.mkdir(parents=True, exist_ok=True)
    states = GitStates(cache / "states")
    reasons: list[str] = []
    for name in order:
        if name not in offered:
            reasons.append(f"{name}: unknown; there are {', '.join(sorted(offered))}")
            continue
        try:
            return offered[name](states, cache)
        except SandboxUnavailable as error:
            reasons.append(f"{name}: {' '.join(str(error).split())}")
    lines = "\n".join(f"  {reason}" for reason in reasons or ["no provider was asked for"])
    raise SandboxUnavailable(f"no sandbox works here:\n{lines}")
