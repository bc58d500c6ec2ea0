"""A condition made stricter or laxer by one that is used elsewhere in the function."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template

_NEAREST = 8


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.If | ast.While | ast.IfExp):
        return
    test = node.test
    for place, other in enumerate(_others(site, test)):
        weight = 0.8**place
        yield site.fit(test, f"{site.atom(test)} and {other}", weight)
        yield site.fit(test, f"{site.atom(test)} or {other}", 0.8 * weight)
    for place, name in enumerate(_names(test, site)):
        yield site.fit(test, f"{name} and {site.atom(test)}", 0.7 * 0.8**place)
        yield site.fit(test, f"{name} is not None and {site.atom(test)}", 0.6 * 0.8**place)
        yield site.fit(test, f"not {name} or {site.atom(test)}", 0.5 * 0.8**place)
        yield site.fit(test, f"{name} is None or {site.atom(test)}", 0.5 * 0.8**place)


def _others(site: Site, test: ast.expr) -> list[str]:
    """Conditions of the function, nearest first, each also negated where that is short."""
    line = test.lineno
    near = sorted(
        (c for c in site.words.conditions(site.function) if site.text(c) != site.text(test)),
        key=lambda c: (abs(c.lineno - line), c.lineno, c.col_offset),
    )
    texts = dict.fromkeys(_loose(site, c) for c in near[:_NEAREST])
    return [variant for text in texts for variant in (text, f"not {text}")]


def _loose(site: Site, node: ast.expr) -> str:
    """Comparisons need no parentheses under `and`, `or` and `not`."""
    return site.text(node) if isinstance(node, ast.Compare) else site.atom(node)


def _names(test: ast.expr, site: Site) -> list[str]:
    found = [site.text(n) for n in ast.walk(test) if _is_value(n, site)]
    return list(dict.fromkeys([*found, *site.words.arguments(test)]))[:6]


def _is_value(node: ast.AST, site: Site) -> bool:
    called = getattr(site.module.parents.get(node), "func", None) is node
    return isinstance(node, ast.Name | ast.Attribute) and not called


TEMPLATE = Template(
    name="condition",
    prior=0.4,
    basis="TSSB-3M: More Specific If 68K, Less Specific If 22K; TBar FP6",
    kinds=(ast.If, ast.While, ast.IfExp),
    find=_find,
)
