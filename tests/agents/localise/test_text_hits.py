import pytest

from agents.localise.symbols import symbols
from agents.localise.text_hits import clues, function_hits, same_file, text_hits

PARSER = """\
class Parser:
    def parse(self, text):
        return text

    def reset(self):
        pass


def load(path):
    return Parser().parse(path)
"""
SOURCES = {"pkg/parser.py": PARSER, "pkg/other.py": "def dump(x):\n    return x\n"}


def names(text: str) -> dict[str, float]:
    found = function_hits(clues(text), "pkg/parser.py", symbols("pkg/parser.py", PARSER))
    return {span.name: hit for span, hit in found.items()}


def test_a_traceback_frame_points_at_its_file_and_function() -> None:
    text = 'Traceback:\n  File "/home/me/pkg/parser.py", line 3, in parse\n    return text\n'
    assert text_hits(text, SOURCES)["pkg/parser.py"] >= 0.9
    assert max(names(text), key=lambda name: names(text)[name]) == "Parser.parse"


def test_a_frame_of_another_version_is_found_by_its_function() -> None:
    assert "load" in names('File "pkg/parser.py", line 999, in load')


@pytest.mark.parametrize(
    "text",
    ["see pkg/parser.py", "in `Parser`", "```\nload('x')\n```", "pkg.parser.load fails", "load()"],
)
def test_files_dotted_names_and_marked_identifiers_point_at_their_file(text: str) -> None:
    found = text_hits(text, SOURCES)
    assert list(found) == ["pkg/parser.py"]
    assert 0 < found["pkg/parser.py"] <= 1


def test_prose_words_point_nowhere() -> None:
    assert text_hits("It cannot load or parse the dump.", SOURCES) == {}


def test_a_name_that_many_files_define_says_little() -> None:
    many = {f"m{n}.py": "def run():\n    pass\n" for n in range(10)}
    one = {"m.py": "def run():\n    pass\n"}
    assert text_hits("`run`", many)["m0.py"] < text_hits("`run`", one)["m.py"]


def test_a_file_that_only_uses_a_marked_name_comes_in_weakly() -> None:
    assert 0 < text_hits("`text`", SOURCES)["pkg/parser.py"] < 0.2


def test_a_class_points_at_its_methods_more_weakly_than_their_names_do() -> None:
    found = names("`Parser` breaks in `reset`")
    assert found["Parser.reset"] > found["Parser.parse"] > 0
    assert "load" not in found


@pytest.mark.parametrize(
    "text", ["at pop (src/stack.js:2:5)", "see src/stack.js", "`pop` is wrong", "`Stack` is wrong"]
)
def test_other_languages_are_pointed_at_alike(text: str) -> None:
    stack = "class Stack {\n  pop() {\n    return 1\n  }\n}\n"
    sources = {"src/stack.js": stack, "src/other.go": "package other\n\nfunc Push() {}\n"}
    assert list(text_hits(text, sources)) == ["src/stack.js"]


def test_a_line_number_behind_a_path_is_a_frame() -> None:
    found = names("pkg/parser.py:3: AssertionError")
    assert max(found, key=lambda name: found[name]) == "Parser.parse"


def test_a_path_is_the_same_file_by_its_tail() -> None:
    assert same_file("C:\\work\\pkg\\parser.py", "pkg/parser.py")
    assert same_file("parser.py", "pkg/parser.py")
    assert not same_file("my_parser.py", "pkg/parser.py")
    assert not same_file("", "pkg/parser.py")


def test_clues_are_read_off_fences_ticks_and_frames() -> None:
    found = clues('`a.b` and\n```\nfoo\n```\nFile "x.py", line 3, in bar')
    assert found.frames == (("x.py", 3, "bar"),)
    assert {"a", "b", "foo"} <= found.names
    assert found.dotted == {"a.b"}
