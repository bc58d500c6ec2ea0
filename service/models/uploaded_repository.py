from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from service.kit.clock import epoch
from service.models.base import Base, Word


class UploadedRepositoryRow(Base):
    """A repository that a caller sent, named by what it holds."""

    __tablename__ = "repositories"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    """Of the uploaded file."""
    kind: Mapped[str] = mapped_column(Word)
    """``bundle`` or ``archive``."""
    base_commit: Mapped[str]
    """Its HEAD, or the one commit made of an archive."""
    path: Mapped[str]
    """Where the bare repository lies, relative to the data folder."""
    size: Mapped[int] = mapped_column(BigInteger)
    """Bytes of the uploaded file."""
    created_at: Mapped[float] = mapped_column(default=epoch())
