"""The composition root: which implementation serves which protocol."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from celery import Celery

from agents.driver import run_in_process
from agents.engine import Engine
from agents.replay import Replaying, replaying
from agents.selection.calibration.calibration_map import CalibrationMap
from agents.store import SearchRecord
from agents.tools import Tools
from sandbox.bounded import BoundedSandbox
from sandbox.cache import CachingSandbox
from sandbox.choose import DockerOptions, choose
from sandbox.protocol import Sandbox
from service.confidence import repository as maps
from service.config import Settings
from service.errors import NoWorker
from service.health.checks import Probe, database_probe, migrations_probe
from service.issues.submission import Submission
from service.journals import Journals, RecordedJournals
from service.kit import migrate
from service.kit.database import Database
from service.panels import Panels
from service.policies import Policies
from service.queue.app import make_app
from service.queue.leases import Leases
from service.queue.transport import CeleryTransport
from service.rankers import Rankers
from service.repositories.git import Limits
from service.repositories.source import RepositorySource
from service.repositories.uploads import Uploads
from service.searches.baselines import FileBaselines
from service.searches.executor import CeleryExecutor, Executor, InProcessExecutor
from service.searches.store import SqlCallStore, SqlStore
from service.searches.work import Work
from service.surrogates import Surrogates
from service.values import Values


def build_database(settings: Settings) -> Database:
    """Connects on first use."""
    return Database(settings.database_url)


def build_store(settings: Settings) -> SqlStore:
    """Searches as rows. The tables must be up to date: see `service.kit.migrate.ensure`."""
    return SqlStore(build_database(settings))


def build_source(settings: Settings, *, allow_local: bool | None = None) -> RepositorySource:
    """`allow_local`: for the CLI, whose caller owns the machine's paths anyway."""
    return RepositorySource(
        uploads=settings.data_dir / "repositories",
        clones=settings.cache_dir / "clones",
        hosts=settings.repository_hosts,
        limits=Limits(settings.max_repository_mb, settings.clone_s),
        allow_local=settings.allow_local_repositories if allow_local is None else allow_local,
        allow_private=settings.allow_private_addresses,
    )


def build_sandbox(settings: Settings) -> Sandbox:
    """The first provider that works. Raises: SandboxUnavailable."""
    folder = settings.cache_dir / "sandbox"
    chosen = choose(settings.sandbox, folder, docker=docker_options(settings))
    return BoundedSandbox(chosen, settings.sandbox_slots)


def docker_options(settings: Settings) -> DockerOptions:
    return DockerOptions(
        slots=settings.sandbox_slots, host=settings.docker_host, runtime=settings.docker_runtime
    )


def build_engine(settings: Settings, store: SqlStore, *, allow_local: bool | None = None) -> Engine:
    """Raises: SandboxUnavailable when nothing here can run untrusted code."""
    journals = Journals(settings, SqlCallStore(store.database))
    confidence = build_confidence(store.database)
    return Engine(store, build_tools(settings, journals, confidence, allow_local=allow_local))


def build_replay(settings: Settings, store: SqlStore, recorded: SearchRecord) -> Replaying:
    """Writes nothing to `store`. Raises: as `build_engine`; ValueError as `replaying`."""
    calls = SqlCallStore(store.database).of(recorded.id)
    verdict = recorded.verdict
    confidence = build_confidence(
        store.database, named=verdict.evidence.calibration if verdict else ""
    )
    journals = RecordedJournals(settings, calls)
    tools = build_tools(settings, journals, confidence, allow_local=True)
    return replaying(tools, recorded)


def build_confidence(database: Database, *, named: str = "") -> Callable[[], CalibrationMap]:
    """Reads the map of that name at each call; the active one where there is none of that name."""

    def read() -> CalibrationMap:
        with database.read() as session:
            return maps.named(session, named) or maps.active(session)

    return read


