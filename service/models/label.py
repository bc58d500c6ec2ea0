from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from service.kit.clock import epoch
from service.models.base import Base, Id, Word


class LabelRow(Base):
    """What came of a verdict, as somebody told it afterwards. The newest of a source is current.
    Append-only. No search reads it."""

    __tablename__ = "labels"

    search: Mapped[str] = mapped_column(Id, ForeignKey("verdicts.search"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """From 1, without gaps."""
    right: Mapped[bool]
    """Whether the patch is right; of an abstention: whether one of its candidates is."""
    source: Mapped[str] = mapped_column(Word)
    """Who told it, such as ``grader`` or ``person``."""
    created_at: Mapped[float] = mapped_column(default=epoch())
