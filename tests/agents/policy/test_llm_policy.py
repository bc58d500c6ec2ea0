"""The LLM policy on a small tree with a scripted model."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from agents.domain import (
    HotFunction,
    Issue,
    Localisation,
    Preparation,
    Reproduction,
    Slowness,
    Step,
    Workload,
)
from agents.errors import ModelError
from agents.llm.journal import Journal, MemoryCallStore
from agents.llm.protocol import Message, Reply, Request, estimate_prompt
from agents.llm.scripted import ScriptedModel
from agents.policy.llm_policy import LlmPolicy, call_seed
from agents.policy.prompts import clip
from agents.policy.protocol import Position, Proposal, Proposed, Unusable
from sandbox.protocol import StateId

CORE = '''"""Small sums."""


def low(a, b):
    if a < b:
        return a
    return a


def unrelated(x):
    return x * 2
'''

BASE = StateId("base")


@dataclass
class DictStates:
    """States that are plain dictionaries; only what a policy reads."""

    trees: dict[str, dict[str, bytes]]

    def import_commit(self, repository: Path, revision: str) -> tuple[StateId, str]:
        raise NotImplementedError

    def fork(self, parent: StateId, changes: Mapping[str, bytes | None]) -> StateId:
        raise NotImplementedError

    def apply(self, base: StateId, patch: bytes) -> StateId:
        raise NotImplementedError

    def restore(self, base: StateId, patch: bytes, expected: StateId) -> StateId:
        raise NotImplementedError

    def diff(self, base: StateId, state: StateId) -> bytes:
        raise NotImplementedError

    def changed(self, base: StateId, state: StateId) -> Mapping[str, bytes | None]:
        raise NotImplementedError

    def paths(self, state: StateId) -> tuple[str, ...]:
        return tuple(sorted(self.trees[state]))

    def read(self, state: StateId, path: str) -> bytes | None:
        return self.trees[state].get(path)


def tree(**changes: bytes) -> DictStates:
    files = {"pkg/core.py": CORE.encode(), "pkg/far.py": b"z = 1\n", "tests/test_core.py": b"t\n"}
    return DictStates({BASE: files, "next": {**files, **changes}})


POSITION = Position(
    search="s",
    trial=4,
    issue=Issue(repo="r", base_commit="c", problem_statement="low(2, 1) gives 2, not 1."),
    preparation=Preparation(
        base=BASE,
        commit="c",
        environment="e",
        localisation=Localisation(
            lines={"pkg/core.py": {5: 0.5, 7: 1.0}, "tests/test_core.py": {1: 1.0}},
            text_hits={"pkg/core.py": 0.1},
        ),
        reproduction=Reproduction(failures={"issue::1": "AssertionError: assert 2 == 1"}),
    ),
    state=BASE,
    ordinal=0,
    seed="7:4",
)


def block(search: str, replaced: str, path: str = "pkg/core.py") -> str:
    return f"{path}\n<<<<<<< SEARCH\n{search}\n=======\n{replaced}\n>>>>>>> REPLACE\n"


GOOD = block("        return a\n    return a", "        return a\n    return b")
BROKEN = block("    if a < b:", "    if a < b")


class Recorder:
    """A scripted model that keeps what it was asked."""

    def __init__(self, *replies: str, finish_reason: str = "stop") -> None:
        self.requests: list[Request] = []
        self._script, self._finish_reason = ScriptedModel(replies), finish_reason

    def complete(self, request: Request) -> Reply:
        self.requests.append(request)
        return replace(self._script.complete(request), finish_reason=self._finish_reason)

    def propose(
        self, position: Position = POSITION, states: DictStates | None = None, **options: int
    ) -> Proposal:
        store = MemoryCallStore()
        policy = LlmPolicy(Journal(self, store), "m", **options)  # type: ignore[arg-type]
        result = policy.propose(position, states or tree())
        assert list(store.records) == [("s", 4, n) for n in range(len(self.requests))]
        return result


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
    paid = LlmPolicy(Journal(ScriptedModel(["no", GOOD]), store), "m").propose(POSITION, tree())
    again = LlmPolicy(Journal(ScriptedModel([]), store), "m").propose(POSITION, tree())
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
        LlmPolicy(journal, "m", temperature=temperature)


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
