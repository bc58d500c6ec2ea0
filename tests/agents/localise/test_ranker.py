from agents.domain import Ceiling, Issue, Localisation, Place, Preparation
from agents.llm.caller import PREPARING
from agents.llm.journal import Journal, MemoryCallStore
from agents.llm.pricing import Price
from agents.llm.scripted import ScriptedModel
from agents.localise.ranker import Ranker

PLACES = tuple(
    Place(path="a.py", name=name, start=n, end=n, weight=weight)
    for n, (name, weight) in enumerate([("first", 0.9), ("second", 0.6), ("third", 0.3)], 1)
)
PREPARED = Preparation(
    base="b", commit="c", environment="e", localisation=Localisation(functions=PLACES)
)
ISSUE = Issue(repo="r", base_commit="c", problem_statement="third is wrong")
SOURCES = {"a.py": "def first(): ...\ndef second(): ...\ndef third(): ...\n"}


def test_the_model_is_asked_once_and_its_order_and_cost_are_kept() -> None:
    calls = MemoryCallStore()
    ranker = Ranker(Journal(ScriptedModel(["[3, 1]"]), calls), "m")
    found = ranker.ranked("s", ISSUE, PREPARED, SOURCES)
    assert [place.name for place in found.localisation.functions] == ["third", "first", "second"]
    assert (found.usage.calls, list(calls.records)) == (1, [("s", PREPARING, 0)])


def test_what_was_answered_is_not_paid_again() -> None:
    calls = MemoryCallStore()
    first = Ranker(Journal(ScriptedModel(["[2]"]), calls), "m").ranked(
        "s", ISSUE, PREPARED, SOURCES
    )
    silent = Ranker(Journal(ScriptedModel([]), calls), "m")
    assert silent.ranked("s", ISSUE, PREPARED, SOURCES) == first


def test_the_most_that_it_costs_is_known_before_it_asks() -> None:
    price = Price(prompt=1.0, cached=0.1, completion=10.0)
    known = Ranker(Journal(ScriptedModel([]), MemoryCallStore(), price), "m").ceiling
    assert known == Ceiling(tokens=3150 + 120, usd=(3150 + 1200) / 1e6)
    unknown = Ranker(Journal(ScriptedModel([]), MemoryCallStore()), "m").ceiling
    assert unknown == Ceiling(tokens=3270, usd=None)
