"""All SQL of uploaded repositories."""

from sqlalchemy.orm import Session

from service.models import UploadedRepositoryRow


def base_commit(session: Session, sha256: str) -> str | None:
    """None: no such upload."""
    row = session.get(UploadedRepositoryRow, sha256)
    return None if row is None else row.base_commit


def add(session: Session, sha256: str, kind: str, base_commit: str, size: int) -> None:
    """Once; the same upload twice at the same time is one row."""
    session.merge(
        UploadedRepositoryRow(
            sha256=sha256, kind=kind, base_commit=base_commit, path=f"{sha256}.git", size=size
        )
    )
    session.flush()
