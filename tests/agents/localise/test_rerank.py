from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.domain import Place
from agents.llm.protocol import Message, estimate_prompt
from agents.localise.rerank import MOST, TOKENS, prompt, read_order, reranked

SOURCES = {"core.py": "def low(a):\n    return a\n\n\ndef high(a):\n    return -a\n"}
PLACES = (
    Place(path="core.py", name="low", start=1, end=2, weight=0.9, clues=("coverage",)),
    Place(path="core.py", name="high", start=5, end=6, weight=0.5),
    Place(path="core.py", start=1, end=6, weight=0.1),
)


class Recorder:
    def __init__(self, reply: str) -> None:
        self.reply, self.asked = reply, list[tuple[Message, ...]]()

    def __call__(self, messages: tuple[Message, ...]) -> str:
        self.asked.append(messages)
        return self.reply


def told(reply: str, places: tuple[Place, ...] = PLACES) -> list[tuple[str, float]]:
    found = reranked("high(1) is wrong", ["AssertionError"], places, SOURCES, Recorder(reply))
    return [(place.name, place.weight) for place in found]


def test_what_the_model_names_comes_first_and_the_weights_stay_sorted() -> None:
    assert told("[2, 3]") == [("high", 0.9), ("", 0.5), ("low", 0.1)]


def test_what_the_model_chose_says_so() -> None:
    found = reranked("issue", [], PLACES, SOURCES, Recorder("[2, 1]"))
    assert [place.clues for place in found] == [("model",), ("model", "coverage"), ()]


@pytest.mark.parametrize(
    ("reply", "order"),
    [
        ("[2, 1]", (1, 0)),
        ("```json\n[2, 1]\n```", (1, 0)),
        ("First I thought [1, 2, 3], but it is [3, 1].", (2, 0)),
        ("[2, 2, 99, 0, 1]", (1, 0)),
        ('["2", "#1"]', (1, 0)),
        ("2, 1", (1, 0)),
        ("The likely ones:\n2 > 1 > 3\n", (1, 0, 2)),
        ("It must be `high`, perhaps low.", (1, 0)),
        ("core.py as a whole", (2,)),
        ("[3, 1, 2]\nBecause `args[1]` is wrong.", (2, 0, 1)),
        ("[3, 1]\nSee [2] and [99, 1].", (2, 0)),
        ("`high` is wrong: see args[1].", (1,)),
        ("The answer: 3, 1, 2", (2, 0, 1)),
        ("I choose 3, 1.\nThe others are fine.", (2, 0)),
        ("It fails for high(1, 2)", (1,)),
        ("9" * 5000, ()),
        ("[99]", ()),
        ("I do not know.", ()),
        ("lower and highest", ()),
        ("", ()),
    ],
)
def test_replies_are_read_generously(reply: str, order: tuple[int, ...]) -> None:
    assert read_order(reply, PLACES) == order


def test_nonsense_leaves_all_as_it_was() -> None:
    assert reranked("issue", [], PLACES, SOURCES, Recorder("Yes.")) == PLACES


def test_there_is_one_call_and_none_where_nothing_can_change() -> None:
    recorder = Recorder("[2]")
    reranked("issue", [], PLACES, SOURCES, recorder)
    reranked("issue", [], PLACES[:1], SOURCES, recorder)
    assert len(recorder.asked) == 1


def test_the_model_sees_the_issue_the_failure_and_the_code_of_each_place() -> None:
    text = prompt("high(1) is wrong", ["AssertionError: 1"], PLACES, SOURCES)[-1].content
    assert text.index("high(1) is wrong") < text.index("AssertionError: 1") < text.index("## 1.")
    assert "## 2. core.py: high\n\n```python\ndef high(a):\n    return -a\n```" in text


@pytest.mark.parametrize("tokens", [2000, TOKENS])
def test_the_prompt_keeps_to_its_budget(tokens: int) -> None:
    sources = {"core.py": "    value = other_value\n" * 9000}
    places = tuple(replace(PLACES[0], start=n * 300 + 1, end=n * 300 + 290) for n in range(MOST))
    asked = prompt("word\n" * 9000, ["failure\n" * 4000] * 9, places, sources, tokens)
    assert tokens * 0.5 < estimate_prompt(asked) <= tokens


def test_long_paths_leave_less_of_the_code() -> None:
    sources = {"deep/" * 40: "    value = other_value\n" * 9000}
    places = tuple(
        replace(PLACES[0], path="deep/" * 40, start=n * 300 + 1, end=n * 300 + 290)
        for n in range(MOST)
    )
    assert estimate_prompt(prompt("issue", [], places, sources)) <= TOKENS


def test_only_the_first_places_are_shown_and_the_others_stay_behind() -> None:
    many = tuple(replace(PLACES[0], name=f"f{n}", weight=1 - n / 100) for n in range(MOST + 5))
    recorder = Recorder(f"[{MOST}, {MOST + 1}]")
    found = reranked("issue", [], many, SOURCES, recorder)
    assert found[0].name == f"f{MOST - 1}"
    assert [place.name for place in found[MOST:]] == [f"f{n}" for n in range(MOST, MOST + 5)]
    assert f"f{MOST}" not in recorder.asked[0][-1].content


@given(st.text("[]0123456789, abc\n"))
def test_any_reply_gives_the_same_places_in_some_order(reply: str) -> None:
    found = told(reply)
    assert sorted(name for name, _ in found) == ["", "high", "low"]
    assert [weight for _, weight in found] == [0.9, 0.5, 0.1]
