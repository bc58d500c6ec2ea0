"""Another function: of the same family, or of the same file."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template
from agents.policy.templates.similarity import similarity

FAMILIES: tuple[tuple[str, ...], ...] = (
    ("min", "max"),
    ("any", "all"),
    ("sorted", "reversed", "list"),
    ("list", "tuple", "set", "frozenset", "sorted"),
    ("dict", "OrderedDict", "defaultdict", "Counter"),
    ("int", "float", "round", "Decimal", "bool"),
    ("str", "repr", "ascii"),
    ("floor", "ceil", "round", "trunc", "int"),
    ("isinstance", "issubclass"),
    ("getattr", "hasattr"),
    ("bisect_left", "bisect_right", "bisect", "insort"),
    ("heappush", "heappushpop"),
    ("heappop", "heapreplace"),
    ("map", "filter"),
    ("zip", "zip_longest"),
    ("sum", "len", "max", "min"),
    ("enumerate", "range"),
    ("copy", "deepcopy"),
    ("combinations", "permutations", "product", "combinations_with_replacement"),
    ("nlargest", "nsmallest"),
    ("takewhile", "dropwhile"),
    ("bytes", "bytearray", "str"),
    ("append", "extend"),
    ("ord", "chr", "int"),
    ("iter", "next", "list"),
    ("quote", "quote_plus"),
    ("unquote", "unquote_plus"),
)


_ALIKE = 0.5


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.Call):
        return
    callee = node.func
    if not isinstance(callee, ast.Name):
        return
    for name, weight in sorted(family(callee.id).items(), key=lambda item: -item[1]):
        if name.islower() or name in site.words.definitions:
            counted = callee.id == "len" and isinstance(site.parent, ast.Compare)
            yield site.swap(callee, name, 0.25 * weight if counted else weight)
    for name in site.words.own_attributes(node):
        alike = similarity(callee.id, name)
        if alike > _ALIKE:
            yield site.swap(callee, f"self.{name}", alike)
    given = len(node.args) + len(node.keywords)
    known = dict.fromkeys([*(n for n, _ in site.words.callees), *site.words.definitions])
    arities = set(site.words.callees)
    for name in known:
        if name != callee.id and not name.startswith("__"):
            alike = 0.2 + 0.6 * similarity(callee.id, name)
            yield site.swap(callee, name, alike * (1.0 if (name, given) in arities else 0.7))


def family(name: str) -> dict[str, float]:
    """Functions that are often taken for this one → how likely, in (0, 1]."""
    found: dict[str, float] = {}
    for members in FAMILIES:
        if name in members:
            others = [other for other in members if other != name]
            for place, other in enumerate(others):
                weight = 1.0 if len(others) == 1 else 0.8 * 0.85**place
                found[other] = max(weight, found.get(other, 0.0))
    return found


TEMPLATE = Template(
    name="callee",
    prior=0.55,
    basis="TSSB-3M: Wrong Function Name 134K",
    kinds=(ast.Call,),
    find=_find,
)
