"""What providers say to the runner and how its answers are read: as data, never trusted."""

import base64
import binascii
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, get_args

from sandbox import trees
from sandbox.environments import ENVIRONMENT
from sandbox.errors import SandboxLost, StateMismatch, UnsafePath
from sandbox.protocol import OUTPUTS, Output, RunOutcome, RunResult, RunSpec
from sandbox.states import Item

_RUNNER = (
    *("frames", "files", "watcher", "inventory", "workspace", "limits", "forker", "command"),
    "main",
)
_ZYGOTE = (
    *("startup", "record", "origins", "modules", "shadowing", "rewriting", "replay", "watching"),
    *("preloading", "command", "checks", "settle", "server", "program", "main"),
)
_OF_PARTS = re.compile(
    r"^( *)from (?:__future__|sandbox\.(?:runner|zygote)\.\w+) import (?:\([^)]*\))?.*\n",
    re.MULTILINE,
)

GRACE_S = 15.0
"""How long after the wall limit a runner may take to end a run and send its artefacts."""

_PINNED = {
    "PATH": f"{ENVIRONMENT}/bin:/usr/local/bin:/usr/bin:/bin",
    "HOME": "/home",
    "TMPDIR": "/tmp",  # noqa: S108 - of the sandbox
    "TZ": "UTC",
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONUNBUFFERED": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OUTPUTS": OUTPUTS,
}
_OUTCOMES = frozenset(get_args(RunOutcome))
_OVERHEAD = 64 * 1024

Frame = Mapping[str, Any]


def runner_source() -> str:
    """The runner as one Python program."""
    return joined(_texts("runner", _RUNNER))


def zygote_source() -> str:
    """The fork server as one Python program."""
    return joined(_texts("zygote", _ZYGOTE))


def joined(parts: Iterable[str]) -> str:
    """One program, and one namespace, without what its parts import of each other."""
    future = "from __future__ import annotations\n"
    return "\n\n".join([future, *(_OF_PARTS.sub(_without_import, part) for part in parts)])


def _texts(package: str, parts: Iterable[str]) -> list[str]:
    folder = Path(__file__).with_name(package)
    return [(folder / f"{name}.py").read_text() for name in parts]


def _without_import(found: re.Match[str]) -> str:
    return f"{found[1]}pass\n" if found[1] else ""


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The whole environment of a command."""
    return {**_PINNED, **(extra or {})}


def items(laid: Iterable[Item]) -> list[list[str | int]]:
    """Files as a frame holds them.

    A ``__pycache__`` never comes from a state: what is in one would run in place of its source.
    """
    return [
        [item.path, item.mode, base64.b64encode(item.content).decode()]
        for item in laid
        if "__pycache__" not in item.path.split("/")
    ]


def unprotected(laid: Iterable[Item], protect: tuple[str, ...]) -> list[Item]:
    """Without what would change protected files, or put a file where their folder is.

    Items are laid over the base: what is left out stays as it is there.
    """
    found = list(laid)
    plain = "|".join(".*".join(map(re.escape, glob.split("*"))) for glob in protect)
    kept = {item.path for item in found if protect and re.fullmatch(plain, item.path, re.DOTALL)}
    above = {path[:at] for path in kept for at, sign in enumerate(path) if sign == "/"}
    return [item for item in found if item.path not in kept and item.path not in above]


def unfit(laid: Iterable[Item], most_mb: int) -> RunResult | None:
    """The result of a run whose state's files are more than a workspace can hold."""
    size = sum(len(item.content) for item in laid)
    if size <= most_mb << 20:
        return None
    said = f"the state has {size >> 20} MiB more than the base; the workspace holds {most_mb}\n"
    return RunResult(outcome="disk_limit", stderr=Output(said.encode()))


