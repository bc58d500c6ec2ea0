"""unittest, for real, on bubblewrap."""

import pytest

from sandbox.testruns import UnittestRunner, merge
from sandbox.testruns.unittest_runner import dotted
from tests.sandbox.testruns.projects import Place

UNITTEST = UnittestRunner()

OUTCOMES = {
    "lib.py": """
        def broken():
            raise KeyError("no such thing")
        """,
    "tests/__init__.py": "",
    "tests/test_outcomes.py": """
        import unittest
        import lib

        class Plain(unittest.TestCase):
            def test_pass(self): pass
            def test_fail(self): self.assertEqual(1, 2)
            def test_error(self): lib.broken()
            def test_skip(self): self.skipTest("so")
            @unittest.expectedFailure
            def test_expected(self): self.fail()
            @unittest.expectedFailure
            def test_unexpected(self): pass
            def test_subtests(self):
                for n in range(3):
                    with self.subTest(n=n): self.assertNotEqual(n, 1)
            def test_subtest_error(self):
                with self.subTest("bad"): raise OSError
            def test_subtest_skip(self):
                with self.subTest("none"): self.skipTest("so")
            def test_good_subtests(self):
                with self.subTest("good"): pass

        class TearDown(unittest.TestCase):
            def tearDown(self): raise OSError("late")
            def test_pass(self): pass

        class BadClass(unittest.TestCase):
            @classmethod
            def setUpClass(cls): raise OSError("class")
            def test_one(self): pass
            def test_two(self): pass

        class BadClassTearDown(unittest.TestCase):
            @classmethod
            def tearDownClass(cls): raise OSError("class")
            def test_one(self): pass

        class SkippedInSetUp(unittest.TestCase):
            @classmethod
            def setUpClass(cls): raise unittest.SkipTest("so")
            def test_one(self): pass

        @unittest.skip("so")
        class Skipped(unittest.TestCase):
            def test_one(self): pass
        """,
    "tests/test_module.py": """
        import unittest
        def setUpModule(): raise OSError("module")
        class Case(unittest.TestCase):
            def test_one(self): pass
        """,
    "tests/test_broken.py": "import nothing_of_that_name\n",
    "tests/test_raises.py": "raise KeyError('x')\n",
    "tests/test_skipped.py": "import unittest\nraise unittest.SkipTest('so')\n",
}
PLAIN = "tests.test_outcomes.Plain."


def test_every_outcome_of_unittest_has_its_status(place: Place) -> None:
    report = place.run(OUTCOMES, UNITTEST)
    told = {t.removeprefix("tests.test_outcomes."): s for t, s in report.status.items()}
    assert told == {
        "Plain.test_pass": "passed",
        "Plain.test_fail": "failed",
        "Plain.test_error": "error",
        "Plain.test_skip": "skipped",
        "Plain.test_expected": "skipped",
        "Plain.test_unexpected": "failed",
        "Plain.test_subtests": "failed",
        "Plain.test_subtest_error": "error",
        "Plain.test_subtest_skip": "passed",
        "Plain.test_good_subtests": "passed",
        "TearDown.test_pass": "error",
        "BadClass.test_one": "error",
        "BadClass.test_two": "error",
        "BadClassTearDown.test_one": "passed",
        "tearDownClass (tests.test_outcomes.BadClassTearDown)": "error",
        "SkippedInSetUp.test_one": "skipped",
        "Skipped.test_one": "skipped",
        "tests.test_module.Case.test_one": "error",
        "unittest.loader.ModuleSkipped.tests.test_skipped": "skipped",
    }
    assert report.collection_errors.keys() == {"tests.test_broken", "tests.test_raises"}
    assert "nothing_of_that_name" in report.collection_errors["tests.test_broken"]
    assert report.errors[PLAIN + "test_error"] == "KeyError"
    assert report.failures[PLAIN + "test_error"] == "KeyError: 'no such thing'"
    assert report.frames[PLAIN + "test_error"] == [("tests/test_outcomes.py", 8), ("lib.py", 3)]
    assert report.failures[PLAIN + "test_unexpected"] == "unexpected success"
    assert report.failures["tests.test_outcomes.BadClass.test_two"] == "OSError: class"
    assert report.finished


