"""Sandboxes for tests: one environment for the whole session, a store for each test."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import docker as docker_library
import pytest

from sandbox import owners
from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.conformance import Subject, lay_repository
from sandbox.docker import DockerSandbox, Limits, Mending
from sandbox.memory import MemorySandbox
from sandbox.protocol import EnvironmentSpec, Sandbox
from sandbox.states import GitStates
from tests.needs import needs
from tests.sandbox.arena import Arena
from tests.sandbox.zygote_cases import MODULES, PACKAGES, make_environment
from tests.sandbox.zygote_driver import Zygote, environment


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def states(tmp_path: Path) -> Iterator[GitStates]:
    store = GitStates(tmp_path / "states")
    yield store
    store.close()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    lay_repository(folder)
    return folder


@pytest.fixture(scope="session")
def bubblewrap(cache: Path) -> Iterator[Subject]:
    needs("bubblewrap")
    yield from _subject(BubblewrapSandbox(GitStates(cache / "states"), cache), cache)


@pytest.fixture(scope="session")
def docker(cache: Path) -> Iterator[Subject]:
    needs("docker")
    yield from _subject(
        DockerSandbox(GitStates(cache / "states"), cache, mending=Mending(audit=True)), cache
    )
    with closing(docker_library.APIClient()) as client:
        ours = client.containers(all=True, filters={"label": f"budwood.owner={owners.me()}"})
    assert ours == [], "this session left containers"


@pytest.fixture(scope="session")
def memory(cache: Path) -> Iterator[Subject]:
    yield from _subject(MemorySandbox(), cache)


@pytest.fixture(scope="session")
def hostile_bubblewrap(bubblewrap: Subject, cache: Path) -> Iterator[Arena]:
    def make() -> Sandbox:
        return BubblewrapSandbox(GitStates(cache / "states"), cache)

    with closing(Arena(make, bubblewrap, beside=cache.parent)) as arena:
        yield arena


@pytest.fixture(scope="session")
def hostile_docker(docker: Subject, cache: Path) -> Iterator[Arena]:
    def make() -> Sandbox:
        # One slot, so that "the next run on the same slot" means that; the neighbour has others.
        limits = Limits(disk_mb=64, memory_mb=512, base_mb=64, inodes=8000)
        return DockerSandbox(GitStates(cache / "states"), cache, slots=1, limits=limits)

    with closing(Arena(make, docker, beside=cache.parent)) as arena:
        yield arena


@pytest.fixture(scope="session")
def hostile_docker_scanning(docker: Subject, cache: Path) -> Iterator[Arena]:
    """As where the kernel reports no changes: every file is looked at."""

    def make() -> Sandbox:
        limits = Limits(disk_mb=64, memory_mb=512, base_mb=64, inodes=8000)
        mending = Mending(events=False)
        states = GitStates(cache / "states")
        return DockerSandbox(states, cache, slots=1, limits=limits, mending=mending)

    with closing(Arena(make, docker, beside=cache.parent)) as arena:
        yield arena


@pytest.fixture(scope="module")
def zygote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    """A server of an environment that holds `MODULES`, preloaded, and `PACKAGES`."""
    python = make_environment(tmp_path_factory.mktemp("environment") / "env", MODULES | PACKAGES)
    server = Zygote(str(python), environment(str(python)))
    answer = server.preload(*MODULES, "nowhere")
    assert [entry["module"] for entry in answer["skipped"]] == ["fails", "nowhere"]
    assert (answer["loaded"], answer["unsafe"]) == (len(MODULES) - 1, None)
    yield server
    assert server.close() == 0


def _subject(sandbox: Sandbox, cache: Path) -> Iterator[Subject]:
    folder = cache / f"repository-{sandbox.capabilities().provider}"
    folder.mkdir()
    lay_repository(folder)
    base, _ = sandbox.states.import_commit(folder, "HEAD")
    yield Subject(sandbox, sandbox.prepare(EnvironmentSpec()), base)
    sandbox.close()
