"""The files that are laid into sandboxes, as text: environments may hold an old Python."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import sandbox.testruns

REPORTERS = sorted(Path(sandbox.testruns.__file__).parent.glob("*_reporter.py"))


def annotations(tree: ast.AST) -> Iterator[ast.expr]:
    """What Python evaluates when a function is defined."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            given = node.args
            every = (*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg)
            yield from (a.annotation for a in every if a is not None and a.annotation)
            yield from [node.returns] if node.returns else []


@pytest.mark.parametrize("path", REPORTERS, ids=lambda path: path.name)
def test_a_reporter_is_written_in_the_python_of_old_environments(path: Path) -> None:
    tree = ast.parse(path.read_text(), feature_version=(3, 6))
    quoted = (ast.Constant, ast.Name, ast.Attribute)
    assert [ast.unparse(a) for a in annotations(tree) if not isinstance(a, quoted)] == []


@pytest.mark.parametrize("path", REPORTERS, ids=lambda path: path.name)
def test_a_reporter_imports_nothing_of_ours_when_it_runs(path: Path) -> None:
    tree = ast.parse(path.read_text())
    at_run_time = [node for node in tree.body if not isinstance(node, ast.If)]
    imported = [name for top in at_run_time for node in ast.walk(top) for name in names(node)]
    assert imported
    assert not [name for name in imported if name.split(".")[0] in ("sandbox", "agents")]


def names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def test_there_are_reporters() -> None:
    assert [path.name for path in REPORTERS] == [
        "django_reporter.py",
        "pytest_reporter.py",
        "unittest_reporter.py",
    ]
