from collections import Counter, defaultdict

from hypothesis import given
from hypothesis import strategies as st

from agents.selection.calibration.folds import FOLDS, folds, grouping
from agents.selection.calibration.labelled_belief import LabelledBelief
from tests.agents.selection.calibration.samples import SAMPLES, simulated


@given(SAMPLES, st.integers(0, 5))
def test_no_repository_is_on_both_sides_where_there_are_several(
    samples: list[LabelledBelief], seed: int
) -> None:
    found = defaultdict(set)
    by = "repo" if grouping(samples) == "repository" else "issue"
    for sample, fold in zip(samples, folds(samples, seed=seed), strict=True):
        found[getattr(sample, by)].add(fold)
    assert all(len(held) == 1 for held in found.values())


def test_ten_repositories_make_five_folds_of_one_size() -> None:
    sizes = Counter(folds(simulated(100, lambda _: 0.5)))
    assert sizes == dict.fromkeys(range(FOLDS), 20)


def test_one_repository_is_cut_by_issue() -> None:
    samples = simulated(50, lambda _: 0.5, repos=1)
    assert grouping(samples) == "issue"
    assert set(folds(samples)) == set(range(FOLDS))


def test_two_repositories_make_two_folds() -> None:
    assert set(folds(simulated(50, lambda _: 0.5, repos=2))) == {0, 1}


def test_another_seed_cuts_otherwise_and_the_same_does_not() -> None:
    samples = simulated(100, lambda _: 0.5)
    assert folds(samples, seed=1) == folds(samples, seed=1) != folds(samples, seed=2)
