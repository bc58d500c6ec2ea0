"""The settings: the only place that reads the environment.

Every field is a variable named ``BUDWOOD_`` plus the field's name in capitals; ``.env`` in the
working directory is read too. Lists are separated by commas.
"""

import os
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AliasChoices, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Names = Annotated[tuple[str, ...], NoDecode]


def _home(variable: str, fallback: str) -> Path:
    """The XDG folder of a kind, with Budwood's own name under it."""
    return Path(os.environ.get(variable) or Path.home() / fallback) / "budwood"


class Settings(BaseSettings):
    """Raises: ValidationError that names the variable and what it must be."""

    model_config = SettingsConfigDict(
        env_prefix="BUDWOOD_",
        env_file=".env",
        extra="ignore",
        populate_by_name=True,
        env_ignore_empty=True,
        protected_namespaces=(),
    )

    data_dir: Path = Field(default_factory=lambda: _home("XDG_DATA_HOME", ".local/share"))
    """What must not be lost: the SQLite file and uploaded repositories."""
    cache_dir: Path = Field(default_factory=lambda: _home("XDG_CACHE_HOME", ".cache"))
    """What can be made again: clones, environments, sandbox results."""
    database_url: str = ""
    """``sqlite:///FILE`` or ``postgresql://…``. Default: ``budwood.db`` in `data_dir`."""
    broker_url: str | None = None
    """``redis://…`` runs searches on Celery workers. Without it they run in this process."""

    sandbox: Names = ("bubblewrap", "docker")
    """Providers in the order in which they are tried."""

    sandbox_slots: int = Field(default_factory=lambda: os.cpu_count() or 2, gt=0)
    """Sandbox runs at once in a process, and so Docker containers: as many as it has cores."""
    docker_host: str | None = None
    """Address of the Docker daemon, such as ``tcp://…``. Default: the local socket."""
    docker_runtime: str | None = None
    """How Docker runs containers, such as ``runsc``. Default: the daemon's own."""

    model: str | None = None
    """Model for issues that name none."""
    model_base_url: str | None = Field(
        default=None, validation_alias=AliasChoices("BUDWOOD_MODEL_BASE_URL", "OPENAI_BASE_URL")
    )
    """An OpenAI-compatible endpoint. Falls back on ``OPENAI_BASE_URL``."""
    model_api_key: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("BUDWOOD_MODEL_API_KEY", "OPENAI_API_KEY")
    )
    """The endpoint's key. Falls back on ``OPENAI_API_KEY``."""
    model_free: bool = False
    """The endpoint costs nothing, such as one of your own: its price is 0, not unknown."""
    model_prices: Path | None = None
    """JSON of model → USD per million ``prompt``, ``cached`` and ``completion`` tokens."""

    host: str = "127.0.0.1"
    """Where the API listens. Anything but loopback needs `api_key`."""
    port: int = Field(default=8080, ge=0, le=65535)
    """The API's port; 0 takes a free one."""
    api_key: SecretStr | None = None
    """Asked of every caller as ``Authorization: Bearer …``."""

    allow_local_repositories: bool = False
    """Let API callers name a path on the server as ``repo``. The CLI always may."""
    allow_private_addresses: bool = False
    """Let ``repo`` lead to private, loopback and link-local addresses."""
    repository_hosts: Names = ("github.com", "gitlab.com", "bitbucket.org", "codeberg.org")
    """Hosts from which https clones are made."""
    max_repository_mb: int = Field(default=512, gt=0)
    """Largest upload, and largest clone."""
    clone_s: float = Field(default=300.0, gt=0)
    """Longest time for one clone or fetch."""

    lease_s: float = Field(default=30.0, gt=0)
    """A worker that gives no sign for so long has lost its work unit."""
    heartbeat_s: float = Field(default=5.0, gt=0)
    """How often a worker prolongs its lease."""
    sweep_s: float = Field(default=2.0, gt=0)
    """How often each worker looks for units that lost their worker."""
    requeue_s: float = Field(default=60.0, gt=0)
    """A unit that nobody picked up for so long is sent again."""
    max_tries: int = Field(default=3, gt=0)
    """How often one work unit may be started."""
    searches_at_once: int = Field(default=2, gt=0)
    """Searches under way at once when they run in this process."""

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """``DEBUG``, ``INFO``, ``WARNING`` or ``ERROR``."""
    log_json: bool = False
    """One JSON object per line instead of coloured text."""

    @field_validator("sandbox", "repository_hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("log_level", mode="before")
    @classmethod
    def _in_capitals(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @model_validator(mode="after")
    def _default_database(self) -> Self:
        if not self.database_url:
            self.database_url = f"sqlite:///{self.data_dir / 'budwood.db'}"
        return self

    @model_validator(mode="after")
    def _lease_outlives_heartbeat(self) -> Self:
        if self.lease_s < 2 * self.heartbeat_s:
            raise ValueError("BUDWOOD_LEASE_S must be at least twice BUDWOOD_HEARTBEAT_S")
        return self

    @property
    def sqlite(self) -> bool:
        """Whether the tables lie in a file."""
        return self.database_url.startswith("sqlite")

    def check_exposure(self) -> None:
        """Raises: ValueError when the API would listen beyond this machine without a key."""
        if self.api_key is None and not _is_loopback(self.host):
            raise ValueError(
                f"refusing to serve on {self.host} without a key: set BUDWOOD_API_KEY, "
                "or listen on 127.0.0.1"
            )


def environment() -> Mapping[str, str]:
    """This process's environment, for tools that have settings of their own there, such as pip."""
    return dict(os.environ)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
