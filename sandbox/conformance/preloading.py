"""A run that may come out of a fork server is a run like any other.

A provider without one ignores the hint, and passes as well.
"""

from sandbox.conformance.subject import Subject, executed, expect, only_our_processes
from sandbox.protocol import WORKSPACE, RunResult, StateId

PRELOAD = ("pytest", "_pytest.pytester", "json", "unittest.mock")
TESTS = (
    b"import os, sys, pkg.value\n"
    b"def test_passes(): assert pkg.value.VALUE\n"
    b"def test_fails(): assert pkg.value.VALUE == 2\n"
    b"def test_who(): print(os.getuid(), os.getcwd(), sys.flags.no_user_site, len(os.environ))\n"
)


def _tested(subject: Subject, state: StateId, *, preload: bool) -> RunResult:
    return subject.run(
        *("python", "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", "test_it.py"),
        state=state,
        preload=PRELOAD if preload else (),
        env={"PYTHONPATH": WORKSPACE},
    )


def _said(result: RunResult) -> tuple[object, ...]:
    lines = [line for line in result.stdout.text.splitlines() if " in " not in line]
    return result.outcome, result.exit_code, result.signal, lines, result.stderr.text


@executed
def a_forked_run_says_what_a_cold_one_says(subject: Subject) -> None:
    state = subject.sandbox.states.fork(subject.base, {"test_it.py": TESTS})
    cold = _tested(subject, state, preload=False)
    for _ in range(2):
        forked = _tested(subject, state, preload=True)
        expect(_said(forked) == _said(cold), (forked, cold))
    expect(cold.exit_code == 1 and not cold.forked, cold)


@executed
def a_forked_run_sees_every_change_of_the_repository(subject: Subject) -> None:
    states = subject.sandbox.states
    for value in (b"2", b"1", b"2"):
        changes = {"test_it.py": TESTS, "pkg/value.py": b"VALUE = %s\n" % value}
        result = _tested(subject, states.fork(subject.base, changes), preload=True)
        expect(result.outcome == ("ok" if value == b"2" else "failed"), result)


@executed
def a_module_of_the_repository_goes_before_a_preloaded_one(subject: Subject) -> None:
    shadow = {
        "test_it.py": b"import json\ndef test_it(): assert json.OURS\n",
        "json.py": b"OURS = 1",
    }
    state = subject.sandbox.states.fork(subject.base, shadow)
    result = subject.run(
        *("python", "-c", "import json; print(json.OURS)"), state=state, preload=PRELOAD
    )
    expect(result.stdout.text == "1\n" and not result.forked, result)


@executed
def a_forked_run_is_ended_like_any_other(subject: Subject) -> None:
    code = "import os, time\nif os.fork() == 0: os.setsid()\ntime.sleep(1000)"
    late = subject.run("python", "-c", code, preload=PRELOAD, wall_s=2.0)
    expect(late.outcome == "timeout", late)
    only_our_processes(subject)


@executed
def a_forked_run_has_no_privilege_and_cannot_reach_its_server(subject: Subject) -> None:
    code = (
        "import ctypes, os, signal\n"
        "status = dict(l.split(':', 1) for l in open('/proc/self/status') if ':' in l)\n"
        "assert all(int(status[k], 16) == 0 for k in ('CapEff', 'CapPrm', 'CapInh', 'CapAmb'))\n"
        "assert len(set(status['Uid'].split())) == 1 and not status['Groups'].strip()\n"
        "libc = ctypes.CDLL(None)\n"
        "for pid in [int(p) for p in os.listdir('/proc') if p.isdigit() and int(p) != os.getpid()]:\n"
        "    assert libc.ptrace(16, pid, 0, 0) == -1, pid\n"
        "    try: os.kill(pid, signal.SIGKILL)\n"
        "    except PermissionError: pass\n"
        "    else: assert pid == 1, pid\n"
        "print(sorted(os.listdir('/proc/self/fd'))[:3])\n"
    )
    first = subject.run("python", "-c", code, preload=PRELOAD)
    expect(first.outcome == "ok" and first.stdout.text == "['0', '1', '2']\n", first)
    again = subject.run("python", "-c", "print('next')", preload=PRELOAD)
    expect(again.stdout.text == "next\n" and again.forked == first.forked, again)
