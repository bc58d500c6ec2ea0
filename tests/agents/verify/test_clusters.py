import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.verify.clusters import WITHOUT_BLANKS, WITHOUT_COMMENTS, cluster, fingerprint

C = "int f() {\n    // one up\n    return x + 1;\n}\n"
PATHS = st.from_regex(r"[a-z]{1,5}(/[a-z]{1,5})?\.(py|go|js|txt)", fullmatch=True)


def test_comments_formatting_and_docstrings_do_not_split_a_cluster() -> None:
    plain = {"a.py": b"def f(x):\n    return x+1\n"}
    dressed = {"a.py": b'def f(x):\n    """Says more."""\n    return (x + 1)  # one up\n'}
    assert cluster([plain, dressed]) == [0, 0]


def test_names_paths_and_structure_do() -> None:
    candidates: list[dict[str, bytes | None]] = [
        {"a.py": b"x = 1\n"},
        {"b.py": b"x = 1\n"},
        {"a.py": b"y = 1\n"},
        {"a.py": b"if x:\n    y()\nz()\n"},
        {"a.py": b"if x:\n    y()\n    z()\n"},
        {"a.py": None},
    ]
    assert cluster(candidates) == [0, 1, 2, 3, 4, 5]


def test_files_that_are_not_python_count_by_their_bytes() -> None:
    assert cluster([{"a.txt": b"x"}, {"a.txt": b"x "}, {"a.txt": b"\xff"}, {"a.txt": b"x"}]) == [
        0,
        1,
        2,
        0,
    ]


def test_python_that_does_not_parse_counts_by_its_bytes() -> None:
    assert cluster([{"a.py": b"x = ("}, {"a.py": b"x = ( "}]) == [0, 1]


def test_a_part_cannot_be_read_as_another() -> None:
    assert cluster([{"a": b"b", "c": b"d"}, {"a": b"bc", "": b"d"}]) == [0, 1]


@pytest.mark.parametrize("suffix", WITHOUT_COMMENTS)
def test_of_a_known_language_comments_and_blanks_do_not_split_a_cluster(suffix: str) -> None:
    dressed = [
        C.replace("    // one up\n", ""),
        C.replace("one up", "adds one"),
        C.replace("{\n", "{  \n\n"),
        C.replace("\n", "\r\n"),
    ]
    files = [{f"a{suffix}": text.encode()} for text in (C, *dressed)]
    assert cluster(files) == [0, 0, 0, 0, 0]


@pytest.mark.parametrize("suffix", WITHOUT_BLANKS)
@pytest.mark.parametrize(
    "other",
    [
        C.replace("    return", "  return"),
        C.replace("x + 1", "x  + 1"),
        C.replace("x", "y"),
        C.replace("// one", "//go:noinline"),
        C.replace("// one", "// +build"),
        C.replace("// one up", "// one up \\"),
        C.replace("// one up", r"// \u000a x++;"),
        C.replace("// one up", "// one up */ x++;"),
        C.replace("return", "/* */ return"),
    ],
)
def test_its_indentation_words_and_directives_do(suffix: str, other: str) -> None:
    assert cluster([{f"a{suffix}": C.encode()}, {f"a{suffix}": other.encode()}]) == [0, 1]


@pytest.mark.parametrize("mark", ["`", '"""', 'R"(', 'import "C"', "#define a \\", "#define a \\ "])
def test_blanks_and_comments_that_may_be_more_than_that_count(mark: str) -> None:
    texts = (f"s = {mark}\n{rest}" for rest in ("a\n", "a \n", "a\n\n", "// b\na\n"))
    assert cluster([{"a.go": text.encode()} for text in texts]) == [0, 1, 2, 3]


def test_a_line_of_a_script_that_looks_like_a_comment_counts_where_it_may_be_text() -> None:
    assert cluster([{"a.js": b"<p>\n// a\n</p>"}, {"a.js": b"<p>\n</p>"}]) == [0, 1]


@pytest.mark.parametrize("deep", [b"-" * 3_000, b"1+" * 5_000, b"a" + b".b" * 3_000 + b"+"])
def test_python_nested_too_deep_counts_by_its_bytes(deep: bytes) -> None:
    one, two = ({"a.py": b"x = " + deep + end} for end in (b"1\n", b"1  # a\n"))
    assert cluster([one, two, one]) == [0, 1, 0]


@given(PATHS, PATHS, st.binary(max_size=20))
def test_equal_text_under_another_path_is_another_change(one: str, two: str, text: bytes) -> None:
    assert (fingerprint({one: text}) == fingerprint({two: text})) == (one == two)


@given(st.integers(0, 3), st.integers(0, 3), st.sampled_from(["a.py", "a.c", "a.ts", "a.txt"]))
def test_another_indentation_is_another_change(one: int, two: int, path: str) -> None:
    """The last line belongs to as many blocks as it is indented."""
    head = "".join(f"{'  ' * depth}if x:\n" for depth in range(3)) + "      y()\n"
    first, second = ({path: f"{head}{'  ' * depth}z()\n".encode()} for depth in (one, two))
    assert (fingerprint(first) == fingerprint(second)) == (one == two)


@given(st.binary(max_size=12))
def test_a_removed_file_is_like_none_that_stays(text: bytes) -> None:
    assert cluster([{"a.txt": None}, {"a.txt": text}]) == [0, 1]


def test_nor_like_one_that_says_so() -> None:
    assert cluster([{"a.txt": None}, {"a.txt": b"removed"}, {"a.txt": b""}]) == [0, 1, 2]
