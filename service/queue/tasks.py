"""Celery's names for the steps of a search. The bodies are plain methods elsewhere."""

from collections.abc import Callable
from typing import Any, Protocol

import structlog
from celery import Celery, Task

from service.queue.transport import ADVANCE, TASKS


class Steps(Protocol):
    """What a worker can do; implemented by `service.searches.work.Work`."""

    def advance(self, search: str) -> None: ...
    def prepare(self, search: str) -> None: ...
    def run_trial(self, search: str, number: int) -> None: ...
    def decide(self, search: str) -> None: ...


class LoggedTask(Task):
    """Every line that a step logs names its task, search and trial."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        names = dict(zip(("search", "trial"), args, strict=False))
        with structlog.contextvars.bound_contextvars(task=self.name, **names):
            return super().__call__(*args, **kwargs)  # type: ignore[no-untyped-call]


def register(app: Celery, steps: Callable[[], Steps]) -> None:
    """Add the tasks. `steps` is asked in the process that runs the task, after any fork."""

    def advance(search: str) -> None:
        steps().advance(search)

    def prepare(search: str) -> None:
        steps().prepare(search)

    def run_trial(search: str, number: int) -> None:
        steps().run_trial(search, number)

    def decide(search: str) -> None:
        steps().decide(search)

    for name, body in (
        (ADVANCE, advance),
        (TASKS["prepare"], prepare),
        (TASKS["trial"], run_trial),
        (TASKS["decide"], decide),
    ):
        app.task(body, name=name, base=LoggedTask)  # type: ignore[no-untyped-call]
