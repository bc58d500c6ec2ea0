"""A workload on the base and on changed states, for real. No test looks at how long anything took."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from agents.domain import Issue
from agents.errors import WorkloadFails
from agents.prepare import bench_for
from agents.verify.bench import Bench
from agents.verify.interleaved import Looks
from agents.verify.speed import Measured, measure, slowness_of
from agents.verify.timings import REPORT_BYTES
from agents.workload import Slowness, Workload
from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.cache import CachingSandbox
from sandbox.memory import MemorySandbox
from sandbox.protocol import EnvironmentId, Output, RunResult, RunSpec
from sandbox.states import GitStates
from tests.agents.toy import World
from tests.needs import needs

SLOW = """\
def unique(items):
    seen = []
    for item in items:
        if item not in seen:
            seen.append(item)
    return seen
"""
FAST = "def unique(items):\n    return list(dict.fromkeys(items))\n"
WORKLOAD = Workload(script="from core import unique\nprint(len(unique(list(range(2500)) * 2)))\n")


def repository(folder: Path) -> Path:
    folder.mkdir()
    (folder / "core.py").write_text(SLOW)
    for command in ("init -q", "add .", "-c user.name=a -c user.email=a@b commit -qm base"):
        subprocess.run(["git", *command.split()], cwd=folder, check=True)
    return folder


def kept_in(folder: str) -> str:
    """The slow function, with its last result in a file."""
    kept = SLOW.replace("def unique", "def slowly")
    return f"""\
import json, os, tempfile
{kept}
def unique(items):
    kept = os.path.join({folder}, "kept")
    if not os.path.exists(kept):
        with open(kept, "w") as file:
            json.dump(slowly(items), file)
    with open(kept) as file:
        return json.load(file)
