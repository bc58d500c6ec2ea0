"""Faults of commission: what a programmer wrote wrongly or too much of. Source: see `missing`."""

import ast
from collections.abc import Iterator

from benchmarks.factory.code import Change, Code, Function, blocks
from benchmarks.factory.missing import conditions

NEIGHBOURS: dict[type[ast.AST], tuple[str, ...]] = {
    ast.Lt: ("<=", ">"),
    ast.LtE: ("<", ">="),
    ast.Gt: (">=", "<"),
    ast.GtE: (">", "<="),
    ast.Eq: ("!=",),
    ast.NotEq: ("==",),
    ast.Is: ("is not",),
    ast.IsNot: ("is",),
    ast.In: ("not in",),
    ast.NotIn: ("in",),
}
"""What is written for a comparison by mistake: the border taken in or left out, or the opposite."""
ARITHMETIC: dict[type[ast.AST], str] = {
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "//",
    ast.FloorDiv: "*",
    ast.Div: "*",
    ast.Mod: "//",
}


def wrong_value(code: Code, function: Function) -> Iterator[Change]:
    """WVAV: another value is assigned to a variable."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Constant):
            other = _other(node.value.value)
            if other is not None:
                yield code.replaced(node.value, other.encode())


def wrong_condition(code: Code, function: Function) -> Iterator[Change]:
    """WLEC: another comparison, another junction, or the negation of what is meant."""
    for asked in conditions(function):
        for node in ast.walk(asked):
            if isinstance(node, ast.Compare) and len(node.ops) == 1:
                for word in NEIGHBOURS[type(node.ops[0])]:
                    yield _between(code, node.left, node.comparators[0], word)
            if isinstance(node, ast.BoolOp) and len(node.values) == len(("left", "right")):
                word = "or" if isinstance(node.op, ast.And) else "and"
                yield _between(code, node.values[0], node.values[1], word)
            if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
                yield code.replaced(node, code.text(node.operand))


def wrong_arithmetic(code: Code, function: Function) -> Iterator[Change]:
    """WAEP: another arithmetic expression as an argument of a call."""
    for argument in _arguments(function):
        for node in ast.walk(argument):
            if isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
                yield _between(code, node.left, node.right, ARITHMETIC[type(node.op)])


def wrong_variable(code: Code, function: Function) -> Iterator[Change]:
    """WPFV: another variable of the function as an argument of a call."""
    stored = [
        *(a.arg for a in ast.walk(function.args) if isinstance(a, ast.arg)),
        *(n.id for n in ast.walk(function) if isinstance(n, ast.Name) and _is_stored(n)),
    ]
    names = sorted(set(stored) - {"self", "cls"})
    for argument in _arguments(function):
        if isinstance(argument, ast.Name) and argument.id in names:
            for name in names:
                if name != argument.id:
                    yield code.replaced(argument, name.encode())


def extraneous_assignment(code: Code, function: Function) -> Iterator[Change]:
    """EVAV: one more assignment, of a variable to another one, behind that one's own."""
    names = sorted({a.arg for a in ast.walk(function.args) if isinstance(a, ast.arg)} - {"self"})
    for block in blocks(function):
        for node in block[:-1]:
            lines = code.whole_lines(node, node)
            if lines and isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                for name in names:
                    if name != node.targets[0].id:
                        text = f"{' ' * node.col_offset}{node.targets[0].id} = {name}\n"
                        yield Change(lines[1], lines[1], text.encode(), node.lineno)


def _between(code: Code, left: ast.expr, right: ast.expr, word: str) -> Change:
    """Another word between two operands, and the brackets around them kept."""
    start, end = code.end(left), code.start(right)
    old = code.source[start:end]
    closing, opening = len(old) - len(old.lstrip(b") \n\t")), len(old.rstrip(b"( \n\t"))
    text = old[:closing] + word.encode() + old[opening:]
    return Change(start, end, text, left.lineno)


def _arguments(function: Function) -> Iterator[ast.expr]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            yield from (a for a in node.args if not isinstance(a, ast.Starred))
            yield from (keyword.value for keyword in node.keywords)


def _is_stored(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def _other(value: object) -> str | None:
    """A neighbouring value as source; None for what has none."""
    if isinstance(value, bool):
        return repr(not value)
    if isinstance(value, int):
        return repr(value + 1)
    if isinstance(value, str):
        return repr(value[:-1]) if value else "' '"
    return "0" if value is None else None
