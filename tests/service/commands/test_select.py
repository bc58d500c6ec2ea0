"""`select` as a user meets it: patches of other systems, one verdict."""

import json
import shutil
from pathlib import Path

import pytest

from service.commands.failures import ABSTAINED, DONE, USAGE
from tests.agents.llm.fake_openai import FakeOpenAi, ok
from tests.service.commands.cli import ISSUE, ROOT, Cli, git
from tests.service.commands.stored import searches, the_search

EXAMPLES = ROOT / "examples" / "leap-year-patches"
NAMES = ["by-list", "by-the-book", "no-centuries"]


def select(repository: Path, *more: Path | str) -> tuple[str, ...]:
    return ("select", "--repo", str(repository), "--issue", str(ISSUE), *map(str, more))


@pytest.fixture
def stale(tmp_path: Path) -> Path:
    """A patch for another version of the file."""
    text = (EXAMPLES / "by-the-book.patch").read_text()
    path = tmp_path / "stale.patch"
    path.write_text(text.replace("-    return year % 4", "-    return years % 4"))
    return path


def test_the_right_one_is_chosen_printed_and_explained(
    cli: Cli, leap: Path, stale: Path, tmp_path: Path
) -> None:
    tests = tmp_path / "only-tests.diff"
    whole = (EXAMPLES / "by-the-book.patch").read_text()
    tests.write_text(whole[whole.index("diff --git a/tests") :])
    ended = cli(*select(leap, EXAMPLES, stale, tests, "--output", "found.patch"))
    assert ended.code == DONE
    assert ended.out.startswith("diff --git a/leap.py b/leap.py\n")
    assert "+    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)\n" in ended.out
    assert "tests/" not in ended.out
    assert (cli.home / "found.patch").read_text() == ended.out
    git("apply", "--check", str(cli.home / "found.patch"), at=leap)
    for said in (
        "by-the-book: chosen",
        "by-list: fails issue::2",
        "no-centuries: fails issue::3",
        "stale: it does not apply: patch failed: leap.py:3",
        "only-tests: it changes only tests/test_leap.py",
        "it passed every rung",
    ):
        assert said in ended.told
    assert len(the_search(cli).trials) == 5


def test_json_says_whose_it_is_and_the_search_replays_to_the_same_tree(
    cli: Cli, leap: Path
) -> None:
    ended = cli(*select(leap, EXAMPLES, "--json"))
    assert (ended.code, ended.err) == (DONE, "")
    document = ended.document
    assert [fate["name"] for fate in document["given"]] == NAMES
    assert [fate["passed"] for fate in document["given"]] == [False, True, False]
    assert document["given"][1]["left_out"] == ["tests/test_leap.py"]
    (candidate,) = document["verdict"]["candidates"]
    assert candidate["origin"] == "external:by-the-book"
    again = cli("replay", document["id"], "--json")
    assert (again.code, again.document["identical"]) == (DONE, True)
    assert again.document["trials"] == 3


def test_none_right_is_an_abstention(cli: Cli, leap: Path) -> None:
    wrong = [EXAMPLES / "by-list.patch", EXAMPLES / "no-centuries.patch"]
    ended = cli(*select(leap, *wrong))
    assert (ended.code, ended.out) == (ABSTAINED, "")
    assert "none of 2 edits made the issue's tests pass" in ended.told


def test_predictions_of_several_systems_compete(cli: Cli, leap: Path) -> None:
    rows = [
        {"instance_id": "i", "model_name_or_path": name,
         "model_patch": (EXAMPLES / f"{name}.patch").read_text()}
        for name in NAMES
    ]  # fmt: skip
    rows += [{"instance_id": "other", "model_name_or_path": "x", "model_patch": "y"}]
    rows += [{"instance_id": "i", "model_name_or_path": "silent", "model_patch": ""}]
    path = cli.home / "preds.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    ended = cli(*select(leap, "--predictions", path, "--instance", "i"))
    assert ended.code == DONE
    assert "by-the-book: chosen" in ended.told
    assert "silent has no patch for i: left out" in ended.told


def test_two_systems_with_one_answer_are_told_so(cli: Cli, leap: Path) -> None:
    copy = shutil.copy(EXAMPLES / "by-the-book.patch", cli.home / "copied.patch")
    ended = cli(*select(leap, EXAMPLES / "by-the-book.patch", copy))
    assert ended.code == DONE
    assert "copied: passes, the same as by-the-book" in ended.told


def test_how_the_patches_are_verified_is_chosen(cli: Cli, leap: Path) -> None:
    with FakeOpenAi(ok("no idea"), served=("v",)) as server:
        more = ("--without", "rerun", "--verify-model", "v", "--base-url", server.url, "--free")
        more += ("--verify-judge", "selection", "--tests", "0", "--abstain-below", "0.25")
        ended = cli(*select(leap, EXAMPLES, *more, "--tokens", "100000", "--usd", "1"))
    assert ended.code == DONE
    settings = the_search(cli).settings
    assert settings.policy == ("external",)
    assert (settings.limits.tokens, settings.limits.usd, settings.free) == (100_000, 1.0, True)
    found = settings.verification
    assert (found.without, found.model, found.judge) == (("rerun",), "v", "selection")
    assert (found.tests, found.threshold) == (0, 0.25)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("nowhere.patch",), "there is no file nowhere.patch"),
        ((), "there is no patch"),
        (("a.patch", "--instance", "i"), "name some by --predictions"),
        (("-", "--issue", "-"), "cannot both be read from -"),
        ((str(EXAMPLES), "--without", "luck"), "there are: cross_run, distinguish"),
        ((str(EXAMPLES), str(EXAMPLES)), "two patches are named"),
    ],
)
def test_wrong_usage_names_the_remedy_and_searches_nothing(
    cli: Cli, leap: Path, more: tuple[str, ...], said: str
) -> None:
    ended = cli(*select(leap, *more))
    assert ended.code == USAGE
    assert said in ended.told
    assert searches(cli) == []
