"""A verifier over fakes: the toy world, with tests that authors bring and scripts that print.

An author's test ``tests/test_NAME.py`` that says ``wants X`` passes where ``answer.txt`` holds X.
A script prints ``answer.txt``, up to the word that it names.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from agents.domain import (
    Baseline,
    Ceiling,
    Issue,
    Outcome,
    Preparation,
    Reproduction,
    Usage,
    Verdict,
)
from agents.llm.caller import VERIFYING
from agents.selection.marginal import Advice, Means, next_measure
from agents.selection.pool import Pool
from agents.selection.posterior import Posterior
from agents.settings import Verification
from agents.verify.bench import Bench
from agents.verify.choice import Ending
from agents.verify.extract import ReproductionTest, as_json
from agents.verify.panel import Case, Panel
from agents.verify.verifier import Verifier
from sandbox.memory import MemorySandbox
from sandbox.protocol import EnvironmentSpec, Output, RunResult, RunSpec, StateId
from tests.agents import toy
from tests.agents.toy import World

Script = Callable[[Mapping[str, bytes], RunSpec], RunResult]

ISSUE = Issue(repo="toy", base_commit="HEAD", problem_statement=toy.STATEMENT)


def author_file(wanted: str) -> bytes:
    """An author's test."""
    return f"def test_it(): pass  # wants {wanted}\n".encode()


def run(files: Mapping[str, bytes], spec: RunSpec) -> RunResult:
    """What the toy's tests, an author's tests and scripts say of a state."""
    if "probe.py" in spec.inputs:
        said = files["answer.txt"].split(spec.inputs["probe.py"])[0]
        return RunResult(outcome="ok", exit_code=0, wall_s=0.1, stdout=Output(head=said))
    asked = json.loads(spec.inputs.get("budwood_only.json", b"[]"))
    paths = dict.fromkeys(test.partition("::")[0] for test in asked)
    if paths and all(path.startswith("tests/") for path in paths):
        lines = [told(files, path) for path in paths if path in files]
        return reported(lines)
    return toy.run(files, spec)


def told(files: Mapping[str, bytes], path: str) -> dict[str, object]:
    """One line of a report about an author's test."""
    wanted = files[path].split(b"wants ")[1].strip()
    status = "passed" if wanted in files["answer.txt"] else "failed"
    return {"id": f"{path}::test_it", "status": status}


def reported(lines: Sequence[Mapping[str, object]], **how: object) -> RunResult:
    """A test run that reported so much."""
    report = "\n".join(json.dumps(line) for line in lines).encode()
    result = {"outcome": "ok", "exit_code": 0, "wall_s": 0.5} | how
    return RunResult(artefacts={"tests.jsonl": report}, **result)  # type: ignore[arg-type]


def generous(pool: Pool, found: Posterior, means: Means) -> Advice:
    """Whatever may gain anything is worth its cost: what is is no business of these tests."""
    return next_measure(pool, found, replace(means, least_rate=1e-9))


class Desk:
    """One prepared issue, whose tests are ``issue::1`` and any that were `written`."""

    def __init__(
        self,
        world: World,
        script: Script = run,
        *,
        own: Sequence[str] = ("issue::1",),
        written: Sequence[str] = (),
        baseline_s: float = 0.5,
    ) -> None:
        self.sandbox = MemorySandbox(script)
        world.sandboxes.append(self.sandbox)
        states = self.sandbox.states
        self.base, commit = states.import_commit(world.repository, "HEAD")
        self.bench = Bench(
            sandbox=self.sandbox,
            environment=self.sandbox.prepare(EnvironmentSpec()),
            base=self.base,
            python_path=(".",),
        )
        tests = tuple(ReproductionTest(name, f"x = {name!r}") for name in (*own, *written))
        self.preparation = Preparation(
            base=self.base,
            commit=commit,
            environment=self.bench.environment,
            baseline=Baseline(passing=("t::keep",), failing=("t::old",), seconds=baseline_s),
            reproduction=Reproduction(
                script=as_json(tests),
                targets=tuple(own or written),
                written=tuple(written),
                quorum=None if own else len(written) // 2 + 1,
                seconds=0.5,
            ),
        )

    def found(
        self, trial: int, text: str, *, solved: bool = True, value: float = 1.0,
        brought: Mapping[str, bytes] | None = None,
    ) -> Outcome:  # fmt: skip
        """A state of the search, whose ``answer.txt`` is `text`."""
        return self.changed(
            trial, {"answer.txt": text.encode()}, solved=solved, value=value, brought=brought or {}
        )

    def changed(self, trial: int, changes: Mapping[str, bytes | None], **about: object) -> Outcome:
        states = self.sandbox.states
        state: StateId = states.fork(self.base, changes)
        given = {"solved": True, "value": 1.0} | about
        return Outcome(
            trial=trial,
            kind="expanded",
            state=state,
            patch=states.diff(self.base, state),
            **given,  # type: ignore[arg-type]
        )

    def verdict(
        self,
        *found: Outcome,
        panel: Panel | None = None,
        left: Callable[[Usage], float] = lambda _: 1e6,
        affords: Callable[[Usage, Ceiling], bool] = lambda _used, _asked: True,
        **settings: object,
    ) -> Verdict:
        verifier = Verifier(
            bench=self.bench,
            preparation=self.preparation,
            settings=Verification(**settings),  # type: ignore[arg-type]
            case=Case(search="s", trial=VERIFYING, issue=ISSUE),
            panel=panel or Panel(),
            slack=5.0,
            left=left,
            affords=affords,
            advise=generous,
        )
        return verifier.verify(found, Ending(tried=len(found)))

    def runs(self, name: str) -> int:
        """How many sandbox runs had an input file of that name."""
        return sum(name in call.spec.inputs for call in self.sandbox.calls)
