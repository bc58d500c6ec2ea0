"""Tests that authors bring: what they do on the base, and then on every candidate."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from agents.domain import Baseline, Verdict
from agents.selection.pool import Option, Pool, Test
from agents.verify.bundles import bundles
from agents.verify.cross_run import MOST, SHOWN, CrossRun
from agents.verify.inquiry import Inquiry
from agents.verify.ladder import climb
from sandbox.protocol import RunResult, RunSpec, StateId
from tests.agents.toy import World
from tests.agents.verify import desk
from tests.agents.verify.desk import Desk, author_file, reported

X, Y, Z = "tests/test_x.py", "tests/test_y.py", "tests/test_z.py"


def author_tests(verdict: Verdict) -> dict[str, Test]:
    return {test.id: test for test in verdict.evidence.pool.tests if test.origin == "author"}


def row(verdict: Verdict, test: str) -> Mapping[str, str]:
    return verdict.evidence.pool.results[test]


def test_every_authors_tests_run_on_every_candidate_in_one_run_each(world: World) -> None:
    made = Desk(world)
    one = made.found(0, "keep 1 a", brought={X: author_file("a")})
    other = made.found(1, "keep 1 b", brought={Y: author_file("keep 1")})
    told = made.verdict(one, other, without=("rerun",))
    name = f"author 0: {X}::test_it"
    assert row(told, name) == {"0": "passed", "1": "failed"}
    assert row(told, f"author 1: {Y}::test_it") == {"0": "passed", "1": "passed"}
    assert (author_tests(told)[name].author, author_tests(told)[name].votes) == ("0", True)
    assert told.evidence.sources[f"author 0: {X}"] == author_file("a").decode()
    asked = [c for c in made.sandbox.calls if X in str(c.spec.inputs.get("budwood_only.json"))]
    assert len(asked) == 2 + 2
    assert told.costs["cross_run"].sandbox_runs == 2 * (2 + 2)


def test_a_test_that_passes_on_the_base_is_no_row(world: World) -> None:
    made = Desk(world)
    told = made.verdict(
        made.found(0, "keep 1 a", brought={X: author_file("keep")}), made.found(1, "keep 1")
    )
    assert author_tests(told) == {}
    assert told.costs["cross_run"].sandbox_runs == 1


def test_where_nothing_votes_no_candidate_is_run(world: World) -> None:
    on_base = iter(["failed", "passed"])

    def script(files: Mapping[str, bytes], spec: RunSpec) -> RunResult:
        if X in files:
            return reported([{"id": f"{X}::test_it", "status": next(on_base)}])
        return desk.run(files, spec)

    made = Desk(world, script)
    told = made.verdict(
        made.found(0, "keep 1 a", brought={X: author_file("a")}), made.found(1, "keep 1")
    )
    assert told.costs["cross_run"].sandbox_runs == 2
    assert not any(test.votes for test in author_tests(told).values())


def _crowd(files: Mapping[str, bytes], spec: RunSpec) -> RunResult:
    """An author's file with 300 cases of one test."""
    if X not in str(spec.inputs.get("budwood_only.json")):
        return desk.run(files, spec)
    line = desk.told(files, X)
    return reported([{**line, "id": f"{X}::test_it[{number:03}]"} for number in range(300)])


def test_a_file_is_kept_once_however_many_tests_it_holds_and_not_all_of_a_long_one(
    world: World,
) -> None:
    made = Desk(world, _crowd)
    told = made.verdict(
        made.found(0, "keep 1 a", brought={X: b"#" * 200_000 + author_file("a")}),
        made.found(1, "keep 1"),
        without=("rerun",),
    )
    kept = [source for source in told.evidence.sources.values() if "#" in source]
    assert kept == ["#" * SHOWN + "\n…"]


def test_of_one_authors_tests_so_many_are_rows_and_the_others_are_counted(world: World) -> None:
    made = Desk(world, _crowd)
    told = made.verdict(
        made.found(0, "keep 1 a", brought={X: author_file("a")}),
        made.found(1, "keep 1"),
        without=("rerun",),
    )
    assert list(author_tests(told)) == [f"author 0: {X}::test_it[{n:03}]" for n in range(MOST)]
    assert f"cross_run: {300 - MOST} more tests of author 0" in told.skipped


