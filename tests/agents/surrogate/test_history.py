from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from agents.surrogate.history import History, often_broken
from agents.surrogate.patch_places import overlap, places
from tests.agents.surrogate.cases import broke, patch, question

HERE, NEAR, FAR, OTHER = (
    patch("a.py", 10),
    patch("a.py", 14),
    patch("a.py", 90),
    patch("b.py", 10),
)


def test_nothing_is_guessed_before_anything_broke() -> None:
    assert History().guess(question(HERE)).passes == {}


def test_what_broke_most_often_is_asked_first() -> None:
    earlier = [broke("t::rare", OTHER), broke("t::often", OTHER), broke("t::often", OTHER)]
    assert History().guess(question(HERE, earlier)).suspects == ("t::often",)


def test_an_edit_of_the_same_lines_says_more_than_one_of_the_file_and_that_more_than_any() -> None:
    earlier = [
        broke("t::elsewhere", OTHER),
        broke("t::elsewhere", OTHER),
        broke("t::elsewhere", OTHER),
        broke("t::file", FAR),
        broke("t::file", FAR),
        broke("t::place", NEAR),
        broke("t::place", OTHER),
    ]
    assert often_broken(question(HERE, earlier)) == ("t::place", "t::file", "t::elsewhere")


def test_a_test_that_a_run_never_came_to_is_not_held_to_have_failed() -> None:
    unseen = replace(broke("t::unseen", HERE), tests={"t::unseen": "missing"})
    assert often_broken(question(HERE, [unseen])) == ()


def test_a_removed_line_that_looks_like_a_head_is_none() -> None:
    text = b"--- a/a.py\n+++ b/a.py\n@@ -1,2 +1 @@\n--- a/evil.py\n x\n"
    assert places(text) == {"a.py": [(1, 2)]}


def test_a_new_file_has_no_place_in_the_base() -> None:
    assert places(b"--- /dev/null\n+++ b/n.py\n@@ -0,0 +1 @@\n+x\n") == {}


def test_hunks_of_one_line_and_neighbours() -> None:
    assert overlap([(1, 3)], [(3, 9)])
    assert not overlap([(1, 3)], [(4, 9)])


@given(st.binary())
def test_any_bytes_are_read(text: bytes) -> None:
    assert isinstance(places(text), dict)
