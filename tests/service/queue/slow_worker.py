"""A real worker around an engine whose trials only take time. Run with ``python -m``."""

import os

from celery import Celery

from service import bootstrap, worker
from service.config import Settings
from service.queue.transport import CeleryTransport
from service.searches.work import Work
from tests.service.engines import SlowEngine


def build(settings: Settings, app: Celery, owner: str) -> Work:
    store = bootstrap.build_store(settings)
    return Work(
        engine=SlowEngine(store, pause_s=float(os.environ["TRIAL_S"])),
        store=store,
        leases=bootstrap.build_leases(settings, store.database),
        transport=CeleryTransport(app),
        owner=owner,
    )


if __name__ == "__main__":
    worker.work(worker.make(Settings(), build), ["--concurrency=2", "--loglevel=INFO"])
