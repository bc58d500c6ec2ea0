from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from service.models.base import Base, Id, Word


class NodeRow(Base):
    """A node of the tree: the fold of the outcomes, kept so that it need not be folded to be shown."""

    __tablename__ = "nodes"
    __table_args__ = (Index(None, "search", "trial"),)

    search: Mapped[str] = mapped_column(Id, ForeignKey("searches.id"), primary_key=True)
    node: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    parent: Mapped[int | None]
    trial: Mapped[int | None]
    state: Mapped[str]
    """The workspace's tree hash, with a digest of the note where a note made the node."""
    depth: Mapped[int]
    value: Mapped[float]
    visits: Mapped[int]
    pending: Mapped[int]
    value_sum: Mapped[float]
    solved: Mapped[bool]
    merged_with: Mapped[int | None]
    stage: Mapped[str] = mapped_column(Word, default="edit")
