"""The worker: Celery with the steps of a search, and a sweeper beside it."""

import os
import socket
import threading
from collections.abc import Callable, Sequence
from typing import Any

import structlog
from celery import Celery
from celery.signals import (
    worker_process_shutdown,
    worker_ready,
    worker_shutdown,
    worker_shutting_down,
)

from service.bootstrap import build_work, check_worker
from service.config import Settings
from service.kit import logs
from service.queue.app import QUEUES, make_app
from service.queue.tasks import register
from service.searches.sweeper import Sweeper
from service.searches.work import Work

_log = structlog.get_logger()

BuildWork = Callable[[Settings, Celery, str], Work]


class PerProcess:
    """One `Work` for each process: database connections do not survive a fork."""

    def __init__(self, build: Callable[[], Work]) -> None:
        self._build = build
        self._made: dict[int, Work] = {}
        self._lock = threading.Lock()

    def __call__(self) -> Work:
        with self._lock:
            if os.getpid() not in self._made:
                self._made[os.getpid()] = self._build()
            return self._made[os.getpid()]

    def close(self) -> None:
        """End what this process made; a parent's is the parent's to end."""
        with self._lock:
            made = self._made.pop(os.getpid(), None)
        if made is not None:
            made.close()


def make(settings: Settings, build: BuildWork) -> Celery:
    """A Celery application with its tasks, whose worker also sweeps.

    Raises: ValueError without a broker.
    """
    if settings.broker_url is None:
        raise ValueError(
            "a worker needs a broker: set BUDWOOD_BROKER_URL, e.g. redis://127.0.0.1/0"
        )
    app = make_app(settings.broker_url)
    work = PerProcess(lambda: build(settings, app, f"{socket.gethostname()}:{os.getpid()}"))
    register(app, work)
    _sweep(app, lambda: Sweeper(work(), settings.sweep_s))
    _close(work)
    return app


def run(settings: Settings, arguments: Sequence[str] = ()) -> None:
    """Work until told to stop. `arguments` are Celery's, such as ``--concurrency=4``.

    Raises: what `check_worker` raises: better no worker than one that fails every step.
    """
    logs.configure(settings.log_level, as_json=settings.log_json)
    sandbox = check_worker(settings)
    app = make(settings, build_work)
    _log.info("worker starts", sandbox=sandbox, queues=QUEUES)
    work(app, arguments)
    _log.info("worker stopped")


def work(app: Celery, arguments: Sequence[str] = ()) -> None:
    """Start a worker on every queue; returns when it was told to stop."""
    worker = ["--quiet", "worker", f"--queues={','.join(QUEUES)}", *arguments]
    app.worker_main(worker)  # type: ignore[no-untyped-call]


def _sweep(app: Celery, sweeper: Callable[[], Sweeper]) -> None:
    over = threading.Event()

    def start(sender: Any, **_: Any) -> None:
        if sender.app is app:
            threading.Thread(
                target=sweeper().run, args=(over,), name="sweeper", daemon=True
            ).start()

    def stop(**_: Any) -> None:
        over.set()

    worker_ready.connect(start, weak=False)  # type: ignore[no-untyped-call]
    worker_shutting_down.connect(stop, weak=False)  # type: ignore[no-untyped-call]


def _close(work: PerProcess) -> None:
    """An orderly stop leaves no container behind; in the pool's processes and in their parent."""

    def close(**_: Any) -> None:
        work.close()

    worker_process_shutdown.connect(close, weak=False)  # type: ignore[no-untyped-call]
    worker_shutdown.connect(close, weak=False)  # type: ignore[no-untyped-call]
