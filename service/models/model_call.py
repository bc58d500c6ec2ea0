from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from agents.llm.journal import CallRecord
from service.kit.clock import epoch
from service.kit.columns import Document
from service.models.base import Base, Id


class ModelCallRow(Base):
    """One answered model call, so that it is never paid twice. Append-only."""

    __tablename__ = "model_calls"

    search: Mapped[str] = mapped_column(Id, ForeignKey("searches.id"), primary_key=True)
    trial: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ordinal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    request_hash: Mapped[str]
    record: Mapped[CallRecord] = mapped_column(Document(CallRecord))
    created_at: Mapped[float] = mapped_column(default=epoch())
