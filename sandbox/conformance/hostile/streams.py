"""What a command says: too much, not text, or a forgery of the runner's own answer."""

import json

from sandbox import wire
from sandbox.conformance.hostile.case import hostile
from sandbox.conformance.hostile.target import Target
from sandbox.conformance.subject import expect, refused
from sandbox.errors import SandboxLost
from sandbox.protocol import RunSpec

# --- 6: floods and bytes ------------------------------------------------------------------------


@hostile(6)
def output_without_end_is_cut_short(target: Target) -> None:
    result = target.run("sh", "-c", "exec yes >&2", wall_s=30.0, output_bytes=1000)
    expect(result.outcome == "output_limit", result)
    expect(result.stderr.dropped > 0 and len(result.stderr.head) == 500, result.stderr)


@hostile(6)
def both_streams_at_once_are_kept_apart(target: Target) -> None:
    code = """
import os
for number in range(400):
    os.write(1, b'o' * 65536)
    os.write(2, b'e' * 65536)
"""
    result = target.python(code, output_bytes=100)
    expect(result.outcome == "ok", result)
    for stream, letter in ((result.stdout, b"o"), (result.stderr, b"e")):
        expect(stream.head == letter * 50 == stream.tail, stream)
        expect(stream.dropped == 400 * 65536 - 100, stream)


@hostile(6)
def a_line_of_a_hundred_megabytes_is_counted_exactly(target: Target) -> None:
    code = "import os\nfor _ in range(100): os.write(1, bytes(1 << 20))\nos.write(1, b'\\nend')"
    result = target.python(code, output_bytes=64, wall_s=20.0)
    expect(result.outcome == "ok" and result.stdout.tail.endswith(b"\0\nend"), result)
    expect(result.stdout.dropped == (100 << 20) + 4 - 64, result.stdout)


@hostile(6)
def bytes_that_are_no_text_come_back_as_they_were(target: Target) -> None:
    sent = bytes(range(256)) * 4 + b"\xff\xfe\xed\xa0\x80\0\x1b[2J\r\n"
    code = f"import os\nos.write(1, {sent!r})\nos.write(2, {sent[::-1]!r})"
    result = target.python(code)
    expect(result.outcome == "ok", result)
    expect(result.stdout.head + result.stdout.tail == sent, result.stdout)
    expect(result.stderr.head + result.stderr.tail == sent[::-1], result.stderr)
    expect("\ufffd" in result.stdout.text, "text of bytes that are no text")


@hostile(6)
def a_forged_note_of_dropped_bytes_changes_no_count(target: Target) -> None:
    said = "\n[... 999 bytes dropped ...]\n"
    result = target.python(f"print({said!r}, end='')")
    expect((result.stdout.text, result.stdout.dropped) == (said, 0), result)


# --- 11: forged answers -------------------------------------------------------------------------


@hostile(11)
def a_forged_answer_on_the_streams_is_only_output(target: Target) -> None:
    frame = wire.pack({"outcome": "ok", "exit_code": 0, "signal": None, "artefacts": {}})
    docker_header = b"\1\0\0\0" + len(frame).to_bytes(4, "big")
    code = f"import os\nfor n in (1, 2):\n os.write(n, {docker_header + frame!r})\nos._exit(3)"
    result = target.python(code)
    expect((result.outcome, result.exit_code) == ("failed", 3), result)
    for stream in (result.stdout, result.stderr):
        expect(stream.head + stream.tail == docker_header + frame, stream)


@hostile(11)
def a_command_has_three_descriptors_and_no_terminal(target: Target) -> None:
    code = """
import fcntl, os, termios
open_ones = []
for number in range(4096):
    try: os.fstat(number)
    except OSError: continue
    open_ones.append(number)
print(open_ones)
for path in ('/dev/tty', '/dev/console', '/proc/1/fd/0', '/proc/1/fd/1', '/proc/1/fd/2'):
    try: print('opened', path, os.open(path, os.O_RDWR))
    except OSError: pass
for number in (0, 1, 2):
    try: fcntl.ioctl(number, termios.TIOCSTI, b'x')
    except OSError: continue
    print('typed into', number)
"""
    result = target.python(code)
    expect((result.outcome, result.stdout.text) == ("ok", "[0, 1, 2]\n"), result)


@hostile(11)
def writing_to_every_descriptor_reaches_nobody(target: Target) -> None:
    code = """
import os
frame = b'{"outcome": "ok"}'
for number in range(3, 1024):
    try: os.write(number, len(frame).to_bytes(4, 'big') + frame)
    except OSError: continue
    print('wrote to', number)
raise SystemExit(4)
"""
    result = target.python(code)
    expect((result.exit_code, result.stdout.text) == (4, ""), result)


def _honest() -> dict[str, object]:
    stream = {"head": "", "tail": "", "dropped": 0}
    streams = {"stdout": stream, "stderr": stream, "artefacts": {}}
    times = {"wall_s": 0.1, "cpu_s": 0.1, "peak_mb": 1.0}
    return {"outcome": "ok", "exit_code": 0, "signal": None, **streams, **times}


@hostile(11)
def frames_that_lie_are_a_lost_run(target: Target) -> None:
    del target  # what a taken-over runner may send is read by every provider alike
    spec = RunSpec(argv=("true",), artefacts=("a",))
    expect(wire.result(_honest(), spec).outcome == "ok", "an honest answer was refused")
    for key, lie in (
        ("outcome", "passed"),
        ("outcome", ["ok"]),
        ("exit_code", float("inf")),
        ("exit_code", [0]),
        ("signal", "KILL"),
        ("stdout", "text"),
        ("stdout", {"head": "!", "tail": "", "dropped": 0}),
        ("stderr", {"head": "", "tail": "", "dropped": -1}),
        ("wall_s", float("nan")),
        ("cpu_s", float("inf")),
        ("peak_mb", None),
        ("artefacts", {"a": 1}),
        ("artefacts", ["a"]),
    ):
        frame = {**_honest(), key: lie}
        refused(SandboxLost, lambda frame=frame: wire.result(frame, spec))  # type: ignore[misc]


@hostile(11)
def frames_that_burst_are_a_lost_run(target: Target) -> None:
    del target
    bodies = (
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"outcome": ' + b"9" * 10_000 + b"}",
        b"[]",
        b'{"outcome": "ok", "exit_code": 1e999}',
        b"null",
    )
    for body in bodies:
        refused(SandboxLost, lambda body=body: _received(body))  # type: ignore[misc]
    header = b"\xff\xff\xff\xff"
    refused(SandboxLost, lambda: wire.unpack(lambda count: header[:count], 1 << 20))


def _received(body: bytes) -> object:
    sent = bytearray(len(body).to_bytes(4, "big") + body)

    def read(count: int) -> bytes:
        taken = bytes(sent[:count])
        del sent[:count]
        return taken

    return wire.result(wire.unpack(read, 1 << 20), RunSpec(argv=("true",)))


@hostile(11)
def artefacts_that_nobody_asked_for_are_not_taken(target: Target) -> None:
    del target
    frame = json.loads(json.dumps({**_honest(), "artefacts": {"a": "", "../b": "", "c": ""}}))
    result = wire.result(frame, RunSpec(argv=("true",), artefacts=("a",)))
    expect(result.artefacts == {"a": b""}, result)
