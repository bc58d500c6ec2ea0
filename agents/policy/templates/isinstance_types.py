"""The classes of an isinstance check: one more, another, one less."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template
from agents.policy.templates.vocabulary import is_name

NEIGHBOURS: dict[str, tuple[str, ...]] = {
    "int": ("float", "bool", "str"),
    "float": ("int",),
    "list": ("tuple", "set", "dict"),
    "tuple": ("list", "set"),
    "set": ("frozenset", "list", "tuple"),
    "frozenset": ("set",),
    "dict": ("list", "Mapping"),
    "str": ("bytes", "int", "list"),
    "bytes": ("bytearray", "str", "memoryview"),
    "bool": ("int",),
    "Mapping": ("dict", "MutableMapping"),
    "Sequence": ("list", "tuple", "Iterable"),
    "Iterable": ("Sequence", "list"),
}


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.Call):
        return
    if not is_name(node.func, "isinstance", "issubclass") or not node.args[1:]:
        return
    kinds = node.args[1]
    single = [site.text(kinds)]
    texts = [site.text(e) for e in kinds.elts] if isinstance(kinds, ast.Tuple) else single
    if isinstance(kinds, ast.BinOp | ast.Call):
        return
    yield from _changed(site, kinds, texts)
    if "int" in texts:
        value = site.text(node.args[0])
        yield site.fit(node, f"{site.text(node)} and not isinstance({value}, bool)", 0.5)


def _changed(site: Site, kinds: ast.expr, texts: list[str]) -> Iterator[Replacement]:
    near = [name for text in texts for name in NEIGHBOURS.get(text, ())]
    own = [name for name, node in site.words.definitions.items() if isinstance(node, ast.ClassDef)]
    for place, name in enumerate(n for n in dict.fromkeys([*near, *own[:4]]) if n not in texts):
        yield site.swap(kinds, f"({', '.join([*texts, name])})", 0.9 * 0.85**place)
        if len(texts) == 1:
            yield site.swap(kinds, name, 0.6 * 0.85**place)
    for gone in texts if len(texts) > 1 else ():
        kept = [text for text in texts if text != gone]
        yield site.swap(kinds, kept[0] if len(kept) == 1 else f"({', '.join(kept)})", 0.6)


TEMPLATE = Template(
    name="isinstance",
    prior=0.7,
    basis="TBar FP1 and FP7 (cast checker, data types); few alternatives a site",
    kinds=(ast.Call,),
    find=_find,
)
