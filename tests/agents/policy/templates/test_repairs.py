"""Each template repairs a bug of its kind."""

import pytest

from agents.policy.templates.catalogue import TEMPLATES
from tests.agents.policy.templates.helpers import BY_NAME, mutants, place_of

F = "def f(a, b=None, *, key=None):\n"

BUGS: tuple[tuple[str, str, str], ...] = (
    ("comparison", F + "    return a < b\n", F + "    return a <= b\n"),
    ("comparison", F + "    return a is  not b\n", F + "    return a is b\n"),
    ("comparison", F + "    return a in b\n", F + "    return b in a\n"),
    ("boolean", F + "    return a and b\n", F + "    return a or b\n"),
    ("boolean", F + "    return a and b and key\n", F + "    return a and key\n"),
    ("arithmetic", F + "    return a / b\n", F + "    return a // b\n"),
    ("arithmetic", F + "    return a // b\n", F + "    return -(-a // b)\n"),
    ("off_by_one", F + "    return range(len(a))\n", F + "    return range(len(a) - 1)\n"),
    ("off_by_one", F + "    return a[b:]\n", F + "    return a[b + 1:]\n"),
    ("off_by_one", F + "    return a * 9\n", F + "    return a * 10\n"),
    ("index", F + "    return a[0]\n", F + "    return a[-1]\n"),
    ("index", F + "    return a[1:]\n", F + "    return a[2:]\n"),
    ("slice", F + "    return a[b:]\n", F + "    return a[:b]\n"),
    ("slice", F + "    return a[1:b]\n", F + "    return a[1:]\n"),
    ("truthiness", F + "    if a:\n        g()\n", F + "    if a is not None:\n        g()\n"),
    ("truthiness", F + "    if not a:\n        g()\n", F + "    if a is None:\n        g()\n"),
    ("negation", F + "    if a(b):\n        g()\n", F + "    if not a(b):\n        g()\n"),
    ("negation", F + "    return -a\n", F + "    return a\n"),
    (
        "variable",
        F + "    old_key = a\n    return key\n",
        F + "    old_key = a\n    return old_key\n",
    ),
    ("variable", F + "    return {b: v for k, v in a}\n", F + "    return {k: v for k, v in a}\n"),
    ("callee", F + "    return min(a, b)\n", F + "    return max(a, b)\n"),
    (
        "callee",
        "class A:\n    def g(self, x):\n        return g(x)\n    def h(self):\n        self.g(1)\n",
        "class A:\n    def g(self, x):\n        return self.g(x)\n    def h(self):\n        self.g(1)\n",
    ),
    ("method", F + "    return a.lstrip()\n", F + "    return a.rstrip()\n"),
    ("method", F + "    a.append(b)\n", F + "    a.extend(b)\n"),
    (
        "attribute",
        F + "    a.start = 1\n    return a.stop\n",
        F + "    a.start = 1\n    return a.start\n",
    ),
    ("constant", F + "    return True\n", F + "    return False\n"),
    ("constant", F + "    g('up')\n    g('down')\n", F + "    g('up')\n    g('up')\n"),
    ("augmented", F + "    a = b\n    a += b\n", F + "    a = b\n    a = b\n"),
    ("augmented", F + "    a -= b\n", F + "    a += b\n"),
    ("argument_order", F + "    return g(a, b)\n", F + "    return g(b, a)\n"),
    ("argument_order", F + "    return a.issubset(b)\n", F + "    return b.issubset(a)\n"),
    ("argument_forward", F + "    return sorted(a)\n", F + "    return sorted(a, key=key)\n"),
    (
        "argument_forward",
        "def f(*args, **options):\n    return g(*args)\n",
        "def f(*args, **options):\n    return g(*args, **options)\n",
    ),
    ("argument_add", F + "    return sorted(a)\n", F + "    return sorted(a, reverse=True)\n"),
    (
        "argument_add",
        F + "    return max(len(x) for x in a)\n",
        F + "    return max((len(x) for x in a), default=0)\n",
    ),
    ("argument_add", F + "    g(1, x=2)\n    g(3)\n", F + "    g(1, x=2)\n    g(3, x=2)\n"),
    ("argument_drop", F + "    return g(a, b)\n", F + "    return g(a)\n"),
    (
        "guard",
        F + "    return a.x\n",
        F + "    if a is None:\n        return None\n    return a.x\n",
    ),
    (
        "guard",
        F + "    for x in a:\n        g(x)\n",
        F + "    for x in a:\n        if not x:\n            continue\n        g(x)\n",
    ),
    ("guard", F + "    g(a)\n", F + "    if a is not None:\n        g(a)\n"),
    (
        "guard_copied",
        "def f(n):\n    if n < 0:\n        raise ValueError(n)\n    g(n)\n\ndef h(n):\n    g(n + 1)\n",
        (
            "def f(n):\n    if n < 0:\n        raise ValueError(n)\n    g(n)\n\ndef h(n):\n"
            "    if n < 0:\n        raise ValueError(n)\n    g(n + 1)\n"
        ),
    ),
    ("fallback", F + "    return a\n", F + "    return a or []\n"),
    ("ternary", F + "    return a if b else key\n", F + "    return key if b else a\n"),
    ("ternary", F + "    return a or b\n", F + "    return a if a is not None else b\n"),
    (
        "condition",
        F + "    if a > 1:\n        g()\n    if b < 2:\n        g()\n",
        F + "    if a > 1 and b < 2:\n        g()\n    if b < 2:\n        g()\n",
    ),
    (
        "arm",
        F + "    if a == 'x':\n        return 'y'\n",
        F + "    if a in ('x', 'y'):\n        return 'y'\n",
    ),
    (
        "comprehension",
        F + "    return [x for x in a if b(x)]\n",
        F + "    return [x for x in a if not b(x)]\n",
    ),
    (
        "comprehension",
        F + "    return [x for x in y for y in a]\n",
        F + "    return [x for y in a for x in y]\n",
    ),
    (
        "loop",
        F + "    for x in a:\n        if x:\n            break\n",
        F + "    for x in a:\n        if x:\n            continue\n",
    ),
    ("loop", F + "    if a < b:\n        a += 1\n", F + "    while a < b:\n        a += 1\n"),
    ("return", F + "    b = a\n", F + "    b = a\n    return b\n"),
    ("return", F + "    a.sort()\n", F + "    return a.sort()\n"),
    ("generator", F + "    yield g(a)\n", F + "    yield from g(a)\n"),
    (
        "recursion",
        "def f(n):\n    return n * f(n)\n",
        "def f(n):\n    return n * f(n - 1)\n",
    ),
    ("missing_call", F + "    return a + b\n", F + "    return str(a) + b\n"),
    ("missing_call", F + "    return a == b\n", F + "    return a.lower() == b\n"),
    ("needless_call", F + "    return list(a)\n", F + "    return a\n"),
    ("needless_call", F + "    return a.strip()\n", F + "    return a\n"),
    ("operand", F + "    return a - b\n", F + "    return b - a\n"),
    ("operand", F + "    return a + b * 2\n", F + "    return b * 2\n"),
    ("mapping_access", F + "    return a[b]\n", F + "    return a.get(b)\n"),
    ("mapping_access", F + "    return a.get(b)\n", F + "    return a[b]\n"),
    (
        "element",
        F + "    g('z')\n    return ('x', 'y')\n",
        F + "    g('z')\n    return ('x', 'y', 'z')\n",
    ),
    (
        "exception_caught",
        "def f(a):\n    try:\n        g(a)\n    except KeyError:\n        pass\n",
        "def f(a):\n    try:\n        g(a)\n    except (KeyError, IndexError):\n        pass\n",
    ),
    ("exception_raised", F + "    raise TypeError(a)\n", F + "    raise ValueError(a)\n"),
    ("exception_raised", F + "    ValueError(a)\n", F + "    raise ValueError(a)\n"),
    (
        "isinstance",
        F + "    return isinstance(a, int)\n",
        F + "    return isinstance(a, (int, float))\n",
    ),
    ("regex", "import re\nP = re.compile(r'a+')\n", "import re\nP = re.compile(r'a+$')\n"),
    ("regex", "import re\nP = re.compile('a.b')\n", "import re\nP = re.compile(r'a\\.b')\n"),
    (
        "regex",
        "import re\nre.match('a', x)\n",
        "import re\nre.match('a', x, flags=re.IGNORECASE)\n",
    ),
    ("string", F + "    return ','.join(a)\n", F + "    return ', '.join(a)\n"),
    ("formatting", F + "    return f'{a:>9}'\n", F + "    return f'{a:>10}'\n"),
    ("formatting", F + "    return f'{a}'\n", F + "    return f'{a!r}'\n"),
    ("formatting", F + "    return '%s' % a\n", F + "    return '%r' % a\n"),
    (
        "default",
        "def f(a, into=[]):\n    into.append(a)\n",
        "def f(a, into=None):\n    if into is None:\n        into = []\n    into.append(a)\n",
    ),
    ("default", "def f(a, strict=True):\n    g()\n", "def f(a, strict=False):\n    g()\n"),
    (
        "super_call",
        "class A(B):\n    def __init__(self, x):\n        self.y = 1\n",
        "class A(B):\n    def __init__(self, x):\n        super().__init__(x)\n        self.y = 1\n",
    ),
    (
        "scoping",
        "n = 0\ndef f():\n    n = n + 1\n",
        "n = 0\ndef f():\n    global n\n    n = n + 1\n",
    ),
    (
        "late_binding",
        F + "    return [lambda: x for x in a]\n",
        F + "    return [lambda x=x: x for x in a]\n",
    ),
    ("copy", F + "    b = a\n    b.pop()\n", F + "    b = a.copy()\n    b.pop()\n"),
    (
        "await",
        "async def g():\n    pass\nasync def f():\n    return g()\n",
        "async def g():\n    pass\nasync def f():\n    return await g()\n",
    ),
    ("assignment", F + "    a.x == b\n", F + "    a.x = b\n"),
    ("assignment", F + "    a, b = b\n", F + "    b, a = b\n"),
    (
        "branch",
        F + "    if a:\n        g()\n    elif b:\n        h()\n",
        F + "    if a:\n        g()\n    if b:\n        h()\n",
    ),
    (
        "branch",
        F + "    if a:\n        g()\n    else:\n        h()\n",
        F + "    if a:\n        h()\n    else:\n        g()\n",
    ),
    ("statement_moved", F + "    g()\n    h()\n", F + "    h()\n    g()\n"),
    (
        "statement_moved",
        F + "    for x in a:\n        g()\n        return x\n",
        F + "    for x in a:\n        g()\n    return x\n",
    ),
    (
        "statement_moved",
        F + "    for x in a:\n        g()\n    h(x)\n",
        F + "    for x in a:\n        g()\n        h(x)\n",
    ),
    ("statement_deleted", F + "    g()\n    h()\n", F + "    h()\n"),
    ("statement_deleted", F + "    g()\n", F + "    pass\n"),
    (
        "statement_copied",
        F + "    a.reset()\n    if b:\n        g()\n",
        F + "    a.reset()\n    if b:\n        g()\n    a.reset()\n",
    ),
    ("unpacking", "def f(*args):\n    return g(args)\n", "def f(*args):\n    return g(*args)\n"),
    ("unpacking", "def f(**kw):\n    return g(kw)\n", "def f(**kw):\n    return g(**kw)\n"),
    ("unpacking", F + "    return g(*a)\n", F + "    return g(a)\n"),
    (
        "coercion",
        "def f(a) -> list[int]:\n    return g(a)\n",
        "def f(a) -> list[int]:\n    return list(g(a))\n",
    ),
    (
        "coercion",
        F + "    if a:\n        return False\n    return a and b\n",
        F + "    if a:\n        return False\n    return bool(a and b)\n",
    ),
    (
        "sibling_call",
        F + "    return a.x == 'X' and b.x.upper() == 'Y'\n",
        F + "    return a.x.upper() == 'X' and b.x.upper() == 'Y'\n",
    ),
    ("alternative", F + "    title = g(a)\n", F + "    title = g(a) or b\n"),
    ("alternative", F + "    return g(text=a)\n", F + "    return g(text=a or b)\n"),
    (
        "default_guard",
        F + "    for x in b:\n        g(x)\n",
        F + "    if b is None:\n        b = []\n    for x in b:\n        g(x)\n",
    ),
    (
        "default_guard",
        F + "    for x in a:\n        g(x.strip())\n",
        F + "    for x in a:\n        if x is None:\n            x = ''\n        g(x.strip())\n",
    ),
    ("boundary", F + "    return g(a) > b - 1\n", F + "    return g(a) >= b\n"),
    ("boundary", F + "    return a > b\n", F + "    return a >= b - 1\n"),
    (
        "used_in_body",
        F + "    if a:\n        b.go()\n",
        F + "    if a and b is not None:\n        b.go()\n",
    ),
    (
        "initialisation",
        F + "    if a:\n        x = 1\n    return x\n",
        F + "    x = None\n    if a:\n        x = 1\n    return x\n",
    ),
    ("attribute_fallback", F + "    return a.x\n", F + "    return getattr(a, 'x', None)\n"),
    (
        "membership_guard",
        F + "    for x in a:\n        g(b[x])\n",
        F + "    for x in a:\n        if x in b:\n            g(b[x])\n",
    ),
    (
        "try_wrapped",
        F + "    a = int(b)\n    return a\n",
        F
        + "    try:\n        a = int(b)\n    except ValueError:\n        a = None\n    return a\n",
    ),
    (
        "keyword_name",
        "def box(width, height):\n    pass\n\n\ndef f(a):\n    box(1, width=a)\n",
        "def box(width, height):\n    pass\n\n\ndef f(a):\n    box(1, height=a)\n",
    ),
)


@pytest.mark.parametrize(("name", "buggy", "fixed"), BUGS)
def test_a_bug_of_that_kind_is_repaired(name: str, buggy: str, fixed: str) -> None:
    assert place_of(fixed, mutants(buggy, (BY_NAME[name],)), 500) is not None


def test_every_template_has_a_bug_that_it_repairs() -> None:
    assert {name for name, _, _ in BUGS} == set(BY_NAME)


def test_templates_have_distinct_names_a_prior_and_a_basis() -> None:
    assert len(BY_NAME) == len(TEMPLATES)
    assert all(0 < template.prior <= 1 and template.basis for template in TEMPLATES)
