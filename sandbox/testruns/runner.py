"""What every kind of test run has in common."""

from collections.abc import Sequence
from typing import ClassVar, Protocol

from sandbox.protocol import INPUTS, WORKSPACE, RunResult, RunSpec
from sandbox.testruns.report import TestReport

Shard = tuple[int, int]
"""(index, count): the index-th of `count` parts, counted from 0."""


class TestRunner(Protocol):
    """Makes the command of a test run and reads what came back. Pure: it runs nothing."""

    __test__: ClassVar[bool] = False

    def spec(
        self, only: Sequence[str] = (), *, shard: Shard | None = None, wall_s: float = 60.0
    ) -> RunSpec:
        """The command that runs all tests, or `only` some by id, or a part of them.

        Every test is in exactly one shard of the same count, those of one file or module in the
        same, and `merge` puts their reports together. `wall_s` bounds the whole run; change other
        limits with `dataclasses.replace`.

        Raises: ValueError for a shard that does not exist or a runner that cannot be divided.
        """
        ...

    def read(self, result: RunResult, only: Sequence[str] = ()) -> TestReport:
        """What a run of `spec(only)` says. Takes any result, a hostile one too."""
        ...


def vetted(shard: Shard | None) -> Shard | None:
    """The shard itself. Raises: ValueError unless 0 ≤ index < count."""
    if shard is not None and not 0 <= shard[0] < shard[1]:
        raise ValueError(
            f"shard {shard[0]} of {shard[1]}: the index must be from 0 below the count"
        )
    return shard


def python_path(folders: Sequence[str]) -> dict[str, str]:
    """The variable that lets tests import from folders of the workspace, and us from `INPUTS`."""
    paths = [f"{WORKSPACE}/{folder}".rstrip("/.") for folder in folders]
    return {"PYTHONPATH": ":".join([*paths, INPUTS])}
