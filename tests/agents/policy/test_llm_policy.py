"""The LLM policy on a small tree with a scripted model."""

from dataclasses import replace

import pytest

from agents.domain import Localisation, Preparation, Reproduction, Step
from agents.errors import ModelError, ModelNotFound
from agents.llm.clipping import clip
from agents.llm.journal import Journal, MemoryCallStore
from agents.llm.pricing import Price
from agents.llm.protocol import Message, estimate_prompt
from agents.llm.scripted import ScriptedModel
from agents.llm.weighted import WeightedJournal
from agents.policy.conversation import call_seed
from agents.policy.llm_policy import LlmPolicy
from agents.policy.protocol import Position, Proposed, Unusable
from agents.workload import HotFunction, Slowness, Workload
from sandbox.protocol import StateId
from tests.agents.policy.small_tree import BASE, CORE, POSITION, DictStates, Recorder, block, tree

GOOD = block("        return a\n    return a", "        return a\n    return b")
BROKEN = block("    if a < b:", "    if a < b")


def one(journal: Journal, **options: float) -> LlmPolicy:
    return LlmPolicy((WeightedJournal("m", journal),), **options)  # type: ignore[arg-type]


def prompt(position: Position = POSITION, states: DictStates | None = None, **options: int) -> str:
    model = Recorder(GOOD, GOOD)
    model.propose(position, states, **options)
    return model.requests[0].messages[-1].content


def test_a_good_reply_is_an_edit() -> None:
    model = Recorder("It returns `a` twice.\n\n" + GOOD)
    result = model.propose()
    assert isinstance(result, Proposed)
    assert result.edit.changes == {
        "pkg/core.py": CORE.replace("    return a\n\n", "    return b\n\n").encode()
    }
    assert result.edit.summary == "return a → return b (pkg/core.py:7)"
    assert result.edit.origin == "llm:m"
    assert result.usage.calls == 1
    assert result.usage.usd == 0.0
    assert result.usage.tokens > 100


def test_a_bad_reply_goes_back_once_with_the_reason_and_both_are_billed() -> None:
    model = Recorder(block("    if a > b:", "    if b:"), GOOD)
    result = model.propose()
    assert isinstance(result, Proposed)
    assert result.usage.calls == 2
    first, second = model.requests
    assert second.messages[: len(first.messages)] == first.messages
    assert second.messages[-2].role == "assistant"
    assert "    if a < b:\n" in second.messages[-1].content
    assert first.seed != second.seed


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("I do not know.", "unparsable"),
        (block("    nothing like this", "x"), "does_not_apply"),
        (block("    if a < b:", "    if a < b:"), "changes_nothing"),
        (block("t", "u", "tests/test_core.py"), "forbidden_path"),
        (block("", "x = 1", "../x.py"), "forbidden_path"),
        (block("", "x = 1", ".git/x.py"), "forbidden_path"),
        (BROKEN, "does_not_compile"),
        (block("", "def broken(:", "pkg/new.py"), "does_not_compile"),
        (block("    return x * 2", "    return '\0'"), "does_not_compile"),
    ],
)
def test_twice_unusable_is_unusable(reply: str, reason: str) -> None:
    result = Recorder(reply, reply).propose()
    assert isinstance(result, Unusable)
    assert (result.reason, result.usage.calls) == (reason, 2)
    assert result.feedback


def test_a_syntax_error_is_shown_as_it_would_stand() -> None:
    result = Recorder(BROKEN, BROKEN).propose()
    assert isinstance(result, Unusable)
    assert "line 5" in result.feedback
    assert "    if a < b\n        return a" in result.feedback


def test_a_file_that_never_compiled_is_not_judged() -> None:
    states = tree()
    states.trees[BASE]["pkg/old.py"] = b"print 'a'\n"
    reply = block("print 'a'", "print 'b'", "pkg/old.py")
    assert isinstance(Recorder(reply).propose(states=states), Proposed)


def test_a_reply_that_was_cut_off_says_so() -> None:
    cut = GOOD.replace(">>>>>>> REPLACE\n", "")
    result = Recorder(cut, cut, finish_reason="length").propose()
    assert isinstance(result, Unusable)
    assert "too long" in result.feedback


def test_a_replay_pays_nothing_and_answers_the_same() -> None:
    store = MemoryCallStore()
    paid = one(Journal(ScriptedModel(["no", GOOD]), store)).propose(POSITION, tree())
    again = one(Journal(ScriptedModel([]), store)).propose(POSITION, tree())
    assert again == paid


