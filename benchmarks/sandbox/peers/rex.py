"""SWE-ReX's DockerDeployment, the sandbox of SWE-agent, driven by its own client.

It is installed into a virtual environment of its own, and into an image beside our environment's
packages. It publishes a port; a network that binds published ports to the loopback keeps it there.
"""

import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.sandbox import images
from benchmarks.sandbox.bench import Bench, say
from benchmarks.sandbox.timing import Step
from sandbox.errors import SandboxError
from sandbox.protocol import EnvironmentSpec

_LOOPBACK = {"com.docker.network.bridge.host_binding_ipv4": "127.0.0.1"}
# Its client imports aiohttp, which 1.4.0 does not declare.
_PACKAGES = ("swe-rex", "aiohttp")
_SCRIPT = Path(__file__).with_name("rex_script.py")


class RexUnavailable(Exception):
    """It cannot be installed or does not start here; the message says why."""


@contextlib.contextmanager
def deployed(bench: Bench) -> Iterator[Step]:
    """A running deployment; the step is one `runtime.execute`. Raises: RexUnavailable."""
    python = _install(bench.folder / "rex")
    image = _image(bench, python)
    name = bench.folder.name
    network = bench.client.networks.create(name, options=_LOOPBACK)
    try:
        command = [str(python), str(_SCRIPT), image, "--network", name, *bench.labels]
        with _talking(command) as process:
            yield lambda: float(_answer(process, "\n")["ms"])
    finally:
        network.remove()


@contextlib.contextmanager
def _talking(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    pipe = subprocess.PIPE
    with (
        tempfile.TemporaryFile("w+") as log,
        subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=log, text=True) as process,
    ):
        try:
            say(f"SWE-ReX started in {_answer(process, '')['start_ms']:.0f} ms")
        except RexUnavailable:
            process.wait(timeout=60)
            log.seek(0)
            raise RexUnavailable(log.read().strip()[-500:]) from None
        yield process
        # The end of its stdin is its sign to stop the deployment, which takes a moment.
        process.communicate(timeout=60)


def _answer(process: subprocess.Popen[str], line: str) -> dict[str, float]:
    if process.stdin is None or process.stdout is None:
        raise RexUnavailable("its script has no pipes")
    process.stdin.write(line)
    process.stdin.flush()
    answered = process.stdout.readline()
    if not answered:
        raise RexUnavailable("its script ended without an answer")
    found: dict[str, float] = json.loads(answered)
    return found


def _install(folder: Path) -> Path:
    say("installing SWE-ReX into a virtual environment of its own")
    python = folder / "bin" / "python"
    _step([sys.executable, "-m", "venv", str(folder)])
    pip = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    _step([*pip, "--only-binary", ":all:", *_PACKAGES])
    return python


def _image(bench: Bench, python: Path) -> str:
    """The same version in an image."""
    tell = "from importlib.metadata import version; print(version('swe-rex'))"
    version = _step([str(python), "-c", tell]).strip()
    try:
        spec = EnvironmentSpec(requirements=(f"swe-rex=={version}",))
        return images.build(bench.client, bench.cache, spec, {})
    except SandboxError as error:
        raise RexUnavailable(f"no image with it: {error}") from error


def _step(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    if done.returncode:
        said = done.stderr.strip().splitlines()[-1:] or ["no message"]
        raise RexUnavailable(f"{command[1:4]} failed: {said[0]}")
    return done.stdout
