"""One warm container: `git reset --hard && git clean -fdx && git apply` before each run.

Driven through a shell that stays open, so that no `docker exec` is counted.
"""

import contextlib
import subprocess
from collections.abc import Iterator

from benchmarks.sandbox import images, repositories
from benchmarks.sandbox.bench import Bench
from benchmarks.sandbox.patches import patches
from benchmarks.sandbox.peers import docker_run
from benchmarks.sandbox.timing import Step, timed

_RESTORE = "git reset -q --hard && git clean -qfdx && git apply - <<'END_OF_DIFF'"


@contextlib.contextmanager
def opened(bench: Bench) -> Iterator[Step]:
    """The step restores after the same dirt as ours; making the dirt is not counted."""
    copy = f"cp -r {images.REPOSITORIES}/{repositories.FILES}/. /workspace"
    flags = [*docker_run.HARDENED, "--env", "HOME=/home"]
    command = docker_run.command(bench, "sh", flags=flags, folder="/workspace")
    diffs = patches()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as shell:
        _say(shell, copy)

        def step() -> float:
            _say(shell, repositories.DIRT)
            script = f"{_RESTORE}\n{next(diffs).decode()}END_OF_DIFF"
            return timed(lambda: _say(shell, script))

        try:
            yield step
        finally:
            shell.communicate(timeout=60)


def _say(shell: subprocess.Popen[bytes], script: str) -> None:
    """Run a script in the shell and wait for its end. Raises: RuntimeError when it fails."""
    if shell.stdin is None or shell.stdout is None:
        raise RuntimeError("the shell has no pipes")
    shell.stdin.write(f"{script}\necho ended $?\n".encode())
    shell.stdin.flush()
    if (answer := shell.stdout.readline()) != b"ended 0\n":
        raise RuntimeError(f"the warm container's shell answered {answer!r}")