def build_tools(
    settings: Settings,
    journals: Journals,
    confidence: Callable[[], CalibrationMap],
    *,
    allow_local: bool | None = None,
) -> Tools:
    """Raises: SandboxUnavailable when nothing here can run untrusted code."""
    sandbox = build_sandbox(settings)
    return Tools(
        sandbox=CachingSandbox(sandbox),
        fresh_sandbox=sandbox,
        repository=build_source(settings, allow_local=allow_local),
        policy=Policies(journals),
        value=Values(journals),
        surrogate=Surrogates(journals),
        ranker=Rankers(journals),
        confidence=confidence,
        panel=Panels(journals),
        baselines=FileBaselines(settings.cache_dir / "baselines"),
    )


def build_leases(settings: Settings, database: Database) -> Leases:
    return Leases(
        database,
        seconds=settings.lease_s,
        heartbeat_s=settings.heartbeat_s,
        max_tries=settings.max_tries,
        requeue_s=settings.requeue_s,
    )


def build_work(settings: Settings, app: Celery, owner: str) -> Work:
    """A worker process's own; call it after any fork. Raises: SandboxUnavailable."""
    store = build_store(settings)
    engine = build_engine(settings, store)

    def close() -> None:
        engine.tools.sandbox.close()
        store.database.close()

    return Work(
        engine=engine,
        store=store,
        leases=build_leases(settings, store.database),
        transport=CeleryTransport(app),
        owner=owner,
        close=close,
    )


def check_worker(settings: Settings) -> str:
    """Whether a worker could work here, and in which sandbox. Removes what dead workers left.

    Raises: MigrationNeeded; SandboxUnavailable; a database error.
    """
    database = build_database(settings)
    try:
        migrate.ensure(database)
    finally:
        database.close()
    sandbox = build_sandbox(settings)
    try:
        return sandbox.capabilities().provider
    finally:
        sandbox.close()


def build_executor(settings: Settings, store: SqlStore) -> Executor:
    """Celery where a broker is set, else threads of this process.

    Raises: SandboxUnavailable in the second case.
    """
    return _queued(settings, store)[0] if settings.broker_url else _embedded(settings, store)[0]


@dataclass(frozen=True, slots=True)
class Services:
    """What the API's endpoints work with."""

    database: Database
    submission: Submission
    uploads: Uploads
    executor: Executor
    probes: Mapping[str, Probe]


def build_services(settings: Settings) -> Services:
    """Migrate a SQLite file, then connect everything.

    Raises: MigrationNeeded for a server whose tables are out of date; SandboxUnavailable without a
    broker.
    """
    store = build_store(settings)
    migrate.ensure(store.database)
    executor, probes = (
        _queued(settings, store) if settings.broker_url else _embedded(settings, store)
    )
    return Services(
        database=store.database,
        submission=Submission(store, executor, build_source(settings).check),
        uploads=build_uploads(settings, store.database),
        executor=executor,
        probes={
            "database": database_probe(store.database),
            "migrations": migrations_probe(store.database),
            **probes,
        },
    )


def build_uploads(settings: Settings, database: Database) -> Uploads:
    """Where callers' repositories are kept."""
    return Uploads(
        database,
        settings.data_dir / "repositories",
        Limits(settings.max_repository_mb, settings.clone_s),
    )


def _queued(settings: Settings, store: SqlStore) -> tuple[Executor, dict[str, Probe]]:
    transport = CeleryTransport(make_app(settings.broker_url or ""))

    def sandbox() -> str:
        """Searches run on the workers: theirs is the sandbox that counts."""
        workers = transport.workers()
        if not workers:
            raise NoWorker("no worker answers: start one with budwood worker")
        return f"on the workers: {', '.join(workers)}"

    def broker() -> str:
        transport.ping()
        return "answers"

    executor = CeleryExecutor(build_leases(settings, store.database), transport)
    return executor, {"broker": broker, "sandbox": sandbox}


def _embedded(settings: Settings, store: SqlStore) -> tuple[Executor, dict[str, Probe]]:
    engine = build_engine(settings, store)

    def sandbox() -> str:
        found = engine.tools.sandbox.capabilities()
        return f"{found.provider}: {', '.join(found.isolation)}"

    def run(search: str) -> None:
        run_in_process(engine, search, between=executor.check)

    executor = InProcessExecutor(
        run,
        store.unfinished,
        engine.fail,
        at_once=settings.searches_at_once,
        close=engine.tools.sandbox.close,
    )
    return executor, {"broker": lambda: "none: searches run in this process", "sandbox": sandbox}
