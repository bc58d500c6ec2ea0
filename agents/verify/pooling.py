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
    reached = any(climbed.passed("reproduction") for climbed in known)
    return Pool(
        options=tuple(_option(climbed, preparation, reached=reached) for climbed in known),
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


def refused_at(climbed: Climb, preparation: Preparation, *, reached: bool) -> str:
    """The rung that refused a candidate; empty: none did.

    The issue's own tests must have been seen to pass: where that is not known, it is refused too.
    Of tests that a model wrote the quorum must have been, if any candidate `reached` it, else one.
    Tests that nobody has refuse nobody. A speed-up must have been measured, where there is a
    workload.
    """
    told = {
        "reproduction": _may_stay_open(climbed, preparation.reproduction, reached=reached),
        "speed": False,
    }
    for rung in climbed.rungs:
        may = rung.passed or (rung.passed is None and told.get(rung.name, True))
        if not may:
            return rung.name
    return ""


def _may_stay_open(climbed: Climb, reproduction: Reproduction, *, reached: bool) -> bool:
    """Whether a candidate stands although too few of the issue's tests were seen to pass."""
    if not reproduction.targets:
        return True
    if reproduction.quorum is None or reached:
        return False
    guarded = all(climbed.marks.get(test) == "passed" for test in reproduction.guards)
    return guarded and passed_targets(climbed, reproduction) > 0


def passed_targets(climbed: Climb, reproduction: Reproduction) -> int:
    """How many of the tests that a candidate goes by it passed."""
    return sum(climbed.marks.get(test) == "passed" for test in reproduction.targets)


def changed_lines(patch: bytes) -> int:
    """Added and removed lines of a git diff."""
    body = [line for line in patch.splitlines() if line[:3] not in {b"+++", b"---"}]
    return sum(line[:1] in {b"+", b"-"} for line in body)


def _option(climbed: Climb, preparation: Preparation, *, reached: bool) -> Option:
    regression: Mapping[bool | None, Mark] = {True: "passed", False: "failed", None: "unknown"}
    return Option(
        key=key_of(climbed),
        source=fingerprint(climbed.changes)[:16],
        changed_lines=changed_lines(climbed.patch),
        refused=refused_at(climbed, preparation, reached=reached),
        regression=regression[climbed.passed("regression")],
        speed=climbed.speed.ratio if climbed.speed else None,
    )


def _marks(test: str, climbs: Sequence[Climb]) -> dict[str, Mark]:
    return {key_of(c): c.marks[test] for c in climbs if test in c.marks}
