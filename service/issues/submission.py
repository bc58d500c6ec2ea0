"""Taking an issue on: checked, stored, and only then handed to the executor."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from agents.domain import Issue
from agents.errors import BadIssue, BadOption, EmptyStatement, UnknownName
from agents.registry import check as check_settings
from agents.settings import SearchSettings
from service.errors import ExecutorStopped, Unprocessable
from service.issues.submitted import IssueIn
from service.searches.executor import Executor
from service.searches.store import SqlStore

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Submission:
    """`check` says whether an issue's repository may be used, without the network."""

    store: SqlStore
    executor: Executor
    check: Callable[[Issue], None]

    def submit(self, body: IssueIn, key: str | None = None) -> str:
        """The id of the search, which is under way or will be. Raises: Unprocessable."""
        issue, settings = body.issue(), body.settings()
        self._vet(issue, settings)
        if key is None:
            search, new = self.store.create(issue, settings), True
        else:
            search, new = self._once(issue, settings, key, _digest(body))
        if new:
            self._start(search)
        return search

    def _once(
        self, issue: Issue, settings: SearchSettings, key: str, digest: str
    ) -> tuple[str, bool]:
        search, stored, new = self.store.create_once(issue, settings, key=key, body_hash=digest)
        if stored != digest:
            raise Unprocessable(
                "idempotency-key-reused",
                "this Idempotency-Key came with another body before: use a new key",
            )
        return search, new

    def _vet(self, issue: Issue, settings: SearchSettings) -> None:
        try:
            if not issue.problem_statement.strip():
                raise EmptyStatement("the problem statement is empty")
            self.check(issue)
            check_settings(settings)
        except BadIssue as error:
            raise Unprocessable("bad-issue", str(error)) from error
        except UnknownName as error:
            raise Unprocessable("unknown-name", str(error)) from error
        except BadOption as error:
            raise Unprocessable("bad-option", str(error)) from error

    def _start(self, search: str) -> None:
        try:
            self.executor.submit(search)
        except ExecutorStopped as error:
            _log.warning("search waits", search=search, error=str(error))


def _digest(body: IssueIn) -> str:
    return hashlib.sha256(body.model_dump_json().encode()).hexdigest()
