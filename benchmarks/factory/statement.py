"""The issue that a user would write who met the fault: a script, what it does, what it should do."""

import ast
import re
from dataclasses import dataclass

from benchmarks.factory import probes
from benchmarks.factory.snippets import Snippet
from benchmarks.factory.suites import Suite
from sandbox.protocol import StateId

WALL_S = 8.0
LETTERS = 400
"""Most that is shown of one value or message."""
TITLE = 70
ADDRESS = re.compile(r"0x[0-9a-f]{6,}")
SHOW = "\nraise RuntimeError(repr({value})[:{most}])\n"


@dataclass(frozen=True, slots=True)
class Observed:
    """How a snippet fails; `got` and `wanted` are set where its check compares two values."""

    error: str
    message: str
    got: str = ""
    wanted: str = ""


def statement(suite: Suite, state: StateId, snippet: Snippet) -> str | None:
    """The problem statement; None where what is seen could not be shown, or changes."""
    seen = observe(suite, state, snippet)
    text = written(suite.library.release.package, suite.library.release.version, snippet, seen)
    return None if ADDRESS.search(text) or text.count("```") != len("````") else text


def observe(suite: Suite, state: StateId, snippet: Snippet) -> Observed:
    """Run a snippet on a state, and let it show both sides of its last comparison."""
    *before, check = ast.parse(snippet.source).body
    scripts = [snippet.source]
    scripts += [
        ast.unparse(ast.Module(before, [])) + SHOW.format(value=ast.unparse(side), most=LETTERS)
        for side in sides(check)
    ]
    told = probes.run(suite.bench, state, scripts, wall_s=WALL_S)
    error, message = told.errors.get("0", ""), told.failures.get("0", "")
    shown = [told.failures.get(n, "") for n in ("1", "2")]
    if error != "AssertionError" or not all(s.startswith("RuntimeError: ") for s in shown):
        return Observed(error, message[:LETTERS])
    got, wanted = (s.removeprefix("RuntimeError: ") for s in shown)
    return Observed(error, message[:LETTERS], got, wanted)


def written(package: str, version: str, snippet: Snippet, seen: Observed) -> str:
    """The text. Pure."""
    shown = [seen.message.strip()]
    if seen.got:
        shown += [f"got:      {seen.got}", f"expected: {_expected(snippet, seen)}"]
    return (
        f"{_title(snippet, seen)}\n\n"
        f"With {package} {version}, this script should run to its end:\n\n"
        f"```python\n{snippet.source}```\n\n"
        "It does not. What I see:\n\n```text\n" + "\n".join(shown) + "\n```\n"
    )


def _title(snippet: Snippet, seen: Observed) -> str:
    check = ast.parse(snippet.source).body[-1]
    if seen.error != "AssertionError":
        return f"Unexpected `{seen.error}`"
    if "was not raised" in seen.message:
        return f"No error where {seen.message.removeprefix('AssertionError: ').split()[0]} is due"
    asked = [ast.unparse(side) for side in sides(check)[:1]]
    if asked and len(asked[0]) <= TITLE and "\n" not in asked[0]:
        return f"Wrong result of `{asked[0]}`"
    return "Wrong result"


def _expected(snippet: Snippet, seen: Observed) -> str:
    check = ast.parse(snippet.source).body[-1]
    test = check.test if isinstance(check, ast.Assert) else None
    negated = isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.NotEq | ast.IsNot)
    return f"{'not ' * negated}{seen.wanted}"


def sides(check: ast.stmt) -> list[ast.expr]:
    """What a check compares, the asked before the expected; nothing where it compares no values.

    Where only the right side is more than a constant, it is the one that is asked.
    """
    kinds = (ast.Eq, ast.NotEq, ast.Is, ast.IsNot)
    test = check.test if isinstance(check, ast.Assert) else None
    if not (
        isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], kinds)
    ):
        return []
    both = [test.left, test.comparators[0]]
    return sorted(both, key=lambda side: not _names_something(side))


def _names_something(side: ast.expr) -> bool:
    return any(isinstance(node, ast.Call | ast.Subscript | ast.Name) for node in ast.walk(side))
