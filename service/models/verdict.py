from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from agents.domain import Verdict
from service.kit.clock import epoch
from service.kit.columns import Document
from service.models.base import Base, Id, Word


class VerdictRow(Base):
    """The decision with its evidence; its candidates lie in their own table. Append-only."""

    __tablename__ = "verdicts"

    search: Mapped[str] = mapped_column(Id, ForeignKey("searches.id"), primary_key=True)
    decision: Mapped[str] = mapped_column(Word)
    patch: Mapped[bytes]
    document: Mapped[Verdict] = mapped_column(Document(Verdict))
    """The verdict but its patch and candidates."""
    created_at: Mapped[float] = mapped_column(default=epoch())
