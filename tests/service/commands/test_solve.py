"""`solve` and `resume` as a user meets them; every message names what to do about it."""

import os
import signal
import time
from pathlib import Path

import pytest

from agents.engine import NO_MODEL as MODEL_CAUSE
from agents.settings import Verification, WeightedModel
from service.commands.failures import (
    ABSTAINED,
    BAD_ISSUE,
    DONE,
    INTERRUPTED,
    NO_MODEL,
    NO_SANDBOX,
    NOT_READY,
    USAGE,
)
from service.commands.search_options import weighted_models
from tests.agents.llm.fake_openai import FakeOpenAi, ok
from tests.service.commands.cli import ISSUE, Cli, committed, git, statement
from tests.service.commands.conftest import Disk
from tests.service.commands.stored import groups, open_trials, sandboxes, searches, the_search

DEADLINE_S = 60.0
COMMON = """\
def common(left, right):
    return [item for item in left if item in right]
"""


def solve(repository: Path | str, issue: Path | str = ISSUE, *more: str) -> tuple[str, ...]:
    return ("solve", "--repo", str(repository), "--issue", str(issue), *more)


@pytest.fixture(scope="session")
def endpoint() -> str:
    """Nothing listens on the discard port."""
    return "http://127.0.0.1:9/v1"


class TestAPatchIsFound:
    def test_standard_output_is_the_patch_and_standard_error_does_not_repeat_it(
        self, cli: Cli, leap: Path
    ) -> None:
        ended = cli(*solve(leap, ISSUE, "--output", "found.patch"))
        assert ended.code == DONE
        assert ended.out.startswith("diff --git a/leap.py b/leap.py\n")
        assert "diff --git" not in ended.err
        assert the_search(cli).id in ended.err
        assert (cli.home / "found.patch").read_text() == ended.out
        git("apply", "--check", str(cli.home / "found.patch"), at=leap)

    def test_json_is_one_object_and_the_same_seed_gives_the_same_patch(
        self, cli: Cli, leap: Path
    ) -> None:
        first = cli(*solve(leap, ISSUE, "--json", "--seed", "7"))
        second = cli(*solve(leap, ISSUE, "--json", "--seed", "7"))
        assert (first.code, first.err) == (DONE, "")
        document = first.document
        assert document["state"] == "done"
        assert document["verdict"]["decision"] == "patch"
        assert document["spend"]["sandbox_runs"] > 0
        assert document["id"] != second.document["id"]
        assert document["patch"] == second.document["patch"] == document["verdict"]["patch"]

    def test_what_failed_is_traced_and_how_often_was_guessed_right_is_told(
        self, cli: Cli, leap: Path
    ) -> None:
        ended = cli(*solve(leap, ISSUE, "--json", "--surrogate", "history"))
        surrogate = ended.document["surrogate"]
        verdict = ended.document["verdict"]
        assert surrogate["name"] == "history"
        assert surrogate["checked"] == verdict["guesses_checked"] >= surrogate["right"] >= 0
        failures = ended.document["verdict"]["reproduction"]["failures"]
        assert all("at line " in text for text in failures.values())
        told = [t.outcome.feedback for t in the_search(cli).trials if t.outcome]
        assert any("at line " in text for text in told)

    def test_a_folder_inside_of_the_repository_will_do(self, cli: Cli, leap: Path) -> None:
        assert cli(*solve(leap / "tests", ISSUE, "--nodes", "100")).code == DONE

    def test_a_broken_test_file_beside_a_good_one_is_no_hindrance(
        self, cli: Cli, leap: Path
    ) -> None:
        committed(leap, tests__test_broken="import nothing_of_that_name\n")
        ended = cli(*solve(leap, ISSUE, "--json"))
        assert ended.code == DONE
        baseline = ended.document["verdict"]["baseline"]
        assert baseline["failing"] == ["tests/test_broken.py"]
        assert len(baseline["passing"]) == 2

    def test_without_tests_the_evidence_says_that_nothing_guards_the_rest(
        self, cli: Cli, leap: Path
    ) -> None:
        git("rm", "--quiet", "-r", "tests", at=leap)
        committed(leap)
        ended = cli(*solve(leap, ISSUE, "--json"))
        assert ended.code == DONE
        (rung,) = [
            rung
            for rung in ended.document["verdict"]["candidates"][0]["rungs"]
            if rung["name"] == "regression"
        ]
        assert rung == {
            "name": "regression",
            "passed": None,
            "detail": "the repository has no tests that pytest collects",
        }


