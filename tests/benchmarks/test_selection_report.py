"""Whether the figures of `benchmarks.selection` are those of its selectors, by hand."""

import json
from pathlib import Path
from random import Random

import pytest

from agents.selection.choice import Choice
from agents.selection.labelled import LabelledPool
from agents.selection.pool import Option, Pool
from agents.selection.pool_file import written
from agents.selection.selectors import PUBLISHED, SELECTORS
from benchmarks.selection.__main__ import real
from benchmarks.selection.report import OURS, report, table
from benchmarks.tables import RESULTS, selection


def labelled(issue: str, right: str) -> LabelledPool:
    options = tuple(Option(key=key, source=key, changed_lines=1) for key in "ab")
    pool = Pool(options=options)
    return LabelledPool(issue=issue, pool=pool, right=frozenset(right), costs={"tests": 2.0})


POOLS = [labelled("1", "b"), labelled("2", "a"), labelled("3", "b"), labelled("4", "")]


def last(pool: Pool, random: Random) -> Choice:
    return Choice(chosen=pool.options[-1].key, confidence=0.6)


def test_ours_stands_beside_its_peers_and_its_lead_is_told() -> None:
    selectors = {"first": SELECTORS["first"], OURS: last}
    found = report(POOLS, selectors, ks=(1,), published=["first"], resamples=50)
    # right for 1 and 3 of the three that can be; by lot half of these
    assert found["efficiency"]["value"] == pytest.approx(0.6667)
    assert found["gap_closure"]["value"] == pytest.approx(0.3333)
    assert found["peers"]["first"]["gap_closure"]["value"] == pytest.approx(-0.3333)
    assert found["ahead_of_peers"]["first"]["value"] == pytest.approx(0.6667)
    assert (found["n"], list(found["peers"]), found["missing"]) == (4, ["first"], {})
    assert (found["random"]["value"], found["oracle"]["value"]) == (0.375, 0.75)
    assert found["costs"] == {"tests": 2.0}
    assert found["by_k"]["1"][OURS]["selected"] == found["by_k"]["1"]["first"]["selected"]
    assert list(table(found))[-1].startswith(f"| **{OURS}** | 50.0 % | 66.7 % | 33.3 % (")


def test_without_ours_the_place_is_empty_and_says_why() -> None:
    found = report(POOLS, {"first": SELECTORS["first"]}, published=["first"], resamples=5)
    assert (found["efficiency"], found["gap_closure"], found["ours"]) == (None, None, None)
    assert found["missing"]["gap_closure"] == f"there is no selector {OURS} yet"
    assert found["ahead_of_peers"] == {}


def test_a_spread_is_over_whole_sets() -> None:
    many = [labelled(f"{n:04}", "a" if n < 750 else "b") for n in range(1100)]
    found = report(many, {"first": SELECTORS["first"]}, resamples=2)
    assert found["spread"]["first"] == {"issues": 500, "sets": 2, "least": 0.0, "most": 1.0}


def test_real_candidates_are_measured_where_there_are_some(tmp_path: Path) -> None:
    path = tmp_path / "selection_real.jsonl"
    assert real(path) == {
        "real_efficiency": None,
        "real": {"missing": "there is no selection_real.jsonl yet"},
    }
    path.write_text("".join(f"{written(one)}\n" for one in POOLS))
    found = real(path)
    assert found["real"]["n"] == 4
    assert found["real"]["peers"]["first"]["efficiency"]["value"] == pytest.approx(0.3333)


def test_what_is_committed_is_whole_and_in_the_table() -> None:
    found = json.loads((RESULTS / "selection.json").read_text())
    assert set(PUBLISHED) <= set(found["peers"])
    shown = "\n".join(selection(found))
    assert all(f"`{name}`" in shown for name in PUBLISHED)
    assert found["seeds"]["first"] >= 10_000
