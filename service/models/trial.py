from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from service.kit.clock import epoch
from service.models.base import Base, Id, Word


class TrialRow(Base):
    """A trial that was opened; told once it has an outcome."""

    __tablename__ = "trials"

    search: Mapped[str] = mapped_column(Id, ForeignKey("searches.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    node: Mapped[int]
    ordinal: Mapped[int]
    told: Mapped[int]
    """How many trials had been told when this one was opened."""
    stage: Mapped[str] = mapped_column(Word, default="edit")
    """What it is to bring: ``edit``, or ``localise`` and ``plan``, which change no file."""
    arm: Mapped[str | None]
    """The model that is to propose, where the strategy chose one."""
    created_at: Mapped[float] = mapped_column(default=epoch())