class TestSomethingIsToBecomeFaster:
    def test_a_workload_alone_is_enough_and_the_evidence_says_how_much_faster(
        self, cli: Cli, leap: Path, tmp_path: Path
    ) -> None:
        committed(leap, common=COMMON)
        script, issue = tmp_path / "work.py", tmp_path / "issue.md"
        script.write_text(
            "from common import common\nprint(common(list(range(1500)), list(range(1490, 3000))))\n"
        )
        issue.write_text("`common` takes too long.\n")
        ended = cli(*solve(leap, issue, "--workload", str(script), "--nodes", "4", "--json"))
        assert ended.code == DONE
        chosen = ended.document["verdict"]["candidates"][0]
        assert chosen["speed"]["low"] > 1
        assert chosen["rungs"][-1]["name"] == "speed"
        assert "times as fast" in chosen["rungs"][-1]["detail"]
        assert "right_set = set(right)" in ended.document["patch"]

    def test_a_workload_that_does_not_run_is_a_bad_issue_with_what_it_printed(
        self, cli: Cli, leap: Path, tmp_path: Path
    ) -> None:
        script = tmp_path / "work.py"
        script.write_text("print('so far')\nimport nothing_of_that_name\n")
        ended = cli(*solve(leap, ISSUE, "--workload", str(script)))
        assert ended.code == BAD_ISSUE
        for said in ("does not run on the base commit", "so far", "nothing_of_that_name"):
            assert said in ended.told

    def test_what_names_no_script_or_asks_for_nothing_is_refused_at_once(
        self, cli: Cli, leap: Path
    ) -> None:
        missing = cli(*solve(leap, ISSUE, "--workload", "nowhere.py"))
        assert (missing.code, "names a Python script" in missing.told) == (USAGE, True)
        nothing = cli(*solve(leap, ISSUE, "--workload", str(leap / "leap.py"), "--goal", "1"))
        assert (nothing.code, "is no speed-up" in nothing.told) == (USAGE, True)


class TestNoPatchIsGoodEnough:
    @pytest.mark.parametrize(
        ("code", "reason"),
        [
            ("pip install leap", "the issue carries no runnable Python code"),
            ("from leap import is_leap\nassert is_leap(2024)", "passes on the base commit"),
            ("assert 1 == 2", "no further idea was left"),
            ("from nowhere import thing\nthing()", "the issue's code cannot run by itself"),
        ],
    )
    def test_nonsense_ends_with_a_reason_and_without_a_patch(
        self, cli: Cli, leap: Path, tmp_path: Path, code: str, reason: str
    ) -> None:
        ended = cli(*solve(leap, statement(tmp_path, code)))
        record = the_search(cli)
        assert (ended.code, ended.out, record.phase) == (ABSTAINED, "", "abstained")
        assert "abstained" in ended.told
        assert reason in ended.told

    def test_prose_ends_with_a_reason_in_the_json_too(
        self, cli: Cli, leap: Path, tmp_path: Path
    ) -> None:
        (tmp_path / "prose.md").write_text("It does not work at all, please help.\n")
        ended = cli(*solve(leap, tmp_path / "prose.md", "--json"))
        assert ended.code == ABSTAINED
        assert ended.document["patch"] is None
        assert "no runnable Python code" in ended.document["verdict"]["reason"]


