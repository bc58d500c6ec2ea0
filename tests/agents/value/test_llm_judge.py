from dataclasses import replace

import pytest

from agents.domain import Note, Place, Plan, Step
from agents.errors import ModelError
from agents.llm.caller import JUDGE
from agents.llm.pricing import Price
from agents.llm.protocol import estimate_prompt
from agents.value.llm_judge import CALLS, PROMPT_TOKENS, UNSOLVED_MOST, UNUSABLE
from agents.value.protocol import Evidence, Scene
from tests.agents.value.scenes import BROKEN_GUARD, NOTED, REGRESSED, SCENE, SOLVED, Judged

GOOD = "The second case is still wrong.\nVALUE: 0.6"


def asked(scene: Scene) -> str:
    """What the judge is shown, as one text."""
    model = Judged([GOOD])
    model.judge.estimate(scene)
    return "\n".join(message.content for message in model.requests[0].messages)


def test_a_judge_answers_with_a_number_and_a_paragraph() -> None:
    model = Judged([GOOD])
    estimate = model.judge.estimate(SCENE)
    assert estimate.value == 0.6
    assert estimate.critique == "The second case is still wrong."
    assert estimate.parts == {"llm_judge": 0.6, "progress": 0.5}
    assert estimate.usage.calls == len(model.requests) == 1


def test_calls_lie_in_the_journal_under_the_judges_numbers() -> None:
    model = Judged(["no idea", GOOD])
    model.judge.estimate(SCENE)
    assert list(model.store.records) == [("s", 4, JUDGE), ("s", 4, JUDGE + 1)]


def test_a_judgement_is_not_paid_twice() -> None:
    model = Judged(["no idea", GOOD])
    first = model.judge.estimate(SCENE)
    assert model.judge.estimate(SCENE) == first
    assert len(model.requests) == 2


def test_one_opinion_is_wanted_and_no_sample() -> None:
    model = Judged([GOOD])
    model.judge.estimate(SCENE)
    assert model.requests[0].temperature == 0.0


def test_a_reply_without_a_number_goes_back_once_and_keeps_its_paragraph() -> None:
    model = Judged(["The second case is still wrong.\nVALUE: 8", "VALUE: 0.8"])
    estimate = model.judge.estimate(SCENE)
    assert (estimate.value, estimate.critique) == (0.8, "The second case is still wrong.")
    assert estimate.usage.calls == len(model.requests) == 2
    *_, reply, again = model.requests[1].messages
    assert reply.role == "assistant"
    assert "8 is not between 0 and 1" in again.content


def test_a_judge_that_gives_no_number_leaves_progress_and_says_so() -> None:
    model = Judged(["Nice.", "Very nice.", GOOD])
    estimate = model.judge.estimate(SCENE)
    assert estimate.value == 0.5
    assert estimate.parts == {"progress": 0.5, UNUSABLE: 1.0}
    assert estimate.critique == ""
    assert estimate.usage.calls == len(model.requests) == CALLS


def test_a_solved_state_is_worth_1_and_nobody_is_asked() -> None:
    model = Judged([])
    assert model.judge.estimate(SOLVED).value == 1.0
    assert model.requests == []


@pytest.mark.parametrize("scene", [SCENE, REGRESSED, BROKEN_GUARD, NOTED])
def test_an_unsolved_state_is_worth_less_than_a_solved_one(scene: Scene) -> None:
    model = Judged(["VALUE: 1"])
    assert model.judge.estimate(scene).value == UNSOLVED_MOST
    assert len(model.requests) == 1


def test_a_note_is_judged_although_nothing_was_run() -> None:
    model = Judged([GOOD])
    estimate = model.judge.estimate(NOTED)
    assert estimate.value == 0.6
    assert estimate.parts == {"llm_judge": 0.6, "progress": 0.25}
    text = model.requests[0].messages[-1].content
    assert "return the smaller one" in text
    assert "# What the tests said" not in text


def test_a_note_without_a_judgement_is_worth_what_its_policy_believes() -> None:
    estimate = Judged(["?", "?"]).judge.estimate(NOTED)
    assert estimate.value == 0.25


def test_a_note_that_its_policy_is_sure_of_is_still_no_solution() -> None:
    estimate = Judged(["?", "?"]).judge.estimate(replace(NOTED, prior=1.0))
    assert estimate.value == UNSOLVED_MOST


def test_places_of_a_guess_are_shown() -> None:
    note = Note(text="Look here", places=(Place(path="core.py", start=3, end=9, name="low"),))
    text = asked(replace(NOTED, note=note))
    assert "core.py:3-9 low" in text
    assert "# This step: where to look" in text


def test_a_judge_sees_issue_step_whole_patch_and_tests() -> None:
    step = Step(summary="first edit", patch=b"", value=0.5, feedback="still red", critique="go on")
    text = asked(replace(SCENE, path=[step], step=b"+the step", patch=b"+the whole"))
    for words in (
        "low(2, 1) gives 2, not 1.",
        "assert 2 == 1",
        "- first edit (value 0.50)\nstill red\ngo on",
        "+the step",
        "+the whole",
        "1 of 2 pass now",
        "issue::2: failed: ValueError: not that",
    ):
        assert words in text


def test_a_first_step_is_shown_once() -> None:
    assert asked(SCENE).count("+    return b") == 1


def test_a_regression_is_shown() -> None:
    assert "t::a: a test of the repository that passed before" in asked(REGRESSED)


def test_a_judge_is_neither_told_to_want_something_new_nor_that_nothing_is_finished() -> None:
    texts = (asked(SCENE) + asked(NOTED)).lower()
    assert "something new" not in texts
    assert "always" not in texts
    assert "never" not in texts
    assert "if nothing is left to do, say so" in texts


def test_prompts_are_bounded_whatever_the_scene() -> None:
    long = "word and more words\n" * 20_000
    step = Step(summary=long, patch=b"", value=0.5, feedback=long, critique=long)
    tests = dict.fromkeys([long[:200] + str(n) for n in range(500)], "failed")
    reproduction = replace(
        SCENE.preparation.reproduction,
        targets=tuple(tests),
        failures=dict.fromkeys(tests, long),
    )
    scene = replace(
        SCENE,
        issue=replace(SCENE.issue, problem_statement=long),
        preparation=replace(SCENE.preparation, reproduction=reproduction),
        path=[step] * 50,
        step=b"+" + long.encode(),
        patch=long.encode(),
        evidence=Evidence(failures=dict.fromkeys(tests, long), regressions=tuple(tests)),
    )
    noted = replace(
        scene, note=Note(text=long, plans=(Plan(steps=(long,) * 9),)), evidence=Evidence()
    )
    for one in (scene, noted):
        model = Judged([long, long])
        model.judge.estimate(one)
        assert [estimate_prompt(r.messages) <= PROMPT_TOKENS for r in model.requests] == [True] * 2


def test_the_ceiling_is_two_calls_at_their_longest() -> None:
    price = Price(prompt=1.0, cached=0.1, completion=2.0)
    judge = Judged([], price).judge
    assert judge.ceiling.tokens == 2 * (PROMPT_TOKENS + judge.max_tokens)
    assert judge.ceiling.usd == pytest.approx(2 * (PROMPT_TOKENS + 2 * judge.max_tokens) / 1e6)
    assert Judged([]).judge.ceiling.usd is None


def test_a_model_that_cannot_be_asked_is_an_error_and_no_value() -> None:
    with pytest.raises(ModelError):
        Judged([]).judge.estimate(SCENE)
