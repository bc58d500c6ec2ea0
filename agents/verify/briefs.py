"""What helpers are shown: the issue with its likeliest code, and of each candidate its diff and facts.

The facts are in the same words for every candidate. Nothing says whose it is, what its author
claims, when it was found or how it was valued. Long diffs are shown whole: helpers cut them to fit.
"""

from collections.abc import Iterator

from agents.domain import Issue, Preparation
from agents.llm.caller import VERIFYING
from agents.selection.pool import Pool
from agents.verify.ladder import Climb
from agents.verify.panel import Brief, Case
from agents.verify.pooling import key_of


def case_of(search: str, issue: Issue, preparation: Preparation, code: str) -> Case:
    """The issue, as it is told to everybody. `code`: excerpts of its likeliest places."""
    return Case(
        search=search,
        trial=VERIFYING,
        issue=issue,
        code=code,
        failures=tuple(preparation.reproduction.failures.values()),
    )


def brief_of(climbed: Climb, pool: Pool, passing: int) -> Brief:
    """One candidate. `passing`: tests of the repository that pass on the base."""
    key = key_of(climbed)
    return Brief(
        key=key,
        patch=climbed.patch.decode("utf-8", "replace"),
        facts=tuple(_facts(key, pool, passing)),
    )


def _facts(key: str, pool: Pool, passing: int) -> Iterator[str]:
    (option,) = (option for option in pool.options if option.key == key)
    kept = {"passed": "all still pass", "failed": "some no longer pass", "unknown": "not known"}
    if passing:
        yield f"the {passing} tests of the repository: {kept[option.regression]}"
    for origin, words in (("issue", "of the issue"), ("written", "written for the issue")):
        tests = [test.id for test in pool.tests if test.origin == origin and test.votes]
        if tests:
            passed = sum(pool.mark(test, key) == "passed" for test in tests)
            yield f"{passed} of {len(tests)} tests {words} pass"
