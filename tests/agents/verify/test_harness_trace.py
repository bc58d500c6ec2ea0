import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.verify.bench import HARNESS
from agents.verify.harness import Unwatched, report, serialise
from agents.verify.harness_trace import TEXT, Describer, trace_of
from tests.agents.verify.failing import failed_of


class Loud:
    """Everything a value can do when somebody looks at it; none of it may happen."""

    looked: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.kept = 1

    def _look(self, *_: object) -> Any:
        type(self).looked = (*type(self).looked, "looked")
        raise SystemExit("looked")

    __repr__ = __str__ = __hash__ = __eq__ = __len__ = __iter__ = __bool__ = _look  # type: ignore[assignment]
    __getattribute__ = __format__ = _look  # type: ignore[assignment]
    told = property(_look)


class LoudKind(type):
    def __hash__(cls) -> int:
        raise SystemExit("looked")

    def __eq__(cls, other: object) -> bool:
        raise SystemExit("looked")

    @property
    def __mro__(cls) -> tuple[type, ...]:
        raise SystemExit("looked")


class OfLoudKind(metaclass=LoudKind):
    pass


def of_loud_kind() -> object:
    return OfLoudKind()


class LoudList(list[int]):
    def __iter__(self) -> Iterator[int]:
        raise SystemExit("looked")

    __len__ = __repr__ = __iter__  # type: ignore[assignment]


class Slotted:
    __slots__ = ("left", "right")

    def __init__(self) -> None:
        self.left = 1


class LoudText(str):
    __slots__ = ()

    def __getitem__(self, _: object) -> str:
        raise SystemExit("looked")


def recursive() -> list[Any]:
    made: list[Any] = []
    made.append(made)
    return made


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (Loud, "Loud(kept=1)"),
        (of_loud_kind, "<OfLoudKind>"),
        (lambda: LoudList([1, 2]), "LoudList([1, 2])"),
        (lambda: LoudText("so"), "LoudText('so')"),
        (recursive, "[[[[... 1 more]]]]"),
        (Slotted, "Slotted(left=1)"),
        (object, "<object>"),
        (lambda: 10**1_000_000, "<3321929 bits>"),
        (lambda: True, "True"),
        (lambda: Decimal("1.50"), "Decimal('1.50')"),
        (lambda: ValueError("no", 1), "ValueError('no', 1)"),
        (lambda: {"b", "a"}, "{'a', 'b'}"),
        (lambda: {"a": [1, None], 2: (3.5,)}, "{'a': [1, None], 2: (3.5)}"),
        (lambda: list(range(9)), "[0, 1, 2, 3, 4, 5, ... 3 more]"),
        (lambda: "x" * 1000, "'" + "x" * 60 + "'... (1000 long)"),
        (lambda: len, "<builtin_function_or_method>"),
    ],
)
def test_a_value_is_told_by_what_it_stores_and_is_never_asked(
    make: Callable[[], object], text: str
) -> None:
    assert Describer().text(make()) == text
    assert Loud.looked == ()


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text(), inner) | st.builds(lambda x: (x, x), inner)
    ),
)


@given(VALUES)
def test_any_value_fits_and_reads_the_same_twice(value: object) -> None:
    told = Describer().text(value)
    assert 0 < len(told) <= TEXT
    assert told == Describer().text(value)


def test_long_values_are_cut_and_not_only_short_ones_told() -> None:
    assert len(Describer().text([["x" * 50] * 6] * 6)) == TEXT


SOURCE = """\
def outer(values):
    import json
    total = 3
    return inner(values, total)

def inner(values, total):
    if total > 5:
        return None
    class Local: pass
    return values[total]
"""


def trace(source: str, call: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    error = failed_of(source, call)
    return trace_of(error, {"core.py": {4, 7, 9, 10}}, None)


def test_the_frames_of_the_workspace_come_with_their_variables_and_their_code_without() -> None:
    told = trace(SOURCE, lambda scope: scope["outer"]([1, 2]))
    assert [(f["path"], f["line"], f["function"]) for f in told["frames"]] == [
        ("core.py", 4, "outer"),
        ("core.py", 10, "inner"),
    ]
    assert told["frames"][0]["locals"] == [["values", "[1, 2]"], ["total", "3"]]
    ran = told["ran"]
    assert (ran["function"], ran["lines"], ran["not"]) == ("inner", [7, 9, 10], [8])


def test_endless_recursion_leaves_a_few_frames() -> None:
    told = trace("def f(n):\n    return f(n + 1)\n", lambda scope: scope["f"](0))
    assert len(told["frames"]) == 5
    assert [bool(frame["locals"]) for frame in told["frames"]] == [False, False, True, True, True]


def test_a_class_body_with_a_mapping_of_its_own_is_not_asked() -> None:
    source = """
class Names(dict):
    def items(self): raise SystemExit
    keys = __iter__ = items
class Meta(type):
    @classmethod
    def __prepare__(cls, name, bases): return Names()
def f():
    class A(metaclass=Meta):
        x = 1 / 0
"""
    told = trace(source, lambda scope: scope["f"]())
    assert [frame["locals"] for frame in told["frames"]] == [[], []]


def test_an_exception_that_cannot_be_written_is_a_failure_by_name() -> None:
    source = "class E(Exception):\n    def __str__(self): raise SystemExit\nraise E"
    entry = report("issue::1", source, None, Unwatched())
    assert (entry["status"], entry["message"]) == ("failed", "E")
    assert json.loads(serialise(entry)) == entry


@pytest.mark.parametrize("compiled", [HARNESS["harness_trace.bin"], b"of another Python"])
def test_several_processes_tell_the_same_compiled_or_not(tmp_path: Path, compiled: bytes) -> None:
    for name, content in (HARNESS | {"harness_trace.bin": compiled}).items():
        (tmp_path / name).write_bytes(content)
    source = 'a = [object(), {"x", "y", "z"}, lambda: 0]\nassert a is None'
    (tmp_path / "tests.txt").write_text(repr([("issue::1", source, None)]))
    command = [sys.executable, "harness.py", "tests.txt", "report.jsonl"]
    texts = set()
    for seed in "123":
        environment = {"PYTHONHASHSEED": seed}
        subprocess.run(command, cwd=tmp_path, env=environment, check=True)
        texts.add((tmp_path / "report.jsonl").read_text())
    assert len(texts) == 1
    (frame,) = json.loads(texts.pop())["trace"]["frames"]
    assert frame["locals"] == [["a", "[<object>, {'x', 'y', 'z'}, <function>]"]]
