"""Which of several models answers a trial."""

from collections import Counter

from agents.llm.journal import Journal, MemoryCallStore
from agents.llm.scripted import ScriptedModel
from agents.llm.weighted import WeightedJournal, drawn

JOURNAL = Journal(ScriptedModel([]), MemoryCallStore())
MODELS = (WeightedJournal("rare", JOURNAL, 1.0), WeightedJournal("often", JOURNAL, 3.0))


def test_models_are_drawn_by_weight_and_a_seed_always_draws_the_same() -> None:
    names = [drawn(MODELS, f"0:{trial}").name for trial in range(1000)]
    assert names == [drawn(MODELS, f"0:{trial}").name for trial in range(1000)]
    assert 200 < Counter(names)["rare"] < 300
