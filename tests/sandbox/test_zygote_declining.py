"""Where a fork would differ, the run is a cold process."""

from pathlib import Path

import pytest

from tests.sandbox.zygote_cases import PYTHON, alike, lay, make_environment
from tests.sandbox.zygote_driver import Declined, Zygote, environment

DANGEROUS = {
    "threads": """
import threading
threading.Thread(target=threading.Event().wait, daemon=True).start()
""",
    "sets": "import os\nos.environ['SET_BY_IMPORT'] = '1'\n",
    "opens": "KEPT = open('/dev/null')\n",
    "traces": "import sys\nsys.settrace(lambda *_: None)\n",
}


@pytest.mark.parametrize("name", sorted(DANGEROUS))
def test_a_module_that_forks_cannot_share_makes_every_run_cold(tmp_path: Path, name: str) -> None:
    python = make_environment(tmp_path / "env", DANGEROUS)
    server = Zygote(str(python), environment(str(python)))
    assert server.preload(name)["unsafe"]
    with pytest.raises(Declined):
        server.run(("python", "-m", "this"), tmp_path)
    server.close()


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
    server.preload()
    with pytest.raises(Declined, match="hash seed"):
        server.run(("python", "-m", "this"), tmp_path)
    server.close()


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


def test_a_server_forks_only_after_it_was_told_what_to_preload(tmp_path: Path) -> None:
    server = Zygote(str(PYTHON), environment(str(PYTHON)))
    with pytest.raises(Declined, match="nothing was preloaded"):
        server.run(("python", "-m", "this"), tmp_path)
    server.close()
