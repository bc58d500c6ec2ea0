"""`except` catches another type, one more, or one less."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template

NEIGHBOURS: dict[str, tuple[str, ...]] = {
    "KeyError": ("IndexError", "AttributeError", "TypeError", "LookupError", "ValueError"),
    "IndexError": ("KeyError", "LookupError", "ValueError", "TypeError"),
    "ValueError": ("TypeError", "KeyError", "OverflowError", "IndexError"),
    "TypeError": ("ValueError", "AttributeError", "KeyError"),
    "AttributeError": ("TypeError", "KeyError", "ImportError", "NameError"),
    "ImportError": ("ModuleNotFoundError", "AttributeError", "Exception"),
    "OSError": ("FileNotFoundError", "PermissionError", "ValueError", "EOFError"),
    "IOError": ("OSError", "ValueError"),
    "FileNotFoundError": ("OSError", "PermissionError", "IsADirectoryError", "NotADirectoryError"),
    "UnicodeDecodeError": ("UnicodeError", "ValueError", "UnicodeEncodeError", "LookupError"),
    "UnicodeEncodeError": ("UnicodeError", "ValueError", "UnicodeDecodeError"),
    "ZeroDivisionError": ("ArithmeticError", "ValueError", "OverflowError", "TypeError"),
    "OverflowError": ("ArithmeticError", "ValueError"),
    "StopIteration": ("IndexError", "RuntimeError", "ValueError"),
    "NotImplementedError": ("NotImplemented", "TypeError", "AttributeError"),
    "RuntimeError": ("ValueError", "TypeError", "Exception"),
    "AssertionError": ("ValueError", "TypeError"),
    "TimeoutError": ("OSError", "ConnectionError"),
    "ConnectionError": ("OSError", "TimeoutError"),
    "SyntaxError": ("ValueError", "TypeError"),
    "json.JSONDecodeError": ("ValueError", "TypeError"),
    "Exception": ("BaseException", "ValueError", "TypeError", "KeyError", "OSError"),
}
"""Exception → what is raised beside it, or is its base. Built-in hierarchy and common pairs."""

COMMON = ("ValueError", "TypeError", "KeyError", "IndexError", "AttributeError", "OSError")


def neighbours(site: Site, kind: str) -> list[str]:
    """Types that could stand instead of one: what the reproduction dies of, then likely ones."""
    known = [*site.words.failed, *NEIGHBOURS.get(kind, ()), *site.words.exceptions[:8], *COMMON]
    return [name for name in dict.fromkeys(known) if name != kind]


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.ExceptHandler):
        return
    if node.type is None:
        return
    if isinstance(node.type, ast.Tuple):
        yield from _tuple(site, node.type)
        return
    kind = site.text(node.type)
    for place, other in enumerate(neighbours(site, kind)):
        yield site.swap(node.type, f"({kind}, {other})", 0.9 * 0.85**place)
        yield site.swap(node.type, other, 0.7 * 0.85**place)
    yield site.swap(node.type, "Exception", 0.6)


def _tuple(site: Site, kinds: ast.Tuple) -> Iterator[Replacement]:
    texts = [site.text(element) for element in kinds.elts]
    offers = dict.fromkeys(n for text in texts for n in neighbours(site, text))
    for place, other in enumerate(name for name in offers if name not in texts):
        yield site.swap(kinds, f"({', '.join([*texts, other])})", 0.9 * 0.85**place)
    for gone in texts:
        kept = [text for text in texts if text != gone]
        comma = "," if len(kept) == 1 else ""
        yield site.swap(kinds, f"({', '.join(kept)}{comma})", 0.4)


TEMPLATE = Template(
    name="exception_caught",
    prior=0.7,
    basis="ManySStuBs4J: Missing Throws; a handler on a failing path is rare, so it is worth "
    "trying",
    kinds=(ast.ExceptHandler,),
    find=_find,
)
