"""Small repairs of regular expressions: anchors, greed, escapes, classes, flags."""

import ast
import re
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template
from agents.policy.templates.calls import append
from agents.policy.templates.vocabulary import is_name

_FUNCTIONS = frozenset(
    {"compile", "match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
)
_FLAGS = ("re.IGNORECASE", "re.MULTILINE", "re.DOTALL", "re.ASCII", "re.VERBOSE")
_TOKEN = re.compile(r"\\.|\[(?:\\.|[^\]\\])+\]|[*+?]\??|.", re.DOTALL)
_QUOTES = 2
_REPEATS: dict[str, tuple[str, ...]] = {
    "*": ("+", "*?", "?"),
    "+": ("*", "+?", "{1,2}"),
    "?": ("*", "", "+"),
    "*?": ("*", "+?"),
    "+?": ("+", "*?"),
    "??": ("?", "*?"),
}
_SHORTHAND: dict[str, tuple[str, ...]] = {
    "\\w": ("[\\w-]", "[\\w.]", "\\S", "[^\\W\\d]"),
    "\\d": ("[\\d.]", "\\w", "[0-9]"),
    "\\s": ("[ \\t]", "\\S", " "),
    "\\S": ("\\w", "\\s"),
    "\\b": ("\\B", ""),
    ".": ("\\.", "[^\\n]", "\\S"),
    "^": ("", "\\A"),
    "$": ("", "\\Z"),
}
_CLASS_EXTRAS = ("-", "_", ".", "0-9", "a-z", "A-Z", "\\s", "+", "'")


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.Call):
        return
    function = node.func
    if not isinstance(function, ast.Attribute) or function.attr not in _FUNCTIONS:
        return
    if not is_name(function.value, "re", "regex"):
        return
    if node.args and isinstance(node.args[0], ast.Constant | ast.JoinedStr):
        yield from _pattern(site, node.args[0])
    if not any(k.arg == "flags" for k in node.keywords) and "re.I" not in site.text(node):
        for place, flag in enumerate(_FLAGS):
            option = flag if function.attr == "compile" else f"flags={flag}"
            yield append(site, node, option, 0.7 * 0.8**place)
    for other in ("match", "search", "fullmatch"):
        if function.attr in ("match", "search", "fullmatch") and other != function.attr:
            end = site.module.span(function)[1]
            start = end - len(function.attr)
            yield Replacement(start, end, other, 0.9, site.module.span(node))


def _pattern(site: Site, node: ast.expr) -> Iterator[Replacement]:
    """Edits inside the literal's quotes; only patterns that still compile come through."""
    start, end = site.module.span(node)
    literal = site.module.text[start:end]
    quote = re.match(r"([A-Za-z]*)('''|\"\"\"|'|\")", literal)
    if quote is None or not _is_single(literal, quote[2]) or "f" in quote[1].lower():
        return
    raw = "r" in quote[1].lower()
    body = literal[quote.end() : -len(quote[2])]
    if "\\" in body and not raw:
        return
    for at, old, new, weight in _edits(body):
        changed = body[:at] + new + body[at + len(old) :]
        prefix = "" if raw or "\\" not in changed else "r"
        if _compiles(changed):
            yield site.swap(node, prefix + quote[1] + quote[2] + changed + quote[2], weight)


def _edits(body: str) -> Iterator[tuple[int, str, str, float]]:
    """(offset, old, new, weight) of single-token edits."""
    yield 0, "", "^", 0.7
    yield len(body), "", "$", 0.7
    yield len(body), "", "\\Z", 0.3
    yield 0, "", "\\b", 0.5
    yield len(body), "", "\\b", 0.5
    yield 0, "", "\\s*", 0.3
    yield len(body), "", "\\s*", 0.3
    yield 0, "", "-?", 0.4
    yield 0, "", "[+-]?", 0.4
    for hit in _TOKEN.finditer(body):
        item, at = hit.group(), hit.start()
        for place, new in enumerate((*_REPEATS.get(item, ()), *_SHORTHAND.get(item, ()))):
            yield at, item, new, 0.9 * 0.85**place
        if item.startswith("[") and len(item) > 1:
            yield from _classes(at, item)
        elif item.isalnum() or item[0] == "\\" or item == ")":
            yield at, item, item + "?", 0.35
            yield at, item, item + "+", 0.3
            yield at, item, item + "*", 0.3


def _classes(at: int, item: str) -> Iterator[tuple[int, str, str, float]]:
    flipped = "[" + item[2:] if item.startswith("[^") else "[^" + item[1:]
    yield at, item, flipped, 0.3
    for place, extra in enumerate(_CLASS_EXTRAS):
        if extra not in item:
            yield at, item, f"{item[:-1]}{extra}]", 0.5 * 0.9**place
    yield at, item, item + "+", 0.3
    yield at, item, item + "*", 0.3


def _is_single(literal: str, quote: str) -> bool:
    """One literal, not several that stand side by side."""
    return literal.count(quote) == _QUOTES


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except (re.error, OverflowError):
        return False
    return True


TEMPLATE = Template(
    name="regex",
    prior=0.6,
    basis="Wang et al. 2020, 'An empirical study on regular expression bugs': wrong accepted "
    "language dominates; single-token edits of anchors, repeats and classes",
    kinds=(ast.Call,),
    find=_find,
)
