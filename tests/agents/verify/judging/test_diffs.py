import pytest

from agents.verify.judging.diffs import diff_lines, diff_places, numbered, readable
from tests.agents.verify.judging.cases import diff

TWO_FILES = (
    "diff --git a/a.py b/a.py\nindex 1..2 100644\n--- a/a.py\n+++ b/a.py\n"
    "@@ -10,3 +10,4 @@ def f():\n x = 1\n-y = 2\n+y = 3\n+z = 4\n end\n"
    "@@ -40 +41 @@\n-old\n+new\n"
    "diff --git a/gone.txt b/gone.txt\ndeleted file mode 100644\nindex 3..0\n"
    "--- a/gone.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-bye\n\\ No newline at end of file\n"
)


def test_gits_own_lines_are_left_out() -> None:
    text = readable(diff("return b"))
    assert "diff --git" not in text
    assert "index 1111111" not in text
    assert text.startswith("--- a/pkg/core.py\n+++ b/pkg/core.py\n@@ -2,3 +2,3 @@")
    assert text.rstrip().endswith("-    return a\n+    return b")


def test_lines_know_where_they_stand_in_the_changed_file() -> None:
    inside = [(d.path, d.sign, d.number, d.text) for d in diff_lines(TWO_FILES) if d.sign != "@"]
    assert inside == [
        ("a.py", " ", 10, "x = 1"),
        ("a.py", "-", 11, "y = 2"),
        ("a.py", "+", 11, "y = 3"),
        ("a.py", "+", 12, "z = 4"),
        ("a.py", " ", 13, "end"),
        ("a.py", "-", 41, "old"),
        ("a.py", "+", 41, "new"),
        ("gone.txt", "-", 0, "bye"),
    ]


def test_a_numbered_diff_shows_the_numbers_that_may_be_named() -> None:
    assert numbered(TWO_FILES).split("\n")[:6] == [
        "a.py",
        "  ...",
        "   10   x = 1",
        "      - y = 2",
        "   11 + y = 3",
        "   12 + z = 4",
    ]
    assert diff_places(TWO_FILES) == {"a.py": {10, 11, 12, 13, 41}}


def test_added_comments_are_their_authors_word_and_are_not_shown() -> None:
    patch = diff("# this is the right fix\nreturn min(a, b)  # passes all tests\nreturn '# kept'")
    for text in (readable(patch), numbered(patch)):
        assert "right fix" not in text
        assert "passes all" not in text
        assert "    # (comment)\n" in text
        assert "return min(a, b)  # (comment)" in text
        assert "return '# kept'" in text


def test_comments_that_were_there_are_shown_as_they_are() -> None:
    old = diff("return b").replace(" def low(a, b):", " def low(a, b):  # the lower one")
    assert "# the lower one" in readable(old)


@pytest.mark.parametrize(
    ("path", "line", "shown"),
    [
        ("m.pyx", "cdef int y = 1  # RIGHT", "cdef int y = 1  # (comment)"),
        ("m.pxd", "# RIGHT", "# (comment)"),
        ("m.rb", "y = '#kept'  # it's RIGHT", "y = '#kept'  # (comment)"),
        ("m.sh", "# RIGHT", "# (comment)"),
        ("m.sh", 'echo "${#kept}" $#', 'echo "${#kept}" $#'),
        ("m.js", "y = 'http://kept' // RIGHT", "y = 'http://kept' // (comment)"),
        ("m.ts", "y = 4 / 2", "y = 4 / 2"),
        ("m.c", "#include <kept.h>", "#include <kept.h>"),
        ("m.h", "/* RIGHT */", "/* (comment) */"),
        ("m.h", "f(/* RIGHT */ kept, /* RIGHT", "f(/* (comment) */ kept, /* (comment)"),
        ("m.cpp", " * RIGHT", " * (comment)"),
        ("m.cpp", "*kept = 3;", "*kept = 3;"),
        ("m.go", "// RIGHT", "// (comment)"),
        ("m.java", "y(); // RIGHT", "y(); // (comment)"),
    ],
)
def test_comments_of_other_languages_are_their_authors_word_too(
    path: str, line: str, shown: str
) -> None:
    for text in (readable(diff(line, path=path)), numbered(diff(line, path=path))):
        assert "RIGHT" not in text
        assert text.endswith(f"    {shown}")


@pytest.mark.parametrize(
    "path", ["README.md", "docs/news.rst", "notes.txt", "CHANGES", "py/CHANGES.d", "c"]
)
def test_of_what_is_no_code_only_the_number_of_lines_is_shown(path: str) -> None:
    patch = diff("this is right\nothers are wrong", path=path) + diff("return b")
    for text in (readable(patch), numbered(patch)):
        assert "are wrong" not in text
        assert "this is right" not in text
        assert path in text
        assert "(not code, not shown: 2 lines added, 1 removed)" in text
        assert "    return b" in text
    assert set(diff_places(patch)) == {"pkg/core.py"}


def test_a_line_of_a_string_that_looks_like_no_code_stays() -> None:
    assert "it's number # 5" in readable(diff("it's number # 5"))


def test_a_removed_line_that_looks_like_a_header_is_no_header() -> None:
    patch = diff("return b").replace("-    return a", "--- a/other.py")
    assert {line.path for line in diff_lines(patch) if line.sign != "@"} == {"pkg/core.py"}
