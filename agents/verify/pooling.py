"""From climbed candidates to the pool that a choice is made from. Pure."""

from collections.abc import Mapping, Sequence

from agents.domain import Preparation, Reproduction
from agents.selection.pool import Mark, Option, Pool, Test
from agents.verify.clusters import fingerprint
from agents.verify.ladder import Climb


def key_of(climbed: Climb) -> str:
    """What a pool calls a candidate."""
    return str(climbed.outcome.trial)


def pooled(preparation: Preparation, climbs: Sequence[Climb], *, written: bool = True) -> Pool:
    """All candidates whose turn it was, with what the ladder saw of the issue's tests.

    `written`: whether tests that a model wrote have a vote.
    """
    known = [climbed for climbed in climbs if climbed.climbed]
    tests = issue_tests(preparation.reproduction, written=written)
    return Pool(
        options=tuple(_option(climbed, preparation) for climbed in known),
        tests=tests,
        results={test.id: _marks(test.id, known) for test in tests},
    )


def issue_tests(reproduction: Reproduction, *, written: bool = True) -> tuple[Test, ...]:
    """Those that fail on the base."""
    by_model = frozenset(reproduction.written)
    every = dict.fromkeys([*reproduction.targets, *reproduction.written])
    return tuple(
        Test(id=test, origin="written" if test in by_model else "issue")
        for test in every
        if written or test not in by_model
    )


def refused_at(climbed: Climb, preparation: Preparation) -> str:
    """The rung that refused a candidate; empty: none did.

    The issue's own tests must have been seen to pass: where that is not known, it is refused too.
    Tests that a model wrote need not, nor can tests that nobody has.
    """
    reproduction = preparation.reproduction
    must = bool(reproduction.targets) and reproduction.quorum is None
    for rung in climbed.rungs:
        if rung.passed is False or (rung.name == "reproduction" and must and rung.passed is None):
            return rung.name
    return ""


def changed_lines(patch: bytes) -> int:
    """Added and removed lines of a git diff."""
    body = [line for line in patch.splitlines() if line[:3] not in {b"+++", b"---"}]
    return sum(line[:1] in {b"+", b"-"} for line in body)


def _option(climbed: Climb, preparation: Preparation) -> Option:
    passed = next((rung.passed for rung in climbed.rungs if rung.name == "regression"), None)
    regression: Mapping[bool | None, Mark] = {True: "passed", False: "failed", None: "unknown"}
    return Option(
        key=key_of(climbed),
        source=fingerprint(climbed.changes)[:16],
        changed_lines=changed_lines(climbed.patch),
        refused=refused_at(climbed, preparation),
        regression=regression[passed],
        speed=climbed.speed.ratio if climbed.speed else None,
    )


def _marks(test: str, climbs: Sequence[Climb]) -> dict[str, Mark]:
    return {key_of(c): c.marks[test] for c in climbs if test in c.marks}
