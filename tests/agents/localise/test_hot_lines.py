from agents.localise.hot_lines import hot_lines, merged
from agents.workload import HotFunction

SOURCE = "x = 1\n\n\ndef cold():\n    return 1\n\n\n@wrap\ndef hot():\n    return 2\n"


def row(line: int, share: float, path: str = "a.py") -> HotFunction:
    return HotFunction(path=path, line=line, name="f", calls=1, seconds=1.0, share=share)


def test_the_hottest_function_weighs_one_and_the_others_by_their_time() -> None:
    found = hot_lines([row(8, 0.6), row(4, 0.15)], {"a.py": SOURCE})
    assert found == {"a.py": {8: 1.0, 9: 1.0, 10: 1.0, 4: 0.25, 5: 0.25}}


def test_what_is_no_function_of_a_source_weighs_nothing() -> None:
    assert hot_lines([row(1, 0.6), row(1, 0.3, "gone.py")], {"a.py": SOURCE}) == {}


def test_nothing_hot_is_no_line() -> None:
    assert hot_lines([], {"a.py": SOURCE}) == {}


def test_the_larger_weight_of_a_line_is_kept() -> None:
    first, second = {"a.py": {1: 0.2, 2: 0.9}}, {"a.py": {1: 0.5}, "b.py": {7: 0.1}}
    assert merged(first, second) == {"a.py": {1: 0.5, 2: 0.9}, "b.py": {7: 0.1}}
