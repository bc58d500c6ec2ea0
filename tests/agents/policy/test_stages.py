"""The LLM policy asked for places and for plans, and its edits below such notes."""

from dataclasses import replace
from typing import Any

import pytest

from agents.domain import Localisation, Note, Place, Plan, Preparation, Stage, Step
from agents.llm.protocol import Reply
from agents.policy.locating import named_places, sure
from agents.policy.planning import parsed_plans
from agents.policy.protocol import Exhausted, Noted, Position, Unusable
from tests.agents.policy.small_tree import BASE, POSITION, DictStates, Recorder, block, tree

LOCATED = replace(
    POSITION,
    preparation=replace(
        POSITION.preparation,
        localisation=Localisation(lines={"pkg/core.py": {5: 0.5, 7: 1.0, 11: 0.2}}),
    ),
)
LOW = Place(path="pkg/core.py", start=4, end=7, name="low", weight=1.0)
OTHER = Place(path="pkg/core.py", start=10, end=11, name="unrelated", weight=0.2)
GOOD = block("        return a\n    return a", "        return a\n    return b")


def at(stage: Stage, *notes: Note, **more: Any) -> Position:
    steps = tuple(
        Step(summary=note.text, patch=b"", value=0.5, feedback="", note=note) for note in notes
    )
    return replace(LOCATED, stage=stage, path=steps, **more)


def noted(model: Recorder, position: Position, calls: int) -> Noted:
    result = model.propose(position)
    assert isinstance(result, Noted)
    assert (result.usage.calls, len(model.requests)) == (calls, calls)
    assert result.origin == "llm:m"
    return result


def names(result: Noted) -> list[str]:
    return [place.name for place in result.note.places]


def prompt(position: Position, states: DictStates | None = None) -> str:
    model = Recorder(GOOD, GOOD)
    model.propose(position, states)
    return model.requests[0].messages[-1].content


class TestLocalise:
    def test_one_call_chooses_from_a_numbered_list(self) -> None:
        model = Recorder("Places: 2, 1\nSure: 60\nWhy: it doubles.")
        result = noted(model, at("localise"), 1)
        assert names(result) == ["unrelated", "low"]
        assert result.note.text == (
            "look at unrelated (pkg/core.py, lines 10 to 11); low (pkg/core.py, lines 4 to 7)"
        )
        assert result.prior == 0.6
        asked = model.requests[0].messages[-1].content
        assert "1. low (pkg/core.py, lines 4 to 7)\n```python\ndef low(a, b):" in asked
        assert "2. unrelated (pkg/core.py, lines 10 to 11)" in asked
        assert "low(2, 1) gives 2, not 1." in asked
        assert "AssertionError: assert 2 == 1" in asked

    def test_an_answer_without_a_place_goes_back_once(self) -> None:
        model = Recorder("I cannot say.", "Places: 1")
        result = noted(model, at("localise"), 2)
        assert (names(result), result.prior) == (["low"], None)
        assert "numbers from 1 to 2" in model.requests[1].messages[-1].content

    def test_twice_no_place_is_unusable_and_billed(self) -> None:
        result = Recorder("Places: 9", "Who knows").propose(at("localise"))
        assert isinstance(result, Unusable)
        assert (result.reason, result.usage.calls) == ("unparsable", 2)

    def test_nothing_to_choose_from_costs_nothing(self) -> None:
        states = DictStates({BASE: {"readme.txt": b"x"}})
        assert Recorder().propose(at("localise"), states) == Exhausted()

    def test_where_nothing_points_anywhere_all_functions_are_listed(self) -> None:
        empty = Preparation(base=BASE, commit="c", environment="e")
        model = Recorder("Places: 2")
        result = noted(model, replace(at("localise"), preparation=empty), 1)
        assert result.note.places == (replace(OTHER, weight=0.0),)

    @pytest.mark.parametrize(
        ("reply", "places"),
        [
            ("Places: 2", (OTHER,)),
            ("**Places:** 1 and 2", (LOW, OTHER)),
            ("place: 2 (lines 10 to 11), 1", (OTHER, LOW)),
            ("Places: 2, 2", (OTHER,)),
            ("Places: 4, 2\nWhy: low returns a.", (LOW,)),
            ("2, 1", (OTHER, LOW)),
            ("Answer: places 2 and 1", (OTHER, LOW)),
            ("Places: none of the 2", ()),
            ("Places: none of the 2, but unrelated", (OTHER,)),
            ("Places: " + "9" * 5000, ()),
            ("[2]", (OTHER,)),
            ("In line 1 the function unrelated is wrong, not low.", (OTHER, LOW)),
            ("Places: unrelated", (OTHER,)),
            ("There are 2 bugs.", ()),
            ("Places: 0", ()),
            ("", ()),
        ],
    )
    def test_answers_are_read_generously(self, reply: str, places: tuple[Place, ...]) -> None:
        assert named_places(reply, (LOW, OTHER)) == places

    @pytest.mark.parametrize(
        ("reply", "prior"),
        [
            ("Sure: 70", 0.7),
            ("- sure: 70 %", 0.7),
            ("Sure: 0", None),
            ("Sure: 0.5", 0.5),
            ("Sure: .5", 0.5),
            ("Sure: 1.0", 1),
            ("Sure: 0.5 %", 0.005),
            ("Sure: 62.5", 0.625),
            ("Sure: 0.0", None),
            ("x", None),
            ("Sure: 400", 1),
        ],
    )
    def test_how_sure_it_is(self, reply: str, prior: float | None) -> None:
        assert sure(reply) == prior


