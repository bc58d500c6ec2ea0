from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from agents.domain import Outcome, Usage
from service.kit.clock import epoch
from service.kit.columns import Document
from service.models.base import Base, Id, Word


class OutcomeRow(Base):
    """What a trial came to. Append-only: a trigger refuses UPDATE and DELETE."""

    __tablename__ = "outcomes"
    __table_args__ = (
        ForeignKeyConstraint(["search", "trial"], ["trials.search", "trials.number"]),
    )

    search: Mapped[str] = mapped_column(Id, primary_key=True)
    trial: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(Word)
    reason: Mapped[str]
    summary: Mapped[str]
    state: Mapped[str | None]
    """As in `NodeRow`."""
    value: Mapped[float]
    solved: Mapped[bool]
    patch: Mapped[bytes]
    usage: Mapped[Usage] = mapped_column(Document(Usage))
    document: Mapped[Outcome] = mapped_column(Document(Outcome))
    """The whole outcome but its patch; the columns beside it are for queries."""
    fence: Mapped[int]
    """Of the lease under which it was found; 0 in one process."""
    created_at: Mapped[float] = mapped_column(default=epoch())
