"""What the simulated world is like. Shares and chances in [0, 1]; widths on the scale of logits.

Where no source is named, a value was chosen so that the published rules reach on the seeds of `DEV`
what was published of them (the constants below); no other selector than those of
`agents.selection.rules` was looked at.
"""

from dataclasses import dataclass

DEV = range(2000)
"""Seeds to calibrate with."""
REPORT = range(10_000, 12_000)
"""Seeds to report on."""

COVERAGE = 0.698
"""Share of issues with a right patch among ten: CodeMonkeys (arXiv:2501.14723)."""
SINGLE = 0.46
"""Share of single patches that are right, about: the same."""
GAP_CLOSURES = (0.48, 0.58)
"""(selected - random) / (oracle - random) of CodeMonkeys (57.4 between 46 and 69.8), R2E-Gym (51.0
between 34.4 and 64.4) and DeepSWE (59.0 between 42.2 and 71.0)."""
ONE_KIND_ALONE = 0.27
"""The same of R2E-Gym's execution-based and execution-free verifiers alone ("saturates around
42-43 %", arXiv:2504.07164, section 4)."""
TELLING_SHARE = 0.2
"""Tests that tell patches apart are fewer than this on most issues: R2E-Gym, section 4."""
TOXIC_SHARE = 0.1
"""Tests that wrong patches pass and right ones fail, on harder issues: R2E-Gym, section 4."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """One world. Defaults are the calibrated ones."""

    ease: tuple[float, float] = (0.2438, 0.2862)
    """Beta of the chance that a patch is right: its mean is `SINGLE`, and ten patches cover
    `COVERAGE` (the product of (b + i) / (a + b + i) for i < 10 is 1 - COVERAGE)."""

    mistakes: float = 1.5
    """Concentration of the Chinese restaurant process by which wrong patches fall into behaviours:
    the more patches make a mistake, the more make it again (Ewens 1972)."""
    sources: float = 4.0
    """The same of different sources of one behaviour."""
    subtle: tuple[float, float] = (1.0, 2.5)
    """Beta of the chance that a mistake passes a test that tells right from wrong."""
    refused: float = 0.03
    """Wrong patches that do not even apply or build."""
    breaks: float = 0.25
    """Mistakes that break a test of the repository: most do not (Agentless, arXiv:2407.01489)."""
    clumsy: float = 0.05
    """Sources, right or wrong, that break one for a reason that graders do not share."""
    lines: tuple[float, float] = (2.2, 2.5)
    """Means of the logarithm of changed lines, right and wrong."""
    lines_width: float = 0.8

    lost: float = 0.01
    """Runs of which no report came."""
    idle: float = 0.25
    """Tests that pass on the base."""
    broken: float = 0.15
    """Tests that fail whatever one does."""
    picky: float = 0.01
    """Tests that ask for something that the issue leaves open."""
    picky_passes: float = 0.7
    flaky: float = 0.02
    flaky_passes: float = 0.7
    flaky_seen: float = 0.6
    """Flaky tests that were caught at it."""
    telling: tuple[float, float] = (0.06, 0.25)
    """Tests that tell right from wrong, on issues that nobody understands and that everybody does."""
    toxic: float = TOXIC_SHARE
    """Toxic tests on issues that nobody understands; none on those that everybody does."""
    toxic_sides: float = 0.6
    """Toxic tests that demand the first mistake that was made, which often is the most popular."""
    toxic_passes: float = 0.3
    """Other mistakes that pass a toxic test."""
    toxic_seen: float = 0.2
    """Toxic tests that are found out by other evidence than candidates."""
    accused: float = 0.01
    """Other tests that are held to be toxic."""
    example: float = 0.3
    """Issues that contain a test."""
    example_telling: float = 0.2
    """Of those, ones that tell patches apart: most patches were made with the example at hand."""
    own_telling: float = 0.17
    """Tests by authors that tell right from wrong; one of a wrong patch overlooks its own mistake."""
    own_toxic: float = 0.05
    """Tests by authors of wrong patches that demand the mistake."""

    liked: float = 0.8
    """By how much judges like right patches better."""
    mistake_width: float = 0.6
    """Spread of how well mistakes look."""
    style_width: float = 0.8
    """Spread of how well sources look, which does not bear on whether they are right."""
    review_width: float = 1.8
    """Noise of one review."""
    judge_width: float = 1.0
    """Noise of one comparison (logistic)."""
    first_shown: float = 0.4
    """By how much what is shown first is liked better."""
    neither: tuple[float, float] = (0.05, 0.2)
    """Comparisons that end with neither: if one or both are right, and if none is."""
    believed: tuple[float, float] = (0.3, 0.7)
    """Chance that a model says the right output, on issues that nobody and that everybody
    understands."""

    run_seconds: float = 6.0
    """A run of one test on one candidate."""
    suite_seconds: float = 60.0
    """A run of the repository's tests."""
    test_tokens: float = 3000.0
    review_tokens: float = 4000.0
    judgement_tokens: float = 3000.0
