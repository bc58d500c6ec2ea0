"""One more arm of a condition: a literal or a name beside the one that is compared."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template

_MOST = 8


def _find(site: Site) -> Iterator[Replacement]:
    """`x == "a"` → `x in ("a", "b")`, with constants of the file."""
    node = site.node
    if not isinstance(node, ast.Compare):
        return
    right = node.comparators[0]
    if len(node.ops) != 1 or not isinstance(node.ops[0], ast.Eq | ast.NotEq):
        return
    if not isinstance(right, ast.Constant) or isinstance(right.value, bool):
        return
    word = "in" if isinstance(node.ops[0], ast.Eq) else "not in"
    left, kind = site.text(node.left), type(right.value)
    near = [*site.words.constants(site.function), *site.words.constants(None)[:30]]
    others = [v for v in dict.fromkeys(near) if type(v) is kind and v != right.value]
    for place, value in enumerate(others[:_MOST]):
        text = f"{left} {word} ({site.text(right)}, {value!r})"
        yield site.swap(node, text, 0.7 * 0.85**place)


TEMPLATE = Template(
    name="arm",
    prior=0.3,
    basis="TSSB-3M: Less Specific If 22K, Add Elements To Iterable 57K",
    kinds=(ast.Compare,),
    find=_find,
)
