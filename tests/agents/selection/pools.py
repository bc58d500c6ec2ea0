"""Pools written as rows of marks."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from agents.selection.pool import Mark, Option, Origin, Pool, Test

MARKS: Mapping[str, Mark] = {"p": "passed", "f": "failed", "-": "unknown"}


def pool_of(
    rows: Mapping[str, str], origin: Origin = "written", sources: Mapping[str, str] | None = None
) -> Pool:
    """Candidate → one mark for each test: ``p``, ``f`` or ``-``. Each is a source of its own, but
    for those that `sources` gives one."""
    known = sources or {}
    count = max(map(len, rows.values()), default=0)
    return Pool(
        options=tuple(
            Option(key=key, source=known.get(key, f"source of {key}"), changed_lines=3)
            for key in rows
        ),
        tests=tuple(Test(id=f"t{n}", origin=origin) for n in range(count)),
        results={
            f"t{n}": {key: MARKS[marks[n]] for key, marks in rows.items()} for n in range(count)
        },
    )


def copied(pool: Pool, key: str, times: int) -> Pool:
    """With more candidates of the very same source, which do the same."""
    (option,) = (option for option in pool.options if option.key == key)
    copies = [f"{key} again {n}" for n in range(times)]
    return replace(
        pool,
        options=(*pool.options, *(replace(option, key=name) for name in copies)),
        results={
            test: {**marks, **{name: marks[key] for name in copies if key in marks}}
            for test, marks in pool.results.items()
        },
    )


def reordered(pool: Pool, order: Sequence[int]) -> Pool:
    """The same candidates in another order."""
    return replace(pool, options=tuple(pool.options[n] for n in order))
