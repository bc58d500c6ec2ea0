"""`explain` as a user meets it: on stored searches, with no sandbox and no model."""

from dataclasses import replace
from pathlib import Path
from typing import Protocol

import pytest

from agents.domain import Outcome, Reproduction, Verdict
from agents.selection.evidence import Evidence
from agents.selection.pool import Pool, Test
from service.commands.failures import DONE, USAGE
from service.kit.database import Database
from service.kit.migrate import upgrade
from service.searches.store import SqlStore
from tests.service.commands.cli import Cli
from tests.service.console.sample_evidence import ABSTAINED, OLD, VERDICT, patch
from tests.service.examples import ISSUE, PREPARATION, SETTINGS, trial, verdict


class Store(Protocol):
    """Stores a search with a verdict and what came of its trials; answers its id."""

    def __call__(self, verdict: Verdict | None, *outcomes: Outcome) -> str: ...


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """Where no sandbox can be had."""
    home = tmp_path / "home"
    home.mkdir()
    return Cli(home, tmp_path / "cache", {"BUDWOOD_SANDBOX": "docker", "DOCKER_HOST": "unix:///no"})


@pytest.fixture
def stored(cli: Cli) -> Store:
    """A place to store searches."""
    cli.database.parent.mkdir(parents=True)
    url = f"sqlite:///{cli.database}"
    upgrade(url)

    def store(verdict: Verdict | None, *outcomes: Outcome) -> str:
        database = Database(url)
        try:
            kept = SqlStore(database)
            search = kept.create(ISSUE, SETTINGS)
            kept.set_phase(search, "preparing")
            kept.save_preparation(search, PREPARATION)
            kept.set_phase(search, "searching")
            if outcomes:
                kept.open_trials(search, [trial(o.trial, ordinal=o.trial) for o in outcomes])
            for outcome in outcomes:
                kept.record_outcome(search, outcome)
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
    assert "there is no trial 5; candidates are: 4, 6, 9, 11" in ended.told


HALF = replace(
    verdict("abstained"),
    reproduction=Reproduction(targets=("issue::1", "issue::2")),
    evidence=Evidence(pool=Pool(tests=(Test(id="issue::1", origin="issue"),))),
)
TRIED = (
    Outcome(trial=0, kind="failed", reason="does_not_apply", origin="external:a",
            feedback="it does not apply: a.py:3\nno such line\x1b[2J"),
    Outcome(trial=1, kind="expanded", state="s", origin="external:b", value=0.5,
            tests={"issue::1": "passed", "issue::2": "failed"}),
)  # fmt: skip


def test_where_nothing_was_a_candidate_the_nearest_trial_is_named(cli: Cli, stored: Store) -> None:
    search = stored(HALF, *TRIED)
    ended = cli("explain", search)
    assert "There was no candidate to choose." in ended.told
    assert (
        "Trial 1 (external:b) came nearest, with value 0.50, and passes 1 of 2 tests of the issue: "
        "fails issue::2."
    ) in ended.told
    assert "no evidence beyond the rungs" not in ended.told
    assert "Tests x candidates" not in ended.told
    assert "came nearest" in cli("explain", search, "--json").document["why"][-1]


def test_what_became_of_a_trial_that_is_no_candidate_is_shown(cli: Cli, stored: Store) -> None:
    search = stored(HALF, *TRIED)
    ended = cli("explain", search, "--candidate", "0")
    assert ended.code == DONE
    assert (
        "Trial 0 (external:a) brought no candidate (failed, does not apply): it does not apply"
    ) in ended.told
    assert "| no such line\\x1b[2J" in ended.told
    ended = cli("explain", search, "--candidate", "1")
    assert "(expanded, value 0.50): fails issue::2." in ended.told
    assert "Tests that do not pass: issue::2 failed." in ended.told
    assert cli("explain", search, "--candidate", "2").code == USAGE


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
