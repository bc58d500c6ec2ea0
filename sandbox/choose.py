"""Pick the first sandbox that really works here, or say how to get one."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.docker import DockerSandbox
from sandbox.errors import SandboxUnavailable
from sandbox.protocol import Sandbox
from sandbox.states import GitStates

Provider = Callable[[GitStates, Path], Sandbox]


def providers(*, slots: int = 2) -> dict[str, Provider]:
    """Every real provider by name; `slots` is how many runs Docker carries at once."""
    return {
        "bubblewrap": BubblewrapSandbox,
        "docker": lambda states, cache: DockerSandbox(states, cache, slots=slots),
    }


def choose(
    order: Sequence[str],
    cache: Path,
    *,
    slots: int = 2,
    known: Mapping[str, Provider] | None = None,
) -> Sandbox:
    """The first provider of `order` that runs something here, with its states in `cache`.

    Raises: SandboxUnavailable, with one line for each provider: why not, and the remedy.
    """
    offered = providers(slots=slots) if known is None else known
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
