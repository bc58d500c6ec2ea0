"""`replay` as a user meets it: after `solve`, with nothing at the model's address any more."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from service.commands.failures import ABSTAINED, DIFFERS, DONE, USAGE
from tests.agents.llm.fake_openai import FakeOpenAi, ok
from tests.service.commands.cli import ISSUE, Cli, committed
from tests.service.commands.stored import the_search
from tests.service.commands.test_solve import solve

OLD = "    return year % 4 == 0 and (year % 100 != 0 or year % 400 != 0)\n"
NEW = "    return year % 4 == 0 and year % 100 != 0\n"
EDIT = f"leap.py\n<<<<<<< SEARCH\n{OLD}=======\n{NEW}>>>>>>> REPLACE\n"
UNREACHABLE = "http://127.0.0.1:9/v1"


def asked(cli: Cli, leap: Path) -> int:
    """A search of both policies whose model is gone when it is over; how often it was asked."""
    with FakeOpenAi(ok("no idea"), ok(EDIT), ok("none")) as server:
        more = ("--model", "fake-1", "--base-url", server.url, "--nodes", "6", "--width", "1")
        more += ("--without", "written")  # the first replies are the policy's
        ended = cli(*solve(leap, ISSUE, "--policy", "llm", "--policy", "mutation", *more))
        assert ended.code in {DONE, ABSTAINED}
        return len(server.requests)


def forge(cli: Cli, statement: str) -> None:
    """Change what is stored, as nothing of Budwood's ever does."""
    with closing(sqlite3.connect(cli.database)) as connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement)
        connection.commit()


def test_the_tree_is_the_same_with_the_model_gone_and_the_branch_moved_on(
    cli: Cli, leap: Path
) -> None:
    assert asked(cli, leap) > 1
    committed(leap, later="print('another commit')\n")
    search = the_search(cli).id
    origins = {t.outcome.origin for t in the_search(cli).trials if t.outcome}
    assert "llm:fake-1" in origins
    ended = cli("replay", search, "--json", OPENAI_BASE_URL=UNREACHABLE, BUDWOOD_MODEL="other")
    assert (ended.code, ended.err) == (DONE, "")
    assert ended.document["identical"] is True
    assert ended.document["trials"] == ended.document["replayed"] == 6
    told = cli("replay", search)
    assert (told.code, told.out) == (DONE, "")
    assert "identical: 6 trial(s), one tree" in told.told


@pytest.mark.parametrize("judge", ["pairwise", "selection", "debate"])
def test_a_search_whose_candidates_a_model_judges_is_identical_without_that_model(
    cli: Cli, leap: Path, judge: str
) -> None:
    reply = "1. It works.\n1. MET leap.py:1\n\n```python\nprint(1)\n```\nOUTPUT: 1\nCHOICE: A"
    with FakeOpenAi(ok(reply), served=("v",)) as server:
        more = ("--policy", "mutation", "--nodes", "40", "--candidates", "4")
        verified = ("--verify-model", "v", "--verify-judge", judge, "--base-url", server.url)
        ended = cli(*solve(leap, ISSUE, *more, *verified))
        assert ended.code in {DONE, ABSTAINED}
    ended = cli("replay", the_search(cli).id, "--json", OPENAI_BASE_URL=UNREACHABLE)
    assert (ended.code, ended.err) == (DONE, "")
    assert ended.document["identical"] is True


def test_a_record_that_was_changed_is_told_at_the_first_difference(cli: Cli, leap: Path) -> None:
    asked(cli, leap)
    told = "json_set(document, '$.reason', 'forged')"
    forge(cli, f"UPDATE outcomes SET document = {told} WHERE trial = 1")
    search = the_search(cli).id
    ended = cli("replay", search, "--json")
    assert ended.code == DIFFERS
    assert ended.document["identical"] is False
    assert "'forged' was" in ended.document["difference"]
    assert "different: trials[1].reason" in cli("replay", search).told


def test_a_call_that_is_missing_is_named(cli: Cli, leap: Path) -> None:
    asked(cli, leap)
    forge(cli, "DELETE FROM model_calls WHERE trial = 0 AND ordinal = 1")
    ended = cli("replay", the_search(cli).id)
    assert ended.code == DIFFERS
    assert "trial 0, call 1 is not in the record" in ended.told


def test_what_is_not_there_or_was_never_prepared_cannot_be_replayed(
    cli: Cli, tmp_path: Path
) -> None:
    ended = cli("replay", "nonsense")
    assert ended.code == USAGE
    assert "there is no search nonsense in" in ended.told
    cli(*solve(tmp_path))
    ended = cli("replay", the_search(cli).id)
    assert ended.code == USAGE
    assert "was never prepared" in ended.told
