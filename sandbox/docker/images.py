"""Local images: given ones, and those made from what this machine has. Nothing is ever pulled."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docker
from docker.errors import ImageNotFound
from docker.models.images import Image as Found

from sandbox import environments, uses
from sandbox.docker.daemon import daemon
from sandbox.docker.hardening import TESTBED, Profile
from sandbox.errors import EnvironmentBuildFailed, SandboxUnavailable
from sandbox.images import docker_images, host_rootfs
from sandbox.images.docker_images import tag_of
from sandbox.locks import locked
from sandbox.protocol import EnvironmentId, EnvironmentSpec
from sandbox.scratch import scratch, sweep

_GIVEN = "budwood/given"


_CONDA = "/opt/miniconda3/envs/testbed"


@dataclass(frozen=True, slots=True)
class Image:
    """What containers of an environment are made from."""

    id: str
    env: Mapping[str, str] = field(default_factory=dict)
    """What a given image sets for its runner; ours needs no more than what is pinned."""
    commands: Mapping[str, str] = field(default_factory=dict)
    """The same for commands."""
    profile: Profile = "tight"


def describe(attrs: Mapping[str, Any]) -> Image:
    """A given image, from what the daemon tells of it.

    One whose working folder is SWE-bench's gets the harness's profile, its environment activated.
    """
    config = attrs.get("Config") or {}
    given = dict(line.partition("=")[::2] for line in config.get("Env") or [])
    env = {name: value for name, value in given.items() if name == "PATH"}
    if config.get("WorkingDir") != TESTBED:
        return Image(str(attrs["Id"]), env, env)
    activated = {
        "PATH": f"{_CONDA}/bin:{env.get('PATH', '/usr/bin:/bin')}",
        "CONDA_PREFIX": _CONDA,
        "CONDA_DEFAULT_ENV": "testbed",
        "HOME": "/root",
    }
    return Image(str(attrs["Id"]), env, activated, "harness")


class Images:
    """The images of one daemon by environment. Safe under threads."""

    def __init__(self, client: docker.DockerClient, cache: Path) -> None:
        """`cache` is where environments are built before they are put into images."""
        self._client, self._cache = client, cache
        self._known: dict[EnvironmentId, Image] = {}

    def prepare(self, spec: EnvironmentSpec) -> EnvironmentId:
        """Build or find an image. Raises: EnvironmentBuildFailed, SandboxUnavailable."""
        if spec.image is not None:
            return self._given(spec, spec.image)
        environment = environments.build(self._cache, spec)
        tag = tag_of(environment)
        with locked(self._cache / "environments" / f"{environment}.image.lock"):
            if self._find(tag) is None:
                self._import(tag, environments.locate(self._cache, environment))
        return environment

    def image(self, environment: EnvironmentId) -> Image:
        """The image of a prepared environment, which is in use from now on.

        Raises: SandboxUnavailable.
        """
        if environment.isalnum():
            uses.OURS.hold(self._cache / "environments" / environment)
        known = self._known.get(environment)
        if known is None:
            given = str(environment).startswith("given")
            tag = f"{_GIVEN}:{environment}" if given else tag_of(environment)
            found = self._find(tag)
            if found is None:
                raise SandboxUnavailable(f"image {tag} is not here: call prepare first")
            known = describe(found.attrs) if given else Image(str(found.id))
            self._known[environment] = known
        return known

    def _given(self, spec: EnvironmentSpec, name: str) -> EnvironmentId:
        if spec.requirements:
            raise EnvironmentBuildFailed(
                f"nothing is installed into the given image {name}: "
                f"put {', '.join(spec.requirements)} into it and leave requirements empty"
            )
        found = self._find(name)
        if found is None:
            raise EnvironmentBuildFailed(
                f"image {name} is not on this machine and nothing is pulled: docker pull {name}"
            )
        named = hashlib.sha256(str(found.id).encode())
        environment = EnvironmentId("given" + named.hexdigest()[:32])
        with daemon("Docker cannot tag an image", EnvironmentBuildFailed):
            found.tag(_GIVEN, tag=environment)
        return environment

    def _find(self, name: str) -> Found | None:
        """A local image or None; never asks a registry."""
        with daemon("Docker cannot look for an image"):
            try:
                return self._client.images.get(name)
            except ImageNotFound:
                return None

    def _import(self, tag: str, folder: Path) -> None:
        repository, _, label = tag.partition(":")
        sweep(self._cache)
        with scratch(self._cache, "image") as place:
            rootfs = place / "rootfs.tar"
            with rootfs.open("wb") as file:
                host_rootfs.write(file, folder)
            with daemon("Docker cannot import the image", EnvironmentBuildFailed):
                self._client.api.import_image_from_file(str(rootfs), repository, label)
                docker_images.prune_images(self._client.api, self._cache)
