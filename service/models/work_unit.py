from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from service.kit.clock import epoch
from service.models.base import Base, Id, Word


class WorkUnitRow(Base):
    """Something that a worker does under a lease: the truth behind a queue message."""

    __tablename__ = "work_units"
    __table_args__ = (Index(None, "state", "lease_until"),)

    search: Mapped[str] = mapped_column(Id, ForeignKey("searches.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(Word, primary_key=True)
    """``prepare``, ``trial`` or ``decide``."""
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """The trial's; 0 for the other kinds."""
    state: Mapped[str] = mapped_column(Word, default="ready")
    """``ready``, ``leased``, ``done``, or ``dead`` once its tries ran out."""
    fence: Mapped[int] = mapped_column(default=0)
    """Rises with every lease; whoever holds an older one may not write."""
    tries: Mapped[int] = mapped_column(default=0)
    owner: Mapped[str | None]
    lease_until: Mapped[float | None]
    sent_at: Mapped[float | None]
    """When it was last put on the queue."""
    error: Mapped[str | None]
    """How the last try ended, if not well."""
    created_at: Mapped[float] = mapped_column(default=epoch())