OLD = (f"{X}::test_old",)


@pytest.mark.parametrize("baseline", [Baseline(failing=OLD), Baseline(flaky=OLD)])
@pytest.mark.parametrize("loads", [True, False])
def test_what_the_suite_failed_already_has_no_vote_in_a_file_that_an_author_changed(
    world: World, baseline: Baseline, *, loads: bool
) -> None:
    def script(files: Mapping[str, bytes], spec: RunSpec) -> RunResult:
        if X in files and files["answer.txt"] == b"keep 0\n" and not loads:
            return reported([{"id": X, "collection": "no such name"}])
        if X in files:
            return reported([{"id": f"{X}::test_old", "status": "failed"}, desk.told(files, X)])
        return desk.run(files, spec)

    made = Desk(world, script)
    made.preparation = replace(made.preparation, baseline=baseline)
    told = made.verdict(
        made.found(0, "keep 1 a", brought={X: author_file("a")}), made.found(1, "keep 1")
    )
    assert list(author_tests(told)) == [f"author 0: {X}::test_it"]


def _slow(files: Mapping[str, bytes], spec: RunSpec) -> RunResult:
    """As long as it may, whatever it is."""
    if X not in str(spec.inputs.get("budwood_only.json")):
        return desk.run(files, spec)
    lines: list[dict[str, object]] = [desk.told(files, X), {"start": f"{X}::test_slow"}]
    return reported(lines, outcome="timeout", wall_s=spec.wall_s)


@pytest.mark.parametrize("limit", [70.0, 130.0, 250.0, 400.0])
def test_no_run_begins_when_the_time_is_up(world: World, limit: float) -> None:
    made = Desk(world, _slow)
    told = made.verdict(
        made.found(0, "keep 1 a", brought={X: author_file("a")}),
        *[made.found(number, f"keep 1 {number}") for number in range(2, 9)],
        left=lambda used: limit - used.sandbox_s,
    )
    assert "cross_run: the time was up" in told.skipped
    assert sum(usage.sandbox_s for usage in told.costs.values()) < limit + 1.0


def test_candidates_that_there_was_no_time_for_are_unknown(world: World) -> None:
    made = Desk(world, _slow)
    told = made.verdict(
        made.found(0, "keep 1 a", brought={X: author_file("a")}),
        made.found(1, "keep 1 b"),
        left=lambda used: 150.0 - used.sandbox_s,
        without=("rerun",),
    )
    assert dict(row(told, f"author 0: {X}::test_it")) == {"0": "passed"}


def test_a_test_that_is_run_again_has_the_time_that_is_left_then(world: World) -> None:
    made = Desk(world)
    found = made.found(0, "keep 1 a", brought={X: author_file("a")})
    climbed = climb(made.bench, made.preparation, found, slack=5.0)
    option = Option(key="0", source="s", changed_lines=1)
    inquiry = Inquiry(pool=Pool(options=(option,)), climbs={"0": climbed})
    time = iter([50.0, 40.0, 30.0, 20.0, 10.0])
    cross_run = CrossRun(
        bench=made.bench, baseline=made.preparation.baseline, left=lambda _: next(time)
    )
    cross_run.take(inquiry)
    again = inquiry.again[f"author 0: {X}::test_it"]
    assert [again(made.base)[0], again(climbed.state or made.base)[0]] == ["failed", "passed"]
    assert [call.spec.wall_s for call in made.sandbox.calls][-5:] == [50.0, 40.0, 30.0, 20.0, 10.0]


def test_a_file_is_run_twice_on_the_base_although_it_came_late_and_what_differs_never_votes(
    world: World,
) -> None:
    """Baseline taken once, then applied to new test files: a fault of others."""
    on_base = iter(["failed", "passed"])

    def script(files: Mapping[str, bytes], spec: RunSpec) -> RunResult:
        if X in files and files["answer.txt"] == b"keep 0\n":
            return reported([{"id": f"{X}::test_it", "status": next(on_base)}])
        return desk.run(files, spec)

    made = Desk(world, script)
    told = made.verdict(
        made.found(0, "keep 1 a", brought={X: author_file("a")}), made.found(1, "keep 1")
    )
    (test,) = author_tests(told).values()
    assert (test.stable, test.votes) == (False, False)


