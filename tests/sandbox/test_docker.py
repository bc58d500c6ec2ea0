"""What is Docker's own; what every provider promises is in test_conformance.py."""

import io
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import docker as library
import pytest

from sandbox import owners
from sandbox.conformance import Subject
from sandbox.docker import DockerSandbox, Limits
from sandbox.errors import EnvironmentBuildFailed, SandboxLost, SandboxUnavailable
from sandbox.images import host_rootfs
from sandbox.protocol import EnvironmentId, EnvironmentSpec, RunSpec


@pytest.fixture
def client(docker: Subject) -> Iterator[library.DockerClient]:
    with closing(library.DockerClient()) as found:
        yield found


@pytest.fixture
def own(docker: Subject, cache: Path) -> Iterator[Subject]:
    """A sandbox with one small slot, for tests that break it."""
    limits = Limits(disk_mb=16, memory_mb=256)
    sandbox = DockerSandbox(docker.sandbox.states, cache, slots=1, limits=limits)  # type: ignore[arg-type]
    yield Subject(sandbox, sandbox.prepare(EnvironmentSpec()), docker.base)
    sandbox.close()


def containers(subject: Subject) -> set[str]:
    assert isinstance(subject.sandbox, DockerSandbox)
    return set(subject.sandbox._containers)


def test_a_container_is_hardened(own: Subject, client: library.DockerClient) -> None:
    own.run("true")
    (name,) = containers(own)
    seen: dict[str, Any] = client.api.inspect_container(name)
    host = seen["HostConfig"]
    assert host["NetworkMode"] == "none"
    assert host["CapDrop"] == ["ALL"]
    assert set(host["CapAdd"]) <= {
        "SETUID",
        "SETGID",
        "KILL",
        "CAP_SETUID",
        "CAP_SETGID",
        "CAP_KILL",
    }
    assert host["ReadonlyRootfs"] is True
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert host["PidsLimit"] == 512
    assert host["Memory"] == host["MemorySwap"] > 0
    assert host["LogConfig"]["Type"] == "none"
    assert not host["Binds"]
    assert not host["Privileged"]
    assert [mount for mount in seen["Mounts"] if mount["Type"] != "tmpfs"] == []


def test_a_warm_container_serves_the_next_run(own: Subject) -> None:
    own.run("true")
    before = containers(own)
    own.run("true")
    assert containers(own) == before


def test_a_container_that_died_idle_is_replaced_without_a_word(
    own: Subject, client: library.DockerClient
) -> None:
    own.run("true")
    before = containers(own)
    client.api.kill(next(iter(before)))
    assert own.run("true").outcome == "ok"
    assert not before & containers(own)


def test_a_container_that_dies_in_a_run_is_a_lost_run(
    own: Subject, client: library.DockerClient
) -> None:
    own.run("true")
    before = containers(own)
    with ThreadPoolExecutor(1) as pool:
        lost = pool.submit(own.run, "sleep", "60")
        client.api.kill(next(iter(before)))
        with pytest.raises(SandboxLost):
            lost.result(30)
    assert own.run("true").outcome == "ok"
    assert not before & containers(own)


def test_a_full_disk_is_named_and_gone_for_the_next_run(own: Subject) -> None:
    full = own.run(
        "sh", "-c", "i=0; while head -c 4000000 /dev/zero > f$i; do i=$((i+1)); done; exit 1"
    )
    assert full.outcome == "disk_limit"
    assert (
        own.run(
            "sh", "-c", "ls -A /workspace | grep -c ^f; head -c 4000000 /dev/zero > x"
        ).exit_code
        == 0
    )


def test_one_slot_serves_many_threads(own: Subject) -> None:
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda number: own.run("echo", str(number)), range(8)))
    assert [result.stdout.text for result in results] == [f"{number}\n" for number in range(8)]
    assert len(containers(own)) == 1


def test_another_base_replaces_the_first(own: Subject) -> None:
    other = own.sandbox.states.fork(
        own.base, {"pkg/value.py": b"VALUE = 8\n", "gone/only.txt": None}
    )
    spec = RunSpec(argv=("sh", "-c", "cat pkg/value.py; ls"))
    seen = own.sandbox.run(own.environment, other, other, spec).stdout.text
    assert seen.startswith("VALUE = 8\n")
    assert "gone" not in seen
    assert own.sandbox.run(own.environment, own.base, own.base, spec).stdout.text.startswith(
        "VALUE = 1\n"
    )


def test_closing_removes_the_containers(own: Subject, client: library.DockerClient) -> None:
    own.run("true")
    (name,) = containers(own)
    own.sandbox.close()
    own.sandbox.close()
    assert name not in {found.id for found in client.containers.list(all=True)}


