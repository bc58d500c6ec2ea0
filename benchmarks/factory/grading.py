"""Whether a patch resolves a task: by the release's own tests, which the search never saw."""

from collections.abc import Mapping
from dataclasses import dataclass

from agents.domain import TestStatus, is_test_path
from agents.prepare import bench_for
from benchmarks.factory.places import Places
from benchmarks.factory.tasks import Task
from sandbox.errors import PatchDoesNotApply, UnsafePath
from sandbox.protocol import Sandbox

WALL_S = 180.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """`resolved`: every hidden test passes, and every other one still does."""

    resolved: bool
    fail_to_pass: Mapping[str, TestStatus]
    broken: tuple[str, ...]
    """Tests of PASS_TO_PASS that do not pass."""
    reason: str = ""
    """Why nothing was run."""


def grade(task: Task, patch: bytes | str, sandbox: Sandbox, places: Places) -> Graded:
    """Lay the release's tests over the patched base and run them all.

    What a patch does to tests is undone first. Raises: as `Places.issue` and `bench_for` do.
    """
    given = patch.encode() if isinstance(patch, str) else patch
    if not given.strip():
        return Graded(resolved=False, fail_to_pass={}, broken=(), reason="no patch")
    issue = places.issue(task)
    release = places.release(places.libraries[task.repo].release)
    states = sandbox.states
    base, _ = states.import_commit(places.base(task).path, issue.base_commit)
    gold, _ = states.import_commit(release.path, release.commit)
    try:
        patched = states.apply(base, given)
    except (PatchDoesNotApply, UnsafePath) as error:
        return Graded(resolved=False, fail_to_pass={}, broken=(), reason=str(error))
    tests = [path for path in states.changed(gold, patched) if is_test_path(path)]
    state = states.fork(patched, {path: states.read(gold, path) for path in tests})
    run = bench_for(sandbox, issue, base).suite(state, wall_s=WALL_S)
    told: dict[str, TestStatus] = {t: run.status.get(t, "missing") for t in task.fail_to_pass}
    broken = run.not_passed(task.pass_to_pass)
    return Graded(
        resolved=set(told.values()) == {"passed"} and not broken,
        fail_to_pass=told,
        broken=broken,
    )
