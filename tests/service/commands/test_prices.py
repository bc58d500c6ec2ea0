import json

from service.commands.failures import DONE, NO_MODEL
from tests.service.commands.cli import Cli


def test_known_and_unknown_models_are_listed(cli: Cli) -> None:
    table = cli.home / "prices.json"
    table.write_text(json.dumps({"b": {"prompt": 0.25, "cached": 0.025, "completion": 2.0}}))
    ended = cli("prices", "c", BUDWOOD_MODEL_PRICES=str(table), BUDWOOD_MODEL="a")
    assert ended.code == DONE
    assert ended.out.splitlines() == [
        "a: unknown: a limit in USD is refused until BUDWOOD_MODEL_PRICES lists it",
        "b: prompt 0.25, cached 0.025, completion 2",
        "c: unknown: a limit in USD is refused until BUDWOOD_MODEL_PRICES lists it",
    ]
    shown = cli("prices", "--json", BUDWOOD_MODEL_PRICES=str(table), BUDWOOD_MODEL="a").document
    assert shown == {"a": None, "b": {"prompt": 0.25, "cached": 0.025, "completion": 2.0}}


def test_a_table_that_cannot_be_read_is_named(cli: Cli) -> None:
    ended = cli("prices", BUDWOOD_MODEL_PRICES="missing.json")
    assert ended.code == NO_MODEL
    assert "price table missing.json cannot be read" in ended.told
