"""A journal's other half: calls that were answered before, and nobody to ask."""

from collections.abc import Iterable
from dataclasses import dataclass

from agents.errors import ReplayMismatch
from agents.llm.journal import CallRecord
from agents.llm.protocol import Reply, Request


class Nobody:
    """A model that cannot be asked."""

    def complete(self, request: Request) -> Reply:
        """Raises: ReplayMismatch."""
        raise ReplayMismatch(f"a call to {request.model} is not in the record")


@dataclass(frozen=True, slots=True)
class RecordedCalls:
    """`agents.llm.journal.CallStore` that only answers: what it does not hold was never asked."""

    records: dict[tuple[str, int, int], CallRecord]

    @classmethod
    def of(cls, records: Iterable[CallRecord]) -> "RecordedCalls":
        return cls({(r.search, r.trial, r.ordinal): r for r in records})

    def get(self, search: str, trial: int, ordinal: int) -> CallRecord:
        """Raises: ReplayMismatch for a call that is not in the record."""
        found = self.records.get((search, trial, ordinal))
        if found is None:
            raise ReplayMismatch(
                f"search {search}, trial {trial}, call {ordinal} is not in the record: "
                f"{self._beside(search, trial)}"
            )
        return found

    def put(self, record: CallRecord) -> CallRecord:
        """Nothing new is ever answered. Raises: ReplayMismatch."""
        return self.get(record.search, record.trial, record.ordinal)

    def _beside(self, search: str, trial: int) -> str:
        known = [str(o) for s, t, o in sorted(self.records) if (s, t) == (search, trial)]
        return f"of that trial it holds {', '.join(known) or 'none'}"
