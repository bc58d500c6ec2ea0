"""A toy world for engine tests: a repository of one text file, and tests that look at it.

The issue's test n passes when ``answer.txt`` contains the digit n; the repository's own tests are
``t::keep`` (passes while the file contains "keep") and ``t::old`` (always fails).
"""

import ast
import json
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from agents.domain import Issue
from agents.engine import Engine
from agents.policy.protocol import Proposal
from agents.policy.scripted_policy import Changes, ScriptedPolicy
from agents.settings import SearchSettings
from agents.store import MemoryStore, SearchRecord
from agents.tools import Tools
from sandbox.memory import MemorySandbox
from sandbox.protocol import RunResult, RunSpec

STATEMENT = "Broken.\n```python\nx = 0\nassert x == 1\nassert x == 2\n```\n"


def answer(text: str) -> Changes:
    return {"answer.txt": f"keep {text}\n".encode()}


def run(files: Mapping[str, bytes], spec: RunSpec) -> RunResult:
    """What the toy's tests say of a state."""
    text = files["answer.txt"].decode()
    lines = issue_lines(text, spec) if "harness.py" in spec.inputs else suite_lines(text)
    report = "\n".join(json.dumps(line) for line in lines).encode()
    name = "report.jsonl" if "harness.py" in spec.inputs else "tests.jsonl"
    if "pytest" not in spec.argv and "harness.py" not in spec.inputs:
        return RunResult(outcome="ok", exit_code=0)
    return RunResult(outcome="ok", exit_code=0, wall_s=0.5, artefacts={name: report})


def issue_lines(text: str, spec: RunSpec) -> list[dict[str, object]]:
    entries: list[dict[str, object]] = []
    for test, _, _ in ast.literal_eval(spec.inputs["issue-tests.txt"].decode()):
        passed = test.split("::")[1] in text
        entry = {"id": test, "status": "passed" if passed else "failed", "frames": []}
        entries.append(entry | {"error": "AssertionError", "message": "so", "lines": {}})
    return entries


def suite_lines(text: str) -> list[dict[str, object]]:
    kept = "passed" if "keep" in text else "failed"
    return [{"id": "t::keep", "status": kept}, {"id": "t::old", "status": "failed"}]


def repository(folder: Path) -> Path:
    """A git repository with the broken file."""
    folder.mkdir()
    (folder / "answer.txt").write_text("keep 0\n")
    for command in ("init -q", "add .", "-c user.name=a -c user.email=a@b commit -qm base"):
        subprocess.run(["git", *command.split()], cwd=folder, check=True)
    return folder


class World:
    """Makes engines over fakes; all of them share one repository and are closed together."""

    def __init__(self, folder: Path) -> None:
        self.repository = repository(folder / "toy")
        self.sandboxes: list[MemorySandbox] = []

    def engine(
        self,
        ideas: Sequence[Changes | Proposal],
        *,
        script: Callable[[Mapping[str, bytes], RunSpec], RunResult] = run,
        statement: str = STATEMENT,
        **settings: object,
    ) -> Engine:
        """An engine with one search called ``s`` queued."""
        store = MemoryStore()
        issue = Issue(repo="toy", base_commit="HEAD", problem_statement=statement)
        chosen = SearchSettings(**settings)  # type: ignore[arg-type]
        store.add(SearchRecord(id="s", issue=issue, settings=chosen))
        sandbox = MemorySandbox(script)
        self.sandboxes.append(sandbox)
        tools = Tools(
            sandbox=sandbox,
            fresh_sandbox=sandbox,
            repository=lambda _: self.repository,
            policy=lambda _: ScriptedPolicy(ideas),
            clock=lambda: 0.0,
        )
        return Engine(store, tools)

    def close(self) -> None:
        for sandbox in self.sandboxes:
            sandbox.close()
