"""Whether a mutant compiles, and what tells two mutants apart.

Equal bytecode means equal behaviour ("trivial compiler equivalence", Papadakis, Jia, Harman and
Le Traon 2015): it also catches what differs in spelling alone, such as parentheses and dead code,
which a comparison of syntax trees would keep. Only the function around the change is compiled,
so that the cost does not grow with the file.
"""

import ast
import hashlib
import types
from collections.abc import Iterator
from typing import NamedTuple

from agents.policy.templates import nonsense
from agents.policy.templates.base import Replacement
from agents.policy.templates.kinds import assigned
from agents.policy.templates.source import FunctionNode, Module, Span, first_line, last_line, quiet


class Chunks:
    """Fingerprints of the compilable pieces of one module."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._spans = sorted(_pieces(module))
        self._original: dict[Span, _Print | None] = {}
        known = assigned(module.tree).items()
        self._attributes = {name: kind for name, kind in known if name.startswith(".")}

    def fingerprint(self, change: Replacement) -> tuple[int, str] | None:
        """Which piece, and what it compiles to.

        None: it does not compile, is as it was, or has more in it that cannot work than it had.
        """
        span = self._around(change)
        text = self._module.text
        head, tail = text[span[0] : change.start], text[change.end : span[1]]
        before, after = self._before(span), self._print(head + change.text + tail)
        if after is None or (before and before.digest == after.digest):
            return None
        return None if before and before.nonsense < after.nonsense else (span[0], after.digest)

    def _around(self, change: Replacement) -> Span:
        holding = (s for s in self._spans if s[0] <= change.start and change.end <= s[1])
        return next(holding, (0, len(self._module.text)))

    def _before(self, span: Span) -> "_Print | None":
        if span not in self._original:
            self._original[span] = self._print(self._module.text[slice(*span)])
        return self._original[span]

    def _print(self, piece: str) -> "_Print | None":
        head = "if 1:\n" if piece[:1] in (" ", "\t", "\f") else ""
        try:
            with quiet():
                tree = ast.parse(head + piece, "piece")
                wrong = nonsense.count(tree, self._attributes)
                code = compile(tree, "piece", "exec", dont_inherit=True)
        except (SyntaxError, ValueError):  # ValueError: huge integers, surrogates
            return None
        return _Print(_digest(code), wrong)


class _Print(NamedTuple):
    """What tells two pieces apart, and how much in one cannot work."""

    digest: str
    nonsense: int


def _pieces(module: Module) -> Iterator[Span]:
    """Outermost functions, methods, and statements that stand outside of both, as full lines."""
    todo: list[ast.stmt] = list(module.tree.body)
    while todo:
        node = todo.pop()
        if isinstance(node, ast.ClassDef):
            todo.extend(node.body)
        elif module.margin(node) is not None and _alone(module, node):
            yield (
                module.line_start(first_line(node)),
                module.line_end(last_line(node), newline=True),
            )


def _alone(module: Module, node: ast.stmt) -> bool:
    rest = module.text[module.span(node)[1] : module.line_end(last_line(node))].strip()
    return isinstance(node, FunctionNode) or not rest.startswith(";")


def _digest(code: types.CodeType) -> str:
    return hashlib.blake2b(repr(_key(code)).encode("utf-8", "replace"), digest_size=16).hexdigest()


def _key(code: types.CodeType) -> tuple[object, ...]:
    """All of a code object but its name for files and its line numbers."""
    counts = (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags)
    names = (code.co_name, code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    consts = tuple(_constant(const) for const in code.co_consts)
    return (*counts, *names, code.co_code, code.co_exceptiontable, consts)


def _constant(value: object) -> object:
    if isinstance(value, types.CodeType):
        return _key(value)
    if isinstance(value, tuple):
        return ("tuple", *(_constant(item) for item in value))
    if isinstance(value, frozenset):
        return ("frozenset", *sorted(repr(_constant(item)) for item in value))
    return (type(value).__name__, repr(value))
