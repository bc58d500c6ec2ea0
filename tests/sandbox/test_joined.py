"""The programs that are sent into sandboxes: parts that are joined into one namespace."""

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import sandbox
from sandbox import wire

PACKAGES = {"runner": wire.runner_source, "zygote": wire.zygote_source}


def bound(body: list[ast.stmt]) -> Iterator[str]:
    """Names that statements bind, other than by importing them."""
    for statement in body:
        match statement:
            case ast.FunctionDef() | ast.ClassDef():
                yield statement.name
            case ast.Assign() | ast.AnnAssign():
                yield from (
                    node.id
                    for node in ast.walk(statement)
                    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
                )
            case ast.If():
                yield from bound(statement.body)


def test_an_import_of_a_part_is_left_out_however_it_is_written() -> None:
    one = "from sandbox.zygote.a import b  # why\nfrom sandbox.zygote.a import (\n    c,\n    d,  # e\n)\n"
    two = "if False:\n    from sandbox.runner.a import (\n        b,\n    )\nfrom os import (\n    path,\n)\n"
    program = ast.parse(wire.joined([one, two]))
    kept = ["from __future__ import annotations", "if False:\n    pass", "from os import path"]
    assert [ast.unparse(statement) for statement in program.body] == kept


@pytest.mark.parametrize("source", PACKAGES.values(), ids=PACKAGES)
def test_no_part_takes_a_name_of_another(source: Callable[[], str]) -> None:
    names = Counter(bound(ast.parse(source()).body))
    assert [name for name, times in names.items() if times > 1] == ["TYPE_CHECKING"]


@pytest.mark.parametrize("source", PACKAGES.values(), ids=PACKAGES)
def test_a_joined_program_imports_nothing_of_ours(source: Callable[[], str]) -> None:
    imports = [node for node in ast.walk(ast.parse(source())) if isinstance(node, ast.ImportFrom)]
    assert imports
    assert not [node.module for node in imports if (node.module or "").startswith("sandbox")]


@pytest.mark.parametrize("package", PACKAGES)
def test_every_part_is_in_the_program(package: str) -> None:
    folder = Path(sandbox.__file__).with_name(package)
    parts = {path.stem: ast.get_docstring(ast.parse(path.read_text())) for path in folder.iterdir()
             if path.suffix == ".py" and path.stem != "__init__"}  # fmt: skip
    joined = PACKAGES[package]()
    assert [name for name, text in parts.items() if not text or text not in joined] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_importing_a_part_changes_nothing(package: str) -> None:
    names = [path.stem for path in Path(sandbox.__file__).with_name(package).glob("*.py")]
    code = "import sys, builtins\nbefore = sys.path[:], sys.meta_path[:], builtins.__import__\n"
    code += f"import {', '.join(f'sandbox.{package}.{name}' for name in names)}\n"
    code += "assert before == (sys.path, sys.meta_path, builtins.__import__)"
    root = Path(sandbox.__file__).parents[1]
    subprocess.run([sys.executable, "-c", code], check=True, cwd=root)
