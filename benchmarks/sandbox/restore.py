"""Bringing a node's state into a repository of 3,000 files, after a run that dirtied it.

Each run is on another state (the base with one file changed), changes three files and makes two; `true`
follows at once, so that whatever is put off until after an answer is waited for. What both take beyond
their commands' own time, less the same on a repository of one file that is not dirtied, is what
restoring 3,000 files costs.
"""

import contextlib
from typing import Any

from benchmarks.sandbox import repositories
from benchmarks.sandbox.bench import Bench, Place, say
from benchmarks.sandbox.peers import copies, fresh_container, warm_reset, worktree
from benchmarks.sandbox.timing import Field, Step, interleave, over, summary
from sandbox.docker import Mending

MODES: dict[str, dict[str, Any]] = {
    "restore_local_ms": {"mending": Mending(events=True)},
    "restore_portable_ms": {"mending": Mending(events=False)},
}
"""Field → options of `DockerSandbox` that choose the way of restoring."""

PEERS = {
    "fresh_container": fresh_container.opened,
    "worktree": worktree.opened,
    "copy_to_tmpfs": copies.opened,
    "reset_in_warm_container": warm_reset.opened,
}


def measure(bench: Bench) -> dict[str, Field]:
    """Each way of ours, and how others do it."""
    with contextlib.ExitStack() as stack:
        small = stack.enter_context(bench.docker(1))
        steps: dict[str, Step] = {"small": _restored(small, "/bin/true")}
        for name, options in MODES.items():
            large = stack.enter_context(bench.docker(repositories.FILES, **options))
            steps[name] = _restored(large, "/bin/sh", "-c", repositories.DIRT)
        for name, opened in PEERS.items():
            steps[name] = stack.enter_context(opened(bench))
        found = interleave(steps, bench.rounds(30), say)
    ours = {name: over(found[name], found["small"]) for name in MODES}
    return {**ours, "restore_peer_ms": {name: summary(found[name]) for name in PEERS}}


def _restored(place: Place, *argv: str) -> Step:
    def once() -> float:
        first = place.beyond(*argv, state=place.another())
        return first + place.beyond("/bin/true", state=place.another())

    return once
