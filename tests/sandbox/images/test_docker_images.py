"""Our images in a daemon: which are ours, which are in use, and which go first."""

import io
import os
import tarfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docker as library
import pytest
from docker.errors import APIError

from sandbox.images import docker_images
from sandbox.images.host_rootfs import FORMAT
from sandbox.protocol import EnvironmentId
from sandbox.uses import Uses, use_file
from tests.needs import needs


@dataclass
class FakeApi:
    """A daemon with images of ours; those named in `busy` it does not let go."""

    tags: dict[str, float]
    running: tuple[str, ...] = ()
    busy: tuple[str, ...] = ()
    removed: list[str] = field(default_factory=list)

    def images(self, name: str) -> list[dict[str, Any]]:
        assert name == docker_images.REPOSITORY
        found = [
            {"Id": tag, "RepoTags": [tag], "Size": 10, "Created": made}
            for tag, made in self.tags.items()
        ]
        return [*found, {"Id": "x", "RepoTags": None}, {"Id": "y", "RepoTags": ["other:1"]}]

    def containers(self, *, all: bool) -> list[dict[str, Any]]:  # noqa: A002
        return [{"ImageID": tag} for tag in self.running] * all

    def remove_image(self, image: str) -> None:
        if image in self.busy:
            raise APIError("conflict")
        self.removed.append(image)

    def info(self) -> dict[str, Any]:
        return {"SecurityOptions": ["name=seccomp,profile=default", "name=rootless"]}


def tag(name: str, layout: str = FORMAT) -> str:
    return f"{docker_images.REPOSITORY}:{layout}-{name}"


def used(cache: Path, name: str, when: int) -> Path:
    folder = cache / "environments" / name
    folder.mkdir(parents=True, exist_ok=True)
    use_file(folder).touch()
    os.utime(use_file(folder), (when, when))
    return folder


def test_an_image_is_as_recently_used_as_its_environment(tmp_path: Path) -> None:
    used(tmp_path, "b", 5)
    used(tmp_path, "a", 9)
    api = FakeApi({tag("a"): 1, tag("b"): 2, tag("gone"): 7, tag("z", "0"): 99})
    found = docker_images.stored(api, tmp_path)
    assert [(one.name, one.used_at) for one in found] == [
        (tag("z", "0"), 0.0),
        (tag("b"), 5.0),
        (tag("gone"), 7.0),
        (tag("a"), 9.0),
    ]
    assert [one.name for one in docker_images.prune_images(api, tmp_path, 20)] == [
        tag("z", "0"),
        tag("b"),
    ]


def test_what_is_in_use_stays(tmp_path: Path) -> None:
    users = Uses()
    users.hold(used(tmp_path, "held", 3))
    used(tmp_path, "busy", 1)
    used(tmp_path, "run", 2)
    now = time.time()
    api = FakeApi(
        {tag(name): now for name in ("held", "run", "busy", "elsewhere")},
        running=(tag("run"),),
        busy=(tag("busy"),),
    )
    assert docker_images.prune_images(api, tmp_path, 0) == []
    users.release()
    assert [one.name for one in docker_images.prune_images(api, tmp_path, 0)] == [tag("held")]
    assert api.removed == [tag("held")]


def test_security_options_are_named() -> None:
    assert docker_images.about(FakeApi({})).security == ("seccomp", "rootless")


@pytest.fixture
def api() -> Iterator[library.APIClient]:
    needs("docker")
    with closing(library.APIClient()) as found:
        yield found


def test_a_real_daemon_lists_and_removes(api: library.APIClient, tmp_path: Path) -> None:
    empty = io.BytesIO()
    with tarfile.open(fileobj=empty, mode="w") as archive:
        archive.addfile(tarfile.TarInfo(f"file-{time.time_ns()}"))
    name = docker_images.tag_of(EnvironmentId(f"test{os.getpid()}"))
    repository, _, label = name.partition(":")
    api.import_image_from_data(empty.getvalue(), repository, label)
    with docker_images.daemon() as daemon:
        (mine,) = [one for one in docker_images.stored(daemon, tmp_path) if one.name == name]
        assert mine.in_use  # made just now, for a cache that is not this one
        assert docker_images.remove(daemon, [mine]) == [mine]
        assert docker_images.remove(daemon, [mine]) == []
        assert name not in [one.name for one in docker_images.stored(daemon, tmp_path)]
        assert docker_images.about(daemon).version[0].isdigit()
