"""`setup.py`, as far as its call of `setup` can be read without running it."""

import ast
from collections.abc import Mapping

from sandbox.packaging.declared import Found, is_test_group, strings, table
from sandbox.packaging.literals import Literals, NotLiteral, parsed

PATH = "setup.py"
_ASKED = {"name", "python_requires", "install_requires", "extras_require", "tests_require"}
_MATTERS = _ASKED - {"name"}


def read_setup_py(text: str) -> Found:
    """Literal arguments of the first `setup(…)`; what is computed is noted, never guessed."""
    try:
        module = parsed(text)
    except SyntaxError as error:
        return Found(source=PATH, notes=(f"{PATH} is not read: {error.msg}",))
    call = next((node for node in ast.walk(module) if _is_setup(node)), None)
    if not isinstance(call, ast.Call):
        return Found(source=PATH, notes=(f"{PATH} is not understood: it calls no setup()",))
    notes: list[str] = []
    said = _arguments(call, Literals(module), notes)
    given = table(said.get("extras_require"))
    extras = {name: strings(lines) for name, lines in given.items()}
    tests = [line for name, lines in extras.items() if is_test_group(name) for line in lines]
    install = said.get("install_requires")
    return Found(
        source=PATH,
        name=name if isinstance(name := said.get("name"), str) else None,
        python=python if isinstance(python := said.get("python_requires"), str) else None,
        runtime=None if install is None else _lines(install),
        tests=(*tests, *_lines(said.get("tests_require"))),
        extras=extras,
        notes=tuple(notes),
    )


def _is_setup(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    function = node.func
    return (isinstance(function, ast.Name) and function.id == "setup") or (
        isinstance(function, ast.Attribute) and function.attr == "setup"
    )


def _arguments(call: ast.Call, literals: Literals, notes: list[str]) -> Mapping[str, object]:
    said: dict[str, object] = {}
    for keyword in call.keywords:
        if keyword.arg is not None and keyword.arg not in _ASKED:
            continue
        try:
            value = literals.value(keyword.value)
        except NotLiteral as error:
            if keyword.arg is None or keyword.arg in _MATTERS:
                what = keyword.arg or "**arguments"
                notes.append(f"{PATH}: {what} is not understood, because computed: {error}")
            continue
        said.update({keyword.arg: value} if keyword.arg else table(value))
    return said


def _lines(value: object) -> tuple[str, ...]:
    """A list of requirements, or one text with a requirement on each line."""
    if isinstance(value, str):
        return tuple(line for line in map(str.strip, value.splitlines()) if line)
    return strings(value)
