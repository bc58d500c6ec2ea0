"""A condition that forgets what its body uses: `if a: b.go()` → `if a and b is not None: b.go()`."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template

_MOST = 4


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.If | ast.While | ast.IfExp):
        return
    body = node.body if isinstance(node.body, list) else [node.body]
    for place, name in enumerate(_used(site, node.test, body)[:_MOST]):
        weight = 0.85**place
        yield site.fit(node.test, _joined(site, node.test, "and", f"{name} is not None"), weight)
        yield site.fit(node.test, _joined(site, node.test, "and", name), 0.9 * weight)
        yield site.fit(node.test, _joined(site, node.test, "and", f"not {name}"), 0.5 * weight)
        yield site.fit(node.test, _joined(site, node.test, "or", f"{name} is None"), 0.4 * weight)


def _joined(site: Site, test: ast.expr, word: str, more: str) -> str:
    """`test and more`, in parentheses only where the meaning needs them."""
    kind = ast.And if word == "and" else ast.Or
    flat = isinstance(test, ast.BoolOp) and isinstance(test.op, kind)
    tight = isinstance(test, ast.Compare | ast.UnaryOp)
    return f"{site.text(test) if flat or tight else site.atom(test)} {word} {more}"


def _used(site: Site, test: ast.expr, body: list[ast.stmt] | list[ast.expr]) -> list[str]:
    """Names known before the test that the body reads; those it looks into come first."""
    known = {name for name, line in site.words.readable(test) if line < test.lineno}
    known |= {*site.words.arguments(test), "self"}
    found: dict[str, bool] = {}
    for node in (n for part in body for n in ast.walk(part) if isinstance(n, ast.expr)):
        text = _path(node)
        if text and text.partition(".")[0] in known and text not in ("self", "cls"):
            found[text] = found.get(text, False) or _is_opened(site, node)
    tested = {site.text(test), *(_path(n) for n in ast.walk(test) if isinstance(n, ast.expr))}
    names = [text for text in found if text not in tested]
    return sorted(names, key=lambda text: not found[text])


def _path(node: ast.expr) -> str:
    """A name, or an attribute of one, that is read."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        return node.id
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
        return f"{node.value.id}.{node.attr}" if isinstance(node.value, ast.Name) else ""
    return ""


def _is_opened(site: Site, node: ast.expr) -> bool:
    """Whether None would fail at once: an attribute, an item, a call or a loop over it."""
    parent = site.module.parents[node]
    return isinstance(parent, ast.Attribute | ast.Subscript | ast.For | ast.BinOp | ast.Starred)


TEMPLATE = Template(
    name="used_in_body",
    prior=0.35,
    basis="TSSB-3M: More Specific If 68K; PAR's null pointer checker; TBar FP2 and FP6",
    kinds=(ast.If, ast.While, ast.IfExp),
    find=_find,
)