class TestTheIssueOrTheRepositoryIsNotUsable:
    @staticmethod
    def refused(cli: Cli, arguments: tuple[str, ...], *remedy: str) -> None:
        ended = cli(*arguments)
        record = the_search(cli)
        assert (ended.code, ended.out, record.phase) == (BAD_ISSUE, "", "failed")
        assert " ".join((record.cause or "?").split()) in ended.told
        assert [part for part in remedy if part not in ended.told] == []

    def test_a_folder_without_a_repository(self, cli: Cli, tmp_path: Path) -> None:
        self.refused(cli, solve(tmp_path), "is not a git repository", "git init")

    def test_a_folder_that_is_not_there(self, cli: Cli, tmp_path: Path) -> None:
        self.refused(cli, solve(tmp_path / "no"), "not a folder", "give the path of a git")

    def test_a_word_that_names_nothing(self, cli: Cli) -> None:
        self.refused(cli, solve("nowhere"), "give a folder, owner/name, an https URL")

    def test_a_host_that_is_not_allowed(self, cli: Cli) -> None:
        self.refused(cli, solve("https://example.com/a/b"), "BUDWOOD_REPOSITORY_HOSTS")

    def test_a_repository_without_a_commit(self, cli: Cli, tmp_path: Path) -> None:
        git("init", "--quiet", str(tmp_path / "new"))
        self.refused(cli, solve(tmp_path / "new"), "has no commit 'HEAD'", "see `git log`")

    def test_a_commit_that_is_not_there(self, cli: Cli, leap: Path) -> None:
        self.refused(cli, solve(leap, ISSUE, "--commit", "v9"), "has no commit 'v9'", "fetch it")

    def test_an_empty_statement(self, cli: Cli, leap: Path, tmp_path: Path) -> None:
        (tmp_path / "empty.md").write_text(" \n")
        self.refused(cli, solve(leap, tmp_path / "empty.md"), "say what happens and what should")

    def test_tests_that_cannot_be_collected(self, cli: Cli, leap: Path) -> None:
        committed(leap, tests__conftest="import nothing_of_that_name\n")
        self.refused(
            cli, solve(leap), "No module named 'nothing_of_that_name'", "mend the collection"
        )

    def test_a_requirement_that_is_none(self, cli: Cli, leap: Path) -> None:
        self.refused(
            cli, solve(leap, ISSUE, "--requirement", "./leap"), "is not a name with versions"
        )

    def test_a_machine_without_a_name_server_says_so_soon(self, cli: Cli) -> None:
        began = time.monotonic()
        # Searches may be made where a network is: then this name is refused by the host.
        ended = cli(*solve("budwood-no-such-owner/no-such-repository"))
        assert (ended.code, the_search(cli).phase) == (BAD_ISSUE, "failed")
        assert "upload" in ended.told
        assert time.monotonic() - began < DEADLINE_S


class TestWrongUsageIsToldBeforeAnythingIsStored:
    @pytest.mark.parametrize(
        ("more", "told"),
        [
            (
                ("--strategy", "no"),
                "no strategy is named 'no'; there are: ab_mcts, adaptive, best_of_n",
            ),
            (("--policy", "no"), "no policy is named 'no'; there are: external, llm, mutation"),
            (("--output", "no/such.patch"), "cannot write no/such.patch"),
            (("--issue", "missing.md"), "there is no file missing.md"),
            (("--surrogate", "oracle"), "no surrogate is named 'oracle'"),
            (("--nodes", "0"), "'--nodes': Input should be greater than or equal to 1"),
        ],
    )
    def test_options(self, cli: Cli, leap: Path, more: tuple[str, str], told: str) -> None:
        ended = cli(*solve(leap, ISSUE, *more))
        assert (ended.code, ended.out, searches(cli)) == (USAGE, "", [])
        assert told in ended.told

    def test_a_search_that_is_not_there_cannot_be_resumed(self, cli: Cli) -> None:
        ended = cli("resume", "nonsense")
        assert ended.code == USAGE
        assert "there is no search nonsense in" in ended.told


class TestModelsAreNamed:
    @pytest.mark.parametrize(
        ("text", "name", "weight"),
        [
            ("m", "m", 1.0),
            ("m:3", "m", 3.0),
            ("m:0.5", "m", 0.5),
            ("qwen:latest", "qwen:latest", 1.0),
            ("qwen:7b:2", "qwen:7b", 2.0),
            ("m:0", "m:0", 1.0),
            (":2", ":2", 1.0),
        ],
    )
    def test_with_or_without_a_weight(self, text: str, name: str, weight: float) -> None:
        assert weighted_models([text]) == (WeightedModel(name=name, weight=weight),)

    def test_twice_is_refused(self, cli: Cli, leap: Path) -> None:
        ended = cli(*solve(leap, ISSUE, "--model", "m", "--model", "m:2"))
        assert ended.code == USAGE
        assert "each model can be given once" in ended.told

    def test_several_are_stored_with_the_search(self, cli: Cli, leap: Path) -> None:
        with FakeOpenAi(ok("no edit"), served=("m", "n")) as server:
            more = ("--model", "m:3", "--model", "n", "--edit-form", "tools", "--free")
            cli(*solve(leap, ISSUE, *more, "--base-url", server.url, "--nodes", "2"))
            asked = {request["model"] for request in server.requests}
            editing = next(request for request in server.requests if "tools" in request)
            told = [tool["function"]["name"] for tool in editing["tools"]]
        settings = the_search(cli).settings
        assert settings.models == (WeightedModel(name="m", weight=3.0), WeightedModel(name="n"))
        assert settings.edit_form == "tools"
        assert asked <= {"m", "n"}
        assert "finish" in told


