"""Tests that run in a fork: pytest rewrites what it would rewrite in a cold process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.zygote_cases import PYTHON, alike, lay
from tests.sandbox.zygote_driver import Zygote, environment


@pytest.fixture(scope="module")
def with_pytest() -> Iterator[Zygote]:
    """A server of this environment, with pytest and its plugins."""
    server = Zygote(str(PYTHON), environment(str(PYTHON)))
    answer = server.preload("pytest", "jinja2")
    assert answer["unsafe"] is None
    yield server
    server.close()


def test_pytest_reports_alike_with_warnings_as_errors(with_pytest: Zygote, tmp_path: Path) -> None:
    lay(
        tmp_path,
        conftest="import pytest\npytest.register_assert_rewrite('helper')",
        helper="def check(x):\n    assert x == [1, 3], 'helped'",
        test_a="import jinja2, helper\n"
        "def test_pass(mocker=None): assert jinja2.Template('{{ 1 }}').render() == '1'\n"
        "def test_fail():\n    x = [1, 2]\n    assert x == [1, 3]\n"
        "def test_helper(): helper.check([1])\n",
    )
    for argv in (("python", "-m", "pytest"), ("pytest",)):
        done = alike(with_pytest, tmp_path, *argv, "-p", "no:cacheprovider", "-W", "error", "-v")
        assert (done.code, "1 passed" in done.out) == (1, True)


def test_a_run_that_rewrites_other_modules_rewrites_them_in_a_fork(
    with_pytest: Zygote, tmp_path: Path
) -> None:
    lay(tmp_path, check_a="import jinja2\ndef test_a(): print(type(jinja2.__loader__)); assert 0")
    (tmp_path / "pytest.ini").write_text("[pytest]\npython_files = *.py")
    done = alike(with_pytest, tmp_path, "pytest", "-p", "no:cacheprovider", "-q")
    assert "AssertionRewritingHook" in done.out


def test_a_run_that_rewrites_nothing_gets_plugins_as_they_are(
    with_pytest: Zygote, tmp_path: Path
) -> None:
    body = "import pytest_timeout\ndef test_a(): print(type(pytest_timeout.__loader__)); assert 0"
    lay(tmp_path, test_a=body)
    for how in ("rewrite", "plain"):
        argv = ("pytest", "-p", "no:cacheprovider", "-q", f"--assert={how}")
        done = alike(with_pytest, tmp_path, *argv)
        assert ("RewritingHook" in done.out) == (how == "rewrite")


def test_a_run_may_import_pytest_anew(with_pytest: Zygote, tmp_path: Path) -> None:
    body = "import os, sys, pytest\nos.environ['PYTEST_DISABLE_PLUGIN_AUTOLOAD'] = '1'\n"
    body += "for name in [n for n in sys.modules if 'pytest' in n]: del sys.modules[name]\n"
    body += "import pytest\npytest.main(['-p', 'no:cacheprovider', '-q'])"
    lay(tmp_path, s=body, test_a="import jinja2\ndef test_a(): assert [1] == [2]")
    done = alike(with_pytest, tmp_path, "python", "s.py")
    assert "assert [1] == [2]" in done.out
