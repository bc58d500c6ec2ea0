"""Code that wants to look as if it passed.

A sandbox does not judge tests. It promises facts: what ran was the code of the state, nothing that
an earlier run left behind was imported, and a report is there only if this command wrote it.
"""

import sys

from sandbox.conformance.hostile.case import hostile
from sandbox.conformance.hostile.target import Target
from sandbox.conformance.subject import expect
from sandbox.protocol import OUTPUTS, RunResult, StateId

_REPORT = "report.xml"
_TAG = sys.implementation.cache_tag
_HONEST = b"from pkg.value import VALUE\n\ndef test_value():\n    assert VALUE == 1\n"
_SHOW = "import pkg.value; print(pkg.value.VALUE)"


def _tests(target: Target, changes: dict[str, bytes | None]) -> RunResult:
    """Pytest with a report on the base with some changes."""
    state = target.sandbox.states.fork(target.base, {"test_it.py": _HONEST, **changes})
    argv = ("python", "-m", "pytest", "-q", "-p", "no:cacheprovider")
    report = f"--junitxml={OUTPUTS}/{_REPORT}"
    return target.run(*argv, report, state=state, artefacts=(_REPORT,), wall_s=20.0)


@hostile(18)
def a_test_that_exits_early_leaves_no_report(target: Target) -> None:
    honest = _tests(target, {})
    expect(honest.outcome == "ok" and b'tests="1"' in honest.artefacts[_REPORT], honest)
    early = _tests(target, {"test_a.py": b"import os\ndef test_a(): os._exit(0)\n"})
    expect((early.outcome, early.exit_code) == ("ok", 0), early)
    expect(early.artefacts == {}, "the report of another run was taken for this one's")


@hostile(18)
def a_module_that_skips_itself_reports_no_test(target: Target) -> None:
    skip = b"import pytest\npytest.skip('no', allow_module_level=True)\n" + _HONEST
    result = _tests(target, {"test_it.py": skip})
    report = result.artefacts[_REPORT]
    expect(b'name="test_value"' not in report and b'skipped="1"' in report, result)


@hostile(18)
def a_report_written_ahead_is_what_the_command_wrote(target: Target) -> None:
    # Whoever runs code of a state must expect a report by that code; the sandbox adds no trust.
    forged = b"import atexit, os\ndef write(): open('/outputs/report.xml', 'w').write('forged')\n"
    hook = b"atexit.register(write)\n"
    result = _tests(target, {"conftest.py": forged + hook})
    expect(result.artefacts[_REPORT] == b"forged", result)
    expect(b"forged" not in _tests(target, {}).artefacts[_REPORT], "it came back in the next run")


@hostile(18)
def settings_of_the_workspace_do_not_reach_the_interpreter(target: Target) -> None:
    planted = b"print('planted')\n"
    names = ("sitecustomize.py", "usercustomize.py", "evil.pth", "python312._pth", ".pythonrc.py")
    ini = {"pyvenv.cfg": b"home = /workspace\n", "pytest.ini": b"[pytest]\naddopts = -p evil\n"}
    changes: dict[str, bytes | None] = {**dict.fromkeys(names, planted), **ini}
    state = target.sandbox.states.fork(target.base, changes)
    for argv in (
        ("python", "pkg/value.py"),
        ("python", "-c", "pass"),
        ("python", "-m", "pkg.value"),
    ):
        result = target.run(*argv, state=state)
        expect((result.outcome, result.stdout.text) == ("ok", ""), result)


@hostile(18)
def what_was_planted_at_home_is_not_imported_by_the_next_run(target: Target) -> None:
    code = """
import os, site, sys
folder = site.getusersitepackages()
home = os.environ['HOME']
os.makedirs(folder)
os.makedirs(home + '/.config/git', exist_ok=True)
planted = "print('planted')\\n"
for name in ('usercustomize.py', 'sitecustomize.py'): open(f'{folder}/{name}', 'w').write(planted)
open(f'{folder}/evil.pth', 'w').write('import os; ' + planted)
for name in ('.pythonrc', '.pytest.ini', '.profile', '.bashrc', '.pdbrc', '.coveragerc'):
    open(f'{home}/{name}', 'w').write(planted)
open('/tmp/conftest.py', 'w').write(planted)
open('/tmp/pytest.ini', 'w').write('[pytest]\\naddopts = -p evil\\n')
"""
    expect(target.python(code).outcome == "ok", "the plants did not take")
    result = target.python(_SHOW)
    expect((result.outcome, result.stdout.text) == ("ok", "1\n"), result)
    expect(b"planted" not in _tests(target, {}).stdout.head, "planted in the next test run")


@hostile(18)
def what_shadows_a_module_is_gone_in_the_next_run(target: Target) -> None:
    code = """
import importlib.machinery as m, os
os.mkdir('pkg/value')
for path in ('pkg/value/__init__.py', 'json.py', 'os.py', 'pytest.py', 'pkg.py', '_pytest.py'):
    open(path, 'w').write('VALUE = 666\\nraise SystemExit(9)\\n')
for suffix in m.EXTENSION_SUFFIXES: open('pkg/value' + suffix, 'w').write('x')
"""
    expect(target.python(code).outcome == "ok", "the plants did not take")
    result = target.python("import json, os, pytest\n" + _SHOW)
    expect((result.outcome, result.stdout.text) == ("ok", "1\n"), result)


@hostile(18)
def bytecode_planted_by_a_run_is_not_run_by_the_next(target: Target) -> None:
    code = f"""
import os, py_compile, stat
open('/tmp/evil.py', 'w').write('VALUE = 666\\n')
mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
folder = 'pkg/__pycache__'
os.makedirs(folder, exist_ok=True)
os.chmod(folder, 0o755)
for name in ('value.{_TAG}.pyc', 'value.{_TAG}.opt-1.pyc', '__init__.{_TAG}.pyc'):
    target = f'{{folder}}/{{name}}'
    py_compile.compile('/tmp/evil.py', target, doraise=True, invalidation_mode=mode)
py_compile.compile('/tmp/evil.py', 'pkg/value.pyc', doraise=True, invalidation_mode=mode)
os.unlink('pkg/value.py')
import pkg.value
print(pkg.value.VALUE)
"""
    expect(target.python(code).stdout.text == "666\n", "the plant did not take")
    for flags in ((), ("-O",)):
        result = target.run("python", *flags, "-c", _SHOW)
        expect((result.outcome, result.stdout.text) == ("ok", "1\n"), result)


@hostile(18)
def bytecode_that_a_run_wrote_does_not_outlive_an_edit(target: Target) -> None:
    states = target.sandbox.states
    shown = []
    for digit in b"3434":
        changes: dict[str, bytes | None] = {"pkg/value.py": b"VALUE = %c\n" % digit}
        state: StateId = states.fork(target.base, changes)
        shown.append(target.python(_SHOW, state=state, env={"PYTHONDONTWRITEBYTECODE": ""}))
    expect([seen.stdout.text for seen in shown] == ["3\n", "4\n", "3\n", "4\n"], shown)


@hostile(18)
def a_deleted_test_is_absent_and_not_passed(target: Target) -> None:
    both: dict[str, bytes | None] = {"test_more.py": b"def test_more(): pass\n"}
    expect(b'tests="2"' in _tests(target, both).artefacts[_REPORT], "both tests")
    fewer = _tests(target, {})
    expect(b"test_more" not in fewer.artefacts[_REPORT], fewer)