class TestHowItIsVerifiedIsChosen:
    def test_what_is_said_is_stored_with_the_search(self, cli: Cli, leap: Path) -> None:
        with FakeOpenAi(ok("no idea"), served=("v",)) as server:
            more = ("--without", "rerun", "--without", "review", "--verify-model", "v")
            more += ("--verify-judge", "selection", "--tests", "0", "--abstain-below", "0.25")
            ended = cli(
                *solve(leap, ISSUE, "--policy", "mutation", "--base-url", server.url, *more)
            )
        assert ended.code == DONE
        assert the_search(cli).settings.verification == Verification(
            without=("rerun", "review"), model="v", judge="selection", tests=0, threshold=0.25
        )

    @pytest.mark.parametrize(
        ("more", "told"),
        [
            (("--without", "luck"), "there are: cross_run, distinguish, judge, regression"),
            (("--verify-judge", "coin"), "'pairwise', 'selection', 'debate'"),
            (("--abstain-below", "2"), "--abstain-below"),
            (("--tests", "99"), "--tests"),
        ],
    )
    def test_what_there_is_not_is_told_before_anything_is_stored(
        self, cli: Cli, leap: Path, more: tuple[str, ...], told: str
    ) -> None:
        ended = cli(*solve(leap, ISSUE, *more))
        assert ended.code == USAGE
        assert told in ended.told
        assert searches(cli) == []

    def test_a_model_that_is_not_served_ends_the_search_before_its_first_edit(
        self, cli: Cli, leap: Path
    ) -> None:
        with FakeOpenAi(ok("no idea"), served=("m",)) as server:
            more = ("--policy", "mutation", "--base-url", server.url, "--verify-model", "other")
            ended = cli(*solve(leap, ISSUE, *more))
        assert ended.code == NO_MODEL
        assert "does not serve the model 'other'" in ended.told
        assert the_search(cli).trials == ()


class TestTheModelCannotBeAsked:
    @staticmethod
    def refused(cli: Cli, leap: Path, more: tuple[str, ...], *remedy: str) -> None:
        ended = cli(*solve(leap, ISSUE, "--policy", "llm", *more))
        record = the_search(cli)
        assert (ended.code, record.phase) == (NO_MODEL, "failed")
        assert (record.cause or "").startswith(MODEL_CAUSE)
        assert [part for part in remedy if part not in ended.told] == []

    def test_none_is_named(self, cli: Cli, leap: Path) -> None:
        self.refused(cli, leap, (), "give --model", "BUDWOOD_MODEL")

    def test_hosted_without_a_key(self, cli: Cli, leap: Path) -> None:
        self.refused(cli, leap, ("--model", "m"), "set OPENAI_API_KEY")

    def test_nothing_answers(self, cli: Cli, leap: Path, endpoint: str) -> None:
        self.refused(
            cli, leap, ("--model", "m", "--base-url", endpoint), endpoint, "is the server running"
        )

    def test_the_key_is_wrong(self, cli: Cli, leap: Path) -> None:
        with FakeOpenAi(ok(""), served=401) as server:
            more = ("--model", "fake-1", "--base-url", server.url)
            self.refused(cli, leap, more, "refused the key (401)", "set the model's API key")

    def test_the_model_is_unknown(self, cli: Cli, leap: Path) -> None:
        with FakeOpenAi(ok("")) as server:
            more = ("--model", "other", "--base-url", server.url)
            self.refused(cli, leap, more, "does not serve the model 'other'; it serves: fake-1")

    def test_a_limit_in_dollars_needs_a_price(self, cli: Cli, leap: Path) -> None:
        with FakeOpenAi(ok("")) as server:
            more = ("--model", "fake-1", "--base-url", server.url, "--usd", "1")
            self.refused(cli, leap, more, "BUDWOOD_MODEL_PRICES", "BUDWOOD_MODEL_FREE")


