"""A call that was forgotten around an expression, or behind it."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template
from agents.policy.templates.vocabulary import is_name

FUNCTIONS = (
    *("str", "int", "list", "len", "set", "sorted", "abs", "tuple", "float", "bool", "dict"),
    *("reversed", "iter", "repr", "sum", "max", "min", "round", "enumerate"),
)
METHODS = (
    *("strip()", "lower()", "copy()", "items()", "keys()", "values()", "upper()", "rstrip()"),
    *("lstrip()", "split()", "casefold()", "rstrip('\\n')", "encode()", "decode()", "sort()"),
)
_TEXTUAL = frozenset({"strip()", "lower()", "upper()", "rstrip()", "lstrip()", "casefold()"})


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.expr):
        return
    if not _is_value(site, node):
        return
    importance = _importance(site)
    own = [name for name in site.words.wrappers if name not in FUNCTIONS][:12]
    for place, name in enumerate(_by_use(site, [*FUNCTIONS, *own])):
        if not _has(node, name):
            yield site.swap(node, f"{name}({site.text(node)})", importance * 0.9**place)
    if not isinstance(node, ast.BinOp | ast.BoolOp | ast.Compare):
        yield from _methods(site, node, importance)


def _methods(site: Site, node: ast.expr, importance: float) -> Iterator[Replacement]:
    niladic = [f"{name}()" for name, arity in site.words.methods if arity == 0][:10]
    for place, method in enumerate(dict.fromkeys([*METHODS[:8], *niladic, *METHODS[8:]])):
        shift = 0.0 if method in _TEXTUAL and isinstance(node, ast.Subscript | ast.Name) else 0.1
        weight = importance * (0.9 - shift) * 0.9**place
        yield site.swap(node, f"{site.atom(node)}.{method}", weight)


def _importance(site: Site) -> float:
    """Returned, assigned, iterated and compared values first."""
    parent = site.parent
    if isinstance(parent, ast.Return | ast.For | ast.comprehension | ast.Compare):
        return 0.9
    if isinstance(parent, ast.Assign | ast.AugAssign | ast.Call | ast.FormattedValue):
        return 0.75
    return 0.5


def _by_use(site: Site, names: list[str]) -> list[str]:
    """Those that the file already calls come first."""
    used = set(site.words.wrappers)
    return sorted(names, key=lambda name: name not in used)


def _is_value(site: Site, node: ast.expr) -> bool:
    parent = site.parent
    stored = not isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
    callee = getattr(parent, "func", None) is node
    receiver = isinstance(parent, ast.Attribute) and not isinstance(node, ast.Name)
    imported = isinstance(parent, ast.Attribute) and is_name(node, "self", "cls", "re", "os")
    kinds = isinstance(parent, ast.ExceptHandler | ast.ClassDef | ast.arg | ast.AnnAssign)
    type_check = isinstance(parent, ast.Call) and is_name(parent.func, "isinstance", "super")
    return not (stored or callee or receiver or imported or kinds or type_check)


def _has(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Call) and is_name(node.func, name)


TEMPLATE = Template(
    name="missing_call",
    prior=0.4,
    basis="TSSB-3M: Add Function Around Expression 117K, Add Method Call 60K, "
    "spread over many functions and expressions",
    kinds=(ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.BinOp, ast.GeneratorExp),
    find=_find,
)
