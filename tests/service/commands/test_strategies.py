import json

from fastapi.testclient import TestClient

from agents.registry import STRATEGIES
from tests.service.commands.cli import ISSUE, Cli


def test_all_strategies_are_listed_with_parameters_and_defaults(cli: Cli) -> None:
    ended = cli("strategies")
    assert ended.code == 0
    assert all(name in ended.told for name in STRATEGIES)
    assert "exploration 0.3" in ended.told


def test_one_list_serves_the_command_line_and_the_api(cli: Cli, client: TestClient) -> None:
    printed = json.loads(cli("strategies", "--json").out)
    assert printed == client.get("/v1/strategies").json()


def test_an_unknown_name_is_refused_with_those_that_there_are(cli: Cli) -> None:
    ended = cli("strategies", "greedy")
    assert ended.code == 2
    assert "best_of_n, trajectories, mcts" in ended.told


def test_a_parameter_that_there_is_not_is_refused_before_anything_is_done(cli: Cli) -> None:
    ended = cli("solve", "--option", "chains=2", "--issue", str(ISSUE))
    assert ended.code == 2
    assert "Mcts has no parameter 'chains'" in ended.told


def test_an_option_without_a_value_is_refused(cli: Cli) -> None:
    ended = cli("solve", "--option", "exploration", "--issue", str(ISSUE))
    assert ended.code == 2
    assert "name=value" in ended.told
