"""The call that a like expression gets elsewhere: `a.value == x` next to `b.value.upper() == y`."""

import ast
from collections.abc import Iterator
from weakref import WeakKeyDictionary

from agents.policy.templates.base import Replacement, Site, Template
from agents.policy.templates.vocabulary import Vocabulary

_NORMALISERS = frozenset({"lower", "upper", "strip", "casefold", "copy", "encode", "decode"})
_NEAR, _CLASS, _FILE = 1.0, 0.7, 0.4
_UNLIKE = 0.55
_LONGEST = 30
_NOT_OPERANDS = (ast.Attribute, ast.Expr, ast.Starred, ast.Subscript)

Uses = dict[str, tuple[float, bool]]
"""A call around or behind `{}` → how near it was seen, and whether on a like expression."""
Form = tuple[str, str, bool]
"""A call with a gap, the shape of what fills it, and whether it only puts text in order."""

_forms: WeakKeyDictionary[Vocabulary, dict[ast.AST | None, list[Form]]] = WeakKeyDictionary()


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.expr) or not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        return
    if not _is_operand(site, node):
        return
    compared = isinstance(site.parent, ast.Compare | ast.BoolOp | ast.Return | ast.Assign)
    for form, use in _uses(site, node).items():
        text = form.replace("{}", site.atom(node))
        yield site.swap(node, text, _value(use) * (1.0 if compared else 0.75))


def _uses(site: Site, node: ast.expr) -> Uses:
    """Calls on like expressions; those that only put text in order also from others nearby."""
    scopes = [(site.function, _NEAR), (site.words.owner(node), _CLASS)]
    found: Uses = {}
    ours = shape(node)
    for scope, near in [*((s, n) for s, n in scopes if s is not None), (None, _FILE)]:
        for form, inner, tidy in _seen(site, scope):
            alike = inner == ours
            if alike or (tidy and near == _NEAR):
                found[form] = max(found.get(form, (0.0, False)), (near, alike), key=_value)
    return found


def _value(use: tuple[float, bool]) -> float:
    return use[0] * (1.0 if use[1] else _UNLIKE)


def _seen(site: Site, scope: ast.AST | None) -> list[Form]:
    """All calls with one gap below a node, worked out once per file."""
    cache = _forms.setdefault(site.words, {})
    if scope not in cache:
        calls = (n for n in site.words.nodes(scope) if isinstance(n, ast.Call))
        forms = ((call, _form(site, call)) for call in calls)
        cache[scope] = list(
            dict.fromkeys(
                (form[0], shape(form[1]), getattr(call.func, "attr", "") in _NORMALISERS)
                for call, form in forms
                if form is not None
            )
        )
    return cache[scope]


def _form(site: Site, call: ast.Call) -> tuple[str, ast.expr] | None:
    """A call as text with a gap, and what stands in the gap."""
    if isinstance(call.func, ast.Attribute):
        simple = all(isinstance(a, ast.Constant) for a in call.args) and not call.keywords
        given = ", ".join(site.text(a) for a in call.args)
        if simple and len(given) <= _LONGEST and not {"{", "}"} & set(given):
            return f"{{}}.{call.func.attr}({given})", call.func.value
    if len(call.args) == 1 and not call.keywords and not isinstance(call.args[0], ast.Starred):
        callee = site.text(call.func)
        if len(callee) <= _LONGEST and callee.replace(".", "").isidentifier():
            return f"{callee}({{}})", call.args[0]
    return None


def shape(node: ast.expr) -> str:
    """What two like expressions share: the name at their end."""
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Call):
        return f"{shape(node.func)}()"
    return f"{shape(node.value)}[]" if isinstance(node, ast.Subscript) else f"?{id(node)}"


def _is_operand(site: Site, node: ast.expr) -> bool:
    parent = site.parent
    if getattr(parent, "func", None) is node:
        return False
    key = isinstance(parent, ast.Subscript) and parent.slice is node
    places = (ast.expr, ast.Return, ast.Assign, ast.keyword, ast.For)
    return key or (isinstance(parent, places) and not isinstance(parent, _NOT_OPERANDS))


TEMPLATE = Template(
    name="sibling_call",
    prior=0.5,
    basis="TSSB-3M: Add Method Call 60K; the plastic surgery hypothesis (Barr et al. 2014) picks "
    "the method",
    kinds=(ast.Name, ast.Attribute, ast.Subscript, ast.Call),
    find=_find,
)
