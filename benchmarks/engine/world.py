"""A search that is all engine: a model that answers after a fixed time, real runs in a real sandbox.

The issue's test works for a while and then asks for a level that no edit reaches, so that a search
never ends early; each edit reaches another level, so that the tree grows deep as well as wide.
"""

import re
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

from agents.domain import Issue
from agents.llm.protocol import Request
from agents.settings import Limits, SearchSettings
from sandbox.around import Around
from sandbox.protocol import (
    EnvironmentId,
    RunResult,
    RunSpec,
    Sandbox,
    StateId,
)

LEVELS = 6
_MODULE = """\
\"\"\"How far the mending has come.\"\"\"

def work():
    \"\"\"Take a while.\"\"\"
    total = 0
    for number in range({work}):
        total += number * number % 7
    return total < 0


def reached(wanted):
    \"\"\"Whether the level is high enough.\"\"\"
    level = 0  # start
    return wanted <= level
"""
_FILLER = '''\
"""Part {n} of the library."""


def part_{n}(values):
    """Add up and count."""
    total = 0
    for value in values:
        if value > {n}:
            total += value
    return total
'''
_STATEMENT = """\
The level is too low

```python
from library.core import reached, work
assert work()
{asserts}
```
"""


def lay(folder: Path, work: int) -> Path:
    """A git repository of 40 modules and one test; `work`: turns of the loop in one run."""
    package, tests = folder / "library", folder / "tests"
    package.mkdir(parents=True)
    tests.mkdir()
    (package / "__init__.py").write_text("")
    (package / "core.py").write_text(_MODULE.format(work=work))
    for n in range(40):
        (package / f"part_{n}.py").write_text(_FILLER.format(n=n))
    (tests / "test_parts.py").write_text(
        "from library.part_1 import part_1\n\n\ndef test_sum():\n    assert part_1([2]) == 2\n"
    )
    for command in ("init -q", "add .", "-c user.name=a -c user.email=a@b commit -qm base"):
        subprocess.run(["git", *command.split()], cwd=folder, check=True)
    return folder


def issue(repository: Path) -> Issue:
    """What is asked for: more than any edit brings, and every level on the way."""
    asserts = "\n".join(f"assert reached({n})" for n in range(1, LEVELS + 1))
    statement = _STATEMENT.format(asserts=asserts)
    return Issue(repo=str(repository), base_commit="HEAD", problem_statement=statement)


def settings(trials: int, width: int, seed: int) -> SearchSettings:
    return SearchSettings(
        policy=("llm",),
        model="scripted",
        free=True,
        seed=seed,
        width=width,
        limits=Limits(nodes=trials, wall_s=None),
    )


def reply(request: Request) -> str:
    """An edit of the line as the prompt shows it: a level by lot, and a state never seen before."""
    (before,) = re.findall(r"^    level = .*$", request.messages[-1].content, re.MULTILINE)
    after = f"    level = {Random(request.seed).randrange(LEVELS)}  # {request.seed}"
    return f"library/core.py\n<<<<<<< SEARCH\n{before}\n=======\n{after}\n>>>>>>> REPLACE\n"


@dataclass(frozen=True, slots=True)
class Call:
    """One run that the engine asked for."""

    environment: EnvironmentId
    base: StateId
    state: StateId
    spec: RunSpec


class WatchedSandbox(Around):
    """Another sandbox whose runs are written down, to be done again alone."""

    def __init__(self, inner: Sandbox) -> None:
        super().__init__(inner)
        self.calls: list[Call] = []
        self._lock = threading.Lock()

    def run(
        self, environment: EnvironmentId, base: StateId, state: StateId, spec: RunSpec
    ) -> RunResult:
        with self._lock:
            self.calls.append(Call(environment, base, state, spec))
        return self._inner.run(environment, base, state, spec)


def alone(sandbox: Sandbox, calls: list[Call], cores: int) -> list[float]:
    """Seconds that each run takes while every core has one to do, and nobody else wants any."""
    left, lock = iter(enumerate(calls)), threading.Lock()
    took = [0.0] * len(calls)

    def work() -> None:
        while True:
            with lock:
                number, call = next(left, (-1, None))
            if call is None:
                return
            began = time.perf_counter()
            sandbox.run(call.environment, call.base, call.state, call.spec)
            took[number] = time.perf_counter() - began

    threads = [threading.Thread(target=work) for _ in range(cores)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took
