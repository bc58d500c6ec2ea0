"""A search with a judge as a user starts it, and how well the judge foretold what came."""

from pathlib import Path

from service.commands.failures import ABSTAINED, DONE, USAGE
from tests.agents.llm.fake_openai import FakeOpenAi, ok
from tests.service.commands.cli import ISSUE, Cli
from tests.service.commands.stored import the_search


def test_without_a_search_there_is_nothing_to_compare(cli: Cli) -> None:
    ended = cli("calibration", "--value", "hybrid")
    assert ended.code == DONE
    assert "no node of a finished search was judged by hybrid yet" in ended.out


def test_a_judge_is_asked_and_what_it_said_is_compared(cli: Cli, leap: Path) -> None:
    with FakeOpenAi(ok("Not there yet.\nVALUE: 0.25"), served=("judge-1",)) as server:
        ended = cli(
            *("solve", "--repo", str(leap), "--issue", str(ISSUE), "--json"),
            *("--policy", "mutation", "--nodes", "12", "--base-url", server.url),
            *("--value", "llm_judge", "--judge", "judge-1", "--verify-judge", "none"),
            *("--without", "written", "--without", "distinguish", "--without", "review"),
        )
        paid = len(server.requests)
    assert ended.code in {DONE, ABSTAINED}
    outcomes = [trial.outcome for trial in the_search(cli).trials if trial.outcome]
    judged = [o for o in outcomes if "llm_judge" in o.estimates]
    assert len(judged) == sum(o.kind == "expanded" and not o.solved for o in outcomes) > 0
    assert sum(o.usage.calls for o in judged) == paid == ended.document["spend"]["calls"]
    assert {(o.value, o.critique) for o in judged} == {(0.25, "Not there yet.")}
    page = cli("calibration", "--json").document
    assert {"progress", "llm_judge"} >= {item["value"] for item in page["items"]} > set()
    told = cli("calibration").told
    assert "no ece: it needs 500 pairs or more" in told


def test_a_value_function_that_there_is_not_is_refused(cli: Cli, leap: Path) -> None:
    ended = cli("solve", "--repo", str(leap), "--issue", str(ISSUE), "--value", "oracle")
    assert ended.code == USAGE
    assert "no value function is named 'oracle'; there are: hybrid, llm_judge, progress" in (
        ended.told
    )
