from hypothesis import given
from hypothesis import strategies as st

from agents.verify.contradiction import contradiction, stated

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
    told = contradiction("assert price('two') == 3", stated(ISSUE))
    assert told == "it expects price('two') == 3, the issue says 2"
    assert contradiction("def test_a():\n    assert 1 == price('two')", stated(ISSUE))


def test_what_the_issue_says_or_does_not_speak_of_is_no_contradiction() -> None:
    for code in ("price('two') == 2", "price('six') == 1", "price('two') is not None", "p == 3"):
        assert contradiction(f"assert {code}", stated(ISSUE)) is None


def test_only_calls_with_literals_are_compared_with_literals() -> None:
    text = "```python\nx = 3\nassert total(x) == 5\nassert price(2, n=[1]) == y\n```"
    assert stated(text) == {}
    assert stated("```python\nassert price(2, n=[1]) == (1,)\n```") == {"price(2, n=[1])": "(1,)"}


def test_an_issue_that_gives_two_values_denies_neither() -> None:
    text = "```python\nassert price() == 1\n```\nnow:\n```\n>>> price()\n2\n```"
    assert stated(text) == {}


@given(st.text(), st.text())
def test_nothing_that_people_write_breaks_it(statement: str, source: str) -> None:
    contradiction(source, stated(f"```\n>>> {statement}\n{source}\n```\n{statement}"))


@given(st.integers(), st.integers(), st.integers())
def test_equal_calls_with_other_values_contradict(argument: int, first: int, other: int) -> None:
    known = stated(f"```python\nassert f({argument}) == {first}\n```")
    told = contradiction(f"assert f( {argument} ) == {other}", known)
    assert (told is None) == (first == other)
