from agents.verify.nearness import nearest

TESTS = ("tests/test_other.py::a", "tests/web/test_routing.py::b", "tests/test_routing.py::c")


def test_the_file_that_is_called_like_what_is_touched_comes_first() -> None:
    assert nearest(TESTS, ["src/pkg/web/routing.py"]) == (TESTS[1], TESTS[2])


def test_nothing_is_near_what_no_test_is_called_after() -> None:
    assert nearest(TESTS, ["src/pkg/core.py"]) == ()


def test_a_common_folder_alone_is_not_near() -> None:
    assert nearest(["pkg/web/tests/test_forms.py::a"], ["pkg/web/routing.py"]) == ()
