"""`budwood demo` for real, on one of its bugs. Needs the package index."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from service.commands.demo import wanted
from service.demo.bugs import load_bugs
from service.demo.report import Line, table, write
from tests.needs import needs

BUG = "pathspec-unmatched-file"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder in which it ran, and what it printed."""
    needs("bubblewrap")
    folder = tmp_path_factory.mktemp("demo")
    done = subprocess.run(
        [sys.executable, "-m", "service.cli", "demo", "--issue", BUG, "--report", "report.json"],
        cwd=folder,
        env={
            **os.environ,
            "XDG_CACHE_HOME": str(folder / "cache"),
            "XDG_DATA_HOME": str(folder / "data"),
            "PYTHONPATH": str(Path(__file__).parents[3]),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


def test_it_prints_a_table_and_writes_its_report(demo: tuple[Path, str]) -> None:
    folder, shown = demo
    (line,) = json.loads((folder / "report.json").read_text())["issues"]
    assert line["id"] == BUG
    assert line["resolved"] is True
    assert set(line["hidden_tests"].values()) == {"passed"}
    assert line.keys() >= {"repository", "base", "patch", "nodes", "seconds"}
    assert "1 of 1 resolved" in shown


def test_what_only_the_grader_knows_never_reached_the_search(demo: tuple[Path, str]) -> None:
    folder, _ = demo
    (bug,) = wanted(load_bugs(), [BUG])
    hidden = bug.grade.tests[0].split("::")[-1].encode()
    stored = b"".join(path.read_bytes() for path in folder.glob("cache/budwood/demo/demo.db*"))
    assert b"match_file" in stored
    assert hidden not in stored
    assert bug.grade.fixed.sha256.encode() not in stored


def line(**changes: object) -> Line:
    values: dict[str, object] = {
        "id": "a", "kind": "k", "repository": "a==1", "base": "c", "state": "done", "patch": "",
        "patch_lines": 2, "resolved": True, "reason": "", "nodes": 1, "sandbox_runs": 2,
        "tokens": 0, "seconds": 1.0, "hidden_tests": {}, "own_tests": "",
    }  # fmt: skip
    return Line(**(values | changes))  # type: ignore[arg-type]


def test_the_table_tells_right_wrong_abstained_and_failed_apart() -> None:
    lines = [
        line(),
        line(resolved=False),
        line(resolved=False, state="abstained"),
        line(resolved=False, state="failed"),
    ]
    (resolved,) = [column for column in table(lines).columns if column.header == "resolved"]
    assert list(resolved.cells) == [
        "[green]yes[/]",
        "[red]no[/]",
        "[yellow]abstained[/]",
        "[red]failed[/]",
    ]


def test_the_report_replaces_an_older_one_at_once(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    report.write_text("old")
    write([line()], 1.25, report)
    assert json.loads(report.read_text())["resolved"] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]
