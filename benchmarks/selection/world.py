"""A world in which it is known which patches are right: issues, patches, tests and judges, drawn.

Everything is a function of the seed, the parameters and what it is asked for: the third test is the
same however many judgements came before. So two ways to spend a budget on one issue can be compared.
"""

from dataclasses import replace

from agents.selection.labelled import LabelledPool
from agents.selection.pool import Judgement, Mark, Option, Pool, Probe, Test
from benchmarks.selection.chance import Chance
from benchmarks.selection.drawn import RIGHT, Patch
from benchmarks.selection.judges import Judges
from benchmarks.selection.parameters import Parameters
from benchmarks.selection.patches import Patches
from benchmarks.selection.scripts import FIRST_MISTAKE, Scripts

CALIBRATED = Parameters()
ASKED = 3
"""Times that a model is asked what a probe should give."""


class World:
    """One issue."""

    def __init__(self, seed: int, parameters: Parameters = CALIBRATED) -> None:
        self.issue = f"simulated-{seed}"
        self._parameters, self._chance = parameters, Chance(seed)
        self._ease = self._chance.beta(parameters.ease, "ease")
        self._clarity = (self._ease + self._chance.uniform("clarity")) / 2
        self._patches = Patches(self._chance, parameters, self._ease)
        self._scripts = Scripts(self._chance, parameters, self._clarity)
        self._judges = Judges(self._chance, parameters)
        self._probes = 0

    @property
    def right(self) -> frozenset[str]:
        """Keys of the options drawn so far that graders accept."""
        return frozenset(key for key, patch in self._patches.truth.items() if patch.right)

    def draw_option(self) -> Option:
        """One more patch, of which nothing is known yet but its text and whether it builds."""
        return self._patches.draw()

    def draw_test(self) -> Test:
        """One more test out of the issue's text, by somebody who saw no patch."""
        return self._scripts.draw()

    def own_test(self, option: str) -> Test:
        """The test that the author of an option brought along; always the same one."""
        return self._scripts.own(option, self._patch(option))

    def run(self, test: str, option: str) -> Mark:
        """Raises: KeyError for what was not drawn."""
        return self._scripts.run(test, option, self._patch(option))

    def regression(self, option: str) -> Mark:
        """Raises: KeyError for an option that was not drawn."""
        return self._patches.regression(option)

    def review(self, option: str) -> float:
        """A reader's belief in [0, 1]; always the same one."""
        return self._judges.review(option, self._patch(option))

    def judge(self, first: str, second: str) -> Judgement:
        """One more comparison in this order."""
        return self._judges.judge((first, second), (self._patch(first), self._patch(second)))

    def probe(self) -> Probe:
        """One more input, run on all options drawn so far."""
        number, self._probes = self._probes, self._probes + 1
        return Probe(
            id=f"p{number}",
            outputs={
                key: self._output(number, patch.behaviour)
                for key, patch in self._patches.truth.items()
            },
            believed=tuple(self._believed(number, again) for again in range(ASKED)),
        )

    def pool(
        self, options: int, tests: int, judgements: int = 0, *, own: bool = True, probes: int = 0
    ) -> LabelledPool:
        """All at once, of a world of which nothing was drawn yet. `own`: authors bring tests.

        Judgements are in both orders by turns, of pairs drawn at random.
        """
        drawn = [self._known(self.draw_option()) for _ in range(options)]
        keys = [option.key for option in drawn]
        suite = [self.draw_test() for _ in range(tests)]
        suite += [self.own_test(key) for key in keys] if own else []
        return LabelledPool(
            issue=self.issue,
            pool=Pool(
                options=tuple(drawn),
                tests=tuple(suite),
                results={test.id: {key: self.run(test.id, key) for key in keys} for test in suite},
                probes=tuple(self.probe() for _ in range(probes)),
                judgements=tuple(self.judge(*self._pair(keys, n)) for n in range(judgements)),
            ),
            right=self.right,
            costs=self._costs(options, len(suite), tests, judgements),
        )

    def _patch(self, option: str) -> Patch:
        return self._patches.truth[option]

    def _known(self, option: Option) -> Option:
        return replace(
            option, regression=self.regression(option.key), review=self.review(option.key)
        )

    def _pair(self, keys: list[str], number: int) -> tuple[str, str]:
        """Raises: ValueError for fewer than two keys."""
        if len(keys) < 2:  # noqa: PLR2004 - a pair
            raise ValueError("a judgement needs two options")
        first = int(self._chance.uniform("first", number // 2) * len(keys))
        second = int(self._chance.uniform("second", number // 2) * (len(keys) - 1))
        pair = (keys[first], keys[second + (second >= first)])
        return pair if number % 2 == 0 else (pair[1], pair[0])

    def _output(self, number: int, behaviour: int) -> str:
        """Opaque, so that no output tells by its form whether it is right."""
        hidden = behaviour != RIGHT and self._chance.happens(
            self._scripts.subtlety(behaviour), "hides", number, behaviour
        )
        return self._chance.digest("output", number, RIGHT if hidden else behaviour).hex()[:8]

    def _believed(self, number: int, again: int) -> str:
        low, high = self._parameters.believed
        if self._chance.happens(low + (high - low) * self._clarity, "believed", number, again):
            return self._output(number, RIGHT)
        if self._chance.happens(0.5, "misled", number, again):
            return self._output(number, FIRST_MISTAKE)
        return ""

    def _costs(self, options: int, suite: int, written: int, judgements: int) -> dict[str, float]:
        p = self._parameters
        return {
            "regression": options * p.suite_seconds,
            "tests": options * suite * p.run_seconds,
            "tokens:tests": written * p.test_tokens,
            "tokens:review": options * p.review_tokens,
            "tokens:judge": judgements * p.judgement_tokens,
        }
