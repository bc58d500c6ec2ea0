"""All that is known while a search decides: it grows until nothing more is worth its cost."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from agents.domain import Usage
from agents.selection.evidence import Measure, Review, Rung
from agents.selection.pool import Judgement, Mark, Option, Pool, Probe, Test
from agents.selection.posterior import Posterior, posterior
from agents.verify.ladder import Climb
from sandbox.protocol import StateId

Again = Callable[[StateId], tuple[Mark, Usage]]
"""Run one test on a state once more."""


@dataclass(slots=True, kw_only=True)
class Inquiry:
    """One search's. Everything that is added names candidates by the keys of `pool`."""

    pool: Pool
    climbs: Mapping[str, Climb]
    """Key → the climb, for every candidate of the pool."""
    sources: dict[str, str] = field(default_factory=dict)
    """Test or probe → its code."""
    again: dict[str, Again] = field(default_factory=dict)
    """Test → how to run it by itself."""
    reviews: list[Review] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)
    costs: dict[str, Usage] = field(default_factory=dict)
    """By rung."""
    skipped: list[str] = field(default_factory=list)
    """What was not done, and why."""
    tried: set[tuple[str, ...]] = field(default_factory=set)
    """Actions that were carried out, each with what it was about: none is taken twice."""

    @property
    def usage(self) -> Usage:
        """All that deciding cost so far."""
        return sum(self.costs.values(), Usage())

    def beliefs(self) -> Posterior:
        """What follows from all that is known."""
        return posterior(self.pool)

    def book(self, rung: Rung, usage: Usage) -> None:
        """Add what a stage cost."""
        self.costs[rung] = self.costs.get(rung, Usage()) + usage

    def skip(self, note: str) -> None:
        """Say once what was not done."""
        if note not in self.skipped:
            self.skipped.append(note)

    def add_tests(self, tests: Sequence[Test], results: Mapping[str, Mapping[str, Mark]]) -> None:
        """More rows of the matrix."""
        known = {test.id for test in self.pool.tests}
        new = tuple(test for test in tests if test.id not in known)
        rows = {test.id: results.get(test.id, {}) for test in new}
        self.pool = replace(
            self.pool, tests=self.pool.tests + new, results={**self.pool.results, **rows}
        )

    def add_probe(self, probe: Probe) -> None:
        """One more input, with what candidates gave for it."""
        self.pool = replace(self.pool, probes=(*self.pool.probes, probe))

    def add_judgements(self, made: Sequence[Judgement]) -> None:
        """Comparisons; one that names a candidate it was not shown is dropped, and said."""
        valid = [j for j in made if self._names_its_own(j)]
        if len(valid) < len(made):
            self.skip("judge: a comparison that named no candidate it was shown was dropped")
        self.pool = replace(self.pool, judgements=(*self.pool.judgements, *valid))

    def add_review(self, review: Review) -> None:
        """Of one candidate. One of a candidate that does not stand is dropped, and said."""
        if not any(option.key == review.option for option in self.pool.standing):
            self.skip("review: a review of no candidate that stands was dropped")
            return
        self.reviews.append(review)
        believed = min(1.0, max(0.0, review.belief))
        self._change(review.option, review=believed)

    def quarantine(self, test: str) -> None:
        """A test that was seen to pass and to fail on one state never votes again."""
        tests = tuple(replace(t, stable=False) if t.id == test else t for t in self.pool.tests)
        self.pool = replace(self.pool, tests=tests)

    def mark(self, test: str, option: str, mark: Mark) -> None:
        """Fill in what was unknown."""
        row = {**self.pool.results.get(test, {}), option: mark}
        self.pool = replace(self.pool, results={**self.pool.results, test: row})

    def _names_its_own(self, made: Judgement) -> bool:
        keys = {option.key for option in self.pool.standing}
        return {*made.shown} <= keys and made.preferred in (None, *made.shown)

    def _change(self, key: str, *, review: float) -> None:
        def changed(option: Option) -> Option:
            return replace(option, review=review) if option.key == key else option

        self.pool = replace(self.pool, options=tuple(map(changed, self.pool.options)))
