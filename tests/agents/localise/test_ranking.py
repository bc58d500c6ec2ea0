"""Clues, and the ranking that they make together."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from agents.localise import ranking
from agents.localise.clues import file_clues, function_clues
from agents.localise.evidence import Evidence, traces
from agents.localise.ranking import ranked

CORE = """\
class Cart:
    def total(self):
        return sum(self.prices)

    def discount(self, rate):
        def rounded(x):
            return round(x)
        return rounded(rate)
"""
MAIL = "def send(receipt):\n    return receipt\n"
EVIDENCE = Evidence(
    statement="Receipts arrive with the wrong discount.",
    sources={"shop/cart.py": CORE, "shop/mail.py": MAIL, "web/app.js": "function send() {}\n"},
)
RUN = replace(
    EVIDENCE,
    failing={"shop/cart.py": {3: 1, 7: 1, 8: 1}},
    failing_tests=1,
    passing={"shop/cart.py": {3: 8}},
    tracebacks=[[("shop/cart.py", 8), ("shop/cart.py", 7)]],
)


def test_each_clue_names_the_functions_that_it_points_at() -> None:
    found = function_clues(RUN, traces(RUN), sorted(RUN.sources))
    names = {clue: {f.span.name: s for f, s in scores.items()} for clue, scores in found.items()}
    assert names["coverage"] == {
        "Cart.total": 1 / 3,
        "Cart.discount": 1.0,
        "Cart.discount.rounded": 1.0,
    }
    assert names["frames"] == {"Cart.discount": 0.5, "Cart.discount.rounded": 1.0}
    assert set(names["words"]) == {"Cart.discount", "Cart.discount.rounded", "send"}
    assert names["names"] == names["contrast"] == {}


def test_files_are_pointed_at_by_their_heaviest_line() -> None:
    found = file_clues(RUN, traces(RUN))
    assert found["coverage"] == {"shop/cart.py": 1.0}
    assert found["frames"] == {"shop/cart.py": 1.0}
    assert set(found["words"]) == {"shop/cart.py", "shop/mail.py"}


def test_an_issue_in_plain_words_finds_its_place() -> None:
    files, functions = ranked(EVIDENCE, traces(EVIDENCE))
    assert files[0].path in {"shop/cart.py", "shop/mail.py"}
    assert functions[0].name in {"Cart.discount", "send"}
    assert all(place.clues == ("words",) for place in (*files, *functions))


def test_what_was_run_comes_before_what_was_said() -> None:
    _, functions = ranked(RUN, traces(RUN))
    assert functions[0].name == "Cart.discount.rounded"
    assert (functions[0].path, functions[0].start, functions[0].end) == ("shop/cart.py", 6, 7)
    assert functions[0].clues[:2] == ("coverage", "frames")


def test_other_languages_have_functions_too() -> None:
    issue = replace(EVIDENCE, statement="`app.js` breaks in `send`")
    _, functions = ranked(issue, traces(issue))
    assert ("web/app.js", "send") in {(place.path, place.name) for place in functions}


def test_no_more_is_kept_than_is_said() -> None:
    many = {f"m{n}.py": "def total():\n    pass\n" * 9 for n in range(60)}
    issue = Evidence(statement="total", sources=many)
    files, functions = ranked(issue, traces(issue))
    assert len(files) == ranking.FILES_KEPT
    assert len(functions) == ranking.FUNCTIONS_KEPT


LINES = st.dictionaries(st.integers(1, 8), st.integers(1, 3))


@given(LINES, LINES, st.permutations(sorted(RUN.sources)))
def test_weights_fall_within_0_and_1_and_no_order_matters(
    failing: dict[int, int], passing: dict[int, int], paths: list[str]
) -> None:
    issue = replace(
        RUN, failing={"shop/cart.py": failing}, failing_tests=3, passing={"shop/cart.py": passing}
    )
    files, functions = ranked(issue, traces(issue))
    turned = replace(issue, sources={path: issue.sources[path] for path in paths})
    assert (files, functions) == ranked(turned, traces(turned))
    for places in (files, functions):
        assert all(0 < place.weight <= 1 for place in places)
        assert all(one.weight >= two.weight for one, two in pairwise(places))
