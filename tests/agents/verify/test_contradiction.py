import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.verify.contradiction import contradiction, stated
from agents.verify.extract import extract

FAILING = ("issue::1", "issue::2")
ISSUE = """It fails:
```python
from shop import price
assert price("free") == 0
x = 3
assert total(x) == 5
>>> not code
```
and
```
>>> price( 'two' )
2
>>> names()
shop
```
"""


def test_a_test_against_the_issues_own_example_is_named() -> None:
    told = contradiction("assert price('two') == 3", stated(ISSUE, FAILING))
    assert told == "it expects price('two') == 3, the issue says 2"
    assert contradiction("def test_a():\n    assert 1 == price('two')", stated(ISSUE, FAILING))


def test_what_the_issue_says_or_does_not_speak_of_is_no_contradiction() -> None:
    for code in ("price('two') == 2", "price('six') == 1", "price('two') is not None", "p == 3"):
        assert contradiction(f"assert {code}", stated(ISSUE, FAILING)) is None


def test_an_example_that_comes_out_as_shown_already_states_nothing() -> None:
    """It may show the bug as seen."""
    assert stated(ISSUE, ["issue::2"]) == {}
    assert contradiction("assert price('two') == 3", stated(ISSUE, ["issue::2"])) is None


@pytest.mark.parametrize("depth", [900, 3_000, 100_000])
@pytest.mark.parametrize("form", [">>> f({}1)\n1", "assert f({}1) == 1", "f({}1)", "x = f({}1)"])
def test_nesting_that_python_cannot_follow_states_nothing(form: str, depth: int) -> None:
    code = form.format("-" * depth)
    text = f"```python\n{code}\n```"
    assert stated(text, FAILING) == {}
    assert contradiction(code, {"g(1)": "2"}) is None
    assert len(extract(text)) <= 1


def test_only_calls_with_literals_are_compared_with_literals() -> None:
    text = "```python\nx = 3\nassert total(x) == 5\nassert price(2, n=[1]) == y\n```"
    assert stated(text, FAILING) == {}
    one = "```python\nassert price(2, n=[1]) == (1,)\n```"
    assert stated(one, FAILING) == {"price(2, n=[1])": "(1,)"}


def test_an_issue_that_gives_two_values_denies_neither() -> None:
    text = "```python\nassert price() == 1\n```\nnow:\n```\n>>> price()\n2\n```"
    assert stated(text, FAILING) == {}


@given(st.text(), st.text())
def test_nothing_that_people_write_breaks_it(statement: str, source: str) -> None:
    contradiction(source, stated(f"```\n>>> {statement}\n{source}\n```\n{statement}", FAILING))


@given(st.integers(), st.integers(), st.integers())
def test_equal_calls_with_other_values_contradict(argument: int, first: int, other: int) -> None:
    known = stated(f"```python\nassert f({argument}) == {first}\n```", FAILING)
    told = contradiction(f"assert f( {argument} ) == {other}", known)
    assert (told is None) == (first == other)
