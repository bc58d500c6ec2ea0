"""What all tables share: constraint names, and times as POSIX seconds by the database's clock."""

from typing import ClassVar

from sqlalchemy import Double, LargeBinary, MetaData, String
from sqlalchemy.orm import DeclarativeBase

from service.kit.columns import PlainText

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """There are no relationships: rows are joined by the repositories, never lazily."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar = {str: PlainText(), float: Double(), bytes: LargeBinary()}


Id = String(26)
Word = String(32)
