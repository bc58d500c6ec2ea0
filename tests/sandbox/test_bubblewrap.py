"""What is bubblewrap's own; what every provider promises is in test_conformance.py."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.conformance import Subject
from sandbox.errors import EnvironmentBuildFailed, SandboxUnavailable
from sandbox.protocol import EnvironmentId, EnvironmentSpec, RunSpec
from sandbox.states import GitStates


def test_images_are_for_docker(bubblewrap: Subject) -> None:
    with pytest.raises(EnvironmentBuildFailed, match="use the docker provider"):
        bubblewrap.sandbox.prepare(EnvironmentSpec(image="python:3"))


def test_an_environment_that_is_not_built_is_named(bubblewrap: Subject) -> None:
    with pytest.raises(SandboxUnavailable, match="prepare"):
        bubblewrap.sandbox.run(
            EnvironmentId("absent"), bubblewrap.base, bubblewrap.base, RunSpec(argv=("true",))
        )


def test_the_host_is_not_recognisable(bubblewrap: Subject) -> None:
    script = "hostname 2>/dev/null || cat /proc/sys/kernel/hostname; id -un; ls -A /run /var /mnt"
    lines = bubblewrap.run("sh", "-c", script).stdout.text.splitlines()
    assert lines[:2] == ["sandbox", "sandbox"]
    assert not [line for line in lines[2:] if line and not line.endswith(":")]


def test_packages_next_to_the_interpreter_are_hidden(bubblewrap: Subject) -> None:
    code = "import sys, os; p = sys.base_prefix; d = f'{p}/lib/python%d.%d' % sys.version_info[:2]"
    result = bubblewrap.python(
        f"{code}; s = d + '/site-packages'; print(os.path.isdir(s) and os.listdir(s))"
    )
    assert result.stdout.text in ("[]\n", "False\n")


def test_the_base_is_compiled_once_with_checked_hashes(bubblewrap: Subject, cache: Path) -> None:
    bubblewrap.run("true")
    folder = cache / "bases" / f"{bubblewrap.base}-{bubblewrap.environment}"
    (compiled,) = folder.glob("pkg/__pycache__/value.*.pyc")
    # PEP 552: bit 0 says "by hash", bit 1 "check the source".
    assert compiled.read_bytes()[4:8] == b"\x03\0\0\0"


def test_runs_at_the_same_time_do_not_meet(bubblewrap: Subject) -> None:
    def run(number: int) -> str:
        script = f"echo {number} > pkg/value.py; cat pkg/value.py; ls /tmp; touch /tmp/{number}"
        return bubblewrap.run("sh", "-c", script).stdout.text

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(run, range(8))) == [f"{number}\n" for number in range(8)]


def test_closing_is_idempotent(bubblewrap: Subject, states: GitStates, cache: Path) -> None:
    sandbox = BubblewrapSandbox(states, cache)
    sandbox.close()
    sandbox.close()


def grouped(subject: Subject) -> None:
    if "memory" not in subject.sandbox.capabilities().limits:
        pytest.skip("control groups cannot be made here: only single processes are limited")


def test_memory_is_counted_over_all_processes_and_files(bubblewrap: Subject) -> None:
    grouped(bubblewrap)
    fill = "f = open('file', 'wb')\nwhile True: f.write(bytes(1 << 20))"
    assert bubblewrap.python(fill, memory_mb=64).outcome == "oom"
    share = "import mmap\nm = mmap.mmap(-1, 1 << 27)\nwhile True: m.write(bytes(1 << 20))"
    assert bubblewrap.python(share, memory_mb=64).outcome == "oom"
    assert bubblewrap.run("true", memory_mb=64).outcome == "ok"


def test_running_out_of_processes_is_named(bubblewrap: Subject) -> None:
    grouped(bubblewrap)
    bomb = "import os, time\nfor _ in range(99):\n    if os.fork() == 0: time.sleep(99)"
    assert bubblewrap.python(bomb, pids=20).outcome == "pids_limit"


def groups() -> set[Path]:
    return set(Path("/sys/fs/cgroup").glob(f"**/budwood-{os.getpid()}-*"))


def test_no_control_group_outlives_its_sandbox(bubblewrap: Subject, cache: Path) -> None:
    before = groups()
    own = BubblewrapSandbox(bubblewrap.sandbox.states, cache)  # type: ignore[arg-type]
    for _ in range(3):
        own.run(bubblewrap.environment, bubblewrap.base, bubblewrap.base, RunSpec(argv=("true",)))
    own.close()
    assert groups() <= before


def test_a_full_temporary_folder_is_named(bubblewrap: Subject) -> None:
    fill = "import os\nfor n in range(9): open(f'/tmp/{n}', 'wb').write(bytes(1 << 20))"
    result = bubblewrap.python(fill, disk_mb=4)
    assert (result.outcome, "No space left" in result.stderr.text) == ("disk_limit", True)
