"""The runner as an ordinary process: frames in, frames out. Isolation is the providers'."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sandbox import wire
from sandbox.errors import SandboxLost, UnsafePath
from sandbox.protocol import RunResult, RunSpec
from sandbox.states import Item


@dataclass
class Runner:
    process: subprocess.Popen[bytes]
    folder: Path

    def ask(self, frame: wire.Frame, limit: int = 1 << 24) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(wire.pack(frame))
        self.process.stdin.flush()
        return wire.unpack(self.process.stdout.read, limit)

    def run(self, *argv: str, items: tuple[Item, ...] = (), **limits: Any) -> RunResult:
        spec = RunSpec(argv=argv, **limits)
        return wire.result(self.ask(wire.request(spec, items)), spec)


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[Runner]:
    for name in ("workspace", "outputs"):
        (tmp_path / name).mkdir()
    settings = {"workspace": f"{tmp_path}/workspace", "outputs": f"{tmp_path}/outputs"}
    command = [sys.executable, "-I", "-S", "-c", wire.runner_source(), json.dumps(settings)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield Runner(process, tmp_path)


def test_a_runner_serves_many_runs_and_ends_with_its_stdin(runner: Runner) -> None:
    assert runner.run("true").exit_code == 0
    assert runner.run("sh", "-c", "exit 5").exit_code == 5
    assert runner.process.stdin is not None
    runner.process.stdin.close()
    assert runner.process.wait() == 0


def test_items_are_laid_before_the_command_starts(runner: Runner) -> None:
    items = (
        Item("a/b", 0o100644, b"one"),
        Item("tool", 0o100755, b"#!/bin/sh\ncat a/b s\n"),
        Item("s", 0o120000, b"a/b"),
    )
    assert runner.run("./tool", items=items).stdout.head == b"oneone"
    swapped = (Item("a/b", 0, b""), Item("a", 0o100644, b"file"), Item("s", 0, b""))
    assert runner.run("cat", "a", items=swapped).stdout.head == b"file"


def test_an_item_is_never_written_through_a_symlink(runner: Runner) -> None:
    outside = runner.folder / "outside"
    outside.write_text("untouched")
    runner.run("ln", "-s", str(outside), "name")
    assert runner.run("cat", "name", items=(Item("name", 0o100644, b"new"),)).stdout.head == b"new"
    assert outside.read_text() == "untouched"


def test_bytecode_of_a_state_is_left_out(runner: Runner) -> None:
    items = (Item("p/__pycache__/m.pyc", 0o100644, b"evil"), Item("p/m.py", 0o100644, b""))
    assert runner.run("find", ".", "-type", "f", items=items).stdout.head == b"./p/m.py\n"


def test_a_timeout_is_a_result_and_the_runner_goes_on(runner: Runner) -> None:
    result = runner.run("sh", "-c", "trap '' TERM; echo up; sleep 100", wall_s=1.5)
    assert (result.outcome, result.signal, result.stdout.head) == ("timeout", 9, b"up\n")
    assert runner.run("true").outcome == "ok"


def test_a_background_process_does_not_hold_the_run(runner: Runner) -> None:
    result = runner.run("sh", "-c", "sleep 100 & echo done", wall_s=50.0)
    assert (result.outcome, result.stdout.head) == ("ok", b"done\n")


def test_a_stream_shorter_than_its_limit_is_whole(runner: Runner) -> None:
    result = runner.run("printf", "0123456789", output_bytes=10)
    assert (result.stdout.text, result.stdout.dropped) == ("0123456789", 0)
    cut = runner.run("printf", "0123456789A", output_bytes=10)
    assert (cut.stdout.head, cut.stdout.tail, cut.stdout.dropped) == (b"01234", b"6789A", 1)


def test_an_endless_stream_ends_the_run(runner: Runner) -> None:
    result = runner.run("yes", wall_s=100.0, output_bytes=4)
    assert (result.outcome, result.stdout.head) == ("output_limit", b"y\n")


def test_what_a_run_took_is_measured(runner: Runner) -> None:
    burn = "import time; x = bytearray(50_000_000)\nwhile time.process_time() < 0.2: pass"
    result = runner.run(sys.executable, "-c", burn)
    assert result.cpu_s >= 0.2
    assert result.wall_s >= 0.2
    assert result.peak_mb >= 45


def test_a_file_that_grows_too_large_is_named(runner: Runner) -> None:
    result = runner.run("sh", "-c", "head -c 3000000 /dev/zero > big", disk_mb=1)
    assert result.outcome in ("disk_limit", "failed")
    assert (runner.folder / "workspace/big").stat().st_size == 1 << 20


def test_the_command_has_no_descriptors_but_its_own(runner: Runner) -> None:
    listing = "import os; print(sorted(int(n) for n in os.listdir('/proc/self/fd'))[:3 + 1])"
    # The fourth is the folder that is being listed.
    assert runner.run(sys.executable, "-c", listing).stdout.head == b"[0, 1, 2, 3]\n"


def test_names_must_be_plain() -> None:
    for name in ("", ".", "..", "a/b", "a\0"):
        with pytest.raises(UnsafePath):
            wire.request(RunSpec(argv=("x",), artefacts=(name,)), ())
        with pytest.raises(UnsafePath):
            wire.request(RunSpec(argv=("x",), inputs={name: b""}), ())


@pytest.mark.parametrize(
    "body",
    [
        b"not json",
        b"[]",
        b'{"error": "x"}',
        b"[" * 100_000,
        b'{"outcome": "fine"}',
        b'{"outcome": []}',
    ],
)
def test_a_forged_answer_is_a_lost_run(body: bytes) -> None:
    data = len(body).to_bytes(4, "big") + body
    parts = iter((data[:4], data[4:]))
    with pytest.raises(SandboxLost):
        wire.result(wire.unpack(lambda _: next(parts), 1 << 20), RunSpec(argv=("x",)))


def test_an_oversize_answer_is_not_even_read() -> None:
    with pytest.raises(SandboxLost, match="at most 100"):
        wire.unpack(lambda _: b"\xff\xff\xff\xff", 100)
