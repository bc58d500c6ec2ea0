"""SEARCH/REPLACE blocks: generous reading, strict applying, honest feedback."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from agents.policy.edit_formats import EditProblem, ParsedEdit, parse_blocks, parse_edit

CORE = "import os\n\n\ndef low(a, b):\n    if a < b:\n        return a\n    return b\n"


def block(search: str, replace: str, path: str = "pkg/core.py") -> str:
    return f"{path}\n<<<<<<< SEARCH\n{search}=======\n{replace}>>>>>>> REPLACE\n"


def edit(
    reply: str, files: dict[str, bytes] | None = None, shown: tuple[str, ...] = ()
) -> ParsedEdit | EditProblem:
    tree = {"pkg/core.py": CORE.encode(), "pkg/other.py": b"x = 1\n"} | (files or {})
    return parse_edit(reply, tree.get, sorted(tree), shown)


def changed(result: ParsedEdit | EditProblem, path: str = "pkg/core.py") -> str:
    assert isinstance(result, ParsedEdit), result
    content = result.changes[path]
    assert content is not None
    return content.decode("utf-8", "surrogateescape")


def problem(result: ParsedEdit | EditProblem, reason: str) -> str:
    assert isinstance(result, EditProblem), result
    assert result.reason == reason, result
    return result.feedback


GOOD = block("    if a < b:\n", "    if a <= b:\n")


@pytest.mark.parametrize(
    "reply",
    [
        GOOD,
        "I think so.\n\n" + GOOD + "\nDone.",
        GOOD.replace("pkg/core.py", "`pkg/core.py`"),
        GOOD.replace("pkg/core.py", "### pkg/core.py"),
        GOOD.replace("pkg/core.py", "**File: pkg/core.py**"),
        GOOD.replace("pkg/core.py", "File: `./pkg/core.py`:"),
        GOOD.replace("pkg/core.py", "/workspace/pkg/core.py"),
        GOOD.replace("pkg/core.py", "core.py"),
        GOOD.replace("pkg/core.py", "pkg/core.py\n```python"),
        GOOD.replace("pkg/core.py", "pkg/core.py\n\n```python"),
        GOOD.replace("pkg/core.py", "```python pkg/core.py"),
        GOOD.replace("pkg/core.py", "```python:pkg/core.py"),
        GOOD.replace("pkg/core.py", "```python\npkg/core.py") + "```\n",
        GOOD.replace("pkg/core.py\n", "").replace("SEARCH", "SEARCH pkg/core.py"),
        GOOD.replace("<<<<<<<", "<<<<<<")
        .replace("=======", "========")
        .replace(">>>>>>>", ">>>>>"),
        GOOD.replace("\n", "\r\n"),
        GOOD + GOOD,
        block("```python\n    if a < b:\n```\n", "```python\n    if a <= b:\n```\n"),
        block("\n    if a < b:\n\n", "\n    if a <= b:\n\n"),
        block("if a < b:\n", "if a <= b:\n"),
        block(
            "        if a < b:\n            return a\n",
            "        if a <= b:\n            return a\n",
        ),
        block("    if a < b:  \n        return a \n", "    if a <= b:\n        return a\n"),
    ],
)
def test_one_edit_written_in_many_ways(reply: str) -> None:
    assert changed(edit(reply)) == CORE.replace("a < b", "a <= b")


def test_a_path_that_is_missing_or_wrong_falls_back_to_the_one_shown_file_that_fits() -> None:
    for reply in (GOOD.replace("pkg/core.py\n", ""), GOOD.replace("pkg/core.py", "src/none.py")):
        result = edit(reply, shown=("pkg/other.py", "pkg/core.py"))
        assert changed(result) == CORE.replace("a < b", "a <= b")
        assert "pkg/other.py" in problem(edit(reply, shown=("pkg/other.py",)), "does_not_apply")


def test_several_blocks_in_several_files_are_one_edit() -> None:
    reply = (
        GOOD
        + "<<<<<<< SEARCH\nimport os\n=======\nimport sys\n>>>>>>> REPLACE\n"
        + block("x = 1\n", "x = 2\n", "pkg/other.py")
    )
    result = edit(reply)
    assert changed(result) == CORE.replace("a < b", "a <= b").replace("os", "sys")
    assert changed(result, "pkg/other.py") == "x = 2\n"


def test_one_bad_block_spoils_all() -> None:
    problem(edit(GOOD + block("nothing like it\n", "x\n", "pkg/other.py")), "does_not_apply")


def test_an_empty_search_makes_a_new_file() -> None:
    assert changed(edit(block("", "y = 1\n", "pkg/new.py")), "pkg/new.py") == "y = 1\n"
    assert changed(edit(block("", "y = 1\n", "core.py")), "core.py") == "y = 1\n"
    filled = edit(block("", "y = 1\n", "pkg/empty.py"), {"pkg/empty.py": b""})
    assert changed(filled, "pkg/empty.py") == "y = 1\n"
    assert "exists" in problem(edit(block("", "y = 1\n")), "does_not_apply")
    assert "path" in problem(edit(block("", "y = 1\n", "")), "unparsable")


def test_an_empty_replace_removes_lines() -> None:
    assert changed(edit(block("import os\n\n\n", ""))) == CORE.removeprefix("import os\n\n\n")


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "Just set a <= b.",
        "```python\nif a <= b:\n```",
        GOOD.replace(">>>>>>> REPLACE", ""),
        GOOD.replace("=======\n", ""),
        block("a\n=======\nb\n", "c\n"),
        GOOD.replace(">>>>>>> REPLACE\n", "") + GOOD,
        GOOD + "\udc80",
    ],
)
def test_what_cannot_be_read_is_refused_whole(reply: str) -> None:
    assert problem(edit(reply), "unparsable")


def test_a_ruler_of_another_length_is_content() -> None:
    files = {"a.rst": b"Title\n=====\ntext\n"}
    reply = block("Title\n=====\n", "Head\n=====\n", "a.rst")
    assert changed(edit(reply, files), "a.rst") == "Head\n=====\ntext\n"


def test_ambiguity_is_told_with_line_numbers() -> None:
    files = {"a.py": b"x = 1\ny = 2\nx = 1\n"}
    assert "lines 1, 3" in problem(edit(block("x = 1\n", "x = 2\n", "a.py"), files), "ambiguous")
    exact_wins = {"a.py": b"x = 1\n  x = 1\n"}
    assert (
        changed(edit(block("x = 1\n", "x = 2\n", "a.py"), exact_wins), "a.py") == "x = 2\n  x = 1\n"
    )


def test_overlapping_blocks_are_refused() -> None:
    other = block("        return a\n    return b\n", "    return b\n")
    reply = block("    if a < b:\n        return a\n", "") + other
    assert "one block" in problem(edit(reply), "ambiguous")


def test_no_change_is_said() -> None:
    problem(edit(block("    return b\n", "    return b\n")), "changes_nothing")


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd.d",
        "../out.py",
        "pkg/../../out.py",
        ".git/hooks.d",
        "pkg/.GIT/config.x",
        "tests/helper.py",
        "pkg/tests/x.py",
        "test/x.py",
        "pkg/test_core.py",
        "pkg/core_test.py",
        "conftest.py",
        "pkg/core.py/x.py",
        "pkg//x.py",
    ],
)
def test_paths_that_no_edit_may_touch(path: str) -> None:
    problem(edit(block("", "x\n", path)), "forbidden_path")


def test_a_shown_or_shortened_test_file_is_no_way_round() -> None:
    files = {"tests/case.py": b"q = 1\n"}
    problem(edit(block("q = 1\n", "q = 2\n", "case.py"), files), "forbidden_path")
    problem(edit(block("q = 1\n", "q = 2\n", ""), files, ("tests/case.py",)), "forbidden_path")


def test_a_folder_or_a_link_is_no_file() -> None:
    files = {"docs.d/a.md": b"x"}
    assert "folder" in problem(edit(block("", "x\n", "docs.d"), files), "forbidden_path")
    reply = block("a\n", "b\n", "link.py")
    result = parse_edit(reply, lambda _: None, ["link.py"])
    assert "regular" in problem(result, "forbidden_path")


def test_a_source_package_named_test_may_be_edited() -> None:
    files = {"django/test/client.py": b"x = 1\n"}
    result = edit(block("x = 1\n", "x = 2\n", "django/test/client.py"), files)
    assert changed(result, "django/test/client.py") == "x = 2\n"


def test_a_near_miss_quotes_the_lines_that_were_meant() -> None:
    feedback = problem(edit(block("    if a > b:\n        return a\n", "x\n")), "does_not_apply")
    assert "lines 4 to 7" in feedback
    assert "    if a < b:\n        return a\n" in feedback
    closest = problem(edit(block("    if (a < b):\n", "x\n")), "does_not_apply")
    assert "    if a < b:\n" in closest
    far = problem(edit(block("zzzzqqqq\n", "x\n")), "does_not_apply")
    assert "nothing there resembles" in far


def test_newlines_blanks_and_the_missing_last_newline_stay() -> None:
    windows = {"w.py": b"a = 1\r\nb = 2\r\nc = 3"}
    assert changed(edit(block("b = 2\n", "b = 3\nd = 4\n", "w.py"), windows), "w.py") == (
        "a = 1\r\nb = 3\r\nd = 4\r\nc = 3"
    )
    assert changed(edit(block("c = 3\n", "c = 4\n", "w.py"), windows), "w.py").endswith("\r\nc = 4")
    grown = edit(block("c = 3\n", "c = 3\ne = 5\n", "w.py"), windows)
    assert changed(grown, "w.py") == "a = 1\r\nb = 2\r\nc = 3\r\ne = 5"
    cut = edit(block("b = 2\nc = 3\n", "b = 2\n", "w.py"), windows)
    assert changed(cut, "w.py") == "a = 1\r\nb = 2"
    blanks = {"t.py": b"def f():  \n\treturn 1\n"}
    reply = block("def f():\n\treturn 1\n", "def f():\n\treturn 2\n", "t.py")
    assert changed(edit(reply, blanks), "t.py") == "def f():  \n\treturn 2\n"


def test_bytes_that_are_not_utf8_go_through_unharmed() -> None:
    files = {
        "l.py": b"# caf\xe9\nx = 1\n",
        "b.bin": b"x\0\n",
        "u.py": b"\xef\xbb\xbfx = 1\ny = 1\n",
    }
    result = edit(block("x = 1\n", "x = 2\n", "l.py"), files)
    assert isinstance(result, ParsedEdit)
    assert result.changes["l.py"] == b"# caf\xe9\nx = 2\n"
    problem(edit(block("x\n", "y\n", "b.bin"), files), "not_text")
    marked = edit(block("y = 1\n", "y = 2\n", "u.py"), files)
    assert isinstance(marked, ParsedEdit)
    assert marked.changes["u.py"] == b"\xef\xbb\xbfx = 1\ny = 2\n"


CODE = st.text(st.sampled_from("ab =\t()#é"), max_size=6)
LINES = st.lists(CODE, max_size=6).map(lambda lines: ["(", *lines, ")"])


@given(LINES, LINES, LINES, LINES, st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_only_the_matched_span_changes(
    head: list[str], old: list[str], tail: list[str], new: list[str], newline: str, ends: bool
) -> None:
    """Round trip: the file is `head`, then the replacement, then `tail`, byte for byte."""
    assume(old != new)
    before = newline.join([*head, *old, *tail]) + newline * ends
    reply = block("".join(x + "\n" for x in old), "".join(x + "\n" for x in new), "f.py")
    result = parse_edit(reply, {"f.py": before.encode()}.get, ["f.py"])
    after = newline.join([*head, *new, *tail]) + newline * ends
    if isinstance(result, ParsedEdit):
        assert result.changes == {"f.py": after.encode()}
    else:
        assert result.reason == "ambiguous"


REPLIES = st.lists(
    st.sampled_from(
        ["<<<<<<< SEARCH", "=======", ">>>>>>> REPLACE", "f.py", "```", "a", " a", "b ", "", "c"]
    ),
    max_size=14,
).map("\n".join)


@given(REPLIES, st.lists(st.sampled_from(["a", " a", "b ", "", "c\r"]), max_size=6))
def test_no_reply_raises_and_every_change_is_real(reply: str, lines: list[str]) -> None:
    before = "\n".join(lines).encode()
    result = parse_edit(reply, {"f.py": before}.get, ["f.py"], ["f.py"])
    if isinstance(result, ParsedEdit):
        assert result.changes
        assert result.changes.get("f.py") != before
    else:
        assert result.feedback


@given(st.text(max_size=200))
def test_any_text_can_be_read(reply: str) -> None:
    assert parse_blocks(reply)


def test_blocks_are_found_in_a_long_reply_quickly() -> None:
    """Linear scanning: 4,000 lines of noise before a block."""
    assert changed(edit("noise <<<<<<<\n" * 4000 + GOOD))
