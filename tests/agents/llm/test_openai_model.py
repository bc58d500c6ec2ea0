"""Every way in which an endpoint can answer, and the typed outcome."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from agents.errors import ModelError, ModelNotFound, ModelRefusedKey, ModelUnreachable
from agents.llm.openai_model import MAX_WAIT_S, OpenAiModel
from agents.llm.pricing import Price
from agents.llm.protocol import Message, Request, Tool, ToolCall
from tests.agents.llm.fake_openai import (
    Behaviour,
    FakeOpenAi,
    calling,
    cut_off,
    function,
    ok,
    raw,
    slow,
    status,
)

ASK = Request(
    model="fake-1",
    messages=(Message("system", "Be short."), Message("user", "Why?")),
    temperature=0.5,
    max_tokens=64,
    seed=7,
    stop=("END",),
)


class Rig:
    """A server, a client, and the waits that the client asked for."""

    def __init__(self, server: FakeOpenAi, *, tries: int = 3, timeout_s: float = 10.0) -> None:
        self.server, self.waits = server, list[float]()
        self.model = OpenAiModel(
            server.url,
            "secret",
            price=Price(prompt=1.0, cached=0.1, completion=10.0),
            tries=tries,
            timeout_s=timeout_s,
            sleep=self.waits.append,
        )


@contextmanager
def rig(
    *script: Behaviour,
    served: tuple[str, ...] | int | bytes = ("fake-1",),
    timeout_s: float = 10.0,
) -> Iterator[Rig]:
    with FakeOpenAi(*script, served=served) as server:
        made = Rig(server, timeout_s=timeout_s)
        yield made
        made.model.close()


def test_a_good_reply_is_counted_and_priced() -> None:
    usage = {
        "prompt_tokens": 1000,
        "completion_tokens": 100,
        "prompt_tokens_details": {"cached_tokens": 400},
    }
    with rig(ok("Because.", usage)) as r:
        reply = r.model.complete(ASK)
    assert (reply.text, reply.model, reply.finish_reason) == ("Because.", "fake-1", "stop")
    assert (reply.prompt_tokens, reply.cached_tokens, reply.completion_tokens) == (1000, 400, 100)
    assert reply.usd == pytest.approx((600 * 1.0 + 400 * 0.1 + 100 * 10.0) / 1e6)
    assert not reply.estimated


def test_a_lone_surrogate_neither_fails_to_be_sent_nor_gets_in() -> None:
    call = ToolCall(id="a\ud800", name="view\ud800", arguments="{\udfff}")
    messages = (
        Message("user", "caf\u00e9 \ud800"),
        Message("assistant", "", tool_calls=(call,)),
        Message("tool", "\udc80", tool_call_id="a\ud800"),
    )
    with rig(ok("so \udfff"), calling(function("f\ud800", "{\udfff}", id="b\ud800"))) as r:
        first = r.model.complete(replace(ASK, messages=messages))
        second = r.model.complete(ASK)
        sent = r.server.requests[0]["messages"]
    assert [turn["content"] for turn in sent] == ["caf\u00e9 ?", "", "?"]
    assert sent[1]["tool_calls"][0]["function"] == {"name": "view?", "arguments": "{?}"}
    assert sent[1]["tool_calls"][0]["id"] == sent[2]["tool_call_id"] == "a?"
    assert first.text == "so ?"
    assert second.tool_calls == (ToolCall(id="b?", name="f?", arguments="{?}"),)


def test_the_whole_request_travels() -> None:
    with rig(ok("x")) as r:
        r.model.complete(ASK)
        sent, headers = r.server.requests[0], r.server.headers[0]
    assert sent == {
        "model": "fake-1",
        "messages": [
            {"role": "system", "content": "Be short."},
            {"role": "user", "content": "Why?"},
        ],
        "temperature": 0.5,
        "max_tokens": 64,
        "seed": 7,
        "stop": ["END"],
    }
    assert headers["authorization"] == "Bearer secret"


def test_ids_in_the_environment_are_not_told_to_the_endpoint(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-private")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "project-private")
    with rig(ok("x")) as r:
        r.model.complete(ASK)
        assert "private" not in str(r.server.headers)


def test_no_usage_is_estimated_and_says_so() -> None:
    with rig(ok("Because it is so.", usage=None)) as r:
        reply = r.model.complete(ASK)
    assert reply.estimated
    assert reply.completion_tokens > 3
    assert reply.prompt_tokens > 3
    assert reply.usd is not None
    assert reply.usd > 0


def test_without_a_price_the_cost_is_unknown() -> None:
    with FakeOpenAi(ok("x")) as server:
        model = OpenAiModel(server.url, "key")
        assert model.complete(ASK).usd is None
        model.close()


@pytest.mark.parametrize("code", [401, 403])
def test_a_wrong_key_is_not_retried(code: int) -> None:
    with rig(status(code)) as r, pytest.raises(ModelRefusedKey, match="key"):
        r.model.complete(ASK)
    assert len(r.server.requests) == 1


def test_an_unknown_model_names_those_that_are_served() -> None:
    with (
        rig(status(404), served=("big", "small")) as r,
        pytest.raises(ModelNotFound, match=r"'fake-1'; it serves: big, small"),
    ):
        r.model.complete(ASK)


def test_an_unknown_model_where_nothing_is_listed() -> None:
    with rig(status(404), served=500) as r, pytest.raises(ModelNotFound, match="ends in /v1"):
        r.model.complete(ASK)


def test_retry_after_is_honoured_to_the_letter() -> None:
    with rig(status(429, {"Retry-After": "0"}), status(429, {"Retry-After": "7.5"}), ok("x")) as r:
        assert r.model.complete(ASK).text == "x"
    assert r.waits == [0.0, 7.5]


@pytest.mark.parametrize("header", [{}, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}])
def test_without_retry_after_the_wait_doubles(header: dict[str, str]) -> None:
    with rig(status(500, header), status(503, header), ok("x")) as r:
        assert r.model.complete(ASK).text == "x"
    assert r.waits == [0.5, 1.0]


def test_a_wait_that_is_too_long_is_not_waited_for() -> None:
    long = {"Retry-After": str(MAX_WAIT_S + 1)}
    with rig(status(429, long)) as r, pytest.raises(ModelUnreachable, match="429"):
        r.model.complete(ASK)
    assert r.waits == []


def test_an_empty_account_is_not_retried() -> None:
    with (
        rig(status(429, code="insufficient_quota")) as r,
        pytest.raises(ModelError, match="no credit") as caught,
    ):
        r.model.complete(ASK)
    assert not isinstance(caught.value, ModelUnreachable)
    assert len(r.server.requests) == 1


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (status(500), "500"),
        (status(429), "429"),
        (cut_off, "RemoteProtocolError"),
        (raw(b'{"choices": [{"mess'), "not JSON"),
        (raw(b"<html>hello</html>", "text/html"), "no chat completion"),
        (raw(b'{"choices": []}'), "no chat completion"),
        (raw(b'{"choices": null}'), "no chat completion"),
        (raw(b"[1, 2]"), "no chat completion"),
        (raw(b'{"choices": [{"finish_reason": "stop"}]}'), "no message"),
    ],
)
def test_what_may_pass_is_tried_again_and_bounded(bad: Behaviour, words: str) -> None:
    with rig(bad, ok("x")) as r:
        assert r.model.complete(ASK).text == "x"
    with rig(bad) as r, pytest.raises(ModelUnreachable, match=words):
        r.model.complete(ASK)
    assert len(r.server.requests) == 3


def test_a_slow_server_times_out() -> None:
    with rig(slow, timeout_s=0.05) as r, pytest.raises(ModelUnreachable, match="Timeout"):
        r.model.complete(ASK)
    assert len(r.server.requests) == 3


def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        waits = list[float]()
        model = OpenAiModel(url, "key", tries=2, sleep=waits.append)
        with pytest.raises(ModelUnreachable, match="is the server running"):
            model.complete(ASK)
        with pytest.raises(ModelUnreachable, match="is the server running"):
            model.verify("fake-1")
        model.close()
    assert waits == [0.5]


def test_a_prompt_that_is_too_long_says_what_to_lower() -> None:
    with (
        rig(status(400, code="context_length_exceeded", param="messages")) as r,
        pytest.raises(ModelError, match="context_tokens"),
    ):
        r.model.complete(ASK)
    assert len(r.server.requests) == 1


def test_any_other_bad_request_is_plain() -> None:
    with rig(status(400, message="bad role")) as r, pytest.raises(ModelError, match="bad role"):
        r.model.complete(ASK)


def test_parameters_that_a_server_refuses_are_left_out_from_then_on() -> None:
    no_seed = status(400, param="seed", code="unsupported_parameter")
    no_limit = status(400, message="Unsupported parameter: 'max_tokens' is not supported")
    with rig(no_seed, no_limit, ok("x")) as r:
        r.model.complete(ASK)
        r.model.complete(ASK)
        sent = [set(request) - {"model", "messages", "stop"} for request in r.server.requests]
    assert sent == [
        {"temperature", "max_tokens", "seed"},
        {"temperature", "max_tokens"},
        {"temperature", "max_completion_tokens"},
        {"temperature", "max_completion_tokens"},
    ]


def test_a_parameter_refused_for_ever_ends() -> None:
    with rig(status(400, param="seed")) as r, pytest.raises(ModelError, match="400"):
        r.model.complete(ASK)
    assert len(r.server.requests) == 2


def test_an_unset_seed_and_stop_are_not_sent() -> None:
    with rig(ok("x")) as r:
        r.model.complete(replace(ASK, seed=None, stop=()))
        assert not {"seed", "stop"} & set(r.server.requests[0])


@pytest.mark.parametrize("served", [("fake-1", "other"), (), 404])
def test_verify_passes(served: tuple[str, ...] | int) -> None:
    with rig(ok("x"), served=served) as r:
        r.model.verify("fake-1")
    assert r.server.requests == []


@pytest.mark.parametrize(
    ("served", "error"),
    [
        (("other",), ModelNotFound),
        (401, ModelRefusedKey),
        (500, ModelUnreachable),
        (b"{", ModelUnreachable),
        (b"[]", ModelUnreachable),
        (b'{"data": [1]}', ModelUnreachable),
    ],
)
def test_verify_fails_early(served: tuple[str, ...] | int | bytes, error: type[ModelError]) -> None:
    with rig(ok("x"), served=served) as r, pytest.raises(error):
        r.model.verify("fake-1")


VIEW = Tool(
    name="view",
    description="Show a file.",
    parameters={"type": "object", "properties": {"path": {"type": "string"}}},
)
TOLD = replace(
    ASK,
    tools=(VIEW,),
    messages=(
        Message("user", "Look."),
        Message("assistant", "", tool_calls=(ToolCall(id="a", name="view", arguments="{}"),)),
        Message("tool", "view needs path", tool_call_id="a"),
    ),
)


def test_functions_travel_both_ways() -> None:
    with rig(calling(function("view", '{"path": "a.py"}', id="b"))) as r:
        reply = r.model.complete(TOLD)
        sent = r.server.requests[0]
    assert reply.tool_calls == (ToolCall(id="b", name="view", arguments='{"path": "a.py"}'),)
    assert (reply.text, reply.message.tool_calls) == ("", reply.tool_calls)
    schema = {"type": "object", "properties": {"path": {"type": "string"}}}
    described = {"name": "view", "description": "Show a file.", "parameters": schema}
    assert sent["tools"] == [{"type": "function", "function": described}]
    asked = [{"id": "a", "type": "function", "function": {"name": "view", "arguments": "{}"}}]
    assert sent["messages"][1:] == [
        {"role": "assistant", "content": "", "tool_calls": asked},
        {"role": "tool", "content": "view needs path", "tool_call_id": "a"},
    ]


def test_calls_without_ids_get_some_and_are_counted_where_the_server_does_not() -> None:
    two = (function("view", '{"path": "a.py"}'), function("view", '{"path": "b.py"}'))
    with rig(calling(*two, usage=None)) as r:
        reply = r.model.complete(TOLD)
    assert [call.id for call in reply.tool_calls] == ["call_0", "call_1"]
    assert reply.completion_tokens >= 2 * len('view{"path": "a.py"}') // 4
    assert reply.prompt_tokens > 30


def test_a_server_that_knows_no_functions_is_an_error_that_says_so() -> None:
    with rig(status(400, message="this model does not support tools")) as r:
        with pytest.raises(ModelError, match="does not support tools"):
            r.model.complete(TOLD)
        assert len(r.server.requests) == 1
