"""`images`: environments, base trees and Docker images, made before they are needed or removed."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from agents.domain import Environment
from agents.prepare import environment_spec
from sandbox import environments, prune
from sandbox.choose import choose
from sandbox.errors import SandboxUnavailable
from sandbox.images import docker_images
from sandbox.protocol import EnvironmentSpec
from sandbox.prune import GB, KEEP_GB, Kept
from sandbox.states import GitStates
from service.bootstrap import docker_options
from service.commands.failures import say
from service.config import Settings

images = typer.Typer(
    name="images",
    help="Build, list and prune environments, base trees and images.",
    no_args_is_help=True,
)
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What `build` has made or found."""

    environment: str
    python: str
    folder: str
    bytes: int
    seconds: float
    log: str
    left_out: tuple[str, ...]
    """What the repository declares and the environment has not, with reasons."""
    image: str | None
    image_bytes: int
    image_seconds: float


@images.command()
def build(
    repo: Annotated[
        Path | None,
        typer.Option(help="A git repository: what its packaging files at HEAD declare."),
    ] = None,
    image_for: Annotated[
        list[str] | None,
        typer.Option("--image-for", metavar="REQUIREMENT", help="A package; may be repeated."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Build an environment, and its image where Docker answers. Exits with 4 when it cannot be."""
    cache = Settings().cache_dir / "sandbox"
    built = made(cache, spec_of(cache, repo, tuple(image_for or ())))
    if as_json:
        _print(asdict(built))
        return
    console = Console(highlight=False, soft_wrap=True)
    lines = {
        "environment": f"{built.environment} (Python {built.python})",
        "size": f"{_size(built.bytes)} in {built.folder}",
        "took": f"{built.seconds:.1f} s",
        "log": built.log,
        "left out": "\n            ".join(built.left_out) or "nothing",
        "image": "none: Docker does not answer"
        if built.image is None
        else f"{built.image}, {_size(built.image_bytes)}, {built.image_seconds:.1f} s",
    }
    for name, text in lines.items():
        console.print(f"{name:<11} {text}", markup=False)


@images.command("list")
def list_all(as_json: Json = False) -> None:
    """Show everything that is kept, with size and last use, the longest unused first."""
    kept = everything(Settings().cache_dir / "sandbox")
    if as_json:
        _print([_document(one) for one in kept])
        return
    console = Console(highlight=False, soft_wrap=True)
    for one in kept:
        used = "in use now      " if one.in_use else _when(one)
        console.print(f"{one.kind:<11} {_size(one.size):>12}  {used}  {one.name}", markup=False)
    if not kept:
        console.print("nothing is kept: budwood images build makes an environment")


@images.command("prune")
def prune_all(
    keep_gb: Annotated[
        float,
        typer.Option(min=0, help="Gigabytes to keep of folders, and as many of images."),
    ] = KEEP_GB,
    as_json: Json = False,
) -> None:
    """Remove what was not used for longest; never what a search is using."""
    cache, keep = Settings().cache_dir / "sandbox", int(keep_gb * GB)
    # Images first: an image's last use is told by its environment's folder.
    gone = [*_of_docker(lambda api: docker_images.prune_images(api, cache, keep))]
    gone += prune.prune(cache, keep)
    if as_json:
        _print([_document(one) for one in gone])
        return
    console = Console(highlight=False, soft_wrap=True)
    for one in gone:
        console.print(f"removed {one.kind} {one.name}, {_size(one.size)}", markup=False)
    console.print(f"{len(gone)} removed, {_size(sum(one.size for one in gone))} freed")


def spec_of(cache: Path, repo: Path | None, requirements: tuple[str, ...]) -> EnvironmentSpec:
    """What a repository at HEAD asks for, and further requirements.

    Raises: RepositoryUnreadable.
    """
    if repo is None:
        return EnvironmentSpec(requirements=requirements)
    cache.mkdir(parents=True, exist_ok=True)
    states = GitStates(cache / "states")
    try:
        base, _ = states.import_commit(repo, "HEAD")
        return environment_spec(states, base, Environment(requirements=requirements))
    finally:
        states.close()


def made(cache: Path, spec: EnvironmentSpec) -> Built:
    """Build or find an environment and its image. Raises: EnvironmentBuildFailed."""
    began = time.monotonic()
    environment = environments.build(cache, spec)
    seconds = time.monotonic() - began
    folder = environments.locate(cache, environment)
    image = _image(cache, spec)
    tag = docker_images.tag_of(environment)
    image_seconds = time.monotonic() - began - seconds if image else 0.0
    sizes = {one.name: one.size for one in everything(cache)}
    return Built(
        environment=environment,
        python=environments.base_of(folder).version,
        folder=str(folder),
        bytes=sizes.get(environment, 0),
        seconds=round(seconds, 3),
        log=str(environments.log_of(cache, environment)),
        left_out=(*spec.notes, *_not_installed(folder, spec)),
        image=tag if image else None,
        image_bytes=sizes.get(tag, 0),
        image_seconds=round(image_seconds, 3),
    )


def everything(cache: Path) -> list[Kept]:
    """Environments, base trees and images, the longest unused first."""
    kept = [*prune.stored(cache), *_of_docker(lambda api: docker_images.stored(api, cache))]
    return sorted(kept, key=lambda one: one.used_at)


def _image(cache: Path, spec: EnvironmentSpec) -> bool:
    """Whether Docker has the environment's image now."""
    try:
        sandbox = choose(["docker"], cache, docker=docker_options(Settings()))
    except SandboxUnavailable:
        return False
    try:
        sandbox.prepare(spec)
    finally:
        sandbox.close()
    return True


def _not_installed(folder: Path, spec: EnvironmentSpec) -> tuple[str, ...]:
    """What was wanted and could not be installed with the rest."""
    installed = set(environments.requirements_of(folder))
    return tuple(
        f"{line}: the whole set could not be installed, see the log"
        for line in spec.wanted
        if line not in installed
    )


def _of_docker(ask: Callable[[docker_images.Api], Sequence[Kept]]) -> Sequence[Kept]:
    """The daemon's answer; nothing where none answers."""
    try:
        with docker_images.daemon(Settings().docker_host) as api:
            return ask(api)
    except SandboxUnavailable as error:
        say(f"no images: {error}")
        return ()


def _document(one: Kept) -> dict[str, object]:
    used = datetime.fromtimestamp(one.used_at, UTC).isoformat(timespec="seconds")
    return {
        "kind": one.kind,
        "name": one.name,
        "bytes": one.size,
        "used_at": used,
        "in_use": one.in_use,
    }


def _when(one: Kept) -> str:
    return datetime.fromtimestamp(one.used_at).astimezone().strftime("%Y-%m-%d %H:%M")


def _size(count: int) -> str:
    return f"{count / 1e6:,.1f} MB"


def _print(document: object) -> None:
    print(json.dumps(document, indent=2))  # noqa: T201 - the output
