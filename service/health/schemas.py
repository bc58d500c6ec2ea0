"""Health as JSON."""

from typing import Literal

from pydantic import BaseModel


class Health(BaseModel):
    status: Literal["ok"] = "ok"


class CheckOut(BaseModel):
    name: str
    ok: bool
    detail: str


class Readiness(BaseModel):
    """`ready` only if every check is well."""

    ready: bool
    checks: list[CheckOut]
