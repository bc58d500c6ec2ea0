"""Labelled choices for tests."""

from collections.abc import Callable
from random import Random

from hypothesis import strategies as st

from agents.selection.calibration.labelled_belief import LabelledBelief

BELIEFS = st.floats(0, 1)
SAMPLES = st.lists(
    st.builds(
        LabelledBelief,
        issue=st.sampled_from([f"i{n}" for n in range(12)]),
        repo=st.sampled_from(["a", "b", "c"]),
        belief=BELIEFS,
        right=st.booleans(),
    ),
    min_size=12,
    max_size=40,
)


def simulated(
    n: int, chance: Callable[[float], float], *, seed: int = 0, repos: int = 10
) -> list[LabelledBelief]:
    """`n` choices on an issue each; `chance`: how often one of a belief is right."""
    rng = Random(seed)
    found = []
    for number in range(n):
        belief = rng.random()
        found.append(
            LabelledBelief(
                issue=f"{seed}-{number}",
                repo=f"r{number % repos}",
                belief=belief,
                right=rng.random() < chance(belief),
            )
        )
    return found