def test_a_model_that_fails_is_an_error_not_an_edit() -> None:
    with pytest.raises(ModelError):
        Recorder().propose()


def test_the_prompt_shows_what_matters_and_no_more() -> None:
    text = prompt()
    assert "low(2, 1) gives 2, not 1." in text
    assert "AssertionError: assert 2 == 1" in text
    assert "pkg/core.py\n```python\ndef low(a, b):\n    if a < b:\n" in text
    assert "- `return a`" in text
    for absent in ("unrelated", "pkg/far.py", "test_core", "Tried before", "Changes made"):
        assert absent not in text


def test_weights_follow_the_lines_of_a_changed_state() -> None:
    moved = tree(**{"pkg/core.py": CORE.replace('sums."""\n', 'sums."""\n' + "\n" * 9).encode()})
    text = prompt(replace(POSITION, state=StateId("next")), moved)
    assert "def low(a, b):" in text
    assert "unrelated" not in text


def test_a_named_function_is_shown_without_any_coverage() -> None:
    issue = replace(POSITION.issue, problem_statement="`unrelated(1)` is wrong")
    preparation = Preparation(base=BASE, commit="c", environment="e")
    text = prompt(replace(POSITION, issue=issue, preparation=preparation))
    assert "def unrelated(x):" in text
    assert "def low" not in text


def test_siblings_share_everything_before_what_was_tried() -> None:
    step = Step(summary="a → b (pkg/core.py:7)", patch=b"", value=0.4, feedback="1 of 2 pass")
    first = prompt()
    second = prompt(replace(POSITION, tried=(step, step), ordinal=2, seed="7:5"))
    shared = first.index("# Task")
    assert second.startswith(first[:shared])
    assert second.count("a → b (pkg/core.py:7)") == 1
    assert "1 of 2 pass" in second


def test_the_branch_shows_its_steps_and_the_last_feedback() -> None:
    one = Step(summary="first step", patch=b"", value=0.1, feedback="old news")
    two = Step(summary="second step", patch=b"", value=0.2, feedback="test_x still fails")
    text = prompt(replace(POSITION, path=(one, two)))
    assert text.index("first step") < text.index("second step") < text.index("test_x still fails")
    assert "old news" not in text


@pytest.mark.parametrize("tokens", [1500, 3000])
def test_the_prompt_keeps_to_its_budget(tokens: int) -> None:
    long = "".join(f"def f{n}(a):\n    return a + {n}\n\n\n" for n in range(2000))
    states = tree(**{"pkg/core.py": long.encode()})
    weights = dict.fromkeys(range(1, 8000), 1.0)
    step = Step(summary="s", patch=b"", value=0.0, feedback="f " * 5000)
    model = Recorder(GOOD, GOOD)
    preparation = replace(
        POSITION.preparation,
        base="next",
        localisation=Localisation(lines={"pkg/core.py": weights}),
        reproduction=Reproduction(failures={str(n): f"{n} " * 3000 for n in range(9)}),
    )
    position = replace(
        POSITION,
        state=StateId("next"),
        issue=replace(POSITION.issue, problem_statement="word " * 9000),
        preparation=preparation,
        path=(step,) * 3,
        tried=(step,) * 9,
    )
    model.propose(position, states, context_tokens=tokens)
    estimate = estimate_prompt(model.requests[0].messages)
    assert tokens * 0.6 < estimate <= tokens * 1.05


def test_one_function_that_is_too_long_is_cut() -> None:
    long = "def low(a):\n" + "    a = a + 1\n" * 3000
    text = prompt(states=DictStates({BASE: {"pkg/core.py": long.encode()}}), context_tokens=1500)
    assert "def low(a):\n    a = a + 1\n" in text
    assert len(text) < 1500 * 4


def test_seeds_differ_by_trial_and_call_and_repeat() -> None:
    seeds = [call_seed(seed, ordinal) for seed in ("7:1", "7:2") for ordinal in (0, 1)]
    assert len(set(seeds)) == 4
    assert all(0 <= seed < 2**31 for seed in seeds)
    assert call_seed("7:1", 0) == seeds[0]


@pytest.mark.parametrize("temperature", [0.0, -1.0, 2.1])
def test_a_temperature_of_zero_is_refused(temperature: float) -> None:
    journal = Journal(ScriptedModel([]), MemoryCallStore())
    with pytest.raises(ValueError, match="temperature"):
        one(journal, temperature=temperature)


