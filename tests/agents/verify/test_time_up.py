"""Measures of several runs look at the clock before each of them."""

from collections.abc import Mapping

import pytest

from agents.verify.extract import ReproductionTest
from agents.verify.panel import Panel
from agents.verify.scripted import ScriptedProber, ScriptedWriter
from sandbox.protocol import RunResult, RunSpec
from tests.agents.toy import World
from tests.agents.verify import desk
from tests.agents.verify.desk import Desk

PLAIN, GOOD = "keep 1", "keep 1 good"
LONG_S = 1_000.0


def _long(files: Mapping[str, bytes], spec: RunSpec) -> RunResult:
    """Scripts, and tests that are written late, take far longer than anybody expects."""
    made = desk.run(files, spec)
    late = b"late::" in spec.inputs.get("issue-tests.txt", b"")
    if "probe.py" not in spec.inputs and not late:
        return made
    return RunResult(
        outcome="ok", exit_code=0, wall_s=LONG_S, stdout=made.stdout, artefacts=made.artefacts
    )


@pytest.mark.parametrize(
    ("limit", "runs"), [(0.5 * LONG_S, 1), (1.5 * LONG_S, 2), (3.5 * LONG_S, 4)]
)
def test_no_script_is_run_when_the_time_is_up(world: World, limit: float, runs: int) -> None:
    made = Desk(world, _long)
    told = made.verdict(
        made.found(0, PLAIN),
        made.found(1, GOOD),
        panel=Panel(prober=ScriptedProber(scripts=("zzz", "yyy"), right=GOOD)),
        left=lambda used: limit - used.sandbox_s,
    )
    assert made.runs("probe.py") == runs
    assert "distinguish: the time was up" in told.skipped


@pytest.mark.parametrize(("limit", "runs"), [(0.5, 1), (1.5, 2), (2.5, 3)])
def test_no_further_test_is_run_when_the_time_is_up(world: World, limit: float, runs: int) -> None:
    made = Desk(world, _long)
    told = made.verdict(
        made.found(0, "keep 1 x"),
        made.found(1, "keep 1 2 longer"),
        panel=Panel(writer=ScriptedWriter(tests=(ReproductionTest("any", "x = 'a'"),))),
        left=lambda used: limit * LONG_S - used.sandbox_s,
    )
    asked = [
        c for c in made.sandbox.calls if b"late::" in c.spec.inputs.get("issue-tests.txt", b"")
    ]
    assert len(asked) == runs
    assert "written: the time was up" in told.skipped
