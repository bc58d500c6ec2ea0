"""The nouns of issues about speed, as frozen data. Standard library only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Something that is too slow. It runs at its best for between a tenth of a second and a few."""

    script: str
    """Python source that does the slow thing. It may assert its result; what it prints must stay the
    same."""
    goal: float = 1.2
    """Least speed-up that counts as solved, above 1: 1.2 is a fifth more done in the same time."""


LEVEL = 0.05
"""How often, at most, an edit that changes nothing is called faster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeedUp:
    """A state's time of the workload against the base's, measured by turns."""

    ratio: float
    """Median of the base's times over the median of the state's: 2.0 is twice as fast."""
    low: float
    """Lower end of the interval around the ratio, at 95 % over all looks; 0: too few runs for one."""
    high: float | None
    """Upper end; None: too few runs for one."""
    p: float
    """One-sided Mann-Whitney, times the looks planned, in (0, 1]."""
    base_s: tuple[float, ...]
    """Seconds of each run on the base."""
    state_s: tuple[float, ...]

    @property
    def significant(self) -> bool:
        """Whether the state is faster by more than noise, at `LEVEL`."""
        return self.ratio > 1.0 and self.p <= LEVEL

    def reaches(self, goal: float) -> bool:
        """Whether it is as fast as was asked for, and surely faster at all."""
        return self.ratio >= goal and self.low > 1.0 and self.significant

    def __str__(self) -> str:
        """``3.1 times as fast [2.9, 3.4]``."""
        high = "∞" if self.high is None else f"{self.high:.3g}"
        return f"{self.ratio:.3g} times as fast [{self.low:.3g}, {high}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class HotFunction:
    """A row of a profile. What lies outside of the workspace counts for its caller."""

    path: str
    line: int
    """Where its definition begins, from 1."""
    name: str
    calls: int
    seconds: float
    """Spent in it, and in what it called outside of the workspace, under the profiler."""
    share: float
    """Of all the workload's time, in (0, 1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slowness:
    """The issue's workload as it runs on the base."""

    workload: Workload
    seconds: float
    """One run, without the profiler."""
    digest: str
    """SHA-256 of what it prints: every state must print the same."""
    wall_s: float
    """Of one sandbox run that times it, for deadlines."""
    hot: tuple[HotFunction, ...] = ()
    """Most expensive first."""
