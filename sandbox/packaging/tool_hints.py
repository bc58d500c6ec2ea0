"""`tox.ini` and `noxfile.py`: what test runs are told to install."""

import ast
import configparser
import re

from sandbox.packaging.declared import Found
from sandbox.packaging.literals import parsed

TOX, NOX = "tox.ini", "noxfile.py"
_COMMENT = re.compile(r"(^|\s)#.*$")
_FACTOR = re.compile(r"^[\w!.,{}-]+:\s")


def read_tox(text: str) -> Found:
    """``deps`` of ``[testenv]``; those bound to a factor, and substitutions, are noted."""
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except configparser.Error as error:
        return Found(source=TOX, notes=(f"{TOX} is not read: {' '.join(str(error).split())}",))
    lines = parser.get("testenv", "deps", fallback="").splitlines()
    plain = [_COMMENT.sub("", line).strip() for line in lines]
    return _sorted(TOX, [line.replace("{toxinidir}/", "") for line in plain if line])


def read_nox(text: str) -> Found:
    """Literal arguments of ``session.install`` in the sessions that are called after tests."""
    try:
        module = parsed(text)
    except SyntaxError as error:
        return Found(source=NOX, notes=(f"{NOX} is not read: {error.msg}",))
    words = [
        word
        for session in module.body
        if isinstance(session, ast.FunctionDef) and "test" in session.name.lower()
        for call in ast.walk(session)
        if _installs(call)
        for word in _words(call)
    ]
    return _sorted(NOX, words)


def _installs(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "install"
    )


def _words(call: ast.AST) -> list[str]:
    """The arguments; ``-r FILE`` becomes one word, and ``-e PATH`` is dropped with its path."""
    words: list[str] = []
    option = ""
    for argument in call.args if isinstance(call, ast.Call) else ():
        literal = isinstance(argument, ast.Constant) and isinstance(argument.value, str)
        word = str(argument.value) if literal else "{" + ast.unparse(argument)[:80] + "}"  # type: ignore[attr-defined]
        if option:
            words += [f"-r{word}"] * (option in ("-r", "--requirement"))
            option = ""
        elif word in ("-r", "--requirement", "-e", "--editable", "-c", "--constraint"):
            option = word
        else:
            words.append(word)
    return words


def _sorted(source: str, lines: list[str]) -> Found:
    tests: list[str] = []
    files: list[str] = []
    notes: list[str] = []
    for line in lines:
        included = re.match(r"(?:-r|--requirement)[\s=]*(\S+)$", line)
        if "{" in line or _FACTOR.match(line):
            notes.append(f"{source}: {line} is not understood, because computed or conditional")
        elif included:
            files.append(included[1])
        elif line.startswith("-"):
            notes.append(f"{source}: {line} is left out: the options are ours")
        elif not line.startswith("."):
            tests.append(line)
    return Found(source=source, tests=tuple(tests), test_files=tuple(files), notes=tuple(notes))
