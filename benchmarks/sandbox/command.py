"""A trivial command in a warm container, beside the other ways of running one in Docker."""

import contextlib

from benchmarks.sandbox.bench import Bench, say
from benchmarks.sandbox.peers import docker_exec, docker_run, rex
from benchmarks.sandbox.timing import Field, Step, bare, interleave, over, ratio, timed

_TRUE = "/bin/true"


def measure(bench: Bench) -> dict[str, Field]:
    """What `true` costs more than as a subprocess: ours, exec, run, SWE-ReX."""
    with contextlib.ExitStack() as stack:
        place = stack.enter_context(bench.docker(1))
        warm = stack.enter_context(docker_exec.warm(bench))
        steps: dict[str, Step] = {
            "command_overhead_ms": lambda: timed(lambda: place.run(_TRUE)),
            "exec_overhead_ms": warm.library,
            "exec_cli_overhead_ms": warm.program,
        }
        try:
            steps["rex_overhead_ms"] = stack.enter_context(rex.deployed(bench))
        except rex.RexUnavailable as error:
            say(f"SWE-ReX is left out: {error}")
        fields = _fields(steps, bench.rounds(200))
        fresh = docker_run.command(bench, _TRUE, flags=docker_run.HARDENED)
        steps = {"run_overhead_ms": lambda: timed(lambda: docker_run.run(fresh))}
        fields |= _fields(steps, bench.rounds(30))
    best = min((fields["exec_overhead_ms"], fields["exec_cli_overhead_ms"]), key=lambda f: f["p50"])
    return {**fields, "exec_ratio": ratio(best, fields["command_overhead_ms"])}


def _fields(steps: dict[str, Step], rounds: int) -> dict[str, Field]:
    found = interleave({**steps, "bare": bare(_TRUE)}, rounds, say)
    return {name: over(found[name], found["bare"]) for name in steps}
