"""What a file already says: names, calls, attributes, exceptions, constants, conditions.

Repairs are mostly made of ingredients that are elsewhere in the same file (Martinez, Weimer and
Monperrus 2014, "Do the fix ingredients already exist?"; Barr et al. 2014, "The plastic surgery
hypothesis"). All answers are in a stable order: most used first, then by first appearance.
"""

import ast
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator
from functools import cached_property
from typing import TypeVar

from agents.policy.templates.kinds import assigned
from agents.policy.templates.source import FunctionNode, Module

Scope = FunctionNode | ast.Lambda
_T = TypeVar("_T", bound=Hashable)


class Vocabulary:
    """Lazy, cached answers about one module."""

    def __init__(self, module: Module, failed: tuple[str, ...] = ()) -> None:
        self._module = module
        self.failed = failed
        """Exceptions that the reproduction dies of, by class name."""
        self._locals: dict[ast.AST, dict[str, int]] = {}
        self._nodes: dict[ast.AST, tuple[ast.AST, ...]] = {}
        self._own: dict[ast.AST | None, list[str]] = {}
        self._constants: dict[ast.AST | None, list[int | float | str]] = {}
        self._conditions: dict[ast.AST | None, list[ast.expr]] = {}
        self._exits: dict[ast.AST | None, tuple[list[str], list[str]]] = {}

    def function(self, node: ast.AST) -> FunctionNode | None:
        """The innermost `def` around a node. A `def`'s own header belongs to what is outside."""
        ups = self._module.up(node)
        return next((up for up in ups if isinstance(up, FunctionNode)), None)

    def owner(self, node: ast.AST) -> ast.ClassDef | None:
        """The innermost class around a node."""
        return next((up for up in self._module.up(node) if isinstance(up, ast.ClassDef)), None)

    def statement(self, node: ast.AST) -> ast.stmt:
        """The statement that a node is, or is part of."""
        if isinstance(node, ast.stmt):
            return node
        return next(up for up in self._module.up(node) if isinstance(up, ast.stmt))

    def nodes(self, root: ast.AST | None) -> tuple[ast.AST, ...]:
        """Everything below a node in source order; None: the whole file."""
        root = root or self._module.tree
        if root not in self._nodes:
            self._nodes[root] = tuple(_in_order(root))
        return self._nodes[root]

    def bindings(self, scope: Scope) -> dict[str, int]:
        """Parameter or local name of a function → the line that first binds it."""
        if scope not in self._locals:
            found = {arg.arg: scope.lineno for arg in parameters(scope)}
            for node in self.nodes(scope):
                name = _bound(node)
                if name is not None and self._scope_of(node) is scope:
                    found.setdefault(name, getattr(node, "lineno", scope.lineno))
            self._locals[scope] = found
        return self._locals[scope]

    def readable(self, node: ast.AST) -> list[tuple[str, int]]:
        """Names that can be read at a node, with the line that binds them, innermost first."""
        line = getattr(node, "lineno", 0)
        found: dict[str, int] = {}
        below: ast.AST = node
        for up in (node, *self._module.up(node)):
            inner, below = below, up
            if isinstance(up, FunctionNode | ast.Lambda) and not _in_header(up, inner):
                for name, bound in self.bindings(up).items():
                    if bound <= line:
                        found.setdefault(name, bound)
            elif isinstance(up, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
                for target in _targets(up):
                    found.setdefault(target, up.lineno)
        return list(found.items())

    def arguments(self, node: ast.AST) -> list[str]:
        """The enclosing function's parameters, without self and cls."""
        function = self.function(node)
        names = [arg.arg for arg in parameters(function)] if function else []
        return [name for name in names if name not in ("self", "cls")]

    @cached_property
    def definitions(self) -> dict[str, FunctionNode | ast.ClassDef]:
        """Name → function, method or class of that name; the first one wins."""
        found: dict[str, FunctionNode | ast.ClassDef] = {}
        for node in self.nodes(None):
            if isinstance(node, FunctionNode | ast.ClassDef):
                found.setdefault(node.name, node)
        return found

    @cached_property
    def globals(self) -> dict[str, ast.expr]:
        """Name assigned at the top of the file → its first value."""
        found: dict[str, ast.expr] = {}
        for node in self._module.tree.body:
            targets = node.targets if isinstance(node, ast.Assign) else []
            for target in targets:
                if isinstance(target, ast.Name) and isinstance(node, ast.Assign):
                    found.setdefault(target.id, node.value)
        return found

    @cached_property
    def kinds(self) -> dict[str, str | None]:
        """Names and attributes of self (`.name`) that only values of one built-in type get."""
        return assigned(self._module.tree)

    @cached_property
    def callees(self) -> list[tuple[str, int]]:
        """Plain names that are called in the file, each with a number of arguments it is given."""
        return ranked(
            (call.func.id, len(call.args) + len(call.keywords))
            for call in self._calls
            if isinstance(call.func, ast.Name)
        )

    @cached_property
    def wrappers(self) -> list[str]:
        """Functions, as written (`float`, `os.path.abspath`), that are called with one argument."""
        texts = (
            self._module.source(call.func)
            for call in self._calls
            if len(call.args) == 1 and not call.keywords and _is_path(call.func)
        )
        return ranked(t for t in texts if "." not in t or not t.startswith(("self.", "cls.")))

    @cached_property
    def methods(self) -> list[tuple[str, int]]:
        """Methods that are called in the file, each with a number of arguments it is given."""
        return ranked(
            (call.func.attr, len(call.args) + len(call.keywords))
            for call in self._calls
            if isinstance(call.func, ast.Attribute)
        )

    @cached_property
    def attributes(self) -> dict[str, list[str]]:
        """Receiver as written → attributes that are read or set on it."""
        found: dict[str, list[str]] = defaultdict(list)
        for node in self.nodes(None):
            if isinstance(node, ast.Attribute) and _is_path(node.value):
                found[self._module.source(node.value)].append(node.attr)
        return {receiver: ranked(names) for receiver, names in found.items()}

    @cached_property
    def keywords(self) -> dict[str, list[str]]:
        """Callee as written → keyword arguments that calls of it pass, as written."""
        found: dict[str, list[str]] = defaultdict(list)
        for call in self._calls:
            named = [keyword for keyword in call.keywords if keyword.arg]
            if named and _is_path(call.func):
                callee = self._module.source(call.func)
                found[callee].extend(self._module.source(keyword) for keyword in named)
        return {callee: ranked(texts) for callee, texts in found.items()}

    @cached_property
    def exceptions(self) -> list[str]:
        """Exception types, as written, that the file raises or catches."""
        return ranked(self._exceptions())

    def own_attributes(self, node: ast.AST) -> list[str]:
        """Attributes and methods of `self` in the class around a node."""
        owner = self.owner(node)
        if owner not in self._own:
            found = (
                n for n in (self.nodes(owner) if owner else ()) if isinstance(n, ast.Attribute)
            )
            self._own[owner] = ranked(n.attr for n in found if is_name(n.value, "self"))
        return self._own[owner]

    def constants(self, scope: ast.AST | None) -> list[int | float | str]:
        """Numbers and strings in a function (None: in the file), docstrings left out."""
        if scope not in self._constants:
            self._constants[scope] = ranked(self._constants_in(scope))
        return self._constants[scope]

    def _constants_in(self, scope: ast.AST | None) -> Iterator[int | float | str]:
        return (
            node.value
            for node in self.nodes(scope)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, int | float | str)
            and not isinstance(node.value, bool)
            and not isinstance(self._module.parents.get(node), ast.Expr | ast.JoinedStr)
        )

    def conditions(self, scope: ast.AST | None) -> list[ast.expr]:
        """Tests of `if`, `while`, ternaries and comprehensions in a function, in order."""
        if scope in self._conditions:
            return self._conditions[scope]
        found = self._conditions.setdefault(scope, [])
        for node in self.nodes(scope):
            if isinstance(node, ast.If | ast.While | ast.IfExp):
                found.append(node.test)
            elif isinstance(node, ast.comprehension):
                found.extend(node.ifs)
        return found

    def exits(self, scope: ast.AST | None) -> tuple[list[str], list[str]]:
        """Values that a function returns and errors that it raises, as written on one line."""
        if scope not in self._exits:
            below = self.nodes(scope)
            values = [n.value for n in below if isinstance(n, ast.Return) and n.value]
            raises = [n for n in below if isinstance(n, ast.Raise) and n.exc]
            texts = [[self._module.source(n) for n in group] for group in (values, raises)]
            returned, raised = ([t for t in dict.fromkeys(g) if "\n" not in t] for g in texts)
            self._exits[scope] = returned, raised
        return self._exits[scope]

    @cached_property
    def _calls(self) -> list[ast.Call]:
        return [node for node in self.nodes(None) if isinstance(node, ast.Call)]

    def _scope_of(self, node: ast.AST) -> ast.AST | None:
        """The function whose locals a binding goes to. Comprehensions keep theirs."""
        own = (FunctionNode, ast.Lambda, ast.ClassDef, ast.ListComp, ast.SetComp, ast.DictComp)
        kinds = (*own, ast.GeneratorExp)
        return next((up for up in self._module.up(node) if isinstance(up, kinds)), None)

    def _exceptions(self) -> Iterator[str]:
        for node in self.nodes(None):
            found: list[ast.expr | None] = []
            if isinstance(node, ast.Raise):
                found = [node.exc.func if isinstance(node.exc, ast.Call) else node.exc]
            elif isinstance(node, ast.ExceptHandler):
                found = [*node.type.elts] if isinstance(node.type, ast.Tuple) else [node.type]
            for kind in found:
                if kind is not None and _is_path(kind):
                    text = self._module.source(kind)
                    if text.rpartition(".")[2][:1].isupper():
                        yield text


