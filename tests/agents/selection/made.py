"""Pools made by hand."""

from collections.abc import Mapping, Sequence

from agents.selection.pool import Judgement, Mark, Option, Origin, Pool, Test

MARKS: Mapping[str, Mark] = {"+": "passed", "-": "failed", "?": "unknown"}


def option(
    key: str,
    source: str = "",
    lines: int = 5,
    regression: str = "+",
    review: float | None = None,
    refused: str = "",
) -> Option:
    """Of a source of its own where none is given."""
    return Option(
        key=key,
        source=source or key,
        changed_lines=lines,
        regression=MARKS[regression],
        review=review,
        refused=refused,
    )


def case(
    number: int, author: str | None = None, *, on_base: Mark = "failed", stable: bool = True
) -> Test:
    origin: Origin = "author" if author else "written"
    return Test(id=f"t{number}", origin=origin, author=author, on_base=on_base, stable=stable)


def pool(
    options: Sequence[Option],
    *rows: str,
    tests: Sequence[Test] = (),
    judgements: Sequence[tuple[str, str, str | None]] = (),
) -> Pool:
    """`rows`: what each option did in one test, as in "+-?"; `judgements`: first, second, preferred."""
    tests = tests or [case(number) for number in range(len(rows))]
    return Pool(
        options=tuple(options),
        tests=tuple(tests),
        results={
            test.id: {o.key: MARKS[mark] for o, mark in zip(options, row, strict=True)}
            for test, row in zip(tests, rows, strict=True)
        },
        judgements=tuple(
            Judgement(shown=(first, second), preferred=preferred)
            for first, second, preferred in judgements
        ),
    )
