"""All tables, labels among them: for migrations. Whoever reads one imports its own module."""

import service.models.label  # noqa: F401 - only this makes the table known
from service.models import Base

METADATA = Base.metadata