def test_clip_keeps_head_and_tail() -> None:
    text = "a" * 1000 + "z" * 1000
    short = clip(text, 100)
    assert short.startswith("aaa")
    assert short.endswith("zzz")
    assert len(short) <= 400
    assert clip("short", 100) == "short"
    assert estimate_prompt((Message("user", clip("字" * 1000, 100)),)) <= 104


HOT = HotFunction(path="pkg/core.py", line=4, name="low", calls=9000, seconds=1.5, share=0.75)
SLOW = Slowness(
    workload=Workload(script="print(low(2, 1))\n", goal=1.5),
    seconds=2.0,
    digest="d",
    wall_s=9.0,
    hot=(HOT,),
)


def slow(*, failing: bool) -> Position:
    reproduction = POSITION.preparation.reproduction if failing else Reproduction()
    preparation = replace(POSITION.preparation, slowness=SLOW, reproduction=reproduction)
    return replace(POSITION, preparation=preparation)


def test_a_workload_is_shown_with_its_profile_and_asks_for_speed_alone() -> None:
    shown = prompt(slow(failing=False))
    assert "This takes 2 s:\n```python\nprint(low(2, 1))\n```" in shown
    assert "- 75% in `low` (pkg/core.py:4), 9000 calls" in shown
    assert "at least 1.5 times as fast. Its results must stay the same." in shown
    assert "Which line is wrong" not in shown
    assert shown.index("How it is slow") < shown.index("# Code")


def test_with_failing_code_as_well_it_asks_for_both() -> None:
    shown = prompt(slow(failing=True))
    assert "AssertionError: assert 2 == 1" in shown
    assert "repair it and make it at least 1.5 times as fast" in shown


def test_without_a_workload_nothing_speaks_of_speed() -> None:
    assert "slow" not in prompt()
    assert "times as fast" not in prompt()


def sibling(states: DictStates, reply_changes: dict[str, bytes | None], **more: str) -> Step:
    """A step that was tried at the base and came to what these changes make."""
    patch = states.diff(BASE, states.fork(BASE, reply_changes))
    facts = {"summary": "return b", "feedback": "issue::1: failed", **more}
    return Step(patch=patch, value=0.5, **facts)  # type: ignore[arg-type]


FIXED: dict[str, bytes | None] = {
    "pkg/core.py": CORE.replace("    return a\n\n", "    return b\n\n").encode()
}
OTHER = block("    if a < b:", "    if a <= b:")


@pytest.mark.parametrize(
    ("second", "changed"), [(GOOD, "return b"), (OTHER, "a <= b"), ("no block", "return b")]
)
def test_what_was_tried_here_goes_back_once_before_it_is_proposed(
    second: str, changed: str
) -> None:
    states = tree()
    step = sibling(states, FIXED, critique="It is half of it.")
    model = Recorder(GOOD, second)
    result = model.propose(replace(POSITION, tried=(step,)), states)
    assert isinstance(result, Proposed)
    assert changed in (result.edit.changes["pkg/core.py"] or b"").decode()
    assert result.usage.calls == 2
    told = model.requests[1].messages[-1].content
    for part in ("tried here already: return b", "issue::1: failed", "It is half of it."):
        assert part in told
    assert "answer the same again" in told


def test_no_third_call_is_made_for_what_was_tried_here() -> None:
    states = tree()
    model = Recorder("no block", GOOD)
    result = model.propose(replace(POSITION, tried=(sibling(states, FIXED),)), states)
    assert isinstance(result, Proposed)
    assert result.usage.calls == 2


def test_an_edit_that_is_new_here_costs_one_call_and_so_does_one_that_made_no_state() -> None:
    states = tree()
    step = sibling(states, FIXED)
    for tried, reply in ((step, OTHER), (replace(step, value=None), GOOD)):
        result = Recorder(reply).propose(replace(POSITION, tried=(tried,)), states)
        assert isinstance(result, Proposed)
        assert result.usage.calls == 1


