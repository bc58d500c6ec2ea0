"""The task factory: on a library made here, without the package index, and on the committed tasks."""

import subprocess

import pytest

from benchmarks.factory.code import Code
from benchmarks.factory.grading import grade
from benchmarks.factory.hidden import NoSuchTest, without_tests
from benchmarks.factory.operators import OPERATORS, plant, sites
from benchmarks.factory.overlap import Wanted
from benchmarks.factory.planting import tasks_of
from benchmarks.factory.snippets import Snippet, snippets
from benchmarks.factory.splits import SPLITS
from benchmarks.factory.statement import Observed, written
from benchmarks.factory.tasks import FOLDER, dump, load_tasks
from tests.benchmarks.shelf import FILES, QUOTA, Made

NOTHING = b"diff --git a/a.txt b/a.txt\nnew file mode 100644\nindex 0000000..e69de29\n"


def made(operator: str, body: str) -> set[str]:
    """Every function that the operator makes of one."""
    code = Code(body.encode())
    found = [plant(code, s) for s in sites("a.py", code) if s.operator == operator]
    return {text.decode() for text in found if text is not None}


@pytest.mark.parametrize(
    ("operator", "before", "after"),
    [
        ("MIFS", "    if a:\n        b()\n    c()\n", "    c()\n"),
        ("MIA", "    if a:\n        b()\n    c()\n", "    b()\n    c()\n"),
        ("MIEB", "    if a:\n        b()\n    else:\n        c()\n", "    c()\n"),
        ("MFC", "    b = a\n    c()  # now\n", "    b = a\n"),
        ("MVIV", "    b = 1\n    return a\n", "    return a\n"),
        ("MVAV", "    b = a\n    b = 1\n    return b\n", "    b = a\n    return b\n"),
        ("MVAE", "    b = 1\n    b = a + 1\n    return b\n", "    b = 1\n    return b\n"),
        ("MLPA", "    b = 1\n    b += a\n    return b\n", "    return b\n"),
        ("WVAV", "    b = 1\n", "    b = 2\n"),
        ("WVAV", "    b = True\n", "    b = False\n"),
        ("WLEC", "    if (a) == (1): b()\n", "    if (a) != (1): b()\n"),
        ("WLEC", "    if a not in b: c()\n", "    if a in b: c()\n"),
        ("WAEP", "    b(a + (1))\n", "    b(a - (1))\n"),
        ("WPFV", "    b = c(a)\n", "    b = c(b)\n"),
        ("EVAV", "    b = c()\n    return b\n", "    b = c()\n    b = a\n    return b\n"),
    ],
)
def test_an_operator_makes_the_fault_of_its_name(operator: str, before: str, after: str) -> None:
    assert made(operator, f"def f(a):\n{before}") == {f"def f(a):\n{after}"}


@pytest.mark.parametrize(("operator", "word"), [("MLAC", "and"), ("MLOC", "or")])
def test_any_part_of_a_condition_may_be_the_missing_one(operator: str, word: str) -> None:
    whole = f"def f(a):\n    if a {word} b {word} c(1): d()\n"
    assert made(operator, whole) == {
        f"def f(a):\n    if b {word} c(1): d()\n",
        f"def f(a):\n    if a {word} c(1): d()\n",
        f"def f(a):\n    if a {word} b: d()\n",
    }


def test_a_border_is_taken_in_or_the_comparison_turned_round() -> None:
    found = made("WLEC", "def f(a):\n    while a < 1: b()\n")
    assert found == {"def f(a):\n    while a <= 1: b()\n", "def f(a):\n    while a > 1: b()\n"}


@pytest.mark.parametrize("operator", ["MIFS", "MFC", "MVIV", "MLPA"])
def test_the_only_statement_of_a_block_is_never_the_missing_one(operator: str) -> None:
    text = b"def f(a):\n    if a:\n        b()\n\n\ndef g():\n    b()\n\n\ndef h():\n    b = 1\n"
    assert not [site for site in sites("a.py", Code(text)) if site.operator == operator]


def test_a_statement_that_shares_its_line_stays() -> None:
    assert made("MFC", "def f(a):\n    b(); c()\n") == set()


def test_every_operator_has_an_example_here() -> None:
    text = FILES["shelf-1.0/shelf.py"].decode()
    assert {operator for operator in OPERATORS if made(operator, text)} >= {"MIFS", "WLEC", "MFC"}


