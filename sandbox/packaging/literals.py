"""Values of Python expressions that can be known without running anything."""

import ast
from collections import Counter

_LONGEST = 10_000


class NotLiteral(ValueError):
    """The expression is computed; nothing is guessed about it."""


def parsed(text: str) -> ast.Module:
    """The syntax tree of a file. Raises: SyntaxError for whatever Python refuses."""
    try:
        return ast.parse(text)
    except (ValueError, RecursionError, MemoryError) as error:
        raise SyntaxError(str(error) or "nested too deep") from error


class Literals:
    """Evaluates literals, names bound to them at module level, and their sums."""

    def __init__(self, module: ast.Module) -> None:
        """A name counts when it is bound once in the whole file and never touched after."""
        touched = Counter(name for node in ast.walk(module) for name in _touched(node))
        self._bound = {
            name: value
            for node in module.body
            for name, value in _bindings(node)
            if touched[name] == 1
        }
        self._known: dict[str, object] = {}

    def value(self, node: ast.expr) -> object:
        """Strings, numbers, lists, tuples, dicts. Raises: NotLiteral."""
        try:
            return self._value(node)
        except RecursionError as error:
            raise NotLiteral("nested too deep") from error

    def _value(self, node: ast.expr) -> object:
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            return [self._value(item) for item in node.elts]
        if isinstance(node, ast.Dict):
            return self._dict(node)
        if isinstance(node, ast.Name):
            return self._named(node.id)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return _sum(self._value(node.left), self._value(node.right))
        raise NotLiteral(ast.unparse(node)[:80])

    def _dict(self, node: ast.Dict) -> dict[object, object]:
        found: dict[object, object] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
                raise NotLiteral("a dict with keys that are computed")
            found[key.value] = self._value(value)
        return found

    def _named(self, name: str) -> object:
        if name in self._known:
            return self._known[name]
        if name not in self._bound:
            raise NotLiteral(f"{name} is not bound to a literal, once and for all")
        # A name that is bound to itself ends as a recursion.
        self._known[name] = self._value(self._bound[name])
        return self._known[name]


def _sum(left: object, right: object) -> object:
    if isinstance(left, str) and isinstance(right, str):
        if len(left) + len(right) <= _LONGEST:
            return left + right
    elif isinstance(left, list) and isinstance(right, list) and len(left) + len(right) <= _LONGEST:
        return left + right
    raise NotLiteral("a sum of unlike things, or too long")


def _bindings(node: ast.stmt) -> list[tuple[str, ast.expr]]:
    if isinstance(node, ast.Assign):
        targets, value = node.targets, node.value
        return [(target.id, value) for target in targets if isinstance(target, ast.Name)]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
        return [(node.target.id, node.value)]
    return []


def _touched(node: ast.AST) -> list[str]:
    """Names that a node binds or may change: by assignment, a method, or an index."""
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        return [node.id]
    if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.value, ast.Name):
        changes = isinstance(node, ast.Attribute) or not isinstance(node.ctx, ast.Load)
        return [node.value.id] if changes else []
    if isinstance(node, ast.arg):
        return [node.arg]
    if isinstance(node, ast.alias):
        return [(node.asname or node.name).partition(".")[0]]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    return [*node.names] if isinstance(node, ast.Global | ast.Nonlocal) else []
