"""What must not differ from run to run."""

import json
from collections.abc import Sequence

import pytest

from sandbox import wire
from sandbox.protocol import RunSpec
from sandbox.testruns import CommandRunner, DjangoRunner, PytestRunner, TestRunner, UnittestRunner
from tests.sandbox.testruns.projects import Place

PINNED = {"TZ": "UTC", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"}
RUNNERS: Sequence[TestRunner] = [
    PytestRunner(coverage=True, modules=True),
    UnittestRunner(),
    DjangoRunner(settings="settings"),
    CommandRunner(argv=("make",), parser="pytest"),
]


@pytest.mark.parametrize("runner", RUNNERS)
def test_no_runner_unpins_time_zone_locale_or_hash_seed(runner: TestRunner) -> None:
    assert not PINNED.keys() & runner.spec(["a"]).env.keys()
    told = wire.environment(runner.spec().env)
    assert {name: told[name] for name in PINNED} == PINNED


@pytest.mark.parametrize("runner", RUNNERS)
def test_equal_wishes_make_equal_specs(runner: TestRunner) -> None:
    assert runner.spec(["a", "b"]) == runner.spec(["a", "b"])
    assert runner.spec(["a"]) != RunSpec(argv=("true",))


def test_a_test_sees_what_is_pinned_and_no_network(place: Place) -> None:
    files = {
        "test_pinned.py": """
            import json, locale, os, socket, sys, time
            def test_seen():
                with open("/outputs/seen.json", "w") as out:
                    json.dump({"zone": time.tzname[0], "encoding": locale.getpreferredencoding(),
                               "hash": hash("budwood"), "seed": os.environ["PYTHONHASHSEED"]}, out)
                try:
                    socket.create_connection(("1.1.1.1", 53), 1)
                except OSError:
                    return
                raise AssertionError("there is a network")
            def test_nothing_is_left_in_the_workspace():
                assert set(os.listdir()) - {"__pycache__"} == {"test_pinned.py"}
            """
    }
    runner = PytestRunner()
    status = place.run(files, runner).status
    assert set(status.values()) == {"passed"}
    seen = [_seen(place, runner) for _ in range(2)]
    assert seen[0] == seen[1]
    assert (seen[0]["zone"], seen[0]["encoding"].upper(), seen[0]["seed"]) == ("UTC", "UTF-8", "0")


def _seen(place: Place, runner: PytestRunner) -> dict[str, str]:
    sandbox = place.subject.sandbox
    base, _ = sandbox.states.import_commit(place.folder / "repository", "HEAD")
    spec = runner.spec(["test_pinned.py::test_seen"])
    asked = RunSpec(argv=spec.argv, env=spec.env, inputs=spec.inputs, artefacts=("seen.json",))
    result = sandbox.run(place.subject.environment, base, base, asked)
    seen: dict[str, str] = json.loads(result.artefacts["seen.json"])
    return seen
