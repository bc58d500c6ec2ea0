from dataclasses import dataclass

import pytest

from agents.errors import BadOption
from agents.search.parameters import configured, parameter, parameters


@dataclass(frozen=True)
class Sample:
    n: int | None = parameter(None, "how many", least=1)
    rate: float = parameter(0.5, "how much", least=0, most=1)
    rule: str = parameter("a", "which", choices=("a", "b"))
    arms: tuple[str, ...] = ()


def test_what_is_declared_is_listed_and_nothing_else() -> None:
    assert [(p.name, p.kind, p.default) for p in parameters(Sample)] == [
        ("n", "int | None", None),
        ("rate", "float", 0.5),
        ("rule", "str", "a"),
    ]


def test_options_take_the_place_of_defaults_and_text_is_read_as_their_kind() -> None:
    made = configured(Sample, {"n": "3", "rate": 1, "rule": "b"}, arms=("x",))
    assert made == Sample(n=3, rate=1.0, rule="b", arms=("x",))
    assert configured(Sample, {"n": "none"}) == Sample()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"n": 0}, "whole number of at least 1"),
        ({"n": 2.5}, "whole number"),
        ({"n": "many"}, "whole number"),
        ({"rate": 1.5}, "at least 0 and at most 1"),
        ({"rate": float("nan")}, "number"),
        ({"rate": float("inf")}, "number"),
        ({"n": float("inf")}, "whole number"),
        ({"n": 10_000_000}, "whole number"),
        ({"rate": None}, "number"),
        ({"rule": "c"}, "one of a, b"),
        ({"arms": "x"}, "there are: n, rate, rule"),
        ({"unknown": 1}, "there are: n, rate, rule"),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(options: dict[str, object], words: str) -> None:
    with pytest.raises(BadOption, match=words):
        configured(Sample, options)  # type: ignore[arg-type]