def test_a_class_that_loses_its_last_test_keeps_a_pass() -> None:
    source = b"class TestA:\n    def test_b(self):\n        assert 1\n\nX = 1\n"
    left = without_tests({"t.py": source}, ["t.py::TestA::test_b"])
    assert left == {"t.py": b"class TestA:\n    pass\n\nX = 1\n"}


def test_the_function_goes_with_its_decorators_for_any_of_its_parameters() -> None:
    source = b"import pytest\n@pytest.mark.parametrize('a', [1, 2])\ndef test_b(a):\n    assert a\n"
    assert without_tests({"t.py": source}, ["t.py::test_b[1]"]) == {"t.py": b"import pytest\n"}


def test_an_inherited_test_cannot_be_taken_out() -> None:
    with pytest.raises(NoSuchTest):
        without_tests({"t.py": b"class TestA(Base):\n    x = 1\n"}, ["t.py::TestA::test_b"])


def of_tests() -> dict[str, list[str]]:
    """Test function → its snippets."""
    found: dict[str, list[str]] = {}
    for snippet in snippets("t.py", FILES["shelf-1.0/tests/test_shelf.py"]):
        found.setdefault(snippet.test, []).append(snippet.source)
    return found


def test_a_snippet_imports_what_it_uses_and_nothing_else() -> None:
    assert of_tests()["t.py::test_the_longest"] == [
        "from shelf import longest\nassert longest(['a', 'bcd', 'ef']) == 'bcd'\n"
    ]


def test_a_parametrised_test_gives_a_snippet_for_each_set() -> None:
    found = of_tests()["t.py::test_room"]
    assert len(found) == 3
    assert (
        found[1] == "from shelf import room\nbooks = [2]\nleft = 3\nassert room(5, books) == left\n"
    )


def test_a_method_brings_its_set_up_and_speaks_plain_python() -> None:
    assert of_tests()["t.py::TestShelf::test_a_book_too_many"] == [
        "from shelf import Shelf\nshelf = Shelf(5)\nshelf.put(5)\nassert shelf.full\n",
        "from shelf import Shelf\nshelf = Shelf(5)\nshelf.put(5)\nassert not shelf.put(1)\n",
    ]


def test_a_test_that_needs_a_fixture_gives_none() -> None:
    assert list(snippets("t.py", b"def test_a(tmp_path):\n    assert tmp_path\n")) == []


def test_an_expected_exception_becomes_a_try() -> None:
    source = b"import pytest\ndef test_a():\n    with pytest.raises(KeyError):\n        {}[1]\n"
    (snippet,) = snippets("t.py", source)
    assert "pytest" not in snippet.source
    assert "except KeyError:" in snippet.source
    assert "raise AssertionError('KeyError was not raised')" in snippet.source


def test_the_statement_shows_what_came_and_what_should_have_come() -> None:
    snippet = Snippet("t.py::test_a", "from m import f\nassert 3 == f(1)\n")
    text = written("m", "1.0", snippet, Observed("AssertionError", "AssertionError", "2", "3"))
    assert text.startswith("Wrong result of `f(1)`\n")
    assert "got:      2\nexpected: 3\n" in text
    assert "test_a" not in text


def test_an_equal_tree_is_met_whatever_its_layout() -> None:
    faulty = "b = 1\na = f(1)\nc = 1\n"
    wanted = Wanted("b = 1\na = f(1, 'x')\nc = 1\n", faulty, range(2, 3))
    assert wanted.place([faulty, 'b = 1\na = f(1,\n  "x")\nc = 1\n']) == 2
    assert wanted.place(["b = 1\na = f('x', 1)\nc = 1\n", ""]) is None


def test_the_same_seed_makes_the_same_tasks(shelf: Made) -> None:
    assert len(shelf.tasks) >= 3
    assert dump(tasks_of(shelf.suite, 1, QUOTA)) == dump(shelf.tasks)


def test_another_seed_makes_others(shelf: Made) -> None:
    assert dump(tasks_of(shelf.suite, 2, QUOTA)) != dump(shelf.tasks)


def test_a_base_is_one_commit_without_the_hidden_tests_and_without_the_gold(shelf: Made) -> None:
    for task in shelf.tasks:
        base = shelf.places.base(task)
        git = ["git", "-C", str(base.path)]
        commits = subprocess.check_output([*git, "rev-list", "--all", "--reflog"], text=True)
        objects = subprocess.check_output([*git, "rev-list", "--all", "--objects"], text=True)
        counted = subprocess.check_output([*git, "count-objects"], text=True)
        assert commits.split() == [base.commit]
        assert counted.split()[0] == str(len(objects.splitlines()))
        kept = "".join(p.read_text() for p in base.path.rglob("*.py"))
        hidden = {t.partition("[")[0].rpartition("::")[2] for t in task.fail_to_pass}
        assert not [name for name in hidden if f"def {name}(" in kept]
        assert (base.path / task.plant.path).read_bytes() != FILES["shelf-1.0/shelf.py"]


