"""Labels and maps as a user tells and fits them."""

from pathlib import Path

import pytest

from service.commands.failures import ABSTAINED, DONE, USAGE
from service.kit.database import Database
from service.searches.store import SqlStore
from tests.service.commands.cli import ISSUE, Cli
from tests.service.commands.stored import the_search
from tests.service.confidence.verdicts import boastful


def filled(cli: Cli, n: int) -> None:
    """So many labelled verdicts in the CLI's own database."""
    assert cli("migrate").code == DONE
    database = Database(f"sqlite:///{cli.database}")
    try:
        boastful(SqlStore(database), n)
    finally:
        database.close()


def test_a_decision_is_labelled_by_hand(cli: Cli, leap: Path) -> None:
    solved = cli("solve", "--repo", str(leap), "--issue", str(ISSUE), "--policy", "mutation")
    assert solved.code in {DONE, ABSTAINED}
    search = the_search(cli).id
    ended = cli("label", search, "--wrong", "--source", "grader")
    assert (ended.code, ended.told) == (DONE, f"{search} is wrong, says grader")
    told = cli("label", search, "--right", "--json").document
    assert (told["right"], told["source"]) == (True, "person")
    assert "1 left out: its labels disagree" in cli("calibration", "confidence").told
    assert cli("calibration").code == DONE


def test_what_cannot_be_labelled_is_refused(cli: Cli) -> None:
    unknown = cli("label", "nope", "--right")
    assert (unknown.code, "there is no issue nope" in unknown.told) == (USAGE, True)
    assert cli("label", "nope").code == USAGE
    assert "--source" in cli("label", "nope", "--right", "--source", "a b").told


def test_without_labels_nothing_is_fitted_and_the_remedy_told(cli: Cli) -> None:
    ended = cli("calibration", "fit")
    assert ended.code == USAGE
    assert "40 labelled choices or more" in ended.told
    assert "budwood label" in ended.told
    assert "map prior-1: stated, not fitted" in cli("calibration", "confidence").told


def test_a_map_is_tried_fitted_used_and_taken_back(cli: Cli) -> None:
    filled(cli, 60)
    tried = cli("calibration", "fit", "--dry-run", "--json").document
    assert cli("calibration", "confidence", "--json").document["active"]["name"] == "prior-1"
    assert f"{tried['name']} is in use from now on" in cli("calibration", "fit").told
    page = cli("calibration", "confidence", "--json").document
    assert page["active"] == tried
    assert (page["labelled"], page["active"]["n"], page["active"]["kind"]) == (60, 60, "logistic")
    assert page["active"]["foretold"]["gain"]["low"] > 0
    assert "cross-validated by repository" in cli("calibration", "confidence").told
    assert cli("calibration", "fit", "--use", "prior-1").code == DONE
    assert cli("calibration", "confidence", "--json").document["active"]["name"] == "prior-1"


def test_the_least_number_of_labels_can_be_set(cli: Cli) -> None:
    filled(cli, 12)
    assert cli("calibration", "fit").code == USAGE
    assert cli("calibration", "fit", "--min", "12", "--dry-run").code == DONE
    unknown = cli("calibration", "fit", "--use", "line-9")
    assert (unknown.code, "there are: prior-1" in unknown.told) == (USAGE, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--json", "confidence"), "put --json last: budwood calibration confidence --json"),
        (("--value", "zz", "confidence"), "--value has no say in calibration confidence"),
        (("fit", "--use", "prior-1", "--min", "40"), "--use fits nothing, so --min has no say"),
    ],
)
def test_an_option_that_would_be_ignored_is_refused(
    cli: Cli, arguments: tuple[str, ...], said: str
) -> None:
    ended = cli("calibration", *arguments)
    assert (ended.code, said in ended.told) == (USAGE, True)
