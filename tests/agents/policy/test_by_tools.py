"""The LLM policy with function calls, on a small tree with a scripted model."""

from dataclasses import replace

import pytest

from agents.domain import Step
from agents.llm.protocol import estimate_prompt
from agents.llm.scripted import Line
from agents.policy.by_tools import ROUNDS, TALK_TOKENS
from agents.policy.protocol import Position, Proposal, Proposed, Unusable
from agents.policy.tools.definitions import TOOLS
from agents.policy.tools.workbench import READS
from tests.agents.policy.small_tree import (
    BASE,
    CORE,
    POSITION,
    DictStates,
    Recorder,
    call,
    calls,
    tree,
)

FIXED = CORE.replace("    return a\n\n", "    return b\n\n").encode()
EDIT = call("edit", path="pkg/core.py", old="    return a\n\n", new="    return b\n\n")
VIEW = call("view", path="pkg/core.py", start=1, end=3)
BAD = call("edit", path="pkg/core.py", old="no such line", new="x")
FINISH = call("finish")


def ask(
    *replies: str | Line, position: Position = POSITION, states: DictStates | None = None
) -> tuple[Proposal, Recorder]:
    """The answer; every reply was asked for and billed, and none beyond."""
    model = Recorder(*replies)
    result = model.propose(position, states, edit_form="tools")
    assert isinstance(result, Proposed | Unusable)
    assert (result.usage.calls, len(model.requests)) == (len(replies), len(replies))
    return result, model


def test_reading_then_an_edit_then_finish_is_one_edit() -> None:
    result, model = ask(calls(VIEW), calls(EDIT), calls(FINISH))
    assert isinstance(result, Proposed)
    assert result.edit.changes == {"pkg/core.py": FIXED}
    assert (result.edit.origin, result.edit.summary) == (
        "llm:m",
        "return a → return b (pkg/core.py:7)",
    )
    assert [request.tools for request in model.requests] == [TOOLS] * 3
    shown = model.requests[1].messages[-1]
    assert (shown.role, shown.tool_call_id) == ("tool", "call_0")
    assert "pkg/core.py, lines 1 to 3 of 11" in shown.content
    assert len({request.seed for request in model.requests}) == 3


def test_an_edit_and_finish_in_one_reply_cost_one_call() -> None:
    result, _ = ask(calls(EDIT, FINISH))
    assert isinstance(result, Proposed)


def test_several_edits_build_one() -> None:
    more = call("edit", path="pkg/far.py", old="z = 1", new="z = 2")
    new = call("create", path="pkg/new.py", content="y = 1\n")
    result, _ = ask(calls(EDIT, more), calls(new), "That is all.")
    assert isinstance(result, Proposed)
    assert result.edit.changes == {
        "pkg/core.py": FIXED,
        "pkg/far.py": b"z = 2\n",
        "pkg/new.py": b"y = 1\n",
    }


def test_every_chat_goes_on_from_the_last() -> None:
    _, model = ask(calls(VIEW), calls(VIEW), calls(EDIT), calls(FINISH))
    for before, after in zip(model.requests, model.requests[1:], strict=False):
        assert after.messages[: len(before.messages)] == before.messages


def test_what_cannot_be_used_goes_back_once_and_then_ends_it() -> None:
    result, model = ask(calls(BAD), calls(EDIT, FINISH))
    assert isinstance(result, Proposed)
    assert "not in pkg/core.py" in model.requests[1].messages[-1].content
    result, _ = ask(calls(BAD), calls(VIEW), calls(BAD))
    assert isinstance(result, Unusable)
    assert result.reason == "does_not_apply"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("I do not know.", "unparsable"),
        (calls(call("look")), "unparsable"),
        (calls({"name": "edit", "arguments": "{"}), "unparsable"),
        (calls(FINISH), "changes_nothing"),
        (calls(call("edit", path="tests/test_core.py", old="t", new="u")), "forbidden_path"),
        (calls(call("create", path="any.pth", content="import os")), "forbidden_path"),
    ],
)
def test_twice_unusable_is_unusable(line: str | Line, reason: str) -> None:
    result, _ = ask(line, line)
    assert isinstance(result, Unusable)
    assert result.reason == reason
    assert result.feedback


def test_an_edit_that_does_not_compile_is_not_finished() -> None:
    broken = call("edit", path="pkg/core.py", old="a < b:", new="a < b")
    mended = call("edit", path="pkg/core.py", old="a < b", new="a <= b:")
    result, model = ask(calls(broken, FINISH), calls(mended, FINISH))
    assert isinstance(result, Proposed)
    assert [m.role for m in model.requests[1].messages[-2:]] == ["tool", "tool"]
    result, _ = ask(calls(broken, FINISH), calls(FINISH))
    assert isinstance(result, Unusable)
    assert result.reason == "does_not_compile"


def test_reading_without_end_is_stopped() -> None:
    result, model = ask(*[calls(VIEW)] * (READS + 2))
    assert isinstance(result, Unusable)
    assert (result.reason, len(model.requests)) == ("no_edit", READS + 2)


def test_writing_without_end_is_stopped_and_what_fits_is_proposed() -> None:
    edits = [
        calls(call("edit", path="pkg/far.py", old=f"z = {n}", new=f"z = {n + 1}"))
        for n in range(1, ROUNDS + 1)
    ]
    result, _ = ask(*edits)
    assert isinstance(result, Proposed)
    assert result.edit.changes == {"pkg/far.py": f"z = {ROUNDS + 1}\n".encode()}


def test_a_chat_that_grows_too_long_ends() -> None:
    words = calls(VIEW, text="word " * TALK_TOKENS)
    result, model = ask(words)
    assert isinstance(result, Unusable)
    first = estimate_prompt(model.requests[0].messages, TOOLS)
    assert first < 3000


def sibling(states: DictStates, changes: dict[str, bytes | None]) -> Step:
    patch = states.diff(BASE, states.fork(BASE, changes))
    return Step(summary="return b", patch=patch, value=0.5, feedback="issue::1: failed")


def test_what_was_tried_here_goes_back_once_and_is_proposed_when_the_model_stays_with_it() -> None:
    states = tree()
    position = replace(POSITION, tried=(sibling(states, {"pkg/core.py": FIXED}),))
    result, model = ask(calls(EDIT, FINISH), calls(FINISH), position=position, states=states)
    assert isinstance(result, Proposed)
    assert result.edit.changes == {"pkg/core.py": FIXED}
    told = model.requests[1].messages[-1].content
    assert "tried here already: return b" in told
    assert "issue::1: failed" in told


def test_what_was_tried_here_is_proposed_when_nothing_better_comes() -> None:
    states = tree()
    position = replace(POSITION, tried=(sibling(states, {"pkg/core.py": FIXED}),))
    result, _ = ask(calls(EDIT, FINISH), calls(BAD), position=position, states=states)
    assert isinstance(result, Proposed)
    assert result.edit.changes == {"pkg/core.py": FIXED}
