"""A local image in the shape of SWE-bench's: root's repository in /testbed, a conda environment."""

import io
import tarfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import docker as library
import pytest

from sandbox.conformance import CHECKS, EXECUTING, Subject
from sandbox.docker import DockerSandbox, Limits
from sandbox.images import host_rootfs
from sandbox.protocol import EnvironmentSpec, RunSpec

IMAGE = "budwood/test:testbed"
CONDA = "opt/miniconda3/envs/testbed"
RECIPE = (
    "FROM {base}\nADD testbed.tar /\nENV PATH=/environment/bin:/usr/bin:/bin\nWORKDIR /testbed\n"
)

DIFFERENT = {
    "a_command_starts_in_the_workspace_and_may_write_there": "the workspace is /testbed",
    "inputs_can_be_read_but_not_written": "the tests are root's",
    "the_system_cannot_be_written": "the root file system is writable",
    "there_is_no_privilege_and_no_way_to_it": "the tests are root's, as in the harness",
    "the_environment_is_cleared_and_pinned": "conda's variables are there as well",
    "a_forked_run_has_no_privilege_and_cannot_reach_its_server": "the tests are root's",
    "a_star_is_the_only_sign_in_what_is_protected": "the base is the image's own",
    "the_workspace_equals_the_state": "it holds untracked build products as well",
    "host_files_are_invisible": "a whole system has an /etc/shadow of its own",
}


@pytest.fixture(scope="module")
def testbed(docker: Subject, cache: Path) -> Iterator[Subject]:
    limits = Limits(memory_mb=512, disk_mb=16)
    sandbox = DockerSandbox(docker.sandbox.states, cache, limits=limits)  # type: ignore[arg-type]
    with closing(library.DockerClient()) as client:
        base = f"budwood/host:{host_rootfs.FORMAT}-{docker.environment}"
        client.images.build(fileobj=recipe(base, docker), custom_context=True, tag=IMAGE, rm=True)
        environment = sandbox.prepare(EnvironmentSpec(image=IMAGE))
        yield Subject(sandbox, environment, docker.base)
        sandbox.close()
        client.images.remove(f"budwood/given:{environment}")
        client.images.remove(IMAGE)


def recipe(base: str, subject: Subject) -> io.BytesIO:
    inner, outer = io.BytesIO(), io.BytesIO()
    with tarfile.open(fileobj=inner, mode="w") as archive:
        for item in subject.sandbox.states.items(subject.base):  # type: ignore[attr-defined]
            entry = tarfile.TarInfo(f"testbed/{item.path}")
            entry.mode = item.mode & 0o777
            if item.mode == 0o120000:
                entry.type, entry.linkname = tarfile.SYMTYPE, item.content.decode()
            else:
                entry.size = len(item.content)
            archive.addfile(entry, io.BytesIO(item.content) if entry.size else None)
        product = tarfile.TarInfo("testbed/build/product.so")
        product.size = 4
        archive.addfile(product, io.BytesIO(b"\x7fELF"))
        python = tarfile.TarInfo(CONDA)
        python.type, python.linkname = tarfile.SYMTYPE, "/environment"
        archive.addfile(python)
    with tarfile.open(fileobj=outer, mode="w") as archive:
        for name, content in (
            ("Dockerfile", RECIPE.format(base=base).encode()),
            ("testbed.tar", inner.getvalue()),
        ):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    outer.seek(0)
    return outer


@pytest.mark.parametrize("name", [name for name in CHECKS if name not in DIFFERENT])
def test_the_harness_profile_keeps_the_promise(testbed: Subject, name: str) -> None:
    CHECKS[name](testbed)


def test_what_is_different_there_is_named_and_still_exists() -> None:
    assert DIFFERENT.keys() <= EXECUTING


def test_commands_are_roots_in_the_testbed_with_its_products_and_its_python(
    testbed: Subject,
) -> None:
    script = "id -u; pwd; cat build/product.so; echo $CONDA_DEFAULT_ENV; command -v python"
    lines = testbed.run("sh", "-c", script).stdout.text.splitlines()
    assert lines == ["0", "/testbed", "\x7fELFtestbed", f"/{CONDA}/bin/python"]


def test_what_a_run_writes_anywhere_is_gone_for_the_next(testbed: Subject) -> None:
    assert testbed.run("sh", "-c", "echo x > /etc/left; echo x > build/left").outcome == "ok"
    assert testbed.run("sh", "-c", "ls /etc build | grep left").stdout.text == ""


def test_the_usual_place_leads_to_the_testbed(testbed: Subject) -> None:
    state = testbed.sandbox.states.fork(testbed.base, {"pkg/value.py": b"VALUE = 7\n"})
    spec = RunSpec(argv=("cat", "/workspace/pkg/value.py"))
    seen = testbed.sandbox.run(testbed.environment, testbed.base, state, spec)
    assert seen.stdout.text == "VALUE = 7\n"


def test_neither_network_nor_new_privilege_is_given(testbed: Subject) -> None:
    status = testbed.run("cat", "/proc/self/status").stdout.text
    lines = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert lines["NoNewPrivs"] == "1"
    for forbidden in (12, 16, 19, 21, 27):  # net_admin, sys_module, sys_ptrace, sys_admin, mknod
        assert not int(lines["CapBnd"], 16) >> forbidden & 1
