"""What is believed before any evidence: rates and prior weights, each with where it is from."""

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
    hopeless: float = 0.22
    """Issues of which no candidate is right, however many there are."""
    right: Beta = Beta(yes=0.8, no=0.6)
    """Share of right ones among the candidates of the other issues. Ten candidates hold a right one
    for 69.8 % of issues, and a single one is right for about 46 % (CodeMonkeys, Ehrlich et al.
    2025); by these two beliefs it is 70 % and 45 %."""
    copy: float = 1.5
    """What one more candidate of the very same source does to its odds: right ones repeat more."""
    copies: int = 3
    """From so many on, more of them add nothing."""
    quality: Mapping[Origin, Quality] = field(
        default_factory=lambda: {
            "issue": Quality(good=0.90, useless=0.08, toxic=0.02),
            "written": Quality(good=0.50, useless=0.40, toxic=0.10),
            "author": Quality(good=0.35, useless=0.50, toxic=0.15),
        }
    )
    """Up to a tenth of generated tests are toxic, on hard issues, and less than a fifth tell right
    from wrong (R2E-Gym, Jain et al. 2025, section 4); tests of a candidate's author share the
    author's mistakes."""
    slip: float = 0.03
    """A right candidate fails a good test, or passes a toxic one."""
    survives: Beta = Beta(yes=0.5, no=0.75)
    """Share of wrong sources that pass a good test."""
    useless: Beta = Beta(yes=0.3, no=0.2)
    """Share of sources that pass a useless test: nearly all or nearly none."""
    misled: Beta = Beta(yes=0.4, no=0.6)
    """Share of wrong sources that pass a toxic test."""
    repeats: float = 0.7
    """In [0, 1): what the next test adds that says the same of everybody as one before it, against
    that one. Tests of one model repeat its reading of the issue."""
    regression_right: float = 0.97
    """A right candidate breaks no test of the repository."""
    regression_wrong: float = 0.80
    """A wrong one does not either."""
    prefers_right: float = 0.70
    """A judge that names one prefers the right candidate to a wrong one, over both orders."""
    prefers_first: float = 0.60
    """A judge that cannot tell names the one that it saw first."""
    neither_right: float = 0.30
    """A judge says ``neither`` of two wrong candidates."""
    neither_wrong: float = 0.08
    """A judge says ``neither`` of a right and a wrong one."""
    expects_right: float = 0.60
    """Asked which output the issue demands, a model names that of the right behaviour."""
    expects_none: float = 0.20
    """It names none of them although one is right."""
    review: float = 0.5
    """A review of `r` multiplies the odds by ((0.5 + r) / (1.5 - r)) to this power."""


DEFAULT = Beliefs()
