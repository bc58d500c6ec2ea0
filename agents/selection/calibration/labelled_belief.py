"""One choice beside what came of it: what calibration learns from."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass

from agents.calibration import Pair


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class LabelledBelief:
    """A choice that was made, never an abstention. The order is any that is total."""

    issue: str
    """Choices on one issue are not independent: they are drawn together."""
    repo: str
    """Issues of one repository are alike: they never lie on both sides of a fold."""
    belief: float
    """That the chosen candidate is right, before calibration, in [0, 1]."""
    right: bool


def paired(samples: Sequence[LabelledBelief], values: Sequence[float]) -> list[Pair]:
    """What `values` foretold of the samples. Raises: ValueError for another number of values."""
    return [Pair(value, sample.right) for sample, value in zip(samples, values, strict=True)]


def digest_of(samples: Iterable[LabelledBelief]) -> str:
    """SHA-256 in hex; equal for the same samples in any order."""
    rows = [astuple(sample) for sample in sorted(samples)]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()