def _in_header(scope: Scope, child: ast.AST) -> bool:
    """Whether a child is a default, a decorator or an annotation: outside of the function."""
    if isinstance(scope, FunctionNode) and (
        child in scope.decorator_list or child is scope.returns
    ):
        return True
    return child is scope.args


def parameters(scope: Scope) -> list[ast.arg]:
    """A function's parameters, in order."""
    given = scope.args
    named = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    return [*named, *(arg for arg in (given.vararg, given.kwarg) if arg)]


def is_name(node: ast.AST | None, *names: str) -> bool:
    """Whether a node is a plain name, one of these if any are given."""
    return isinstance(node, ast.Name) and (not names or node.id in names)


def ranked(items: Iterable[_T]) -> list[_T]:
    """Each item once, most frequent first, then by first appearance."""
    return [item for item, _ in Counter(items).most_common()]


def _in_order(root: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(root):
        yield child
        yield from _in_order(child)


def _bound(node: ast.AST) -> str | None:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return node.id
    if isinstance(node, ast.ExceptHandler | FunctionNode):
        return node.name
    return None


def _targets(node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> list[str]:
    stored = (n for gen in node.generators for n in ast.walk(gen.target))
    return [n.id for n in stored if isinstance(n, ast.Name)]


def _is_path(node: ast.AST) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)
