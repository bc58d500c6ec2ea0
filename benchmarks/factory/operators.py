"""The fault operators by their codes, and every place of a file where one can be planted."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.factory import missing, wrong
from benchmarks.factory.code import Change, Code, Function

Operator = Callable[[Code, Function], Iterator[Change]]

OPERATORS: dict[str, Operator] = {
    "MIFS": missing.missing_if_with_statements,
    "MIA": missing.missing_if_around_statements,
    "MIEB": missing.missing_if_before_else,
    "MFC": missing.missing_call,
    "MLAC": missing.missing_and,
    "MLOC": missing.missing_or,
    "MVIV": missing.missing_initial_value,
    "MVAV": missing.missing_value,
    "MVAE": missing.missing_expression,
    "MLPA": missing.missing_part,
    "WVAV": wrong.wrong_value,
    "WLEC": wrong.wrong_condition,
    "WAEP": wrong.wrong_arithmetic,
    "WPFV": wrong.wrong_variable,
    "EVAV": wrong.extraneous_assignment,
}
"""Missing, wrong and extraneous constructs by the codes of the field study: see `missing`."""


@dataclass(frozen=True, slots=True)
class Site:
    """One fault that could be planted."""

    operator: str
    path: str
    function: str
    change: Change


def sites(path: str, code: Code) -> Iterator[Site]:
    """Every fault of every operator in the functions of a file, each once."""
    seen: set[tuple[str, Change]] = set()
    for function in code.functions():
        for name, operator in OPERATORS.items():
            for change in operator(code, function):
                if (name, change) not in seen:
                    seen.add((name, change))
                    yield Site(name, path, code.qualified(function), change)


def plant(code: Code, site: Site) -> bytes | None:
    """The file with the fault; None where that is no Python."""
    planted = code.applied(site.change)
    try:
        compile(planted, site.path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return None
    return planted
