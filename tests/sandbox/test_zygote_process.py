"""A fork is what a cold interpreter is, from its start to its end."""

import os
import py_compile
import resource
import sys
import zipapp
from pathlib import Path

import pytest

from tests.sandbox.zygote_cases import alike, lay
from tests.sandbox.zygote_driver import Declined, Zygote, environment

EVERYTHING = """
import sys, os, resource, signal, builtins
state = {
    "argv": sys.argv, "path": sys.path, "modules": sorted(sys.modules), "flags": sys.flags,
    "executable": sys.executable, "base": sys._base_executable, "original": sys.orig_argv,
    "main": sorted(globals().items(), key=str), "is main": sys.modules["__main__"].__dict__ is globals(),
    "environment": dict(os.environ), "cwd": os.getcwd(), "umask": os.umask(0),
    "group": os.getpgid(0) == os.getpid(), "hook": sys.excepthook, "tracing": sys.gettrace(),
    "signals": [signal.getsignal(n) for n in range(1, 32)], "mask": signal.pthread_sigmask(0, []),
    "streams": [
        (s.name, s.mode, s.encoding, s.errors, s.line_buffering, s.write_through, s.isatty(),
         type(s.buffer), s.newlines, s is getattr(sys, f"__{s.name[1:-1]}__"))
        for s in (sys.stdin, sys.stdout, sys.stderr)
    ],
    "descriptors": os.listdir("/proc/self/fd"), "import": builtins.__import__,
    "dumpable": os.access("/proc/self/environ", os.R_OK),
}
for name in state:
    print(name, state[name])
import collections, warnings
print(hasattr(collections, "abc"), warnings.filters)
"""


@pytest.mark.parametrize(
    "argv", [("python", "s.py", "a", "-b"), ("python", "./s.py"), ("python", "-m", "s", "-x")]
)
def test_a_fork_starts_in_the_state_of_a_cold_process(
    zygote: Zygote, tmp_path: Path, argv: tuple[str, ...]
) -> None:
    lay(tmp_path, s=EVERYTHING)
    done = alike(zygote, tmp_path, *argv, OTHER="1", PYTHONPATH=f"lib:{tmp_path}/src::lib")
    assert f"'{tmp_path}/lib', '{tmp_path}/src'" in done.out


def test_code_on_the_command_line_starts_as_in_a_cold_process(
    zygote: Zygote, tmp_path: Path
) -> None:
    if sys.version_info >= (3, 13):
        with pytest.raises(Declined, match="source of -c"):
            zygote.run(("python", "-c", "pass"), tmp_path)
        return
    alike(zygote, tmp_path, "python", "-c", EVERYTHING, "a")
    alike(zygote, tmp_path, "python", "-c", "1/0")


def test_the_interpreter_may_go_by_its_other_names(zygote: Zygote, tmp_path: Path) -> None:
    lay(tmp_path, s=EVERYTHING)
    alike(zygote, tmp_path, "python3", "s.py")
    alike(zygote, tmp_path, f"{Path(zygote.env['PATH'].split(':')[0])}/python", "s.py")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("raise SystemExit", 0),
        ("raise SystemExit(300)", 44),
        ("raise SystemExit('why')", 1),
        ("def f(n):\n    1 / n\nf(0)", 1),
        ("try:\n    1 / 0\nexcept ZeroDivisionError:\n    [][1]", 1),
        ("raise KeyboardInterrupt", -2),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGTERM)", -15),
        ("import os\nos._exit(7)", 7),
        ("import os\nos.abort()", -6),
        ("def f(:", 1),
        ("def f(x: 1 / 0): pass", 1),
        ("x = '\0'", 1),
        ("import sys\nsys.excepthook = lambda *_: [][1]\n1 / 0", 1),
        ("import atexit\natexit.register(print, 'last')\nprint('first')", 0),
        ("import atexit\natexit.register(lambda: 1 / 0)", 0),
        ("import threading\nthreading.Timer(0.05, lambda: print('late')).start()", 0),
        ("import threading\nthreading.Thread(target=lambda: 1 / 0).start()", 0),
        ("import sys\nprint(repr(sys.stdin.read()), end='')\nsys.stderr.write('no newline')", 0),
        ("import sys\nsys.stdout.close()", 0),
        ("import nowhere", 1),
        ("import warnings\nwarnings.warn('seen')\nwarnings.warn('not', DeprecationWarning)", 0),
        ("class A:\n    def __del__(self, say=print): say('gone')\na = A()\nb = [a]\nb.append(b)", 0),
        ("import multiprocessing as m\np = m.get_context('fork').Process(target=print)\np.start()", 0),
        ("import subprocess, sys\nprint(subprocess.run([sys.executable, '-c', 'print(5)']))", 0),
        ("import pickle\nclass A: pass\nprint(type(pickle.loads(pickle.dumps(A()))))", 0),
    ],
)  # fmt: skip
def test_a_fork_ends_as_a_cold_process_does(
    zygote: Zygote, tmp_path: Path, body: str, code: int
) -> None:
    lay(tmp_path, s=body)
    assert alike(zygote, tmp_path, "python", "s.py").code == code
    assert alike(zygote, tmp_path, "python", "-m", "s").code == code


