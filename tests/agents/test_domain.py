"""Which files no patch may touch."""

import pytest

from agents.domain import is_test_path


@pytest.mark.parametrize(
    "path",
    [
        "tests/data.txt",
        "pkg/tests/helpers.py",
        "test/x.py",
        "pkg/conftest.py",
        "pkg/test_core.py",
        "sitecustomize.py",
        "src/usercustomize.py",
        "sitecustomize/__init__.py",
        "src/sitecustomize.cpython-311-x86_64-linux-gnu.so",
        "venv/lib/any.pth",
        "any.pth",
    ],
)
def test_what_tests_are_or_load_is_theirs(path: str) -> None:
    assert is_test_path(path)


@pytest.mark.parametrize(
    "path", ["pkg/core.py", "django/test/client.py", "pkg/site.py", "pkg/mysitecustomize.py", "pth"]
)
def test_source_is_not(path: str) -> None:
    assert not is_test_path(path)
