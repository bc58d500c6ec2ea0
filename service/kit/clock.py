"""The database's clock, so that machines whose clocks differ agree on when a lease ends."""

from typing import Any

from sqlalchemy import Double
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class epoch(FunctionElement[float]):  # noqa: N801 - reads as an SQL function
    """POSIX seconds now, by the database's clock."""

    type = Double()
    inherit_cache = True


@compiles(epoch)
def _portable(_element: epoch, _compiler: Any, **_kwargs: Any) -> str:
    return "extract(epoch FROM clock_timestamp())::double precision"


@compiles(epoch, "sqlite")
def _sqlite(_element: epoch, _compiler: Any, **_kwargs: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"
