"""Functions of a source file in any language with a grammar here. The only door to tree-sitter.

Python stays with `ast`: it is the interpreter's own parser, so that every line number agrees with
coverage and tracebacks; it refuses what will not run, where tree-sitter guesses; and it is in the
standard library.
"""

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from tree_sitter import Language, Node, Parser

from agents.localise.functions import FunctionSpan, function_spans

_FUNCTIONS = frozenset(
    {
        *("function_declaration", "generator_function_declaration", "method_definition"),
        *("method_declaration", "constructor_declaration", "compact_constructor_declaration"),
        *("function_item", "function_definition", "method", "singleton_method"),
    }
)
_VALUES = frozenset({"arrow_function", "function_expression", "generator_function"})
"""Functions without a name of their own, which what they are assigned to names."""
_NAMING = frozenset({"variable_declarator", "assignment_expression", "pair"}) | {
    "public_field_definition",
    "field_definition",
}
_SCOPES = frozenset(
    {
        *("class_declaration", "abstract_class_declaration", "interface_declaration", "class"),
        *("enum_declaration", "record_declaration", "trait_declaration", "internal_module"),
        *("module", "mod_item", "trait_item", "impl_item", "class_specifier", "struct_specifier"),
        "namespace_definition",
    }
)
_NAME_FIELDS = ("name", "declarator", "left", "key", "property", "type")
"""Where grammars keep a name; what stands there may hold a name in turn (C's declarators)."""


@dataclass(frozen=True, slots=True)
class _Grammar:
    name: str
    """As code fences write it."""
    module: str
    entry: str = "language"


_GRAMMARS = {
    suffix: grammar
    for suffixes, grammar in (
        (".js .jsx .mjs .cjs", _Grammar("javascript", "tree_sitter_javascript")),
        (".ts .mts .cts", _Grammar("typescript", "tree_sitter_typescript", "language_typescript")),
        (".tsx", _Grammar("tsx", "tree_sitter_typescript", "language_tsx")),
        (".java", _Grammar("java", "tree_sitter_java")),
        (".go", _Grammar("go", "tree_sitter_go")),
        (".rs", _Grammar("rust", "tree_sitter_rust")),
        (".c", _Grammar("c", "tree_sitter_c")),
        (".h .cc .cpp .cxx .hh .hpp .hxx", _Grammar("cpp", "tree_sitter_cpp")),
        (".rb", _Grammar("ruby", "tree_sitter_ruby")),
        (".php", _Grammar("php", "tree_sitter_php", "language_php")),
    )
    for suffix in suffixes.split()
}


def language(path: str) -> str | None:
    """The language that a file's suffix tells, as code fences write it; None: not known here."""
    if path.endswith(".py"):
        return "python"
    grammar = _GRAMMARS.get(_suffix(path))
    return grammar.name if grammar else None


@lru_cache(maxsize=256)
def symbols(path: str, source: str) -> tuple[FunctionSpan, ...]:
    """Every function of a file in order of its first line.

    None for a language without a grammar, nor for Python that does not parse; where another
    language does not parse, those parts that do.
    """
    if path.endswith(".py"):
        return function_spans(source)
    grammar = _GRAMMARS.get(_suffix(path))
    if grammar is None:
        return ()
    tree = Parser(_loaded(grammar)).parse(source.encode("utf-8", "replace"))
    return tuple(sorted(_below(tree.root_node)))


def _suffix(path: str) -> str:
    name = path.rpartition("/")[2]
    return "." + name.rpartition(".")[2].lower()


@cache
def _loaded(grammar: _Grammar) -> Language:
    return Language(getattr(importlib.import_module(grammar.module), grammar.entry)())


def _below(root: Node) -> Iterator[FunctionSpan]:
    """Not by recursion: generated files nest deeper than Python's stack."""
    waiting = [(root, "")]
    while waiting:
        node, prefix = waiting.pop()
        inner = prefix
        if node.type in _FUNCTIONS or node.type in _SCOPES or _is_named_value(node):
            name = prefix + _own_name(node)
            inner = name + "."
            if node.type not in _SCOPES:
                yield FunctionSpan(node.start_point[0] + 1, node.end_point[0] + 1, name)
        waiting.extend((child, inner) for child in node.named_children)


def _is_named_value(node: Node) -> bool:
    value = node.child_by_field_name("value") or node.child_by_field_name("right")
    return node.type in _NAMING and value is not None and value.type in _VALUES


def _own_name(node: Node) -> str:
    receiver = _receiver(node)
    at = node
    while (inner := _holder(at)) is not None:
        at = inner
    text = (at.text or b"").decode("utf-8", "replace")
    return receiver + ".".join(text.replace("::", ".").split()).removeprefix("exports.")


def _holder(node: Node) -> Node | None:
    """What holds a node's name: a field, or the one child of C++'s reference declarators."""
    if node.type in {"qualified_identifier", "member_expression"}:
        return None  # whole: the path is part of the name
    for field in _NAME_FIELDS:
        found = node.child_by_field_name(field)
        if found is not None:
            return found
    return node.named_children[-1] if node.type == "reference_declarator" else None


def _receiver(node: Node) -> str:
    """The type that a Go method belongs to, as a prefix."""
    receiver = node.child_by_field_name("receiver") if node.type == "method_declaration" else None
    text = (receiver.text or b"").decode("utf-8", "replace") if receiver else ""
    kind = text.strip("()").split("[")[0].replace("*", " ").split()
    return f"{kind[-1]}." if kind else ""
