"""`budwood evaluate`: stored candidates, chosen among by every selector."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from agents.selection.pool_file import read
from agents.selection.selectors import SELECTORS
from benchmarks.selection.example import PATH, lines
from service.commands.failures import DONE, USAGE
from tests.service.commands.cli import ROOT, Cli


def line(issue: str, right: str, **more: Any) -> dict[str, Any]:
    """Candidate a is the smaller patch, b the one that passes the test."""
    return {
        "issue": issue,
        "candidates": [
            {"key": key, "source": key, "changed_lines": n} for n, key in enumerate("ab")
        ],
        "right": [*right],
        "tests": [{"id": "t", "origin": "written", "on_base": "failed"}],
        "results": {"t": {"a": "failed", "b": "passed"}},
        "costs": {"tests": 4, "tokens:judge": 1000},
        **more,
    }


@pytest.fixture
def pools(cli: Cli) -> Path:
    path = cli.home / "pools.jsonl"
    made = [line("1", "b"), line("2", "b"), line("3", "a"), line("4", "")]
    path.write_text("".join(f"{json.dumps(one)}\n" for one in made))
    return path


def test_selectors_are_compared_with_what_was_right(cli: Cli, pools: Path) -> None:
    arguments = ("--selector", "fewest_lines", "--selector", "tests_only")
    ended = cli("evaluate", "selectors", "--pool", str(pools), *arguments)
    assert ended.code == DONE
    first, _, head, names, *rows = ended.out.splitlines()
    assert first == "4 issues; an issue's evidence cost tests 4 s, judge 1,000 tokens"
    assert head == "all candidates: by lot 37.5 %, with an oracle 75.0 %"
    assert " ".join(names.split()) == "right of what was found gap closed abstained Brier AUC"
    assert [row.split()[:5] for row in rows] == [
        ["fewest_lines", "25.0", "%", "33.3", "%"],
        ["tests_only", "50.0", "%", "66.7", "%"],
    ]


def test_the_json_has_every_figure_for_every_selector_and_k(cli: Cli, pools: Path) -> None:
    found = cli("evaluate", "selectors", "--pool", str(pools), "--k", "1,2", "--json").document
    assert (found["n"], found["costs"]) == (4, {"tests": 4.0, "tokens:judge": 1000.0})
    rows = {(row["selector"], row["k"]): row for row in found["selectors"]}
    assert set(rows) == {(name, k) for name in SELECTORS for k in (1, 2)}
    best = rows["tests_only", 2]
    assert best["efficiency"]["value"] == pytest.approx(2 / 3)
    assert best["gap_closure"]["value"] == pytest.approx(1 / 3)
    assert best["gap_closure"]["low"] <= 1 / 3 <= best["gap_closure"]["high"]
    assert best["brier"] is None
    assert best["missing"]["brier"] == "no answer has a confidence"
    assert rows["tests_only", 1]["selected"] == rows["first", 1]["selected"]


def test_the_same_seed_gives_the_same_figures(cli: Cli, pools: Path) -> None:
    given = ("evaluate", "selectors", "--pool", str(pools), "--selector", "random_choice", "--json")
    assert cli(*given, "--seed", "5").out == cli(*given, "--seed", "5").out


def test_several_files_are_one_measurement(cli: Cli, pools: Path) -> None:
    more = cli.home / "more.jsonl"
    more.write_text(json.dumps(line("5", "a")))
    files = ("--pool", str(pools), "--pool", str(more))
    assert cli("evaluate", "selectors", *files, "--json").document["n"] == 5
    ended = cli("evaluate", "selectors", *files, "--pool", str(more))
    assert ended.code == USAGE
    assert "issue 5 is in" in ended.told


def test_an_empty_file_has_no_figures(cli: Cli) -> None:
    (cli.home / "none.jsonl").write_text("")
    ended = cli("evaluate", "selectors", "--pool", "none.jsonl", "--selector", "first")
    assert ended.code == DONE
    assert ended.out.startswith("0 issues; an issue's evidence cost nothing that is known\n")
    assert ended.out.splitlines()[-1].split() == ["first", *"------"]


def test_a_file_that_is_wrong_is_told_by_line_and_field(cli: Cli) -> None:
    (cli.home / "f").write_text("\n" + json.dumps(line("1", "z")))
    ended = cli("evaluate", "selectors", "--pool", "f")
    assert ended.code == USAGE
    assert "f, line 2: right[0]: there is no candidate z" in ended.told


def test_a_file_of_other_bytes_is_refused(cli: Cli) -> None:
    (cli.home / "f").write_bytes(b"\xff\xfe")
    assert "f is not UTF-8" in cli("evaluate", "selectors", "--pool", "f").told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--selector", "best"), "no selector is named 'best'; there are: random_choice, first"),
        (("--k", "1,zero"), "--k takes numbers from 1, such as 1,2,4,8, not '1,zero'"),
        (("--k", "0"), "--k takes numbers from 1"),
        (("--pool", "missing"), "'missing' does not exist"),
    ],
)
def test_wrong_usage_is_told(cli: Cli, pools: Path, arguments: tuple[str, str], told: str) -> None:
    ended = cli("evaluate", "selectors", "--pool", str(pools), *arguments)
    assert ended.code == USAGE
    assert told in ended.told


def test_the_example_is_what_the_simulator_makes() -> None:
    """Also: the simulated world is still the one that figures were reported of."""
    assert PATH.read_text() == "".join(lines()), "run: python -m benchmarks.selection.example"


def test_the_page_shows_a_pool_that_can_be_read() -> None:
    page = (ROOT / "docs" / "selection-pools.md").read_text()
    (shown,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    (found,) = read([json.dumps(json.loads(shown))], "page")
    assert (found.issue, found.right) == ("leap-year", frozenset({"c0"}))
    assert found.pool.options[0].changed_lines == 2


def test_the_help_tells_every_default(cli: Cli) -> None:
    ended = cli("evaluate", "selectors", "--help", COLUMNS="200")
    assert "at most, by lot; all unless given." in ended.told
