from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from service.kit.clock import epoch
from service.models.base import Base, Id, Word


class EventRow(Base):
    """Something that happened in a search, numbered from 1 without gaps. Append-only."""

    __tablename__ = "events"

    search: Mapped[str] = mapped_column(Id, ForeignKey("searches.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(Word)
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[float] = mapped_column(default=epoch())
