"""What only a grader may know reaches no search: canaries in every such field, looked for everywhere.

A new field goes into one of the three worlds below; a new place into `witness.PLACES`.
"""

import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import structlog
from rich.console import Console

from agents.domain import Issue
from agents.settings import Limits, SearchSettings, Verification
from benchmarks.factory.grading import grade
from benchmarks.factory.places import Places
from benchmarks.factory.tasks import Plant, Task
from benchmarks.libraries import Library
from service.commands.demo import solved
from service.config import Settings
from service.demo.bugs import Bug, Grade
from service.demo.releases import Checkout, Release, commit_tree
from service.labels.schemas import LabelIn
from service.labels.service import tell
from tests.needs import needs
from tests.service.commands.cli import git
from tests.service.roles import ROLES, RoleServer, role_of
from tests.service.witness import PLACES, WatchedSearches, strings_in, watched

CANARY = "canary"
"""In every planted word, and in nothing else."""
SEEN = "heronry"
"""In what a search is told: whoever does not find it does not look."""
WRONG = "    return 0 if left < 2 else left\n"
RIGHT = "    return 0 if left < 0 else left\n"
SOURCE = f'''\
"""A {SEEN}."""


def space(bird):
    """What one takes; a bird is as wide as it says."""
    return bird if bird > 0 else 0


def room(width, birds):
    """What is left; never less than nothing."""
    left = width
    for bird in birds:
        left -= space(bird)
'''
TESTS = """\
from nest import room


def test_room():
    assert room(5, [2]) == 3
"""
HIDDEN = """

def test_canary_hidden():
    assert room(3, [2]) == 1, "canary in a hidden test"
"""
GOLD = f"{RIGHT}# canary in the gold source\n"
STATEMENT = f"""\
The last place in the {SEEN} is lost

```python
from nest import room

assert room(5, [2]) == 3
assert room(3, [2]) == 1, "{SEEN}"
```
"""
EDIT = "nest.py\n<<<<<<< SEARCH\n{0}=======\n{1}>>>>>>> REPLACE\n"
WRITTEN = """\
```python
from nest import room


def test_issue():
    assert room(3, [1, 1]) == 1
```
"""
REPLIES = {
    "writer": [WRITTEN],
    "ranker": ["1, 2"],
    # The second one passes as much, and gives less than nothing: there is something to choose.
    "editor": [EDIT.format(WRONG, RIGHT), EDIT.format(WRONG, "    return left\n")],
    "surrogate": ["issue: pass; broken: none"],
    "value judge": ["The line still loses the last place.\nVALUE: 0.4"],
    "prober, inputs": ["```python\nfrom nest import room\nprint(room(1, [2]))\n```\n"],
    "prober, outputs": ["The issue does not say.\nOUTPUT: NONE"],
    "reviewer, demands": ["1. room(3, [2]) gives 1\n2. room(5, [2]) gives 3"],
    "reviewer, marks": ["1. MET nest.py:15 so it is\n2. MET nest.py:15"],
    "pairwise judge": ["Both do.\nCHOICE: A"],
}
PLANT = Plant(operator="canary operator", path="canary.py", function="canary_function", line=1)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    needs("bubblewrap")
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def server() -> Iterator[RoleServer]:
    """Every role is answered in its own form."""
    with RoleServer(REPLIES) as found:
        yield found


@pytest.fixture
def local(
    sqlite_url: str, tmp_path: Path, cache: Path, server: RoleServer
) -> Iterator[WatchedSearches]:
    settings = Settings(
        database_url=sqlite_url,
        data_dir=tmp_path / "data",
        cache_dir=cache,
        sandbox=("bubblewrap",),
        model="fake-1",
        model_base_url=server.url,
        model_api_key="none",
        model_free=True,
    )
    with watched(settings, server) as found:
        structlog.get_logger().debug("watching", word=SEEN)
        yield found


@pytest.fixture
def search(server: RoleServer) -> SearchSettings:
    """Both policies, and every role that asks a model. What is unsure is told all the same."""
    return SearchSettings(
        policy=("llm", "mutation"),
        model="fake-1",
        endpoint=server.url,
        free=True,
        value="hybrid",
        rerank=True,
        surrogate="llm",
        candidates=2,
        limits=Limits(nodes=6),
        verification=Verification(threshold=0.0),
    )


def tree(folder: Path, source: str, tests: str) -> Path:
    """A library as files."""
    (folder / "tests").mkdir(parents=True)
    (folder / "nest.py").write_text(SOURCE + source)
    (folder / "tests" / "test_nest.py").write_text(tests)
    return folder


def committed(folder: Path, message: str) -> Checkout:
    return Checkout(folder, commit_tree(folder, message, {"PATH": "/usr/bin:/bin"}))


def holding(touched: dict[str, bytes], word: str) -> list[str]:
    """Places where it is."""
    return [place for place, told in touched.items() if word.encode() in told.lower()]


def assert_unseen(local: WatchedSearches, *, known: Sequence[str] = ()) -> None:
    """Nothing planted is at any place but those `known`; what the search was told is at those that
    must hold it; and every role was asked."""
    touched = local.touched
    assert touched.keys() == PLACES.keys()
    assert holding(touched, CANARY) == list(known)
    assert {role_of(request) for request in local.witness.requests} == ROLES.keys()
    watching = set(holding(touched, SEEN))
    assert {"prompts", "sandbox runs", "states", "logs", "table searches"} <= watching
    assert {"table model_calls", "table outcomes", "table verdicts"} <= {
        place for place, told in touched.items() if told
    }