class TestThisMachineIsNotUsable:
    def test_a_sandbox_that_there_is_not(self, cli: Cli, leap: Path) -> None:
        ended = cli(*solve(leap), BUDWOOD_SANDBOX="chroot")
        assert (ended.code, ended.out) == (NO_SANDBOX, "")
        assert "chroot: unknown; there are bubblewrap, docker" in ended.told
        assert "BUDWOOD_SANDBOX" in ended.told

    def test_without_a_sandbox_there_is_a_remedy_for_each(
        self, cli: Cli, leap: Path, jail: tuple[str, ...]
    ) -> None:
        ended = cli(*solve(leap), before=jail, BUDWOOD_SANDBOX="bubblewrap,docker")
        assert (ended.code, ended.out) == (NO_SANDBOX, "")
        assert "bubblewrap: bubblewrap does not work here" in ended.told
        assert "allow user namespaces" in ended.told
        assert "docker: " in ended.told

    def test_a_database_that_does_not_answer(self, cli: Cli, leap: Path) -> None:
        url = "postgresql+psycopg://user:secret@127.0.0.1:9/budwood"
        ended = cli(*solve(leap), BUDWOOD_DATABASE_URL=url)
        assert (ended.code, ended.out) == (NOT_READY, "")
        assert "the database cannot be used" in ended.told
        assert "BUDWOOD_DATABASE_URL" in ended.told
        assert "secret" not in ended.told

    @pytest.mark.parametrize("variable", ["BUDWOOD_CACHE_DIR", "BUDWOOD_DATA_DIR"])
    def test_a_folder_that_cannot_be_made(self, cli: Cli, leap: Path, variable: str) -> None:
        (cli.home / "file").touch()
        ended = cli(*solve(leap), **{variable: str(cli.home / "file" / "in")})
        assert (ended.code, ended.out) == (BAD_ISSUE, "")
        assert "Not a directory" in ended.told
        assert variable in ended.told

    def test_a_full_disk(self, cli: Cli, leap: Path, disk: Disk) -> None:
        full = disk(1024)
        ended = cli(*solve(leap), BUDWOOD_CACHE_DIR=str(full))
        assert (ended.code, ended.out) == (BAD_ISSUE, "")
        assert "No space left on device" in ended.told
        assert [s.phase for s in searches(cli) if s.phase != "failed"] == []
        assert [p for p in full.rglob("*") if p.name.startswith(("build-", "import-"))] == []


class TestInterrupted:
    def test_ctrl_c_leaves_a_search_that_ends_with_the_same_patch(
        self, cli: Cli, leap: Path
    ) -> None:
        wanted = cli(*solve(leap))
        with cli.started(*solve(leap)) as process:
            self.await_trials(cli)
            os.killpg(process.pid, signal.SIGINT)
            out, err = process.communicate(timeout=DEADLINE_S)
        left = searches(cli)[1]
        assert (process.returncode, out) == (INTERRUPTED, "")
        assert f"budwood resume {left.id}" in err
        assert "Traceback" not in err
        assert left.phase == "searching"
        assert (sandboxes(cli.cache), groups(process.pid)) == ([], [])
        resumed = cli("resume", left.id)
        assert (resumed.code, resumed.out) == (DONE, wanted.out)
        assert open_trials(searches(cli)[1]) == []
        assert cli("resume", left.id).out == wanted.out

    def test_ctrl_c_does_not_wait_for_a_long_suite(self, cli: Cli, leap: Path) -> None:
        committed(leap, tests__test_long="import time\n\ndef test_long():\n    time.sleep(300)\n")
        with cli.started(*solve(leap)) as process:
            self.await_suite(cli)
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=20.0)
        assert process.returncode == INTERRUPTED
        assert f"budwood resume {the_search(cli).id}" in err
        assert the_search(cli).phase == "preparing"
        assert (sandboxes(cli.cache), groups(process.pid)) == ([], [])
        assert list(cli.temporary.iterdir()) == []

    @staticmethod
    def await_trials(cli: Cli) -> None:
        deadline = time.monotonic() + DEADLINE_S
        while not (len(found := searches(cli)) == 2 and len(found[1].trials) > 2):
            assert time.monotonic() < deadline, "no trial was opened"
            time.sleep(0.01)

    @staticmethod
    def await_suite(cli: Cli) -> None:
        deadline = time.monotonic() + DEADLINE_S
        # The issue's tests run one after the other, the suite twice at once.
        while not (
            [search.phase for search in searches(cli)] == ["preparing"]
            and sum("--overlay-src" in line for line in sandboxes(cli.cache)) > 1
        ):
            assert time.monotonic() < deadline, "no suite was started"
            time.sleep(0.01)


class TestNothingIsLeftBehind:
    def test_no_process_no_group_no_open_trial(self, cli: Cli, leap: Path) -> None:
        with cli.started(*solve(leap)) as process:
            process.communicate(timeout=DEADLINE_S)
        assert process.returncode == DONE
        assert open_trials(the_search(cli)) == []
        assert (sandboxes(cli.cache), groups(process.pid)) == ([], [])
        assert list(cli.temporary.iterdir()) == []
