from sqlalchemy.orm import Mapped, mapped_column

from agents.selection.calibration.calibration_map import CalibrationMap
from service.kit.clock import epoch
from service.kit.columns import Document
from service.models.base import Base


class CalibrationMapRow(Base):
    """A map from beliefs to confidences that was put to use; the newest is active. Append-only: to go
    back to a map is to store it once more."""

    __tablename__ = "calibration_maps"

    number: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    document: Mapped[CalibrationMap] = mapped_column(Document(CalibrationMap))
    created_at: Mapped[float] = mapped_column(default=epoch())
