"""`doctor`: what works on this machine, and how to get what does not."""

import json
import platform
import shutil
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console

from agents.engine import cause_of
from sandbox import prune
from sandbox.choose import choose
from sandbox.errors import SandboxUnavailable
from sandbox.images import docker_images
from sandbox.prune import GB, KEEP_GB, Kept
from service.bootstrap import build_database, docker_options
from service.commands.failures import NO_SANDBOX, database_error
from service.config import Settings
from service.errors import ServiceError
from service.health.checks import Check, Probe, check_all, migrations_probe
from service.kit.database import DATABASE_LOST, DATABASE_MISNAMED
from service.queue.app import make_app
from service.queue.transport import CeleryTransport

SANDBOXES = ("bubblewrap", "docker")
LOW_GB = 1.0
"""Less free room than this is told as a fault."""


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Say what works here, what is missing, and how to get it. Exits with 5 without a sandbox."""
    settings = Settings()
    checks = check_all(probes(settings))
    chosen = [check.name for check in checks if check.ok and check.name in settings.sandbox]
    checks.append(sandbox_check(settings, chosen))
    if as_json:
        print(json.dumps([asdict(check) for check in checks], indent=2))  # noqa: T201 - the output
    else:
        console = Console(highlight=False)
        for check in checks:
            mark = "[green]✓[/]" if check.ok else "[red]✗[/]"
            console.print(f"{mark} {check.name:<11} ", end="")
            console.print(" ".join(check.detail.split()), markup=False, soft_wrap=True)
    if not chosen:
        raise typer.Exit(NO_SANDBOX)


def sandbox_check(settings: Settings, working: Sequence[str]) -> Check:
    """Which sandbox searches get: the first of BUDWOOD_SANDBOX that works."""
    order = f"BUDWOOD_SANDBOX={','.join(settings.sandbox)}"
    used = next((name for name in settings.sandbox if name in working), None)
    detail = f"{used} ({order})" if used else f"none of {order} works: no search can run"
    return Check("sandbox", ok=used is not None, detail=detail)


def probes(settings: Settings) -> dict[str, Probe]:
    """One for each thing that Budwood can use. One sandbox is enough."""
    return {
        "python": lambda: f"{platform.python_version()} at {sys.executable}",
        "git": _git,
        **{name: _sandbox(name, settings) for name in SANDBOXES},
        "cache": lambda: _cache(settings),
        "database": lambda: _database(settings),
        "queue": lambda: _queue(settings),
        "model": lambda: _model(settings),
    }


def _git() -> str:
    found = shutil.which("git")
    if found is None:
        raise ServiceError("not found: install git (Debian: apt-get install git)")
    return found


def _sandbox(name: str, settings: Settings) -> Probe:
    def probe() -> str:
        try:
            sandbox = choose(
                [name], settings.cache_dir / "sandbox", docker=docker_options(settings)
            )
        except OSError as error:
            raise SandboxUnavailable(f"{cause_of(error)} (BUDWOOD_CACHE_DIR)") from error
        try:
            told = sandbox.capabilities()
        finally:
            sandbox.close()
        held = f"isolates {', '.join(told.isolation)}; limits {', '.join(told.limits)}"
        fast = f"{held}; has {', '.join(told.features)}" if told.features else held
        return f"{fast}; {_docker(settings.docker_host)}" if name == "docker" else fast

    return probe


def _docker(host: str | None) -> str:
    with docker_images.daemon(host) as api:
        found = docker_images.about(api)
    others = [name for name in found.runtimes if name != found.runtime]
    return (
        f"server {found.version}; runtime {found.runtime} (also {', '.join(others) or 'none'}); "
        f"security {', '.join(found.security) or 'none'}"
    )


def _cache(settings: Settings) -> str:
    """What is kept and how much room is left; a disk that is almost full is not well."""
    cache = settings.cache_dir / "sandbox"
    try:
        kept = prune.stored(cache)
        there = next(folder for folder in (cache, *cache.parents) if folder.is_dir())
        free = shutil.disk_usage(there).free
    except OSError as error:
        raise ServiceError(f"{cause_of(error)} (BUDWOOD_CACHE_DIR)") from error
    told = [_counted("environment", kept), _counted("base", kept)]
    try:
        with docker_images.daemon(settings.docker_host) as api:
            told.append(_counted("image", docker_images.stored(api, cache)))
    except SandboxUnavailable:
        told.append("no images")
    room = f"{', '.join(told)} (cap {KEEP_GB:g} GB); {free / GB:.1f} GB free at {cache}"
    if free < LOW_GB * GB:
        raise ServiceError(f"{room}: make room, such as with budwood images prune --keep-gb 1")
    return room


def _counted(kind: str, kept: Sequence[Kept]) -> str:
    sizes = [one.size for one in kept if one.kind == kind]
    return f"{len(sizes)} {kind}{'s' * (len(sizes) != 1)} {sum(sizes) / GB:.2f} GB"


def _database(settings: Settings) -> str:
    try:
        database = build_database(settings)
        try:
            database.ping()
            if not settings.sqlite:
                migrations_probe(database)()
            return database.url.render_as_string(hide_password=True)
        finally:
            database.close()
    except (*DATABASE_LOST, DATABASE_MISNAMED) as error:
        raise ServiceError(database_error(error)) from error
    except OSError as error:
        raise ServiceError(f"{cause_of(error)} (BUDWOOD_DATA_DIR)") from error


def _queue(settings: Settings) -> str:
    if settings.broker_url is None:
        return "none (BUDWOOD_BROKER_URL): searches run in the process that takes them"
    CeleryTransport(make_app(settings.broker_url)).ping()
    return "answers"


def _model(settings: Settings) -> str:
    if settings.model is None:
        return "none (BUDWOOD_MODEL): the mutation policy works without one"
    return f"{settings.model} at {settings.model_base_url or 'its usual address'}, not asked now"
