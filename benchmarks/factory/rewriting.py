"""Test code as a user would write it: asserts in place of what only a test framework knows."""

import ast
from collections.abc import Callable, Sequence
from typing import TypeGuard

Form = Callable[[Sequence[ast.expr]], ast.stmt]


def _comparison(operator: type[ast.cmpop]) -> Form:
    return lambda given: ast.Assert(ast.Compare(given[0], [operator()], [given[1]]), None)


def _against_none(operator: type[ast.cmpop]) -> Form:
    return lambda given: ast.Assert(ast.Compare(given[0], [operator()], [ast.Constant(None)]), None)


def _is_instance(given: Sequence[ast.expr]) -> ast.stmt:
    return ast.Assert(ast.Call(ast.Name("isinstance", ast.Load()), list(given[:2]), []), None)


def _called_raises(given: Sequence[ast.expr]) -> ast.stmt:
    return raises(given[0], [ast.Expr(ast.Call(given[1], list(given[2:]), []))])


EQUALITIES = ("", "List", "Dict", "Tuple", "Set", "Sequence", "MultiLine")
FORMS: dict[str, tuple[int, Form]] = {
    **{f"assert{kind}Equal": (2, _comparison(ast.Eq)) for kind in EQUALITIES},
    "assertEquals": (2, _comparison(ast.Eq)),
    "assertNotEqual": (2, _comparison(ast.NotEq)),
    "assertIs": (2, _comparison(ast.Is)),
    "assertIsNot": (2, _comparison(ast.IsNot)),
    "assertIn": (2, _comparison(ast.In)),
    "assertNotIn": (2, _comparison(ast.NotIn)),
    "assertLess": (2, _comparison(ast.Lt)),
    "assertLessEqual": (2, _comparison(ast.LtE)),
    "assertGreater": (2, _comparison(ast.Gt)),
    "assertGreaterEqual": (2, _comparison(ast.GtE)),
    "assertIsInstance": (2, _is_instance),
    "assertRaises": (2, _called_raises),
    "assertIsNone": (1, _against_none(ast.Is)),
    "assertIsNotNone": (1, _against_none(ast.IsNot)),
    "assertTrue": (1, lambda given: ast.Assert(given[0], None)),
    "assertFalse": (1, lambda given: ast.Assert(ast.UnaryOp(ast.Not(), given[0]), None)),
}
"""unittest's assertion → the arguments that it takes at least, and the statement that it is."""


class Rewriter(ast.NodeTransformer):
    """unittest's and pytest's own words become plain statements; ``self.x`` becomes ``x``."""

    def visit_Expr(self, node: ast.Expr) -> ast.stmt:
        call = node.value
        made: ast.stmt = node
        if isinstance(call, ast.Call) and _is_of(call.func, "self"):
            least, form = FORMS.get(call.func.attr, (len(call.args) + 1, None))
            if form is not None and len(call.args) >= least:
                made = ast.copy_location(form(call.args), node)
        return self.generic_visit(made)  # type: ignore[return-value]

    def visit_With(self, node: ast.With) -> ast.stmt:
        self.generic_visit(node)
        if len(node.items) != 1 or node.items[0].optional_vars:
            return node
        call = node.items[0].context_expr
        if not (isinstance(call, ast.Call) and len(call.args) == 1 and not call.keywords):
            return node
        if ast.unparse(call.func) in {
            "self.assertRaises",
            "assertRaises",
            "pytest.raises",
            "raises",
        }:
            return raises(call.args[0], node.body)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if _is_of(node, "self"):
            return ast.Name(node.attr, node.ctx)
        return self.generic_visit(node)  # type: ignore[return-value]


def raises(error: ast.expr, body: list[ast.stmt]) -> ast.Try:
    """`body` must raise `error`."""
    said = ast.Constant(f"{ast.unparse(error)} was not raised")
    failure = ast.Call(ast.Name("AssertionError", ast.Load()), [said], [])
    handler = ast.ExceptHandler(error, None, [ast.Pass()])
    return ast.Try(body, [handler], [ast.Raise(failure)], [])


def asserts(node: ast.AST) -> bool:
    """Whether a statement checks something."""
    return any(
        isinstance(n, ast.Assert)
        or (isinstance(n, ast.Raise) and n.exc and "was not raised" in ast.unparse(n.exc))
        for n in ast.walk(node)
    )


def _is_of(node: ast.expr, owner: str) -> TypeGuard[ast.Attribute]:
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == owner
    )
