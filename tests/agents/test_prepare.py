"""An environment out of a repository's own files, for real."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.domain import Environment, Issue
from agents.prepare import environment_spec, prepare
from agents.verify.baseline_store import MemoryBaselines
from sandbox import environments
from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.protocol import EnvironmentSpec, RunSpec, Sandbox, StateId
from sandbox.states import GitStates
from tests.needs import needs

FILES = {
    "setup.py": "from setuptools import setup\nsetup(name='mine', install_requires=['six'])\n",
    "setup.cfg": "[options]\npython_requires = >=3.8\n",
    "test-requirements.txt": "sortedcontainers\nmine\n-e .\npytest<5\n",
    "mine.py": "import six\n",
    "test_mine.py": "import mine, sortedcontainers\ndef test_it(): pass\n",
}


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    needs("bubblewrap")
    made = BubblewrapSandbox(GitStates(tmp_path / "states"), tmp_path / "cache")
    yield made
    made.close()


def committed(sandbox: Sandbox, folder: Path, files: dict[str, str]) -> StateId:
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    identity = ("-c", "user.name=a", "-c", "user.email=a@b.example")
    for command in (("init", "-q"), ("add", "-A"), (*identity, "commit", "-qm", "m")):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return sandbox.states.import_commit(folder, "HEAD")[0]


def test_the_repositorys_files_make_its_environment(sandbox: Sandbox, tmp_path: Path) -> None:
    base = committed(sandbox, tmp_path / "repository", FILES)
    spec = environment_spec(sandbox.states, base, Environment())
    assert (spec.requirements, spec.wanted, spec.python) == (
        ("six",),
        ("sortedcontainers",),
        ">=3.8",
    )
    environment = sandbox.prepare(spec)
    run = RunSpec(argv=("python", "-m", "pytest", "-q", "test_mine.py"))
    result = sandbox.run(environment, base, base, run)
    assert (result.outcome, result.exit_code) == ("ok", 0), result
    log = environments.log_of(tmp_path / "cache", environment).read_text()
    for told in ("mine is left out: that is the repository itself", "-e . is left out", "pytest<5"):
        assert told in log


def test_what_the_issue_asks_for_is_required(sandbox: Sandbox, tmp_path: Path) -> None:
    base = committed(sandbox, tmp_path / "repository", FILES)
    spec = environment_spec(sandbox.states, base, Environment(requirements=("attrs",)))
    assert spec.requirements == ("six", "attrs")


def test_a_given_image_stands_for_the_whole_environment(sandbox: Sandbox, tmp_path: Path) -> None:
    base = committed(sandbox, tmp_path / "repository", FILES)
    spec = environment_spec(sandbox.states, base, Environment(image="given"))
    assert spec == EnvironmentSpec(image="given")


SHOP = {
    "shop.py": "def parse(text):\n    return int(text)\n\n\ndef price(text):\n"
    "    if text == 'free':\n        return 0\n    return parse(text)\n",
    "help.js": "function price() {}\n",
    "test_shop.py": "from shop import price\n\n\ndef test_it():\n    assert price('1') == 1\n",
}
STATEMENT = """
Fails for 'FREE'.
```python
from shop import price
assert price("free") == 0
assert price("FREE") == 0
```
"""


def test_a_real_run_leaves_its_lines_frames_and_contrast(sandbox: Sandbox, tmp_path: Path) -> None:
    committed(sandbox, tmp_path / "repository", SHOP)
    issue = Issue(repo="r", base_commit="HEAD", problem_statement=STATEMENT)
    found = prepare(sandbox, tmp_path / "repository", issue, MemoryBaselines()).localisation
    assert [place.path for place in found.files] == ["shop.py", "help.js"]
    best = found.functions[:2]
    assert {place.name for place in best} == {"parse", "price"}
    assert {"coverage", "contrast", "frames"} <= set(best[0].clues)
    # "free" went into the condition's body and "FREE" did not.
    assert found.lines["shop.py"][6] >= 0.5
    assert set(found.lines) == {"shop.py"}