def test_what_the_base_cannot_even_load_fails_there(world: World) -> None:
    def script(files: Mapping[str, bytes], spec: RunSpec) -> RunResult:
        if X in files and files["answer.txt"] == b"keep 0\n":
            return reported([{"id": X, "collection": "no such name"}])
        return desk.run(files, spec)

    made = Desk(world, script)
    told = made.verdict(
        made.found(0, "keep 1 a", brought={X: author_file("a")}),
        made.found(1, "keep 1"),
        without=("rerun",),
    )
    assert row(told, f"author 0: {X}::test_it") == {"0": "passed", "1": "failed"}
    assert [test.votes for test in author_tests(told).values()] == [True]


def test_one_timeout_of_an_authors_test_is_run_again_and_a_crash_is_unknown(world: World) -> None:
    late = iter([[{"start": f"{X}::test_it"}]])

    def script(files: Mapping[str, bytes], spec: RunSpec) -> RunResult:
        if X in files and b"slow" in files["answer.txt"]:
            lines = next(late, None)
            return desk.run(files, spec) if lines is None else reported(lines, outcome="timeout")
        if X in files and b"crash" in files["answer.txt"]:
            return RunResult(outcome="failed", signal=11)
        return desk.run(files, spec)

    made = Desk(world, script)
    told = made.verdict(
        made.found(0, "keep 1 a", brought={X: author_file("a")}),
        made.found(1, "keep 1 a slow"),
        made.found(2, "keep 1 a crash"),
        without=("rerun",),
    )
    name = f"author 0: {X}::test_it"
    assert row(told, name)["1"] == "passed"
    assert row(told, name).get("2", "unknown") == "unknown"


def test_every_authors_files_lie_in_trees_of_their_own_with_their_helpers(
    world: World,
) -> None:
    made = Desk(world)
    found = [
        made.found(0, "keep 1 a", brought={X: author_file("a")}),
        made.found(1, "keep 1 b", brought={X: author_file("b")}),
        made.found(2, "keep 1 c", brought={Y: author_file("c")}),
        made.found(3, "keep 1 d", brought={Z: author_file("d"), "conftest.py": b""}),
        made.found(4, "keep 1 e", brought={"conftest.py": b""}),
    ]
    told = made.verdict(*found, without=("rerun",))
    for author, path in enumerate([X, X, Y, Z]):
        marks = row(told, f"author {author}: {path}::test_it")
        assert [key for key, mark in marks.items() if mark == "passed"] == [str(author)]
    trees = {call.state for call in made.sandbox.calls if _files(made, call.state) & {X, Y, Z}}
    laid = {frozenset(_files(made, tree) & {X, Y, Z, "conftest.py"}) for tree in trees}
    assert laid == {frozenset({X}), frozenset({Y}), frozenset({Z, "conftest.py"})}


def test_an_author_whose_tests_hang_silences_nobody_else(world: World) -> None:
    def script(files: Mapping[str, bytes], spec: RunSpec) -> RunResult:
        if X in str(spec.inputs.get("budwood_only.json")):
            return reported([{"start": f"{X}::test_it"}], outcome="timeout")
        return desk.run(files, spec)

    made = Desk(world, script)
    told = made.verdict(
        made.found(0, "keep 1 a", brought={X: author_file("a")}),
        made.found(1, "keep 1 b", brought={Y: author_file("b")}),
        without=("rerun",),
    )
    assert row(told, f"author 1: {Y}::test_it") == {"0": "failed", "1": "passed"}


def _files(made: Desk, state: StateId) -> set[str]:
    return set(made.sandbox.states.paths(state))


def test_without_the_rung_nothing_of_it_runs(world: World) -> None:
    made = Desk(world)
    told = made.verdict(
        made.found(0, "keep 1 a", brought={X: author_file("a")}), without=("cross_run",)
    )
    assert author_tests(told) == {}
    assert "cross_run" not in told.costs
    assert "cross_run: left out by the settings" in told.skipped


def test_nobody_brought_anything(world: World) -> None:
    assert bundles([]) == []
    made = Desk(world)
    assert "cross_run" not in made.verdict(made.found(0, "keep 1")).costs