def test_what_is_no_source_is_run_as_in_a_cold_process(zygote: Zygote, tmp_path: Path) -> None:
    lay(
        tmp_path,
        s="import sys\nprint(sys.argv, __file__)",
        folder__slash____main__="print(__file__)",
    )
    py_compile.compile(str(tmp_path / "s.py"), str(tmp_path / "s.pyc"))
    zipapp.create_archive(
        tmp_path / "folder", tmp_path / "a.pyz", interpreter="/usr/bin/env python"
    )
    (tmp_path / "latin.py").write_bytes(b"# coding: latin-1\nprint('\xe9' == chr(233))")
    for name in ("s.pyc", "a.pyz", "latin.py"):
        assert alike(zygote, tmp_path, "python", name, "-b").code == 0


def test_a_module_that_does_not_exist_is_reported_alike(zygote: Zygote, tmp_path: Path) -> None:
    assert alike(zygote, tmp_path, "python", "-m", "nowhere").code == 1


def test_no_two_forks_draw_the_same(zygote: Zygote, tmp_path: Path) -> None:
    lay(
        tmp_path,
        s="import random, tempfile, uuid, ssl, secrets\n"
        "print(random.random(), tempfile.mktemp(), uuid.uuid4(), ssl.RAND_bytes(8).hex(), "
        "secrets.token_hex())",
    )
    zygote.preload("random", "tempfile", "uuid", "ssl", "secrets")
    lay(tmp_path, t="import numpy.random\nprint(numpy.random.VALUES)")
    runs = [zygote.run(("python", "s.py"), tmp_path).out.split() for _ in range(3)]
    assert all(len(set(drawn)) == 3 for drawn in zip(*runs, strict=True))
    zygote.preload("numpy.random")
    assert zygote.run(("python", "t.py"), tmp_path).out == "[1, 2]\n"


def test_limits_hold_for_the_run_alone(zygote: Zygote, tmp_path: Path) -> None:
    lay(tmp_path, s="import resource\nprint(resource.getrlimit(resource.RLIMIT_NOFILE))")
    limits = [[resource.RLIMIT_NOFILE, 77, 77]]
    assert zygote.run(("python", "s.py"), tmp_path, limits=limits).out == "(77, 77)\n"
    assert "77" not in zygote.run(("python", "s.py"), tmp_path).out


def test_a_fork_falls_to_the_reaper_of_orphans(zygote: Zygote, tmp_path: Path) -> None:
    lay(tmp_path, s="import os\nprint(os.getppid())")
    assert zygote.run(("python", "s.py"), tmp_path).out == f"{os.getpid()}\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may start a server as another user")
def test_a_fork_has_the_run_s_user_and_no_capabilities(tmp_path: Path) -> None:
    keep = "-all,+setuid,+setgid"
    prefix = ["setpriv", "--reuid=4001", "--regid=4001", "--clear-groups", "--no-new-privs"]
    prefix += [f"--inh-caps={keep}", f"--ambient-caps={keep}", f"--bounding-set={keep}"]
    python = "/usr/bin/python3"
    server = Zygote(python, environment(python), prefix)
    server.preload()
    lay(tmp_path, s="import os\nprint(os.getresuid(), os.getresgid(), os.getgroups())\n"
        "print([l for l in open('/proc/self/status') if l[:6] in ('CapInh', 'CapPrm', 'CapEff', 'CapAmb')"
        " and int(l[7:], 16)], len(open('/proc/self/environ').read()) > 0)\n"
        "try:\n    os.setuid(0)\nexcept PermissionError:\n    print('kept out')")  # fmt: skip
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(0o755)
    done = server.run(("python3", "s.py"), tmp_path, uid=4002)
    one = (4002, 4002, 4002)
    assert done.out == f"{one} {one} []\n[] True\nkept out\n"
    server.close()
