"""The sandbox's benchmark: its statistics, its report, and that it runs; never what it measures."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.sandbox import report, repositories, timing
from benchmarks.sandbox.patches import patches
from benchmarks.sandbox.timing import Step
from tests.needs import needs


def test_a_summary_has_median_ninetieth_percentile_and_count() -> None:
    values = [float(value) for value in range(1, 12)]
    assert timing.summary(values[::-1]) == {"p50": 6.0, "p90": 10.0, "n": 11}


def test_the_ninetieth_percentile_lies_between_its_neighbours_in_proportion() -> None:
    assert timing.summary([1.0, 2.0])["p90"] == 1.9


def test_one_value_is_its_own_median_and_percentile() -> None:
    assert timing.summary([7.0]) == {"p50": 7.0, "p90": 7.0, "n": 1}


def test_an_overhead_is_less_the_median_of_the_bare_time() -> None:
    assert timing.over([10.0, 12.0, 14.0], [1.0, 2.0, 90.0]) == {"p50": 10.0, "p90": 11.6, "n": 3}


def test_a_ratio_says_how_many_times_smaller_ours_is() -> None:
    theirs, ours = timing.summary([60.0, 60.0, 60.0]), timing.summary([3.0, 3.0])
    assert timing.ratio(theirs, ours) == {"p50": 20.0, "p90": 20.0, "n": 2}


def test_a_ratio_to_nothing_is_still_a_number() -> None:
    nothing = timing.summary([0.0])
    assert timing.ratio(timing.summary([1.0]), nothing)["p50"] == 1000.0


def test_things_are_measured_in_turns_after_a_round_that_does_not_count() -> None:
    order: list[str] = []

    def step(name: str) -> Step:
        def once() -> float:
            order.append(name)
            return float(len(order))

        return once

    found = timing.interleave({"a": step("a"), "b": step("b")}, 2)
    assert "".join(order) == "ab" + "ab" + "ba"
    assert found == {"a": [3.0, 6.0], "b": [4.0, 5.0]}


@pytest.mark.parametrize(
    ("target", "value", "verdict"),
    [
        (report.Target(3), 1.5, "met ×2.0"),
        (report.Target(3), 6.0, "missed ×2.0"),
        (report.Target(10, at_least=True), 20.0, "met ×2.0"),
        (report.Target(10, at_least=True), 5.0, "missed ×2.0"),
        (report.Target(0), 0.0, "met"),
        (report.Target(0), 1.0, "missed"),
        (report.Target(3), -0.1, "met"),
    ],
)
def test_a_target_is_met_or_missed_by_a_factor(
    target: report.Target, value: float, verdict: str
) -> None:
    assert target.verdict(value) == verdict


def test_the_table_has_a_line_for_each_field_and_each_peer_inside_of_one() -> None:
    one = timing.summary([1.0])
    lines = report.table({"open_ms": one, "restore_peer_ms": {"worktree": one, "copy": one}})
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines.splitlines()]
    assert cells[2:] == [
        ["open_ms", "1", "1", "1", "≤ 10", "met ×10.0"],
        ["restore_peer_ms: worktree", "1", "1", "1", "", ""],
        ["restore_peer_ms: copy", "1", "1", "1", "", ""],
    ]


def test_a_repository_has_as_many_files_as_asked_for_all_of_them_python() -> None:
    made = repositories.files(repositories.LIBRARY_FILES)
    assert len(made) == repositories.LIBRARY_FILES
    for name, content in made.items():
        compile(content, name, "exec")
    assert list(repositories.files(1)) == [repositories.EDITED]


def test_the_peers_patches_apply_and_differ(tmp_path: Path) -> None:
    folder = repositories.lay(tmp_path, repositories.files(1))
    diffs = patches()
    first, second = next(diffs), next(diffs)
    repositories.git(folder, "apply", "-", stdin=second)
    assert first != second
    assert (folder / repositories.EDITED).read_bytes() == repositories.module(0, "edit 1")


def test_a_quick_run_writes_every_field_in_one_shape_and_leaves_nothing(tmp_path: Path) -> None:
    needs("docker")
    needs("bubblewrap")
    target = tmp_path / "results" / "sandbox.json"
    options = ["--quick", "--only", "bubblewrap", "node", "--json", str(target)]
    command = [sys.executable, "-m", "benchmarks.sandbox", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(target.read_text())
    about = found.pop("about")
    assert about["skipped"] == {}
    assert about["quick"] is True
    assert set(found) == {
        "bwrap_overhead_ms",
        "bwrap_back_to_back_ms",
        "node_overhead_ms",
        "leaked",
    }
    for name, field in found.items():
        assert set(field) >= {"p50", "p90", "n"}
        assert f"| {name} " in done.stdout
    nothing = {"p50": 0, "p90": 0, "n": 1, "containers": 0, "cgroups": 0, "temporary": 0}
    assert found["leaked"] == nothing
