"""Time savers: what each is for, what it leaves alone, and that all of them keep the file whole."""

import ast
from itertools import islice

import pytest

from agents.policy.templates.catalogue import TEMPLATES
from agents.policy.templates.faster import FASTER
from tests.agents.policy.templates.helpers import mutants, place_of
from tests.agents.policy.templates.test_properties import AWKWARD, MODULES, stdlib

NAMES = {template.name for template in FASTER}

SLOW: tuple[tuple[str, str, str], ...] = (
    (
        "members",
        "def f(a, b):\n    for x in a:\n        if x in b:\n            g(x)\n",
        "def f(a, b):\n    b_set = set(b)\n    for x in a:\n        if x in b_set:\n            g(x)\n",
    ),
    (
        "members",
        "def f(a, b):\n    return [x for x in a if x not in b]\n",
        "def f(a, b):\n    b_set = set(b)\n    return [x for x in a if x not in b_set]\n",
    ),
    (
        "members",
        "def f(a, b):\n    for y in a:\n        for x in y:\n            g(x in self._b)\n",
        (
            "def f(a, b):\n    b_set = set(self._b)\n    for y in a:\n        for x in y:\n"
            "            g(x in b_set)\n"
        ),
    ),
    (
        "seen",
        (
            "def f(a):\n    s = []\n    for x in a:\n        if x not in s:\n            s.append(x)\n"
            "    return s\n"
        ),
        (
            "def f(a):\n    s = []\n    s_set = set(s)\n    for x in a:\n        if x not in s_set:\n"
            "            s.append(x)\n            s_set.add(x)\n    return s\n"
        ),
    ),
    (
        "hoisted",
        "def f(a, b):\n    for x in a:\n        g(x, sorted(b))\n",
        "def f(a, b):\n    ordered = sorted(b)\n    for x in a:\n        g(x, ordered)\n",
    ),
    (
        "hoisted",
        "def f(a):\n    for x in a:\n        g(re.compile('y+').match(x))\n",
        "def f(a):\n    pattern = re.compile('y+')\n    for x in a:\n        g(pattern.match(x))\n",
    ),
    (
        "hoisted",
        "def f(a, b):\n    for x in a:\n        g(b.lower())\n",
        "def f(a, b):\n    lowered = b.lower()\n    for x in a:\n        g(lowered)\n",
    ),
    (
        "cached",
        '"""Doc."""\n\n\ndef f(n):\n    return n if n < 2 else f(n - 1) + f(n - 2)\n',
        (
            '"""Doc."""\n\n\nimport functools\n\n@functools.cache\n'
            "def f(n):\n    return n if n < 2 else f(n - 1) + f(n - 2)\n"
        ),
    ),
    (
        "cached",
        "import functools\nx = 1\n\ndef f(n):\n    return g(n)\n",
        "import functools\nx = 1\n\n@functools.cache\ndef f(n):\n    return g(n)\n",
    ),
    (
        "extremes",
        "def f(a):\n    return sorted(a, key=len)[0] + sorted(a)[1]\n",
        "def f(a):\n    return min(a, key=len) + sorted(a)[1]\n",
    ),
    ("extremes", "def f(a):\n    return sorted(a)[-1]\n", "def f(a):\n    return max(a)\n"),
)


@pytest.mark.parametrize(("name", "slow", "fast"), SLOW)
def test_slow_code_of_its_kind_is_made_faster(name: str, slow: str, fast: str) -> None:
    (template,) = [template for template in FASTER if template.name == name]
    assert place_of(fast, mutants(slow, (template,)), 3) is not None


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("members", "def f(a, b):\n    return a in b\n"),
        ("members", "def f(a, b):\n    for x in a:\n        b.append(x in b)\n"),
        ("members", "def f(a):\n    for b in a:\n        g(1 in b)\n"),
        ("members", "def f(a, b):\n    for x in (1 in b, 2):\n        g(x)\n"),
        (
            "seen",
            "def f(a, s):\n    for x in a:\n        if x not in s:\n            s.extend(x)\n",
        ),
        ("hoisted", "def f(a):\n    for x in a:\n        g(sorted(x))\n"),
        ("hoisted", "def f(a, b):\n    for x in a:\n        b.sort()\n"),
        ("hoisted", "def f(a, b):\n    return sorted(b)\n"),
        ("hoisted", "def f(a):\n    for x in a:\n        g(x.lower())\n"),
        ("hoisted", "def f(a, b):\n    for x in a:\n        g(b.pop(0))\n"),
        ("cached", "def f(n):\n    print(n)\n    return n\n"),
        ("cached", "def f(n):\n    return [n]\n"),
        ("cached", "def f(n):\n    r = []\n    return r\n"),
        ("cached", "def f(n):\n    n.x = 1\n    return n\n"),
        ("cached", "def f():\n    return g()\n"),
        ("extremes", "def f(a):\n    return sorted(a, reverse=True)[0]\n"),
    ],
)
def test_what_changes_or_acts_or_runs_once_is_left_alone(name: str, source: str) -> None:
    (template,) = [template for template in FASTER if template.name == name]
    assert list(mutants(source, (template,))) == []


@pytest.mark.parametrize("name", MODULES)
def test_every_edit_parses_differs_and_stays_in_its_span(name: str) -> None:
    source = stdlib(name)
    for mutant in islice(mutants(source, FASTER), 60):
        change, text = mutant.change, mutant.text
        assert ast.dump(ast.parse(text)) != ast.dump(ast.parse(source))
        assert text[: change.start] == source[: change.start]
        assert text[change.start + len(change.text) :] == source[change.end :]
        assert "\n" not in mutant.summary


def test_there_are_such_edits_in_real_code() -> None:
    found = {m.template for name in MODULES for m in islice(mutants(stdlib(name), FASTER), 60)}
    assert {"members", "hoisted", "cached"} <= found


def test_unicode_and_other_line_endings_survive() -> None:
    for source in (AWKWARD, AWKWARD.replace("\n", "\r\n")):
        for mutant in mutants(source, FASTER):
            ast.parse(mutant.text)
            assert mutant.text.count("\r") == (mutant.text.count("\n") if "\r" in source else 0)


def test_their_names_are_no_repairs_names() -> None:
    assert not NAMES & {template.name for template in TEMPLATES}
