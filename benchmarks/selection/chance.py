"""Randomness that depends on what it is asked for alone, never on what was asked before."""

import hashlib
import math
from random import Random
from statistics import NormalDist

_NORMAL = NormalDist()


class Chance:
    """Two of the same seed give the same numbers for the same names."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def digest(self, *name: object) -> bytes:
        """16 bytes that tell nothing about the name."""
        return hashlib.blake2b(repr((self._seed, *name)).encode(), digest_size=16).digest()

    def uniform(self, *name: object) -> float:
        """In (0, 1)."""
        return (int.from_bytes(self.digest(*name)[:6], "big") + 0.5) / 2**48

    def happens(self, share: float, *name: object) -> bool:
        """True for that share of names."""
        return self.uniform(*name) < share

    def normal(self, width: float, *name: object) -> float:
        """Around 0."""
        return width * _NORMAL.inv_cdf(self.uniform(*name))

    def logistic(self, width: float, *name: object) -> float:
        """Around 0."""
        uniform = self.uniform(*name)
        return width * math.log(uniform / (1 - uniform))

    def beta(self, shape: tuple[float, float], *name: object) -> float:
        """In [0, 1]."""
        return Random(self.digest(*name)).betavariate(*shape)

    def table(self, concentration: float, sizes: list[int], *name: object) -> int:
        """Chinese restaurant process: a place in `sizes` by size, or its length for a new table."""
        left = self.uniform(*name) * (concentration + sum(sizes))
        for number, size in enumerate(sizes):
            left -= size
            if left < 0:
                return number
        return len(sizes)