"""


class Lab:
    """A bench on the slow repository, in a sandbox that remembers equal runs."""

    def __init__(self, folder: Path) -> None:
        inner = BubblewrapSandbox(GitStates(folder / "states"), folder / "cache")
        self.sandbox = CachingSandbox(inner)
        self.base, _ = self.sandbox.states.import_commit(repository(folder / "r"), "HEAD")
        issue = Issue(repo="r", base_commit="HEAD", problem_statement="slow")
        self.bench = bench_for(self.sandbox, issue, self.base)

    def prepared(self, script: str = WORKLOAD.script) -> Slowness:
        workload = Workload(script=script)
        return slowness_of(self.bench, self.base, workload, wall_s=20.0)[0]

    def measured(self, source: str, slowness: Slowness | None = None) -> Measured:
        state = self.sandbox.states.fork(self.base, {"core.py": source.encode()})
        slowness = slowness or self.prepared()
        return measure(self.bench, self.base, state, slowness, Looks((3, 6)), slack=5.0)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    needs("bubblewrap")
    made = Lab(tmp_path_factory.mktemp("lab"))
    yield made
    made.sandbox.close()


class TestTheWorkloadOnTheBase:
    def test_its_profile_names_the_hot_function(self, lab: Lab) -> None:
        hottest = lab.prepared().hot[0]
        assert (hottest.path, hottest.line, hottest.name, hottest.calls) == (
            "core.py",
            1,
            "unique",
            1,
        )
        assert hottest.share > 0.5

    def test_one_that_raises_is_refused_with_its_traceback(self, lab: Lab) -> None:
        with pytest.raises(WorkloadFails, match=r"ZeroDivisionError(.|\n)*loading\n") as told:
            lab.prepared("print('loading')\n1 / 0\n")
        assert "<workload>" in str(told.value)

    def test_one_that_exits_in_the_middle_is_refused(self, lab: Lab) -> None:
        with pytest.raises(WorkloadFails, match="SystemExit"):
            lab.prepared("raise SystemExit(0)")

    def test_one_that_kills_its_process_is_refused(self, lab: Lab) -> None:
        with pytest.raises(WorkloadFails, match="ended without an answer"):
            lab.prepared("import os\nos.abort()")

    def test_one_that_prints_its_time_is_refused_with_the_remedy(self, lab: Lab) -> None:
        with pytest.raises(WorkloadFails, match="print only what must stay the same"):
            lab.prepared("import time, core\ncore.unique(range(500))\nprint(time.perf_counter())")

    def test_one_that_never_ends_is_refused(self, lab: Lab) -> None:
        with pytest.raises(WorkloadFails, match="does not end within 2 s"):
            slowness_of(lab.bench, lab.base, Workload(script="while True: pass"), wall_s=2.0)


class TestAStateAgainstTheBase:
    def test_a_better_algorithm_reaches_the_goal(self, lab: Lab) -> None:
        speed = lab.measured(FAST).speed
        assert speed is not None
        assert speed.reaches(1.2)

    def test_the_base_against_itself_does_not(self, lab: Lab) -> None:
        speed = lab.measured(SLOW + "# the same\n").speed
        assert speed is not None
        assert not speed.reaches(1.2)

    def test_no_run_is_answered_from_memory(self, lab: Lab) -> None:
        slowness, hits = lab.prepared(), lab.sandbox.hits
        told = [lab.measured(FAST, slowness).usage.sandbox_runs for _ in range(2)]
        assert told == [12, 12]
        assert lab.sandbox.hits == hits

    def test_a_result_that_was_kept_from_the_run_before_gains_nothing(self, lab: Lab) -> None:
        kept = SLOW.replace(
            "    seen = []\n", "    if KEPT:\n        return KEPT\n    seen = KEPT\n"
        )
        speed = lab.measured("KEPT = []\n" + kept).speed
        assert speed is not None
        assert not speed.reaches(1.2)

    def test_what_is_moved_to_import_time_gains_nothing(self, lab: Lab) -> None:
        moved = f"{SLOW}\nDONE = unique(list(range(2500)) * 2)\ndef unique(items): return DONE\n"
        speed = lab.measured(moved).speed
        assert speed is not None
        assert not speed.reaches(1.2)

    @pytest.mark.parametrize("folder", ["os.path.dirname(__file__)", "'/tmp'", "'/dev/shm'"])
    def test_a_result_that_is_left_in_a_file_is_refused(self, lab: Lab, folder: str) -> None:
        told = lab.measured(kept_in(folder))
        assert told.speed is None
        assert "leaves or changes files" in told.changed
        assert "/kept" in told.changed

    def test_a_result_that_is_kept_in_a_home_or_a_temporary_file_gains_nothing(
        self, lab: Lab
    ) -> None:
        for folder in ("os.path.expanduser('~')", "tempfile.gettempdir()"):
            speed = lab.measured(kept_in(folder)).speed
            assert speed is not None
            assert not speed.reaches(1.2)

    def test_what_a_foreign_module_imports_from_the_repository_is_timed_with_the_rest(
        self, lab: Lab
    ) -> None:
        """The standard library's `code` imports `codeop`, which is the repository's here."""
        work = "from core import unique\nprint(len(unique(list(range(2500)) * 2)))\n"
        stub = "class CommandCompiler: ...\ncompile_command = Compile = None\n"
        base = lab.sandbox.states.fork(lab.base, {"codeop.py": (stub + work).encode()})
        issue = Issue(repo="r", base_commit="HEAD", problem_statement="slow")
        bench = bench_for(lab.sandbox, issue, base)
        once = slowness_of(bench, base, Workload(script="import codeop"), wall_s=20.0)[0]
        through = slowness_of(bench, base, Workload(script="import code"), wall_s=20.0)[0]
        assert through.seconds > once.seconds / 4

    def test_another_output_is_another_result(self, lab: Lab) -> None:
        told = lab.measured("def unique(items):\n    return items\n")
        assert (told.speed, told.problem) == (None, "")
        assert "prints something else" in told.changed

    def test_an_exception_is_another_result_and_is_shown(self, lab: Lab) -> None:
        told = lab.measured("def unique(items):\n    raise KeyError('why')\n")
        assert "KeyError: 'why'" in told.changed
        assert 'core.py", line 2' in told.changed


def report(**other: object) -> bytes:
    """What the stopwatch writes, but for `other`."""
    usual = {"seconds": [1.0], "digests": ["same"], "error": "", "shown": "", "rows": []}
    return json.dumps(usual | other).encode()


def timed(seconds: float, printed: str = "same") -> RunResult:
    content = report(seconds=[seconds], digests=[printed])
    return RunResult(outcome="ok", artefacts={"report.json": content})


def test_a_workload_that_does_next_to_nothing_is_refused_with_the_remedy(world: World) -> None:
    sandbox = MemorySandbox(lambda _files, _spec: timed(0.0002))
    world.sandboxes.append(sandbox)
    at, _ = sandbox.states.import_commit(world.repository, "HEAD")
    bench = Bench(sandbox=sandbox, environment=EnvironmentId("e"), base=at, python_path=(".",))
    with pytest.raises(WorkloadFails, match=r"takes 0\.2 ms .* too little to measure"):
        slowness_of(bench, at, WORKLOAD, wall_s=20.0)


def told_of(world: World, result: RunResult, base: RunResult | None = None) -> Measured:
    """What is made of one result on a changed state, beside a base that takes 2 seconds."""

    def answer(files: Mapping[str, bytes], spec: RunSpec) -> RunResult:
        return result if files["answer.txt"] == b"new" else (base or timed(2.0))

    sandbox = MemorySandbox(answer)
    world.sandboxes.append(sandbox)
    at, _ = sandbox.states.import_commit(world.repository, "HEAD")
    state = sandbox.states.fork(at, {"answer.txt": b"new"})
    bench = Bench(
        sandbox=sandbox,
        environment=EnvironmentId("e"),
        base=at,
        python_path=(".",),
        preload=("warm",),
    )
    slowness = Slowness(workload=WORKLOAD, seconds=2.0, digest="same", wall_s=4.0)
    told = measure(bench, at, state, slowness, Looks((6,)), slack=5.0)
    assert all(call.spec.preload == () for call in sandbox.calls)
    assert len({call.spec.inputs["nonce"] for call in sandbox.calls}) == len(sandbox.calls)
    return told


class TestWhatIsMadeOfARun:
    def test_half_the_time_is_twice_as_fast(self, world: World) -> None:
        told = told_of(world, timed(1.0))
        assert told.speed is not None
        assert (told.speed.ratio, told.speed.low, told.speed.high) == (2.0, 2.0, 2.0)
        assert told.told == "the workload is 2 times as fast [2, 2]"

    def test_no_difference_is_told_as_what_it_may_be(self, world: World) -> None:
        assert told_of(world, timed(2.0)).told.endswith(", which may be noise")

    def test_a_time_out_is_slow_and_no_other_result(self, world: World) -> None:
        told = told_of(world, RunResult(outcome="timeout"))
        assert (told.speed, told.changed) == (None, "")
        assert told.problem == "it does not end within 30 s"

    def test_a_run_without_a_report_says_how_it_ended(self, world: World) -> None:
        told = told_of(world, RunResult(outcome="oom", stderr=Output(b"Killed")))
        assert told.changed == "it ends by oom and without a report\nKilled"

    def test_a_base_that_prints_something_else_now_is_nobodys_edit(self, world: World) -> None:
        told = told_of(world, timed(1.0), timed(2.0, printed="else"))
        assert (told.speed, told.changed) == (None, "")
        assert "prints something else" in told.told

    @pytest.mark.parametrize(
        "content",
        [
            b"5",
            b"{}",
            b"[" * 100_000,
            *(
                report(**{key: value})
                for key, value in [
                    ("seconds", 1.0),
                    ("seconds", ["a"]),
                    ("seconds", [0.0]),
                    ("seconds", [-1.0]),
                    ("seconds", [float("nan")]),
                    ("seconds", [float("inf")]),
                    ("seconds", [5e-324]),
                    ("seconds", [1.0] * 1000),
                    ("seconds", []),
                    ("digests", []),
                    ("digests", [["d"]]),
                    ("digests", ["d" * 1000]),
                    ("error", None),
                    ("shown", 3),
                    ("shown", "s" * REPORT_BYTES),
                    ("rows", None),
                    ("rows", [["core.py", 1, "f"]]),
                    ("rows", [["core.py", "1", "f", 1, 0.5]]),
                    ("rows", [["core.py", 1, "f", 1, float("nan")]]),
                ]
            ),
        ],
    )
    def test_a_report_of_another_shape_is_none(self, world: World, content: bytes) -> None:
        told = told_of(world, RunResult(outcome="ok", artefacts={"report.json": content}))
        assert told.changed == "it ends by ok and without a report"

    def test_what_it_says_is_made_printable(self, world: World) -> None:
        content = report(seconds=[], error="E\x00 at 0x7f", shown="a\x00\ud800b")
        told = told_of(world, RunResult(outcome="ok", artefacts={"report.json": content}))
        assert told.changed == "E? at 0x..\na??b"
        flood = RunResult(outcome="failed", stdout=Output(b"\0"))
        assert told_of(world, flood).changed.endswith("\n?")

    def test_a_run_that_goes_wrong_after_others_did_not_has_no_time(self, world: World) -> None:
        content = report(error="it raises now and then")
        told = told_of(world, RunResult(outcome="ok", artefacts={"report.json": content}))
        assert told.changed == "it raises now and then"
