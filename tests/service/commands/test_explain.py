"""`explain` as a user meets it: on stored searches, with no sandbox and no model."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from agents.domain import Verdict
from service.commands.failures import DONE, USAGE
from service.kit.database import Database
from service.kit.migrate import upgrade
from service.searches.store import SqlStore
from tests.service.commands.cli import Cli
from tests.service.console.sample_evidence import ABSTAINED, OLD, VERDICT, patch
from tests.service.examples import ISSUE, SETTINGS

Store = Callable[[Verdict | None], str]


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """Where no sandbox can be had."""
    home = tmp_path / "home"
    home.mkdir()
    return Cli(home, tmp_path / "cache", {"BUDWOOD_SANDBOX": "docker", "DOCKER_HOST": "unix:///no"})


@pytest.fixture
def stored(cli: Cli) -> Store:
    """Stores a search with a verdict, or an undecided one; answers its id."""
    cli.database.parent.mkdir(parents=True)
    url = f"sqlite:///{cli.database}"
    upgrade(url)

    def store(verdict: Verdict | None) -> str:
        database = Database(url)
        try:
            kept = SqlStore(database)
            search = kept.create(ISSUE, SETTINGS)
            kept.set_phase(search, "searching")
            if verdict is not None:
                kept.save_verdict(search, verdict)
            return search
        finally:
            database.close()

    return store


def test_it_says_why_first_and_on_what_that_rests_below(cli: Cli, stored: Store) -> None:
    ended = cli("explain", stored(VERDICT))
    assert (ended.code, ended.err) == (DONE, "")
    first, *rest = ended.out.split("\n")
    assert first.startswith("patch of trial 4, confidence 0.75")
    assert rest[0].strip().startswith("3 tests tell trial 4 from the runner-up, trial 9")
    assert "Judgements, in both orders" in ended.out
    assert "assert f([]) == []" not in ended.out
    assert "assert f([]) == []" in cli("explain", stored(VERDICT), "--all").out


def test_json_is_one_object_with_the_verdict_as_the_api_gives_it(cli: Cli, stored: Store) -> None:
    search = stored(VERDICT)
    ended = cli("explain", search, "--json")
    assert ended.err == ""
    assert ended.document["id"] == search
    assert ended.document["why"][0].startswith("3 tests tell trial 4")
    verdict = ended.document["verdict"]
    assert verdict["evidence"]["pool"]["results"]["written::1"]["9"] == "failed"
    assert verdict["costs"]["judge"]["usd"] is None


def test_a_candidate_is_compared_with_the_chosen_one(cli: Cli, stored: Store) -> None:
    search = stored(VERDICT)
    ended = cli("explain", search, "--candidate", "11")
    assert "Of trial 11, regression refused it" in ended.out
    assert "+y4" in ended.out
    assert "+y11" in ended.out
    ended = cli("explain", search, "--candidate", "5")
    assert ended.code == USAGE
    assert "trial 5 brought no candidate; there are: 4, 6, 9, 11" in ended.told


def test_an_abstention_and_an_old_verdict_are_explained_too(cli: Cli, stored: Store) -> None:
    assert "Trial 4 came nearest" in cli("explain", stored(ABSTAINED)).out
    assert "no evidence beyond the rungs" in cli("explain", stored(OLD)).out


def test_a_hostile_patch_is_shown_harmlessly(cli: Cli, stored: Store) -> None:
    hostile = replace(VERDICT.candidates[0], patch=patch("\x1b[2J\x9b"), summary="\x1b]0;x\x07")
    ended = cli("explain", stored(replace(VERDICT, candidates=(hostile,))), "--candidate", "4")
    assert ended.code == DONE
    assert "\\x1b[2J" in ended.out
    assert {c for c in ended.out if not c.isprintable()} == {"\n"}


def test_what_is_unknown_or_undecided_cannot_be_explained(cli: Cli, stored: Store) -> None:
    search = stored(None)
    ended = cli("explain", "nonsense")
    assert ended.code == USAGE
    assert "there is no search nonsense in" in ended.told
    ended = cli("explain", search)
    assert ended.code == USAGE
    assert "the search is searching: there is no verdict yet" in ended.told
