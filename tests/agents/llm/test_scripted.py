"""The scripted model: in order, by words, by function, from a file."""

import json
from pathlib import Path

import pytest

from agents.errors import ModelError
from agents.llm.protocol import Message, Request, ToolCall
from agents.llm.scripted import Line, ScriptedModel


def ask(text: str) -> Request:
    return Request(model="s", messages=(Message("user", text),), temperature=0.5, max_tokens=9)


def test_replies_come_in_order_and_run_out() -> None:
    model = ScriptedModel(["one", "two"])
    assert [model.complete(ask("a")).text, model.complete(ask("b")).text] == ["one", "two"]
    with pytest.raises(ModelError, match=r"2 of 2 used.*ends with: 'c'"):
        model.complete(ask("c"))


def test_a_function_sees_the_request() -> None:
    model = ScriptedModel(lambda request: request.messages[-1].content.upper())
    assert [model.complete(ask("a")).text, model.complete(ask("b")).text] == ["A", "B"]


def test_a_line_may_wait_for_its_words_or_serve_for_ever() -> None:
    model = ScriptedModel(
        [Line(text="for two", when="two"), Line(text="once"), Line(text="rest", repeat=True)]
    )
    asked = ["one", "two", "three", "two"]
    assert [model.complete(ask(a)).text for a in asked] == ["once", "for two", "rest", "rest"]


def test_it_costs_nothing_and_says_that_it_guesses() -> None:
    reply = ScriptedModel(["four letters make one token"]).complete(ask("x" * 400))
    assert reply.estimated
    assert reply.usd == 0.0
    assert reply.prompt_tokens > 100
    assert reply.completion_tokens > 6


def test_a_file_of_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "script.jsonl"
    path.write_text('{"text": "a\\nb"}\n\n{"text": "rest", "repeat": true}\n', encoding="utf-8")
    model = ScriptedModel.from_file(path)
    assert [model.complete(ask("x")).text for _ in range(3)] == ["a\nb", "rest", "rest"]


@pytest.mark.parametrize(
    "bad", ["{", "[]", '{"txt": "a"}', "3", '{"text": "", "tool_calls": [{}]}']
)
def test_a_bad_line_is_named(tmp_path: Path, bad: str) -> None:
    path = tmp_path / "script.jsonl"
    path.write_text('{"text": "a"}\n' + bad, encoding="utf-8")
    with pytest.raises(ModelError, match="line 2"):
        ScriptedModel.from_file(path)


def test_a_line_may_call_functions(tmp_path: Path) -> None:
    path = tmp_path / "script.jsonl"
    rows = [
        {"text": "I look.", "tool_calls": [{"name": "view", "arguments": {"path": "a.py"}}]},
        {"text": "", "tool_calls": [{"name": "edit", "arguments": "{"}, {"name": "finish"}]},
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    model = ScriptedModel.from_file(path)
    first, second = model.complete(ask("a")), model.complete(ask("b"))
    assert (first.text, first.finish_reason) == ("I look.", "tool_calls")
    assert first.tool_calls == (ToolCall(id="call_0", name="view", arguments='{"path": "a.py"}'),)
    assert [(c.id, c.arguments) for c in second.tool_calls] == [("call_0", "{"), ("call_1", "{}")]
    assert second.completion_tokens > 0


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        ScriptedModel.from_file(tmp_path / "none")
