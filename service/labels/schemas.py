"""Labels as JSON."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool

PERSON = "person"

Source = Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[\w.:-]+$")]


class LabelIn(BaseModel):
    """What came of a verdict."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    right: StrictBool = Field(
        description="whether the patch is right; of an abstention: whether a candidate of it is"
    )
    source: Source = Field(default=PERSON, description="who says so, such as grader or person")


class LabelOut(BaseModel):
    """The current label of one source."""

    right: bool
    source: str
    created_at: datetime
