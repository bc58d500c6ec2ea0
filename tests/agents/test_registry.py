import pytest

from agents.errors import BadOption, UnknownName
from agents.registry import STRATEGIES, check, described, strategy_of
from agents.search.strategies.ab_mcts import AbMcts
from agents.search.strategies.mcts import Mcts
from agents.selection.evidence import OPTIONAL
from agents.settings import SearchSettings, Verification, WeightedModel


def test_every_strategy_says_what_it_is_and_what_each_parameter_means() -> None:
    known = described()
    assert [info.name for info in known] == list(STRATEGIES)
    assert all(info.summary.endswith((".", ":")) or len(info.summary) > 20 for info in known)
    assert all(p.help for info in known for p in info.parameters)


def test_options_reach_the_strategy() -> None:
    settings = SearchSettings(strategy="mcts", options={"exploration": "0.7"})
    assert strategy_of(settings) == Mcts(exploration=0.7)


def test_several_models_are_the_arms_of_the_strategy_that_chooses_among_them() -> None:
    models = (WeightedModel(name="a"), WeightedModel(name="b"))
    assert strategy_of(SearchSettings(strategy="ab_mcts", models=models)) == AbMcts(arms=("a", "b"))
    assert strategy_of(SearchSettings(strategy="mcts", models=models)) == Mcts()


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"strategy": "x"}, UnknownName),
        ({"value": "x"}, UnknownName),
        ({"policy": ("mutation", "x")}, UnknownName),
        ({"verification": Verification(without=("judge", "x"))}, UnknownName),
        ({"verification": Verification(without=("applies",))}, UnknownName),
        ({"options": {"x": 1}}, BadOption),
        ({"options": {"exploration": -1}}, BadOption),
        ({"models": (WeightedModel(name="a"), WeightedModel(name="a"))}, BadOption),
    ],
)
def test_what_there_is_not_is_refused(changes: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        check(SearchSettings(**changes))  # type: ignore[arg-type]


def test_every_rung_that_may_be_left_out_is_known_and_the_message_lists_them() -> None:
    check(SearchSettings(verification=Verification(without=OPTIONAL)))
    with pytest.raises(UnknownName) as caught:
        check(SearchSettings(verification=Verification(without=("judges",))))
    assert all(rung in str(caught.value) for rung in ("'judges'", *OPTIONAL))
