from agents.policy.templates.catalogue import TEMPLATES
from agents.policy.templates.failure import BOOST, BY_FAILURE, boosted, exception_names
from agents.policy.templates.ranking import rank
from tests.agents.policy.templates.helpers import BY_NAME


def test_the_exceptions_that_a_reproduction_dies_of() -> None:
    texts = [
        "KeyError: 'a'",
        "TypeError: 'NoneType' object is not iterable",
        "AssertionError: 1 != 2",
        "package.errors.OwnError: no",
        "it does not end in time",
    ]
    assert exception_names(texts) == ("KeyError", "TypeError")


def test_every_template_that_a_failure_favours_exists() -> None:
    assert {name for names in BY_FAILURE.values() for name in names} <= set(BY_NAME)


def test_the_boost_is_bounded_and_leaves_the_rest_alone() -> None:
    before = {t.name: t.prior for t in TEMPLATES}
    after = {t.name: t.prior for t in boosted(TEMPLATES, ("KeyError",))}
    assert after["mapping_access"] == min(1.0, BOOST * before["mapping_access"])
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= set(BY_FAILURE["KeyError"])
    assert boosted(TEMPLATES, ()) == TEMPLATES


def test_a_handler_is_extended_by_what_the_reproduction_dies_of() -> None:
    source = "def f(a):\n    try:\n        g(a)\n    except ValueError:\n        pass\n"
    caught = (BY_NAME["exception_caught"],)
    first = next(rank({"a.py": source}, {"a.py": {4: 1.0}}, caught, ("RecursionError",)))
    assert "except (ValueError, RecursionError):" in first.text
