from agents.localise.functions import FunctionSpan, enclosing, function_spans

SOURCE = """\
import os

@cache
@other(
    1,
)
def top(x):
    def inner():
        return x
    return inner

class Parser:
    async def parse(self):
        pass

    class Inner:
        def run(self): return 1

if os.name:
    def conditional():
        pass
"""


def test_functions_carry_the_names_of_what_encloses_them_and_their_decorators() -> None:
    assert function_spans(SOURCE) == (
        FunctionSpan(3, 10, "top"),
        FunctionSpan(8, 9, "top.inner"),
        FunctionSpan(13, 14, "Parser.parse"),
        FunctionSpan(17, 17, "Parser.Inner.run"),
        FunctionSpan(20, 21, "conditional"),
    )


def test_the_short_name_is_the_last_part() -> None:
    assert FunctionSpan(1, 2, "Parser.parse").short == "parse"


def test_a_line_belongs_to_the_innermost_function() -> None:
    spans = function_spans(SOURCE)
    assert [span.name if span else None for span in (enclosing(spans, n) for n in (1, 7, 9))] == [
        None,
        "top",
        "top.inner",
    ]


def test_a_file_that_does_not_parse_has_no_functions() -> None:
    assert function_spans("def f(:\n") == ()
    assert function_spans("x = 1\0") == ()
