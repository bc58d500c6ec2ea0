from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from agents.domain import Issue
from agents.settings import SearchSettings
from service.kit.clock import epoch
from service.kit.columns import Document
from service.models.base import Base, Id, Word


class SearchRow(Base):
    """One issue and the search for its patch."""

    __tablename__ = "searches"
    __table_args__ = (Index(None, "phase"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    """Sorts by creation."""
    repo: Mapped[str]
    issue: Mapped[Issue] = mapped_column(Document(Issue))
    settings: Mapped[SearchSettings] = mapped_column(Document(SearchSettings))
    local: Mapped[bool] = mapped_column(default=False)
    """Carried out by the command that made it, and by nobody else: no server or worker takes it."""
    phase: Mapped[str] = mapped_column(Word, default="queued")
    cause: Mapped[str | None]
    """Why it failed, with the remedy."""
    last_event: Mapped[int] = mapped_column(default=0)
    """Number of the newest event; incremented under the row's lock."""
    idempotency_key: Mapped[str | None] = mapped_column(unique=True)
    body_hash: Mapped[str | None]
    """SHA-256 of the request that the key came with."""
    created_at: Mapped[float] = mapped_column(default=epoch())
    updated_at: Mapped[float] = mapped_column(default=epoch(), onupdate=epoch())
    started_at: Mapped[float | None]
    finished_at: Mapped[float | None]
