"""Uploads as JSON."""

from pydantic import BaseModel


class UploadOut(BaseModel):
    """Both values go into an issue as they are."""

    repo: str
    base_commit: str
