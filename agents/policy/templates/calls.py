"""The argument list of a call as text, edited one argument at a time."""

import ast

from agents.policy.templates.base import Replacement, Site
from agents.policy.templates.source import Span

Argument = ast.expr | ast.keyword


def arguments(call: ast.Call) -> list[Argument]:
    """Positional and keyword arguments in source order."""
    everything: list[Argument] = [*call.args, *call.keywords]
    return sorted(everything, key=lambda a: (a.lineno, a.col_offset))


def append(site: Site, call: ast.Call, text: str, weight: float = 1.0) -> Replacement:
    """One more argument at the end."""
    given = arguments(call)
    shown = site.module.span(call)
    if not given:
        end = shown[1] - 1
        return Replacement(end, end, text, weight, shown)
    if site.module.span(given[-1])[1] == shown[1]:  # f(x for x in y): one pair of parentheses
        start, end = site.module.span(given[-1])
        return Replacement(start, end, f"({site.text(given[-1])}, {text})", weight, shown)
    end = _behind(site, shown[1], site.module.span(given[-1])[1])
    return Replacement(end, end, f", {text}", weight, shown)


def insert_first(site: Site, call: ast.Call, text: str, weight: float = 1.0) -> Replacement:
    """One more argument at the beginning."""
    start = site.module.span(call.func)[1]
    start += site.module.text[start:].index("(") + 1
    comma = ", " if call.args or call.keywords else ""
    return Replacement(start, start, text + comma, weight, site.module.span(call))


def without(site: Site, call: ast.Call, gone: Argument, weight: float = 1.0) -> Replacement:
    """One argument less."""
    given = arguments(call)
    at = given.index(gone)
    spans: list[Span] = [site.module.span(a) for a in given]
    if len(given) == 1:
        start, end = spans[0]
    elif at == 0:
        start, end = spans[0][0], spans[1][0]
    else:
        start, end = spans[at - 1][1], spans[at][1]
    return Replacement(start, end, "", weight, site.module.span(call))


def exchanged(
    site: Site, call: ast.Call, left: ast.expr, right: ast.expr, weight: float = 1.0
) -> Replacement:
    """Two arguments in each other's place."""
    (start, middle), (resume, end) = site.module.span(left), site.module.span(right)
    between = site.module.text[middle:resume]
    text = site.text(right) + between + site.text(left)
    return Replacement(start, end, text, weight, site.module.span(call))


def _behind(site: Site, call_end: int, end: int) -> int:
    """The end of the last argument, with the parentheses that are its own."""
    closing = site.module.text[end : call_end - 1]
    return end + (closing.rfind(")") + 1 if "#" not in closing else 0)
