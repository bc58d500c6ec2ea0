"""Scripts that candidates are told apart by, run on their states."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from agents.domain import Usage
from agents.verify.bench import Bench
from sandbox.protocol import INPUTS, RunResult, RunSpec, StateId
from sandbox.testruns import python_path

SCRIPT_WALL_S = 10.0
SHOWN = 4000
"""Characters of an output that are kept."""

_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{4,}")
_TEMPORARY = re.compile(r"(?:/var)?/tmp/[^\s'\":,)]+")


@dataclass(slots=True, kw_only=True)
class Scripts:
    """Runs Python scripts on candidates by key; None: on the base. `usage` grows with every run."""

    bench: Bench
    states: dict[str | None, StateId]
    wall_s: Callable[[], float] = lambda: SCRIPT_WALL_S
    """Seconds that one run may take."""
    usage: Usage = field(default=Usage())

    def run(self, key: str | None, script: str) -> str:
        """What it printed and how it ended, without what differs from run to run.

        Raises: KeyError for a candidate that does not stand.
        """
        spec = RunSpec(
            argv=("python", f"{INPUTS}/probe.py"),
            env=python_path(self.bench.python_path),
            inputs={"probe.py": script.encode("utf-8", "replace")},
            wall_s=min(SCRIPT_WALL_S, max(1.0, self.wall_s())),
        )
        bench = self.bench
        result = bench.sandbox.run(bench.environment, bench.base, self.states[key], spec)
        self.usage += Usage(sandbox_runs=1, sandbox_s=result.wall_s)
        return normalised_output(result)


def normalised_output(result: RunResult) -> str:
    """Standard output, then the last line of what went wrong, if anything did."""
    told = result.stdout.text.rstrip()
    if result.outcome != "ok":
        errors = result.stderr.text.rstrip().splitlines()
        last = errors[-1] if errors and result.outcome == "failed" else ""
        told = f"{told}\n[{result.outcome}] {last}".strip()
    told = _TEMPORARY.sub("/tmp/..", _ADDRESS.sub("0x..", told))  # noqa: S108 - a name, not a file
    return told[:SHOWN]


def spent_since(before: Usage, scripts: Scripts) -> Usage:
    """What runs cost since `before`."""
    now = scripts.usage
    return Usage(
        sandbox_runs=now.sandbox_runs - before.sandbox_runs,
        sandbox_s=now.sandbox_s - before.sandbox_s,
    )
