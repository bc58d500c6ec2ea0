import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.verify.split import split

SOURCE = {"pkg/core.py": b"x = 1\n"}


def test_test_files_go_with_their_author_and_the_rest_stands_alone() -> None:
    made = split({**SOURCE, "tests/test_core.py": b"t", "tests/old.py": None}, ["tests/old.py"])
    assert made.source == SOURCE
    assert made.brought == {"tests/test_core.py": b"t"}
    assert set(made.off) == {"tests/test_core.py", "tests/old.py"}


@pytest.mark.parametrize(
    "path", ["reproduce.py", "repro_issue.py", "debug.py", "a.py.orig", "pkg/__pycache__/a.pyc"]
)
def test_what_was_left_behind_is_scratch(path: str) -> None:
    made = split({**SOURCE, path: b"print(1)\n"}, [])
    assert (set(made.scratch), made.source) == ({path}, SOURCE)


def test_a_file_of_the_base_is_never_scratch() -> None:
    made = split({"debug.py": b"x\n"}, ["debug.py"])
    assert (made.off, set(made.source)) == ((), {"debug.py"})


def test_what_the_source_speaks_of_is_no_scratch() -> None:
    made = split({"pkg/core.py": b"from debug import show\n", "debug.py": b"def show(): ...\n"}, [])
    assert made.off == ()


def test_a_module_below_the_top_is_source_whatever_its_name() -> None:
    assert split({"pkg/debug.py": b"x\n"}, []).off == ()


@pytest.mark.parametrize("path", ["sitecustomize.py", "pkg/evil.pth", "usercustomize/__init__.py"])
def test_what_every_python_imports_is_forbidden(path: str) -> None:
    assert split({**SOURCE, path: b"x"}, []).forbidden == path


PATHS = st.sampled_from(
    ["a.py", "pkg/a.py", "debug.py", "tests/test_a.py", "test_b.py", "a.rej", "conftest.py"]
)


@given(st.dictionaries(PATHS, st.none() | st.binary(max_size=8)), st.sets(PATHS))
def test_every_path_is_in_exactly_one_part(
    changes: dict[str, bytes | None], on_base: set[str]
) -> None:
    made = split(changes, on_base)
    parts = [*made.source, *made.tests, *made.scratch]
    assert sorted(parts) == sorted(changes)