def request(spec: RunSpec, laid: Iterable[Item]) -> dict[str, Any]:
    """The frame that runs a command.

    Raises: UnsafePath for a name that is not plain, or a folder outside of the workspace.
    """
    for name in (*spec.inputs, *spec.artefacts):
        if "/" in name or "\0" in name or name in ("", ".", ".."):
            raise UnsafePath(f"{name!r} is not a plain file name")
    if not spec.argv:
        raise UnsafePath("a command needs a program")
    if spec.cwd:
        trees.components(spec.cwd)
    return {
        "op": "run",
        "items": items(unprotected(laid, spec.protect)),
        "argv": list(spec.argv),
        "cwd": spec.cwd,
        "stdin": base64.b64encode(spec.stdin).decode(),
        "env": environment(spec.env),
        "inputs": {name: base64.b64encode(data).decode() for name, data in spec.inputs.items()},
        "artefacts": list(spec.artefacts),
        "preload": list(spec.preload),
        "wall_s": spec.wall_s,
        "cpu_s": spec.cpu_s,
        "memory_mb": spec.memory_mb,
        "pids": spec.pids,
        "disk_mb": spec.disk_mb,
        "output_bytes": spec.output_bytes,
        "artefact_bytes": spec.artefact_bytes,
    }


def answer_limit(spec: RunSpec) -> int:
    """The longest honest answer to a run, in bytes."""
    content = 2 * spec.output_bytes + len(spec.artefacts) * spec.artefact_bytes
    return content * 4 // 3 + _OVERHEAD


def pack(frame: Frame) -> bytes:
    """A frame as it goes over the pipe."""
    body = json.dumps(frame).encode()
    return len(body).to_bytes(4, "big") + body


def unpack(read: Callable[[int], bytes], limit: int) -> dict[str, Any]:
    """One frame from `read(count)`, which answers exactly that many bytes.

    Raises: SandboxLost for a frame that is too long or no JSON object.
    """
    length = int.from_bytes(read(4), "big")
    if length > limit:
        raise SandboxLost(f"the runner sent a frame of {length} bytes; at most {limit} are taken")
    try:
        frame = json.loads(read(length))
    except (ValueError, RecursionError) as error:
        raise SandboxLost("the runner sent something that is not JSON") from error
    if not isinstance(frame, dict):
        raise SandboxLost("the runner sent JSON that is not an object")
    if "error" in frame:
        raise SandboxLost(f"the runner failed: {frame['error']}")
    return frame


def result(frame: Frame, spec: RunSpec) -> RunResult:
    """What a runner reported.

    Raises: SandboxLost for a report of another shape; StateMismatch where an audit found that the
    command had not seen its state.
    """
    try:
        if frame.get("stale"):
            raise StateMismatch(f"the workspace was not the state at {frame['stale'][:9]}")
        outcome = frame["outcome"]
        if outcome not in _OUTCOMES:
            raise SandboxLost(f"the runner reported an unknown outcome: {outcome!r}")
        return RunResult(
            outcome=outcome,
            exit_code=None if frame["exit_code"] is None else int(frame["exit_code"]),
            signal=None if frame["signal"] is None else int(frame["signal"]),
            stdout=_output(frame["stdout"]),
            stderr=_output(frame["stderr"]),
            wall_s=_measured(frame["wall_s"]),
            cpu_s=_measured(frame["cpu_s"]),
            peak_mb=_measured(frame["peak_mb"]),
            artefacts={
                name: base64.b64decode(frame["artefacts"][name], validate=True)
                for name in spec.artefacts
                if name in frame["artefacts"]
            },
            forked=frame.get("forked") is True,
            cold=None if frame.get("cold") is None else str(frame["cold"]),
        )
    except (KeyError, TypeError, ValueError, OverflowError, binascii.Error) as error:
        raise SandboxLost(f"the runner's report has another shape: {error!r}") from error


def _output(frame: Frame) -> Output:
    return Output(
        base64.b64decode(frame["head"], validate=True),
        base64.b64decode(frame["tail"], validate=True),
        int(_measured(frame["dropped"])),
    )


def _measured(value: Any) -> float:
    """A number that can have been measured. Raises: TypeError, ValueError."""
    number = float(value)
    if not 0 <= number < math.inf:
        raise ValueError(f"{value!r} is no measured number")
    return number