def test_what_a_judge_said_of_siblings_is_shown_within_bounds() -> None:
    steps = tuple(
        Step(
            summary=f"step {n}",
            patch=b"",
            value=0.25,
            feedback="issue::1: failed " + "f " * 4000,
            critique=f"critique {n} " + "c " * 4000,
        )
        for n in range(9)
    )
    text = prompt(replace(POSITION, tried=steps))
    tried = text[text.index("# Tried before") : text.index("# Task")]
    assert "- step 8 (value 0.25 of 1)\n" in tried
    assert "A reader said: critique 8" in tried
    assert "step 4" not in tried
    assert len(tried) // 4 <= 3000 * 0.15 * 1.2
    assert "new" not in tried


def test_the_last_step_of_the_branch_is_shown_with_its_critique() -> None:
    step = Step(summary="s", patch=b"", value=0.1, feedback="fails", critique="Off by one.")
    assert "fails\nOff by one." in prompt(replace(POSITION, path=(step,)))


SIBLINGS = (
    {"ordinal": 1, "seed": "7:5"},
    {"ordinal": 3, "tried": (Step(summary="s", patch=b"", value=0.2, feedback="f"),)},
)


@pytest.mark.parametrize("form", ["blocks", "tools"])
@pytest.mark.parametrize("other", SIBLINGS)
def test_siblings_prompts_share_everything_up_to_what_was_tried(
    form: str, other: dict[str, object]
) -> None:
    step = Step(summary="first step", patch=b"", value=0.1, feedback="old", critique="c")
    chats = []
    for more in ({}, other):
        model = Recorder("no", "no")
        model.propose(replace(POSITION, path=(step,), **more), edit_form=form)  # type: ignore[arg-type]
        chats.append(model.requests[0].messages)
    one, two = chats
    assert one[:-1] == two[:-1]
    shared = one[-1].content.index("# Task")
    assert "first step" in one[-1].content[:shared]
    assert two[-1].content.startswith(one[-1].content[:shared])


class TestSeveralModels:
    CHEAP, DEAR = (Price(prompt=p, cached=p, completion=4 * p) for p in (1.0, 5.0))

    def policy(self, *prices: Price | None, **options: object) -> tuple[LlmPolicy, list[Recorder]]:
        recorders = [Recorder(GOOD, GOOD) for _ in prices]
        models = tuple(
            WeightedJournal("ab"[n], Journal(recorder, MemoryCallStore(), price), 1.0 + 8 * n)
            for n, (recorder, price) in enumerate(zip(recorders, prices, strict=True))
        )
        return LlmPolicy(models, **options), recorders  # type: ignore[arg-type]

    def test_the_arm_says_which_one_is_asked_and_the_edit_says_who_answered(self) -> None:
        policy, (first, second) = self.policy(self.CHEAP, self.DEAR)
        for arm in ("b", "a"):
            result = policy.propose(replace(POSITION, arm=arm), tree())
            assert isinstance(result, Proposed)
            assert result.edit.origin == f"llm:{arm}"
        assert [r.model for r in (*first.requests, *second.requests)] == ["a", "b"]

    def test_without_an_arm_one_is_drawn_by_weight_and_always_the_same(self) -> None:
        names = [self.drawn(f"0:{trial}") for trial in range(30)]
        assert names == [self.drawn(f"0:{trial}") for trial in range(30)]
        assert set(names) == {"llm:a", "llm:b"}
        assert names.count("llm:b") > names.count("llm:a")

    def drawn(self, seed: str) -> str:
        policy, _ = self.policy(self.CHEAP, self.DEAR)
        result = policy.propose(replace(POSITION, seed=seed), tree())
        assert isinstance(result, Proposed)
        return result.edit.origin

    def test_an_arm_that_there_is_not_is_a_models_error(self) -> None:
        policy, _ = self.policy(self.CHEAP)
        with pytest.raises(ModelNotFound, match="'z'"):
            policy.propose(replace(POSITION, arm="z"), tree())

    def test_the_ceiling_is_the_dearest_models_and_unknown_when_one_is(self) -> None:
        both, dear = self.policy(self.CHEAP, self.DEAR)[0], self.policy(self.DEAR)[0]
        assert both.ceiling == dear.ceiling
        assert both.ceiling.usd == pytest.approx(
            (2 * both.longest_prompt * 5.0 + 2 * 768 * 20.0) / 1e6
        )
        assert self.policy(self.CHEAP, None)[0].ceiling.usd is None
        tools = self.policy(self.CHEAP, edit_form="tools")[0]
        assert tools.ceiling.tokens == 10 * (tools.longest_prompt + 768)

    def test_one_at_least(self) -> None:
        with pytest.raises(ValueError, match="at least one model"):
            LlmPolicy(())
