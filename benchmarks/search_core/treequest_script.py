"""Runs in treequest's own virtual environment: µs per ask+tell as JSON, one line a round.

python treequest_script.py ROUND
"""

import json
import random
import sys
import time

from treequest import ABMCTSA, StandardMCTS  # type: ignore[import-not-found]

SIZES, STEPS = (100, 1_000), 20


def copied(seed):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """The same by `step`, as its documentation does it: each one copies the whole state."""
    algorithm, rng, found = ABMCTSA(dist_type="beta"), random.Random(seed), {}
    state, done = algorithm.init_tree(), 0
    for size in SIZES:
        while done < size:
            state, trial = algorithm.ask(state, ["a"])
            state = algorithm.tell(state, trial.trial_id, (done, rng.random() * 0.99))
            done += 1
        begun = time.perf_counter()
        for _ in range(STEPS):
            state = algorithm.step(state, {"a": lambda _: (0, rng.random() * 0.99)})
        found[size] = (time.perf_counter() - begun) / STEPS * 1e6
        done += STEPS
    return found


def measure(algorithm, seed):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    rng, found = random.Random(seed), {}
    state, done = algorithm.init_tree(), 0
    for size in SIZES:
        while done < size + STEPS:
            begun = time.perf_counter()
            state, trial = algorithm.ask(state, ["a"])
            state = algorithm.tell(state, trial.trial_id, (done, rng.random() * 0.99))
            spent = time.perf_counter() - begun
            done += 1
            if done > size:
                found[size] = found.get(size, 0.0) + spent / STEPS * 1e6
    return found


random.seed(int(sys.argv[1]))
made = {"AB-MCTS-A": ABMCTSA(dist_type="beta"), "StandardMCTS": StandardMCTS()}
figures = {name: measure(made[name], int(sys.argv[1])) for name in made}
print(json.dumps({**figures, "AB-MCTS-A by step()": copied(int(sys.argv[1]))}))