def test_the_issue_is_the_statement_and_the_base(shelf: Made) -> None:
    task = shelf.tasks[0]
    issue = shelf.places.issue(task)
    assert issue.problem_statement == task.problem_statement
    assert issue.hints_text == ""
    assert issue.base_commit == shelf.places.base(task).commit


def test_gold_resolves_every_task_and_a_change_of_nothing_none(shelf: Made) -> None:
    for task in shelf.tasks:
        gold = grade(task, task.patch, shelf.sandbox, shelf.places)
        nothing = grade(task, NOTHING, shelf.sandbox, shelf.places)
        assert gold.resolved
        assert set(gold.fail_to_pass) == set(task.fail_to_pass)
        assert set(nothing.fail_to_pass.values()) == {"failed"}
        assert nothing.broken == ()


def test_what_a_patch_does_to_tests_counts_for_nothing(shelf: Made) -> None:
    conftest = (
        "diff --git a/tests/conftest.py b/tests/conftest.py\nnew file mode 100644\n"
        "--- /dev/null\n+++ b/tests/conftest.py\n@@ -0,0 +1,2 @@\n"
        "+import pytest\n+pytest.skip('all is well', allow_module_level=True)\n"
    )
    told = grade(shelf.tasks[0], conftest, shelf.sandbox, shelf.places)
    assert not told.resolved
    assert set(told.fail_to_pass.values()) == {"failed"}
    assert told.broken == ()


def test_a_patch_that_breaks_something_else_does_not_resolve(shelf: Made) -> None:
    task = next(t for t in shelf.tasks if t.plant.function != "longest")
    broken = task.patch + (
        "diff --git a/pytest.ini b/pytest.ini\nnew file mode 100644\n--- /dev/null\n"
        "+++ b/pytest.ini\n@@ -0,0 +1,2 @@\n+[pytest]\n+python_functions = test_room\n"
    )
    told = grade(task, broken, shelf.sandbox, shelf.places)
    assert not told.resolved
    assert "tests/test_shelf.py::test_the_longest" in told.broken


def test_no_patch_and_one_that_does_not_apply_are_told(shelf: Made) -> None:
    task = shelf.tasks[0]
    assert grade(task, b"", shelf.sandbox, shelf.places).reason == "no patch"
    unfitting = task.patch.replace("\n ", "\n x")
    assert grade(task, unfitting, shelf.sandbox, shelf.places).reason


@pytest.fixture(params=sorted(SPLITS))
def split(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_split_has_at_least_thirty_tasks_of_at_least_five_libraries(split: str) -> None:
    tasks = load_tasks(split)
    assert len(tasks) >= 30
    assert len({task.repo for task in tasks}) >= 5
    assert len({task.instance_id for task in tasks}) == len(tasks)


def test_no_library_is_in_both_splits() -> None:
    dev, report = ({task.repo.partition("==")[0] for task in load_tasks(s)} for s in SPLITS)
    assert dev
    assert report
    assert not dev & report


def test_the_committed_tasks_are_written_as_the_factory_writes_them(split: str) -> None:
    assert dump(load_tasks(split)) == (FOLDER / f"{split}.jsonl").read_text(encoding="utf-8")


def test_hidden_tests_are_few_and_apart_from_the_others(split: str) -> None:
    for task in load_tasks(split):
        assert 1 <= len(task.fail_to_pass) <= 20
        assert task.pass_to_pass
        assert not set(task.fail_to_pass) & set(task.pass_to_pass)


def test_no_statement_tells_the_place_the_repair_or_a_hidden_test(split: str) -> None:
    for task in load_tasks(split):
        text = task.problem_statement
        gold = [line[1:].strip() for line in task.patch.splitlines() if line[:2] == "+ "]
        hidden = {t.partition("[")[0].rpartition("::")[2] for t in task.fail_to_pass}
        assert not [line for line in gold if len(line) > len("return x") and line in text]
        assert not [name for name in hidden if name in text]
        assert task.plant.path not in text
        assert task.plant.operator not in text
        assert task.plant.operator.lower() not in task.instance_id
