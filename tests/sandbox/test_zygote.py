"""Forked runs beside cold ones, of the same command in the same folder."""

import os
import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.zygote_driver import Declined, Finished, Zygote, environment, run_cold

PYTHON = Path(sys.executable).parent.resolve() / "python"  # as its scripts name it
MODULES = {
    "warns": "import warnings\nwarnings.warn('old', DeprecationWarning)\n",
    "filters": "import warnings\nwarnings.filterwarnings('ignore', 'of the environment')\n",
    "reads": "import os\nVALUE = os.environ.get('READ_BY_IMPORT')\n",
    "optional": "try:\n    import missing\nexcept ImportError:\n    missing = None\n",
    "plain": "import inspect\nSTATE = []\n",
    "needs_plain": "import plain\n",
    "hooked": "import sys\nsys.excepthook = lambda *_: print('hooked')\n",
    "fails": "import plain\n1 / 0\n",
}
LIKE_NUMPY = {
    "numpy__slash____init__": "from numpy import random\n",
    "numpy__slash__random": "VALUES = [1]\ndef seed():\n    VALUES.append(2)\n",
}
DANGEROUS = {
    "threads": """
import threading
threading.Thread(target=threading.Event().wait, daemon=True).start()
""",
    "sets": "import os\nos.environ['SET_BY_IMPORT'] = '1'\n",
    "opens": "KEPT = open('/dev/null')\n",
    "traces": "import sys\nsys.settrace(lambda *_: None)\n",
}
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