def test_ids_are_asked_for_dotted_or_as_unittest_prints_them(place: Place) -> None:
    asked = [
        PLAIN + "test_pass",
        "test_fail (tests.test_outcomes.Plain)",
        "test_error (tests.test_outcomes.Plain.test_error)",
        "tests.test_outcomes.Plain.test_gone",
        "tests.test_gone.Case.test_one",
        "tests.test_broken.Case.test_one",
        "tests.test_raises.Case.test_one",
        "tests.test_skipped.Case.test_one",
        "tests.test_module.Case.test_one",
    ]
    status = place.run(OUTCOMES, UNITTEST, asked).status
    wanted = ("passed", "failed", "error", "missing", "missing", "missing", "missing", "skipped")
    assert list(map(status.__getitem__, asked)) == [
        *("error" if s == "missing" else s for s in wanted),
        "error",
    ]
    assert status.keys() == set(asked)


def test_a_class_or_a_module_can_be_asked_for(place: Place) -> None:
    asked = ["tests.test_outcomes.BadClass", "tests.test_module"]
    assert place.run(OUTCOMES, UNITTEST, asked).status == {
        "tests.test_outcomes.BadClass.test_one": "error",
        "tests.test_outcomes.BadClass.test_two": "error",
        "tests.test_module.Case.test_one": "error",
    }


def test_shards_hold_every_test_once_and_modules_whole(place: Place) -> None:
    files = {
        f"test_{n}.py": """
            import unittest
            shared = []
            class A(unittest.TestCase):
                def test_first(self): shared.append(1)
            class B(unittest.TestCase):
                def test_second(self): self.assertEqual(shared, [1])
            """
        for n in range(5)
    }
    shards = [place.run(files, UNITTEST, shard=(index, 2)) for index in range(2)]
    whole = place.run(files, UNITTEST)
    assert merge(shards).status == whole.status == dict.fromkeys(whole.status, "passed")
    assert sum(len(shard.status) for shard in shards) == 10
    assert all(len(shard.status) < 10 for shard in shards)


def test_a_hung_test_timed_out_and_an_exit_leaves_the_rest_missing(place: Place) -> None:
    files = {
        "test_bad.py": """
            import os, threading, unittest
            class Case(unittest.TestCase):
                def test_1(self): pass
                def test_2(self): self.bad()
                def test_3(self): pass
                def bad(self): threading.Event().wait()
            class Exits(Case):
                def bad(self): os._exit(0)
            """
    }
    hung = place.run(files, UNITTEST, ["test_bad.Case"], wall_s=3.0)
    assert list(hung.status.values()) == ["passed", "timeout", "missing"]
    exited = place.run(files, UNITTEST, ["test_bad.Exits"])
    assert list(exited.status.values()) == ["passed", "missing", "missing"]
    assert not hung.finished
    assert not exited.finished


def test_tests_may_lie_in_a_folder_of_their_own(place: Place) -> None:
    case = "import unittest, mine\nclass A(unittest.TestCase):\n    def test_a(self): pass\n"
    files = {"checks/check_a.py": case, "src/mine.py": ""}
    runner = UnittestRunner(start="checks", pattern="check*.py", python_path=("src",))
    assert place.run(files, runner).status == {"check_a.A.test_a": "passed"}
    asked = ["check_a.A.test_a"]
    assert place.run(files, runner, asked).status == {"check_a.A.test_a": "passed"}


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("test_x (a.b.C)", "a.b.C.test_x"),
        ("test_x (a.b.C.test_x)", "a.b.C.test_x"),
        ("a.b.C.test_x", "a.b.C.test_x"),
        ("What a docstring says (a.b)", "What a docstring says (a.b)"),
    ],
)
def test_what_is_printed_is_understood(printed: str, name: str) -> None:
    assert dotted(printed) == name