def test_the_demos_search_is_told_nothing_of_the_grade(
    local: WatchedSearches, search: SearchSettings, tmp_path: Path
) -> None:
    base = committed(tree(tmp_path / "base", WRONG, TESTS), "base")
    fixed = committed(tree(tmp_path / "fixed", GOLD, TESTS + HIDDEN), "canary in a message")
    (fixed.path / "tests" / "test_canary_file.py").write_text(TESTS + HIDDEN)
    release = Release("nest", "1.0", "0" * 64)
    known = Grade(
        fixed=Release("nest", "1.1.canary", "canary of a hash"),
        files=("tests/test_nest.py", "tests/test_canary_file.py"),
        tests=("tests/test_nest.py::test_canary_hidden",),
    )
    bug = Bug("canary-bug", "canary kind", release, STATEMENT, known)
    sources = {release: base, known.fixed: fixed}
    line = solved(Console(quiet=True), local, bug, search, sources)
    assert line.resolved
    assert_unseen(local)
    graded = local.witness.touched()
    assert CANARY.encode() in graded["sandbox runs"], "the grader's own runs hold canaries"
    assert CANARY.encode() in graded["states"]


def test_a_factory_tasks_search_is_told_nothing_of_its_row(
    local: WatchedSearches, search: SearchSettings, tmp_path: Path
) -> None:
    base = tree(tmp_path / "base", WRONG, TESTS)
    release = committed(tree(tmp_path / "released" / "nest-1.0", GOLD, TESTS + HIDDEN), "release")
    task = Task(
        instance_id="nest-1",
        repo="nest==1.0",
        problem_statement=STATEMENT,
        patch=difference(base, release.path, "nest.py"),
        test_patch=difference(base, release.path, "tests/test_nest.py"),
        fail_to_pass=("tests/test_nest.py::test_canary_hidden",),
        pass_to_pass=("tests/test_nest.py::test_room", "tests/test_nest.py::test_canary_kept"),
        plant=PLANT,
    )
    library = Library(Release("nest", "1.0", "0" * 64))
    places = Places(tmp_path, {"PATH": "/usr/bin:/bin"}, {"nest==1.0": library})
    record = local.run(Console(quiet=True), places.issue(task), search)
    assert record.verdict is not None
    assert_unseen(local)
    grade(task, record.verdict.patch, local.engine.tools.fresh_sandbox, places)
    assert CANARY.encode() in local.witness.touched()["states"], "the grader lays hidden tests over"


def difference(base: Path, release: Path, path: str) -> str:
    """A git diff of one file."""
    done = subprocess.run(
        ["git", "diff", "--no-index", "--src-prefix=a/", "--dst-prefix=b/", base / path, release / path],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout.replace(str(base), "").replace(str(release), "").replace("//", "/")


def test_a_search_does_not_see_what_its_repository_became_later(
    local: WatchedSearches, search: SearchSettings, tmp_path: Path
) -> None:
    folder = tree(tmp_path / "nest", WRONG, TESTS)
    base = committed(folder, "base")
    (folder / "nest.py").write_text(SOURCE + GOLD)
    (folder / "tests" / "test_nest.py").write_text(TESTS + HIDDEN)
    git("commit", "--quiet", "--all", "--message=canary of the fix", at=folder)
    git("tag", "canary-release", at=folder)
    git("commit", "--quiet", "--amend", "--message=canary again", at=folder)
    git("branch", "canary-branch", at=folder)
    (folder / "canary.py").write_text("canary = 'not committed'\n")
    (folder / ".git" / "canary").write_text("canary")
    issue = Issue(repo=str(folder), base_commit=base.commit, problem_statement=STATEMENT)
    record = local.run(Console(quiet=True), issue, search)
    assert record.phase == "done"
    assert_unseen(local)


def test_a_search_is_told_nothing_of_what_came_of_an_earlier_one(
    local: WatchedSearches, search: SearchSettings, tmp_path: Path
) -> None:
    folder = tree(tmp_path / "nest", WRONG, TESTS)
    commit = committed(folder, "base").commit
    issue = Issue(repo=str(folder), base_commit=commit, problem_statement=STATEMENT)
    brief = replace(search, policy=("mutation",), limits=Limits(nodes=1))
    earlier = local.run(Console(quiet=True), issue, brief)
    for right in (False, True):
        label = LabelIn(right=right, source="canary.grader")
        tell(local.store.database, earlier.id, label)
    assert local.run(Console(quiet=True), issue, search).phase == "done"
    assert_unseen(local, known=["table labels"])


def test_what_lies_in_base64_or_deep_in_a_document_is_found() -> None:
    found = b" ".join(strings_in({"a": [{"canary key": 1}, "Y2FuYXJ5IHZhbHVl"]}))
    assert b"canary key" in found
    assert b"canary value" in found


def test_every_place_would_give_a_canary_away(local: WatchedSearches, server: RoleServer) -> None:
    store, witness = local.store, local.witness
    issue = Issue(repo=CANARY, base_commit="c", problem_statement="")
    store.emit(store.create(issue, SearchSettings(), local=True), "note", {"a": [CANARY]})
    server.requests.append({"messages": [{"content": CANARY}]})
    structlog.get_logger().debug(CANARY)
    found = {place for place, told in witness.touched().items() if CANARY.encode() in told}
    assert found == {"prompts", "logs", "table searches", "table events"}
