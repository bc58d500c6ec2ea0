from collections import Counter
from itertools import islice

from agents.policy.templates.catalogue import TEMPLATES
from agents.policy.templates.ranking import rank
from tests.agents.policy.templates.helpers import BY_NAME, mutants, place_of

TALKATIVE = "a < b < c < d < e < f"
SOURCE = f"def f(a, b, c, d, e, f):\n    g = {TALKATIVE}\n    return a == g\n"


def test_the_more_suspicious_line_comes_first() -> None:
    found = list(mutants(SOURCE, (BY_NAME["comparison"],), {2: 0.4, 3: 1.0}))
    assert found[0].line == 3


def test_one_line_with_many_mutants_does_not_starve_the_others() -> None:
    found = islice(mutants(SOURCE, lines={2: 1.0, 3: 0.8}), 20)
    assert Counter(mutant.line for mutant in found)[3] >= 6


def test_equally_suspicious_lines_take_turns() -> None:
    source = "def f(a, b):\n" + "    g(a < b)\n" * 5
    first = list(islice(mutants(source, (BY_NAME["comparison"],)), 5))
    assert [mutant.line for mutant in first] == [2, 3, 4, 5, 6]


def test_files_take_turns_too() -> None:
    text = "def f(a, b):\n    return a < b\n"
    found = rank({"b.py": text, "a.py": text}, {"a.py": {2: 1.0}, "b.py": {2: 1.0}}, TEMPLATES)
    assert [mutant.module.path for mutant in islice(found, 2)] == ["a.py", "b.py"]


def test_a_file_that_does_not_parse_is_left_out() -> None:
    found = rank(
        {"a.py": "def f(:\n", "b.py": "x = 1\0"}, {"a.py": {1: 1}, "b.py": {1: 1}}, TEMPLATES
    )
    assert list(found) == []


def test_mutants_that_compile_to_the_same_code_are_proposed_once() -> None:
    found = [m.text for m in mutants("def f(a, b):\n    return not a == b\n")]
    assert sum(text.endswith(("return a == b\n", "return (a == b)\n")) for text in found) == 1


def test_a_signature_borrows_from_its_body() -> None:
    buggy = "def f(a, deep=True):\n    return g(a, deep)\n"
    found = mutants(buggy, (BY_NAME["default"],), {2: 1.0})
    assert place_of(buggy.replace("True", "False"), found, 10)


def test_a_constant_borrows_from_the_lines_that_read_it() -> None:
    buggy = "LIMIT = 9\n\n\nclass A:\n    step = 2\n\n    def f(self):\n        return LIMIT, self.step\n"
    found = list(mutants(buggy, (BY_NAME["off_by_one"],), {8: 1.0}))
    assert {mutant.line for mutant in found} >= {1, 5}


def test_lines_without_suspicion_stay_untouched() -> None:
    source = "def f(a):\n    return a < 1\n\n\ndef g(a):\n    return a < 2\n"
    assert {mutant.line for mutant in mutants(source, lines={6: 1.0})} <= {5, 6}
