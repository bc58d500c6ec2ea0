import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.localise.symbols import language, symbols

JAVASCRIPT = """\
class A {
  m(x) { return 1 }
  static s() {}
}
function f() {
  const g = (y) => y;
}
const h = () => 2;
const o = { p: function() {}, q() {} };
A.prototype.w = function() {};
exports.u = () => 3;
"""


def names(path: str, source: str) -> list[str]:
    return [span.name for span in symbols(path, source)]


def test_javascript_functions_are_named_by_what_they_are_assigned_to() -> None:
    assert names("a.js", JAVASCRIPT) == [
        *("A.m", "A.s", "f", "f.g", "h", "p", "q", "A.prototype.w", "u")
    ]


def test_lines_count_from_1_and_hold_the_whole_function() -> None:
    spans = {span.name: (span.start, span.end) for span in symbols("a.js", JAVASCRIPT)}
    assert spans["A.m"] == (2, 2)
    assert spans["f"] == (5, 7)


@pytest.mark.parametrize(
    ("path", "source", "expected"),
    [
        ("a.ts", "namespace N { class A<T> { m(x: T): T { return x } } }", ["N.A.m"]),
        ("a.tsx", "const App = () => <p>hi</p>", ["App"]),
        ("A.java", "class A { A() {} class B { int n() { return 1; } } }", ["A.A", "A.B.n"]),
        ("a.go", "package p\nfunc F() {}\nfunc (s *S[T]) M() {}", ["F", "S.M"]),
        ("a.rs", "fn f() {}\nimpl<T> D for S<T> { fn n() {} }", ["f", "S.n"]),
        ("a.c", "static char *g(void) { return 0; }", ["g"]),
        ("a.h", "namespace n { struct A { int m() { return 1; } }; }", ["n.A.m"]),
        ("a.cpp", "int A::k(int x) { return x; }\nint& r(int& x) { return x; }", ["A.k", "r"]),
        ("a.rb", "module M\n class A\n  def m\n  end\n  def self.s; end\n end\nend", None),
        ("a.php", "<?php\nclass A { function m() {} }\nfunction f() {}", ["A.m", "f"]),
        ("a.py", "class A:\n    def m(self): ...", ["A.m"]),
        ("a.txt", "function f() {}", []),
        ("Makefile", "f:", []),
    ],
)
def test_every_language_with_a_grammar_is_read(
    path: str, source: str, expected: list[str] | None
) -> None:
    assert names(path, source) == (expected if expected is not None else ["M.A.m", "M.A.s"])


def test_what_parses_of_a_broken_file_is_read_but_python_is_all_or_nothing() -> None:
    assert "f" in names("a.js", "function f() {}\nfunction (((\n")
    assert names("a.py", "def f(): pass\ndef (((\n") == []


def test_a_language_is_named_as_code_fences_name_it() -> None:
    told = [language(path) for path in ("a.py", "a.tsx", "x/a.HPP", "a.md", "py")]
    assert told == ["python", "tsx", "cpp", None, None]


def test_code_that_is_nested_beyond_pythons_stack_is_read() -> None:
    assert names("a.js", "function f() {" + "[" * 3000 + "]" * 3000 + "}") == ["f"]


@given(st.text(), st.sampled_from(["a.js", "a.go", "a.cpp", "a.rb", "a.php", "a.py"]))
def test_any_text_can_be_read(text: str, path: str) -> None:
    assert all(1 <= span.start <= span.end for span in symbols(path, text))