def test_containers_of_a_dead_worker_are_reaped_and_others_are_not(
    own: Subject, client: library.DockerClient
) -> None:
    own.run("true")
    assert isinstance(own.sandbox, DockerSandbox)
    image = client.images.get(f"budwood/host:{host_rootfs.FORMAT}-{own.environment}")
    dead = {"budwood.owner": f"{owners.kernel_name()} 4194305 1"}
    orphan = client.containers.create(image.id, ["sleep", "1"], labels=dead)
    far = {"budwood.owner": "another-kernel/pid:[1] 1 1"}
    running = client.containers.run(image.id, ["sleep", "600"], labels=far, detach=True)
    try:
        own.sandbox.reap()
        left = {found.id for found in client.containers.list(all=True)}
        assert orphan.id not in left
        assert {running.id, *containers(own)} <= left
    finally:
        running.remove(force=True)


def test_a_given_image_is_used_and_found_again(own: Subject, client: library.DockerClient) -> None:
    name = f"budwood/host:{host_rootfs.FORMAT}-{own.environment}"
    environment = own.sandbox.prepare(EnvironmentSpec(image=name))
    assert environment != own.environment
    spec = RunSpec(argv=("python", "-c", "print(open('pkg/value.py').read())"))
    assert own.sandbox.run(environment, own.base, own.base, spec).stdout.text == "VALUE = 1\n\n"
    client.images.remove(f"budwood/given:{environment}")


def test_an_absent_image_is_not_pulled(own: Subject) -> None:
    with pytest.raises(EnvironmentBuildFailed, match="docker pull no-such/image:1"):
        own.sandbox.prepare(EnvironmentSpec(image="no-such/image:1"))
    with pytest.raises(EnvironmentBuildFailed, match="put attrs into it"):
        own.sandbox.prepare(EnvironmentSpec(("attrs",), image="no-such/image:1"))
    with pytest.raises(SandboxUnavailable, match="prepare"):
        own.sandbox.run(EnvironmentId("absent"), own.base, own.base, RunSpec(argv=("true",)))


def test_an_image_without_python_is_a_lost_run(own: Subject, client: library.DockerClient) -> None:
    empty = io.BytesIO()
    with tarfile.open(fileobj=empty, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("file"))
    client.api.import_image_from_data(empty.getvalue(), "budwood/test", "empty")
    environment = own.sandbox.prepare(EnvironmentSpec(image="budwood/test:empty"))
    try:
        with pytest.raises(SandboxLost, match="python3"):
            own.sandbox.run(environment, own.base, own.base, RunSpec(argv=("true",)))
    finally:
        client.images.remove("budwood/test:empty")
        client.images.remove(f"budwood/given:{environment}")
    assert own.run("true").outcome == "ok"


def test_a_run_with_preloaded_modules_is_forked_and_others_are_not(own: Subject) -> None:
    hinted = own.run("python", "-c", "import json, sys; print(sys.argv)", preload=("json",))
    assert (hinted.forked, hinted.cold, hinted.stdout.text) == (True, None, "['-c']\n")
    assert own.run("python", "-c", "pass").forked is False
    assert own.run("sh", "-c", "echo x", preload=("json",)).forked is False


def test_a_fork_server_that_died_is_started_again(
    own: Subject, client: library.DockerClient
) -> None:
    wreck = "import os; [os.kill(int(p), 9) for p in os.listdir('/proc') if p.isdigit() and int(p) not in (1, os.getpid())]"
    assert own.run("python", "-c", "pass", preload=("json",)).forked
    (name,) = containers(own)
    client.api.exec_start(client.api.exec_create(name, ["python", "-c", wreck], user="0"))
    cold = own.run("python", "-c", "print(1)", preload=("json",))
    assert (cold.forked, cold.stdout.text) == (False, "1\n")
    assert own.run("python", "-c", "pass", preload=("json",)).forked
    assert containers(own) == {name}


def test_a_module_that_ends_its_server_leaves_runs_cold(own: Subject) -> None:
    with_it = own.run("python", "-c", "print('well')", preload=("budwood_no_such_module",))
    assert with_it.stdout.text == "well\n"


def test_a_run_says_why_it_was_not_forked(own: Subject) -> None:
    shadow = own.sandbox.states.fork(own.base, {"json.py": b""})
    result = own.run("python", "-c", "import json", state=shadow, preload=("json",))
    assert result.forked is False
    assert result.cold is not None
    assert "json.py" in result.cold


def test_a_run_does_not_choose_the_fork_servers_program(own: Subject) -> None:
    script = b"#!/bin/sh\nid -u; grep CapEff /proc/self/status\n"
    patch = own.sandbox.states.fork(own.base, {"bin/python": script, "tool.sh": script})
    seen = own.run(
        *("python", "-c", "pass"),
        state=patch,
        env={"PATH": "/workspace/bin:/usr/bin:/bin"},
        preload=("json",),
    )
    assert seen.forked is False
    assert own.run("python", "-c", "print(1)", preload=("json",)).stdout.text == "1\n"


def test_a_module_that_starts_a_process_makes_runs_cold_and_holds_none(
    docker: Subject, own: Subject
) -> None:
    # No module of the standard library does; "antigravity" tries to start a browser.
    result = own.run("python", "-c", "print('well')", preload=("antigravity", "this"))
    assert result.stdout.text.endswith("well\n")
    assert own.run("true").outcome == "ok"
