"""What the rules share: marks as numbers, and how they end: the smaller patch, then the earlier."""

from collections.abc import Callable, Iterable, Sequence
from math import isclose

from agents.selection.choice import Choice
from agents.selection.pool import Mark, Option, Pool, Test

_WORTH: dict[Mark, int] = {"failed": 0, "unknown": 1, "passed": 2}


def worth(mark: Mark) -> int:
    """Unknown ranks below passed and above failed."""
    return _WORTH[mark]


def passes(pool: Pool, option: Option, tests: Iterable[Test]) -> int:
    """How many of the tests the option is known to pass."""
    return sum(pool.mark(test.id, option.key) == "passed" for test in tests)


def reproducing(pool: Pool) -> tuple[Test, ...]:
    """Tests that fail on the base, whoever wrote them. Published systems look no further: they have
    no second run that would show a flaky test."""
    return tuple(test for test in pool.tests if test.on_base == "failed")


def highest(options: Sequence[Option], value: Callable[[Option], float]) -> tuple[Option, ...]:
    """All options that share the highest value, in order; none of none."""
    top = max(map(value, options), default=0.0)
    return tuple(option for option in options if isclose(value(option), top, abs_tol=1e-12))


def smallest(options: Sequence[Option]) -> Choice:
    """Of options that are equally good, the one of fewest lines, then the first; the next one is the
    runner-up. It is a tie where their sources differ. Abstains where there is none."""
    if not options:
        return Choice(chosen=None)
    chosen, *rest = sorted(options, key=_lines)
    return Choice(
        chosen=chosen.key,
        tie=any(option.source != chosen.source for option in rest),
        runner_up=rest[0].key if rest else None,
    )


def _lines(option: Option) -> int:
    return option.changed_lines
