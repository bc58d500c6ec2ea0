"""Another value in place of an empty one: `x = f(a)` → `x = f(a) or b`, with b in scope."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template
from agents.policy.templates.kinds import kind_of
from agents.policy.templates.similarity import similarity

_MOST = 6
_VALUES = (ast.Name, ast.Attribute, ast.Call, ast.Subscript)


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, _VALUES) or not isinstance(getattr(node, "ctx", None), _Read):
        return
    role = _role(site, node)
    if role is None or kind_of(node, site.words.kinds) in ("bool", "int"):
        return
    base = 0.6 if isinstance(site.parent, ast.Call) else 1.0
    for other, alike in _others(site, node, role)[:_MOST]:
        yield site.fit(node, f"{site.text(node)} or {other}", base * alike)
        text = f"{site.text(node)} if {site.text(node)} is not None else {other}"
        yield site.fit(node, text, 0.45 * base * alike)


_Read = (ast.Load, type(None))


def _role(site: Site, node: ast.expr) -> str | None:
    """The name that the value gets; None where nothing can stand in for it."""
    parent = site.parent
    if isinstance(parent, ast.Assign) and parent.value is node:
        return _end(parent.targets[0])
    if isinstance(parent, ast.keyword):
        return parent.arg or ""
    called = isinstance(parent, ast.Call) and node in parent.args
    looped = isinstance(parent, ast.For | ast.comprehension) and parent.iter is node
    return _end(node) if called or looped or isinstance(parent, ast.Return) else None


def _others(site: Site, node: ast.expr, role: str) -> list[tuple[str, float]]:
    """Names in scope, and attributes of self, by likeness to the role or to the value."""
    own = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    given = set(site.words.arguments(node))
    before = [
        name for name, line in site.words.readable(node) if line < node.lineno or name == role
    ]
    found: dict[str, float] = {}
    for name in [*before, *(f"self.{a}" for a in _attributes(site, node))]:
        if name not in own and name not in ("self", "cls", site.text(node)):
            plain = name.removeprefix("self.")
            alike = max(similarity(plain, role), similarity(plain, _end(node)))
            found[name] = min(1.0, 0.25 + 0.5 * alike + (0.25 if name in given else 0.0))
    return sorted(found.items(), key=lambda item: -item[1])


def _attributes(site: Site, node: ast.expr) -> list[str]:
    methods = {name for name, _ in site.words.methods} | set(site.words.definitions)
    return [name for name in site.words.own_attributes(node) if name not in methods]


def _end(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        return _end(node.func)
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


TEMPLATE = Template(
    name="alternative",
    prior=0.35,
    basis="PAR's null pointer checker and expression adder; TBar FP2 as an expression",
    kinds=_VALUES,
    find=_find,
)
