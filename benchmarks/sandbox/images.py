"""Local images for the peers, put together from what the machine has; none is ever pulled."""

import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path

import docker

from sandbox import environments
from sandbox.environments import ENVIRONMENT
from sandbox.images import host_rootfs
from sandbox.protocol import EnvironmentSpec

REPOSITORIES = "/repositories"
_NAME = f"budwood/bench-{os.getpid()}"
_PATH = f"ENV PATH={ENVIRONMENT}/bin:/usr/local/bin:/usr/bin:/bin"


def build(
    client: docker.DockerClient,
    cache: Path,
    spec: EnvironmentSpec,
    repositories: Mapping[str, Path],
) -> str:
    """An image with an environment, git, and repositories by name; answers its tag."""
    environment = environments.build(cache, spec)
    with tempfile.NamedTemporaryFile(dir=cache, prefix="rootfs-", suffix=".tar") as file:
        host_rootfs.write(file, environments.locate(cache, environment))  # type: ignore[arg-type]
        file.flush()
        with tarfile.open(file.name, "a", dereference=True) as archive:
            present = set(archive.getnames())
            for path in _git():
                name = str(path.parent.resolve() / path.name).lstrip("/")
                if name not in present:  # Docker refuses a name that comes twice
                    archive.add(path, name)
            for name, folder in repositories.items():
                archive.add(folder, f"{REPOSITORIES.lstrip('/')}/{name}", filter=_of_root)
        client.api.import_image_from_file(file.name, _NAME, environment, changes=[_PATH])
    return f"{_NAME}:{environment}"


def remove_all(client: docker.DockerClient) -> None:
    """Remove what `build` made in this process."""
    for image in client.images.list(_NAME):
        client.api.remove_image(str(image.id), force=True)


def _git() -> list[Path]:
    """The git program and the libraries that it loads."""
    program = shutil.which("git") or "git"
    listed = subprocess.run(["ldd", program], capture_output=True, text=True, check=True)
    words = (word for word in listed.stdout.split() if word.startswith("/"))
    return [Path(program), *map(Path, words)]


def _of_root(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = 0
    info.uname = info.gname = "root"
    return info
