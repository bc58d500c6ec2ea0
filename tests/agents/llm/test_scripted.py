"""The scripted model: in order, by words, by function, from a file."""

from pathlib import Path

import pytest

from agents.errors import ModelError
from agents.llm.protocol import Message, Request
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


@pytest.mark.parametrize("bad", ["{", "[]", '{"txt": "a"}', "3"])
def test_a_bad_line_is_named(tmp_path: Path, bad: str) -> None:
    path = tmp_path / "script.jsonl"
    path.write_text('{"text": "a"}\n' + bad, encoding="utf-8")
    with pytest.raises(ModelError, match="line 2"):
        ScriptedModel.from_file(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        ScriptedModel.from_file(tmp_path / "none")
