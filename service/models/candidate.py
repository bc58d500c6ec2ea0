from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from agents.domain import Candidate
from service.kit.columns import Document
from service.models.base import Base, Id


class CandidateRow(Base):
    """A finished patch that the verifier looked at, in the verdict's order. Append-only."""

    __tablename__ = "candidates"

    search: Mapped[str] = mapped_column(Id, ForeignKey("verdicts.search"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    trial: Mapped[int]
    state: Mapped[str]
    accepted: Mapped[bool]
    patch: Mapped[bytes]
    document: Mapped[Candidate] = mapped_column(Document(Candidate))
    """The candidate but its patch."""
