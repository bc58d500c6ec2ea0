"""First part of the runner, see `sandbox.runner`: JSON and frames.

Standard library only, never imports ours: `wire.runner_source` joins the parts into one text.
"""

# Every run in bubblewrap starts this program anew, and most of a short run is starting it: `json`
# (which loads `re` and `enum`) and `typing` alone would take half of that. Hence these imports.

from __future__ import annotations

import binascii
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Json = dict[str, Any]

FRAME_BYTES = 1024 * 1024 * 1024
LINK = 0o120000


# --- JSON without its package -------------------------------------------------------------------


class _Rules:
    """What the scanner of CPython's own `json` asks its decoder for."""

    strict = True
    object_hook = object_pairs_hook = parse_constant = None
    parse_float, parse_int = float, int


def parse(text: str) -> Any:
    """`json.loads` of text that `json.dumps` or `serialise` made."""
    try:
        from _json import make_scanner  # noqa: PLC0415
    except ImportError:  # not CPython, or one without its accelerators
        from json import loads  # noqa: PLC0415

        return loads(text)
    rules: Any = _Rules
    return make_scanner(rules)(text, 0)[0]


def quote(text: str) -> str:
    """Text as JSON."""
    try:
        from _json import encode_basestring_ascii  # noqa: PLC0415
    except ImportError:
        from json import dumps  # noqa: PLC0415

        return dumps(text)
    return encode_basestring_ascii(text)


def serialise(value: Any) -> str:
    """`json.dumps` for dictionaries with text keys, lists, text, numbers, truth values, None."""
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{quote(k)}:{serialise(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(serialise, value)) + "]"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return repr(value)
    return {None: "null", True: "true", False: "false"}[value]


def read_exactly(count: int) -> bytes | None:
    parts = []
    while count:
        part = os.read(0, min(count, 1 << 20))
        if not part:
            return None
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def read_frame() -> Json | None:
    header = read_exactly(4)
    length = int.from_bytes(header, "big") if header else 0
    if not header or length > FRAME_BYTES:
        return None
    body = read_exactly(length)
    if body is None:
        return None
    frame: Json = parse(body.decode())
    return frame


def write_frame(frame: Json) -> None:
    body = serialise(frame).encode()
    view = memoryview(len(body).to_bytes(4, "big") + body)
    while view:
        view = view[os.write(1, view) :]


def encode(content: bytes) -> str:
    return binascii.b2a_base64(content, newline=False).decode()