PLANS = """Plan 1:
1. In `low`, return b at the end.

Plan 2: in low, use min
1. remove the if

**Plan 3:**
- in low, return b at the end
"""


class TestPlan:
    def test_one_call_brings_several_plans_merged_into_a_tree(self) -> None:
        model = Recorder(PLANS)
        result = noted(model, at("plan", Note(text="n", places=(LOW,))), 1)
        assert result.note.plans == (
            Plan(steps=("In `low`, return b at the end.",), weight=2 / 3),
            Plan(steps=("in low, use min", "remove the if"), weight=1 / 3),
        )
        assert result.prior == pytest.approx(2 / 3)
        assert result.note.text.split("\n")[0] == (
            "2 plans, the first: In `low`, return b at the end."
        )
        asked = model.requests[0].messages[-1].content
        assert "Write 4 plans" in asked
        assert asked.index("def low") < asked.index("- low (pkg/core.py, lines 4 to 7)")

    def test_an_answer_without_a_plan_goes_back_once_and_then_is_unusable(self) -> None:
        noted(Recorder("Hm.", PLANS), at("plan"), 2)
        result = Recorder("Hm.", "Hm.").propose(at("plan"))
        assert isinstance(result, Unusable)
        assert (result.reason, result.usage.calls) == ("unparsable", 2)

    @pytest.mark.parametrize(
        ("text", "reason", "plans"),
        [
            ("1. a\n2. b", "stop", [["a", "b"]]),
            ("Plan 1\nStep 1: a\nPlan 2\n* b", "stop", [["a"], ["b"]]),
            ("Plan 1:\n1. a\nPlan 2:\n1. b", "length", [["a"]]),
            ("Plan 1:\n1. a", "length", [["a"]]),
            ("Plan 1:\n\nPlan 2:", "stop", []),
            ("Some words.", "stop", []),
        ],
    )
    def test_plans_are_read_generously(
        self, text: str, reason: str, plans: list[list[str]]
    ) -> None:
        reply = Reply(text=text, prompt_tokens=1, completion_tokens=1, finish_reason=reason)
        assert parsed_plans(reply) == plans


class TestAnEditBelowNotes:
    def test_the_chosen_places_come_first_in_the_code(self) -> None:
        text = prompt(at("edit", Note(text="n", places=(OTHER,))))
        assert text.index("def unrelated") < text.index("def low")
        assert text.count("def unrelated") == text.count("def low") == 1
        assert "- unrelated (pkg/core.py, lines 10 to 11)" in text
        assert "Changes made so far" not in text

    def test_a_place_is_found_again_where_an_edit_moved_it(self) -> None:
        states = tree()
        moved = b"\n" * 9 + states.trees[BASE]["pkg/core.py"]
        state = states.fork(BASE, {"pkg/core.py": moved})
        text = prompt(replace(at("edit", Note(text="n", places=(OTHER,))), state=state), states)
        assert text.index("def unrelated") < text.index("def low")

    def test_siblings_take_turns_with_the_plans_and_share_all_but_them(self) -> None:
        plans = (Plan(steps=("use min",)), Plan(steps=("return b", "say why")))
        notes = (Note(text="n", places=(LOW,)), Note(text="p", plans=plans))
        texts = [prompt(at("edit", *notes, ordinal=n)) for n in range(3)]
        assert "# Plan\n\n1. use min\n\nFollow" in texts[0]
        assert "# Plan\n\n1. return b\n2. say why\n\nFollow" in texts[1]
        assert texts[2] == texts[0]
        shared = texts[0].index("# Plan")
        assert texts[1][:shared] == texts[0][:shared]
