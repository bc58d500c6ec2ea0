"""Whether a search may have its test runs forked from an interpreter that is warm.

It may where, on the base, forked runs say of every test what cold ones say. Verification never
uses them: see the fork server's decision record.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from agents.domain import Usage
from agents.verify.bench import Bench, TestRun

FORK_SERVER = "fork server"


@dataclass(frozen=True, slots=True)
class Proven:
    """Modules to preload, none where that would change anything, and what finding out cost."""

    preload: tuple[str, ...] = ()
    usage: Usage = Usage()


def prove(
    bench: Bench,
    cold: TestRun,
    again: Callable[[Bench], TestRun],
    *,
    modules: tuple[str, ...],
    flaky: Collection[str] = (),
) -> Proven:
    """Have a cold run done `again`, forked, and compare them by test; the flaky do not count."""
    if not modules or FORK_SERVER not in bench.sandbox.capabilities().features:
        return Proven()
    forked = again(replace(bench, preload=modules))
    tests = (cold.status.keys() | forked.status.keys()) - set(flaky)
    equal = all(cold.status.get(test) == forked.status.get(test) for test in tests)
    return Proven(modules if forked.result.forked and equal else (), forked.usage)
