"""Another arithmetic or bit operator."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template, some

SPELLING: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.MatMult: "@",
}
ALTERNATIVES: dict[str, tuple[str, ...]] = {
    "+": ("-", "*", "//", "|"),
    "-": ("+", "%", "*"),
    "*": ("/", "+", "//", "**", "-"),
    "/": ("//", "*", "%", "-"),
    "//": ("/", "%", "*"),
    "%": ("//", "/", "*", "&"),
    "**": ("*", "<<", "^"),
    "&": ("|", "^", "-"),
    "|": ("&", "^", "+"),
    "^": ("&", "|", "**"),
    "<<": (">>", "*", "**"),
    ">>": ("<<", "//"),
    "@": ("*",),
}

_BASIC = ("+", "-", "*", "//", "%")


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.BinOp):
        return
    old = SPELLING[type(node.op)]
    if old == "%" and isinstance(node.left, ast.Constant | ast.JoinedStr):
        return  # text formatting
    known = ALTERNATIVES[old]
    for place, new in enumerate([*known, *(n for n in _BASIC if n not in (old, *known))]):
        yield from some(site.operator(node.left, node.right, old, new, 0.85**place))
    if old == "/":
        yield site.swap(node, f"round({site.text(node)})", 0.3)
        yield site.swap(node, f"int({site.text(node)})", 0.4)
    if old == "//":
        numerator, divisor = site.atom(node.left), site.atom(node.right)
        yield site.swap(node, f"-(-{numerator} // {divisor})", 0.3)


TEMPLATE = Template(
    name="arithmetic",
    prior=0.8,
    basis="TSSB-3M: Change Binary Operator 29K over few alternatives; TBar FP11, mutmut",
    kinds=(ast.BinOp,),
    find=_find,
)
