"""What is believed before any evidence: rates and prior weights.

`right` follows from published figures. Where nothing else is said, the rest were fitted on simulated
pools (`benchmarks.selection.parameters.DEV`), by log loss and by how often the right candidate is
chosen, one parameter after the other; other seeds are reported. On other issues, and with other
models, they are off: `agents.selection.calibration` mends what follows for the confidence.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from agents.selection.pool import Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How often tests of one origin are of each kind; the three sum to 1."""

    good: float
    """Right candidates pass; wrong ones may fail."""
    useless: float
    """It says the same of right and wrong ones."""
    toxic: float
    """Right candidates fail: it demands what the issue does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beta:
    """A belief about a rate: as after `yes` - 1 times yes and `no` - 1 times no."""

    yes: float
    no: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Beliefs:
    """The parameters of `agents.selection.posterior`."""

    name: str = "beliefs-1"
    """Stored with every verdict."""
    right: Beta = Beta(yes=0.25, no=0.295)
    """Share of an issue's candidates that are right. Ten candidates hold a right one for 69.8 % of
    issues, and a single one is right for about 46 % (CodeMonkeys, Ehrlich et al. 2025): this
    belief has both."""
    copy: float = 1.2
    """What one more candidate of the very same source does to its odds: right ones repeat more."""
    copies: int = 5
    """From so many on, more of them add nothing."""
    quality: Mapping[Origin, Quality] = field(
        default_factory=lambda: {
            "issue": Quality(good=0.90, useless=0.08, toxic=0.02),
            "written": Quality(good=0.36, useless=0.59, toxic=0.05),
            "author": Quality(good=0.56, useless=0.38, toxic=0.06),
        }
    )
    """Of a test that fails on the base. Those of the issue itself are stated, not fitted. An
    author's test is not heard about the author's own candidate, which is where it misleads."""
    slip: float = 0.01
    """A right candidate fails a good test, or passes a toxic one."""
    survives: Beta = Beta(yes=1.28, no=0.29)
    """Share of wrong sources that pass a good test."""
    useless: Beta = Beta(yes=0.11, no=0.125)
    """Share of sources that pass a useless test: nearly all or nearly none."""
    misled: Beta = Beta(yes=0.06, no=2.5)
    """Share of wrong sources that pass a toxic test."""
    repeats: Mapping[Origin, float] = field(
        default_factory=lambda: {"issue": 0.95, "written": 0.95, "author": 0.5}
    )
    """In [0, 1): what the next test adds that says the same of everybody as one before it, against
    that one. Tests of one model repeat its reading of the issue; those of one author even more."""
    silence: float = 0.85
    """What it does to the odds of a source that no report of it came where its like passed: a
    source taken at random passes less often than a right one. Stated."""
    most_silence: float = 0.4
    """However many reports are missing. Stated."""
    regression_right: float = 0.95
    """A right candidate breaks no test of the repository."""
    regression_wrong: float = 0.69
    """A wrong one does not either."""
    prefers_right: float = 0.63
    """A judge that names one prefers the right candidate to a wrong one, over both orders."""
    prefers_first: float = 0.58
    """A judge that cannot tell names the one that it saw first."""
    neither_right: float = 0.19
    """A judge says ``neither`` of two wrong candidates."""
    neither_wrong: float = 0.053
    """A judge says ``neither`` where one of them, or both, are right."""
    expects_right: float = 0.60
    """Asked which output the issue demands, a model names that of the right behaviour. Stated."""
    expects_none: float = 0.20
    """It names none of them although one is right. Stated."""
    review: float = 0.8
    """A review of `r` multiplies the odds by ((0.5 + r) / (1.5 - r)) to this power."""


DEFAULT = Beliefs()
