"""A small server that speaks the chat-completions protocol, well or badly, on a loopback port.

Each POST takes the next behaviour of `script`; the last one serves all that follow. Use as
``with FakeOpenAi(ok("hi"), status(500)) as server: OpenAiModel(server.url, "key")``.
"""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

USAGE = {"prompt_tokens": 30, "completion_tokens": 7, "total_tokens": 37}


class Handler(BaseHTTPRequestHandler):
    """One connection. `server` is the `_Server` below."""

    protocol_version = "HTTP/1.1"
    server: "_Server"

    def do_GET(self) -> None:
        self.server.owner.models(self)

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = json.loads(self.rfile.read(length))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.owner.next(body, headers)(self)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""

    def answer(self, code: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        """A whole response."""
        self.send_response(code)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


Behaviour = Callable[[Handler], None]


def completion(
    text: str | None, usage: Mapping[str, Any] | None, calls: Sequence[Mapping[str, Any]] = ()
) -> bytes:
    """The body of a reply."""
    message: dict[str, Any] = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message | ({"tool_calls": list(calls)} if calls else {})}
    body = {"id": "1", "object": "chat.completion", "created": 1, "model": "fake-1"}
    full = {**body, "choices": [{**choice, "finish_reason": "stop"}]}
    return json.dumps({**full, "usage": usage} if usage else full).encode()


def ok(text: str, usage: Mapping[str, Any] | None = USAGE) -> Behaviour:
    """A good reply; `usage` None leaves the field out."""
    return lambda handler: handler.answer(200, completion(text, usage))


def calling(*calls: Mapping[str, Any], usage: Mapping[str, Any] | None = USAGE) -> Behaviour:
    """A reply without text that calls functions, each as `function`."""
    return lambda handler: handler.answer(200, completion(None, usage, calls))


def function(name: str, arguments: str, **more: str) -> dict[str, Any]:
    """One call on the wire; `more`: its ``id``."""
    return {"type": "function", "function": {"name": name, "arguments": arguments}, **more}


def status(http: int, headers: Mapping[str, str] | None = None, **error: str | None) -> Behaviour:
    """An error reply of the usual shape; `error` replaces fields such as ``code``."""
    body = {"error": {"message": "no", "type": "t", "param": None, "code": None, **error}}
    return lambda handler: handler.answer(http, json.dumps(body).encode(), headers)


def raw(body: bytes, content_type: str = "application/json") -> Behaviour:
    """A 200 with any body."""
    return lambda handler: handler.answer(200, body, {"Content-Type": content_type})


def cut_off(handler: Handler) -> None:
    """Promises 10,000 bytes, sends a few and hangs up."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "10000")
    handler.end_headers()
    handler.wfile.write(b'{"choices": [')
    handler.close_connection = True


def slow(handler: Handler) -> None:
    """Says nothing until the server is closed."""
    handler.server.owner.closing.wait()
    handler.close_connection = True


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    owner: "FakeOpenAi"


class FakeOpenAi:
    """The server in a thread of its own."""

    def __init__(
        self, *script: Behaviour, served: Sequence[str] | int | bytes = ("fake-1",)
    ) -> None:
        """`served`: names listed by ``GET /models``, or a status code, or any body."""
        self._script, self._served = list(script), served
        self._lock = threading.Lock()
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.closing = threading.Event()
        self._server = _Server(("127.0.0.1", 0), Handler)
        self._server.owner = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def next(self, body: dict[str, Any], headers: dict[str, str]) -> Behaviour:
        """Note the request and choose what to do with it."""
        with self._lock:
            self.requests.append(body)
            self.headers.append(headers)
            return self._script.pop(0) if len(self._script) > 1 else self._script[0]

    def models(self, handler: Handler) -> None:
        """Answer ``GET /models``."""
        if isinstance(self._served, int):
            status(self._served)(handler)
        elif isinstance(self._served, bytes):
            raw(self._served)(handler)
        else:
            data = [{"id": name, "object": "model"} for name in self._served]
            handler.answer(200, json.dumps({"object": "list", "data": data}).encode())

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
