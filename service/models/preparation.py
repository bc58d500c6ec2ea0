from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from agents.domain import Preparation, Usage
from service.kit.clock import epoch
from service.kit.columns import Document
from service.models.base import Base, Id


class PreparationRow(Base):
    """What every branch of a search shares. Apart from the search: it can be large."""

    __tablename__ = "preparations"

    search: Mapped[str] = mapped_column(Id, ForeignKey("searches.id"), primary_key=True)
    preparation: Mapped[Preparation] = mapped_column(Document(Preparation))
    usage: Mapped[Usage] = mapped_column(Document(Usage))
    created_at: Mapped[float] = mapped_column(default=epoch())
