"""Small scripts out of a test file: for each check of each test, what it needs and nothing else."""

import ast
import builtins
import copy
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.factory.code import Block
from benchmarks.factory.rewriting import Rewriter, asserts

LINES = 25
LETTERS = 1500
PARAMETERS = 12
"""Most sets of parameters that are taken of one test."""
FRAMEWORKS = {"self", "cls", "pytest", "unittest", "mock", "request", "monkeypatch", "TestCase"}
"""Names that a user's script has no business with."""
BUILTINS = set(dir(builtins))


@dataclass(frozen=True, slots=True)
class Snippet:
    """A script that runs by itself, with one check at its end; `test`: the function it is from."""

    test: str
    source: str


def snippets(path: str, source: bytes) -> Iterator[Snippet]:
    """Every snippet of a test file; nothing says yet that it runs."""
    tree = ast.parse(source)
    scope = _definitions(tree.body)
    for owner, node in _tests(tree.body):
        name = "::".join([path, *([owner.name] if owner else []), node.name])
        yield from (Snippet(name, text) for text in _of_test(owner, node, scope))


def _of_test(
    owner: ast.ClassDef | None, node: ast.FunctionDef, scope: dict[str, ast.stmt]
) -> Iterator[str]:
    parameters = _parameters(node, method=owner is not None)
    if parameters is None:
        return
    before = _set_up(owner) if owner else []
    for bound in parameters:
        body = [Rewriter().visit(copy.deepcopy(s)) for s in [*bound, *before, *node.body]]
        for position, statement in enumerate(body):
            if asserts(statement):
                kept = [s for s in body[:position] if not asserts(s)]
                text = _script(_needed(kept, statement, scope), scope)
                if text is not None:
                    yield text


def _needed(before: Block, check: ast.stmt, scope: dict[str, ast.stmt]) -> Block:
    """`check` and those of the statements before it that share a local name, directly or not."""
    shared = set(scope) | BUILTINS
    wanted = names(check) - shared
    kept = [check]
    for statement in reversed(before):
        own = names(statement) - shared
        if own & wanted or _imports(statement):
            wanted |= own
            kept.insert(0, statement)
    return kept


def _script(body: Block, scope: dict[str, ast.stmt]) -> str | None:
    """With the imports and definitions it uses; None if it is long or a test framework's."""
    header = _header(body, scope)
    used = set().union(*(names(node) for node in [*header, *body]))
    if used & FRAMEWORKS or any(_is_local_import(node) for node in header):
        return None
    if any(
        isinstance(n, ast.Return | ast.Yield | ast.Await | ast.Global) for n in _own_nodes(body)
    ):
        return None
    if any(isinstance(node, ast.FunctionDef) and node.name[:5] == "test_" for node in header):
        return None
    tree = ast.fix_missing_locations(ast.Module([*header, *body], []))
    text = ast.unparse(tree)
    return text + "\n" if text.count("\n") < LINES and len(text) <= LETTERS else None


def _header(body: Block, scope: dict[str, ast.stmt]) -> Block:
    wanted = [name for node in body for name in sorted(names(node)) if name in scope]
    found: dict[int, ast.stmt] = {}
    imported: dict[int, set[str]] = {}
    while wanted:
        name = wanted.pop()
        node = scope[name]
        imported.setdefault(node.lineno, set()).add(name)
        if node.lineno not in found:
            found[node.lineno] = node
            wanted += [other for other in sorted(names(node)) if other in scope]
    return [_narrowed(found[line], imported[line]) for line in sorted(found)]


def _narrowed(node: ast.stmt, wanted: set[str]) -> ast.stmt:
    """An import of the wanted names alone."""
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return node
    kept = [alias for alias in node.names if _bound(alias) in wanted]
    if isinstance(node, ast.Import):
        return ast.Import(kept)
    return ast.ImportFrom(node.module, kept, node.level)


def names(node: ast.AST) -> set[str]:
    """Every plain name in a piece of code, read or written."""
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def _definitions(body: Block) -> dict[str, ast.stmt]:
    """Name → the top-level statement that gives it its meaning in a test file."""
    found: dict[str, ast.stmt] = {}
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= {_bound(alias): node for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = node
        elif isinstance(node, ast.Assign):
            found |= {
                n.id: node for t in node.targets for n in ast.walk(t) if isinstance(n, ast.Name)
            }
    return found


def _tests(body: Block) -> Iterator[tuple[ast.ClassDef | None, ast.FunctionDef]]:
    for node in body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
            yield None, node
        if isinstance(node, ast.ClassDef):
            yield from (
                (node, inner)
                for inner in node.body
                if isinstance(inner, ast.FunctionDef) and inner.name.startswith("test")
            )


def _set_up(owner: ast.ClassDef) -> Block:
    wanted = {"setUp", "setup_method"}
    found = (n for n in owner.body if isinstance(n, ast.FunctionDef) and n.name in wanted)
    return next((node.body for node in found), [])


def _parameters(node: ast.FunctionDef, *, method: bool) -> list[Block] | None:
    """Assignments for each set of parameters; None for what only a framework can give."""
    wanted = [a.arg for a in node.args.args[method:]]
    if not wanted:
        return None if node.decorator_list else [[]]
    if len(node.decorator_list) != 1:
        return None
    mark = node.decorator_list[0]
    if not (isinstance(mark, ast.Call) and ast.unparse(mark.func).endswith("mark.parametrize")):
        return None
    return _bound_sets(mark.args, wanted)


def _bound_sets(given: list[ast.expr], wanted: list[str]) -> list[Block] | None:
    if len(given) != len(("names", "values")) or not isinstance(given[1], ast.List | ast.Tuple):
        return None
    named = _names_of(given[0])
    if sorted(named) != sorted(wanted):
        return None
    sets = [[value] if len(named) == 1 else getattr(value, "elts", []) for value in given[1].elts]
    return [
        [
            ast.Assign([ast.Name(n, ast.Store())], v, lineno=0)
            for n, v in zip(named, values, strict=True)
        ]
        for values in sets[:PARAMETERS]
        if len(values) == len(named)
    ]


def _names_of(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Constant):
        return [name.strip() for name in str(node.value).split(",") if name.strip()]
    return [str(e.value) for e in getattr(node, "elts", []) if isinstance(e, ast.Constant)]


def _own_nodes(body: Block) -> Iterator[ast.AST]:
    """Nodes outside of functions that the body defines."""
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            waiting += ast.iter_child_nodes(node)


def _imports(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


def _is_local_import(node: ast.stmt) -> bool:
    """Of the suite's own modules, which a user does not have."""
    if not isinstance(node, ast.ImportFrom):
        return False
    return node.level > 0 or (node.module or "").split(".")[0] in {"tests", "test", "__future__"}


def _bound(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]