def lay(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / name.replace("__slash__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_name(f"{path.name}.py").write_text(text)


def plainly(done: Finished) -> Finished:
    """Without addresses and durations."""
    texts = (
        re.sub(r"in \d+\.\d+s", "in a while", re.sub(r"0x[0-9a-f]+", "0x", text))
        for text in (done.out, done.err)
    )
    return Finished(done.code, *texts)


def alike(zygote: Zygote, folder: Path, *argv: str, **env: str) -> Finished:
    """How the command ends, forked and cold."""
    own = zygote.env | env
    forked, cold = zygote.run(argv, folder, own), run_cold(argv, folder, own)
    assert plainly(forked) == plainly(cold)
    return cold


def make_environment(folder: Path, modules: dict[str, str]) -> Path:
    """A virtual environment of these modules; its interpreter."""
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", folder], check=True)
    (packages,) = folder.glob("lib/*/site-packages")
    lay(packages, **modules)
    return folder / "bin" / "python"


@pytest.fixture(scope="module")
def zygote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    """A server of an environment that holds `MODULES`."""
    python = make_environment(tmp_path_factory.mktemp("environment") / "env", MODULES | LIKE_NUMPY)
    server = Zygote(str(python), environment(str(python)))
    answer = server.preload(*MODULES, "nowhere")
    assert [entry["module"] for entry in answer["skipped"]] == ["fails", "nowhere"]
    assert (answer["loaded"], answer["unsafe"]) == (len(MODULES) - 1, None)
    yield server
    assert server.close() == 0


@pytest.fixture(scope="module")
def with_pytest() -> Iterator[Zygote]:
    """A server of this environment, with pytest and its plugins."""
    server = Zygote(str(PYTHON), environment(str(PYTHON)))
    answer = server.preload("pytest", "jinja2")
    assert answer["unsafe"] is None
    yield server
    server.close()


# --- a fork is what a cold interpreter is ---------------------------------------------------------


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


def test_a_module_that_does_not_exist_is_reported_alike(zygote: Zygote, tmp_path: Path) -> None:
    assert alike(zygote, tmp_path, "python", "-m", "nowhere").code == 1


# --- pytest ---------------------------------------------------------------------------------------


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


# --- modules --------------------------------------------------------------------------------------


def test_a_module_of_the_workspace_is_never_preloaded(zygote: Zygote, tmp_path: Path) -> None:
    lay(tmp_path, mine="print('one')", s="import mine")
    assert zygote.preload("mine")["skipped"][0]["module"] == "mine"
    assert alike(zygote, tmp_path, "python", "s.py").out == "one\n"
    lay(tmp_path, mine="print('two')")
    assert alike(zygote, tmp_path, "python", "s.py").out == "two\n"


@pytest.mark.parametrize("name", ["plain", "json", "missing", "sitecustomize"])
def test_a_name_that_the_workspace_takes_makes_the_run_cold(
    zygote: Zygote, tmp_path: Path, name: str
) -> None:
    lay(tmp_path, **{name: "", "s": "", "lib__slash__s": ""})
    for argv in (("python", "s.py"), ("python", "-m", "s")):
        with pytest.raises(Declined, match=name):
            zygote.run(argv, tmp_path)
    with pytest.raises(Declined, match=name):
        zygote.run(("python", "lib/s.py"), tmp_path, zygote.env | {"PYTHONPATH": str(tmp_path)})
    alike(zygote, tmp_path, "python", "lib/s.py")


def test_a_package_takes_a_name_and_a_folder_only_one_that_nothing_has(
    zygote: Zygote, tmp_path: Path
) -> None:
    lay(tmp_path, s="import plain, json\nprint(plain, json)")
    (tmp_path / "plain").mkdir()
    (tmp_path / "json.ini").touch()
    alike(zygote, tmp_path, "python", "s.py")
    lay(tmp_path, plain__slash____init__="")
    with pytest.raises(Declined, match="plain"):
        zygote.run(("python", "s.py"), tmp_path)
    (tmp_path / "plain/__init__.py").unlink()
    (tmp_path / "missing").mkdir()
    with pytest.raises(Declined, match="missing"):
        zygote.run(("python", "s.py"), tmp_path)


@pytest.mark.parametrize("name", ["plain", "missing"])
def test_a_folder_that_a_run_puts_first_is_imported_from(
    zygote: Zygote, tmp_path: Path, name: str
) -> None:
    body = "import sys\nsys.path.insert(0, 'lib')\nimport needs_plain, optional\n"
    lay(tmp_path, **{f"lib__slash__{name}": "print('mine')", "s": body + "print(optional.missing)"})
    assert "mine" in alike(zygote, tmp_path, "python", "s.py").out


FINDER = """
import sys
from importlib.util import spec_from_file_location
class Finder:
    def find_spec(name, path=None, target=None):
        return spec_from_file_location(name, "{0}/missing.py") if name == "missing" else None
sys.meta_path.append(Finder)
"""


@pytest.mark.parametrize("line", ["{0}", "import editable_finder"])
def test_a_folder_that_is_installed_for_editing_is_never_preloaded(
    tmp_path: Path, line: str
) -> None:
    finder = {"editable_finder": FINDER.format(tmp_path / "lib")}
    python = make_environment(tmp_path / "env", MODULES | finder)
    (packages,) = tmp_path.glob("env/lib/*/site-packages")
    (packages / "edited.pth").write_text(line.format(tmp_path / "lib"))
    lay(tmp_path, lib__slash__missing="print('one')", s="import optional\nprint(optional.missing)")
    server = Zygote(str(python), environment(str(python)))
    answer = server.preload("missing", "optional")
    assert (answer["loaded"], answer["unsafe"]) == (1, None)
    assert "one" in alike(server, tmp_path, "python", "s.py").out
    lay(tmp_path, lib__slash__missing="print('two')")
    assert "two" in alike(server, tmp_path, "python", "s.py").out
    server.close()


def test_an_import_that_a_run_forbids_or_replaces_stays_so(zygote: Zygote, tmp_path: Path) -> None:
    body = "import sys\nsys.modules['plain'] = {}\nimport needs_plain\nprint(needs_plain.plain)"
    lay(tmp_path, s=body.format("None"), t=body.format("sys"))
    assert alike(zygote, tmp_path, "python", "s.py").code == 1
    assert alike(zygote, tmp_path, "python", "t.py").code == 0


def test_a_module_that_is_removed_is_imported_anew(zygote: Zygote, tmp_path: Path) -> None:
    again = "import sys, plain\nplain.STATE.append(1)\ndel sys.modules['plain']\n"
    lay(tmp_path, s=again + "import plain\nprint(plain.STATE)")
    assert alike(zygote, tmp_path, "python", "s.py").out == "[]\n"


def test_only_what_was_imported_is_there(zygote: Zygote, tmp_path: Path) -> None:
    body = "import xml\nprint(hasattr(xml, 'etree'))\nimport xml.etree.ElementTree\n"
    body += "import sys, needs_plain, importlib.util\nprint(sorted(sys.modules), xml.etree)\n"
    lay(tmp_path, s=body + "print(importlib.util.find_spec('optional'), plain)")
    assert "False" in alike(zygote, tmp_path, "python", "s.py").out


def test_a_module_that_warns_when_imported_warns_in_every_run(
    zygote: Zygote, tmp_path: Path
) -> None:
    lay(tmp_path, s="import warnings\nwarnings.simplefilter('error')\nimport warns")
    for _ in range(2):
        assert "old" in alike(zygote, tmp_path, "python", "s.py").err


def test_a_filter_that_a_module_sets_comes_with_its_import(zygote: Zygote, tmp_path: Path) -> None:
    body = "import warnings\nwarnings.warn('of the environment 1')\nimport filters\n"
    lay(tmp_path, s=body + "warnings.warn('of the environment 2')\nprint(warnings.filters)")
    err = alike(zygote, tmp_path, "python", "s.py").err
    assert ("environment 1" in err, "environment 2" in err) == (True, False)


def test_a_hook_that_a_module_sets_comes_with_its_import(zygote: Zygote, tmp_path: Path) -> None:
    lay(tmp_path, s="import hooked\n1 / 0")
    assert alike(zygote, tmp_path, "python", "s.py").out == "hooked\n"


@pytest.mark.parametrize("name", sorted(DANGEROUS))
def test_a_module_that_forks_cannot_share_makes_every_run_cold(tmp_path: Path, name: str) -> None:
    python = make_environment(tmp_path / "env", DANGEROUS)
    server = Zygote(str(python), environment(str(python)))
    assert server.preload(name)["unsafe"]
    with pytest.raises(Declined):
        server.run(("python", "-m", "this"), tmp_path)
    server.close()


# --- the run's own wishes -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "argv",
    [
        ("python", "-I", "s.py"),
        ("python", "-S", "-m", "s"),
        ("python", "-W", "error", "s.py"),
        ("python", "-mpytest"),
        ("python", "-"),
        ("python", "folder"),
        ("python", "s.pyc"),
        ("python",),
        ("sh", "-c", "true"),
        ("nowhere",),
        ("./s.py",),
    ],
)
def test_what_a_fork_cannot_be_is_declined(
    zygote: Zygote, tmp_path: Path, argv: tuple[str, ...]
) -> None:
    lay(tmp_path, s="", folder__slash____main__="")
    with pytest.raises(Declined):
        zygote.run(argv, tmp_path)


@pytest.mark.parametrize(
    ("name", "declined"),
    [
        ("PYTHONWARNINGS", True),
        ("PYTHONHASHSEED", True),
        ("READ_BY_IMPORT", True),
        ("OMP_NUM_THREADS", True),
        ("LC_ALL", True),
        ("TZ", True),
        ("UNREAD", False),
    ],
)
def test_a_variable_that_an_import_may_have_read_makes_the_run_cold(
    zygote: Zygote, tmp_path: Path, name: str, declined: bool
) -> None:
    lay(tmp_path, s=f"import os\nprint(os.environ['{name}'], os.getenv('{name}'))")
    if not declined:
        alike(zygote, tmp_path, "python", "s.py", **{name: "1"})
        return
    with pytest.raises(Declined, match=name):
        zygote.run(("python", "s.py"), tmp_path, zygote.env | {name: "1"})


def test_a_random_hash_seed_is_not_shared(tmp_path: Path) -> None:
    env = environment(str(PYTHON))
    del env["PYTHONHASHSEED"]
    server = Zygote(str(PYTHON), env)
    with pytest.raises(Declined, match="hash seed"):
        server.run(("python", "-m", "this"), tmp_path)
    server.close()


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
