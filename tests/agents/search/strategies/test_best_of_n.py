from math import sqrt

from agents.search.strategies.best_of_n import BestOfN
from agents.search.tree import ROOT
from tests.agents.search.problems import Ladder, expanded, reached, search


def test_n_independent_edits_of_the_base_are_made() -> None:
    tree = search(BestOfN(n=5), lambda t, x: expanded(x, reached(t, x), 0.9), 100, width=3)
    assert [node.parent for node in tree.nodes[1:]] == [ROOT] * 5


def test_its_success_is_the_analytic_one() -> None:
    """``1 - (1 - p)^n``, within four standard errors of 400 searches."""
    p, n, searches = 0.1, 8, 400
    wanted = 1 - (1 - p) ** n
    found = sum(
        bool(search(BestOfN(n=n), Ladder(1, p, s), 99).solutions()) for s in range(searches)
    )
    assert abs(found / searches - wanted) < 4 * sqrt(wanted * (1 - wanted) / searches)
