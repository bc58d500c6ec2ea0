"""Another constant: of the same kind, from the same function or file."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template
from agents.policy.templates.similarity import similarity

_ALTERNATIVES: dict[object, tuple[str, ...]] = {
    None: ("0", "''", "[]", "False", "()"),
    "": ("' '", "None"),
}
_LONGEST = 60
"""Longer strings are prose or data, not options."""
_NUMBERS = (0, 1, -1, 2, 10)


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.Constant):
        return
    if isinstance(site.parent, ast.Expr | ast.JoinedStr | ast.FormattedValue):
        return
    value = node.value
    if isinstance(value, bool):
        yield site.swap(node, str(not value), 1.0)
        yield site.swap(node, "None", 0.3)
    elif value is None or value == "":
        for place, text in enumerate(_ALTERNATIVES[value]):
            yield site.swap(node, text, 0.5 * 0.8**place)
    if isinstance(value, str):
        yield from _strings(site, node, value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _numbers(site, node, value)


def _strings(site: Site, node: ast.Constant, value: str) -> Iterator[Replacement]:
    near = site.words.constants(site.function)
    wide = site.words.constants(None)
    if "\n" in value or len(value) > _LONGEST:
        return
    if value and isinstance(site.parent, ast.Return | ast.Assign | ast.Call):
        yield site.swap(node, "''", 0.3)
    for place, other in enumerate(_same(str, value, near, wide)):
        alike = 0.4 + 0.6 * similarity(value, str(other))
        yield site.swap(node, _quoted(site.text(node), str(other)), 0.6 * alike * 0.9**place)


def _numbers(site: Site, node: ast.Constant, value: float) -> Iterator[Replacement]:
    near = site.words.constants(site.function)
    wide = site.words.constants(None)
    if isinstance(site.parent, ast.UnaryOp):
        return
    if value:
        yield site.swap(node, f"-{site.text(node)}", 0.5)
    for place, other in enumerate(_same(type(value), value, [*_NUMBERS, *near], wide)):
        yield site.swap(node, repr(other), 0.6 * 0.9**place)
    if isinstance(value, int):
        yield site.swap(node, f"{value}.0", 0.15)
        if abs(value) > 1:
            yield site.swap(node, str(value * 2), 0.15)
            yield site.swap(node, str(value * 10), 0.15)


def _same(
    kind: type, value: object, near: list[int | float | str], wide: list[int | float | str]
) -> list[int | float | str]:
    """Values of one type, those of the function first, at most a dozen."""
    fitting = (v for v in [*near, *wide[:30]] if type(v) is kind and v != value)
    return [v for v in dict.fromkeys(fitting) if len(str(v)) <= _LONGEST][:12]


def _quoted(old: str, value: str) -> str:
    """In the quotes of the constant that goes, where they do."""
    text = repr(value)
    plain = text[1:-1]
    simple = old[:1] == '"' and old[:3] != '"""' and '"' not in plain and "\\" not in plain
    return f'"{plain}"' if simple else text


TEMPLATE = Template(
    name="constant",
    prior=0.6,
    basis="TSSB-3M: Change Numeric Literal 97K, Change Boolean Literal 37K, Change Constant "
    "Type 6K; ingredients from the file (Barr et al. 2014)",
    kinds=(ast.Constant,),
    find=_find,
)
