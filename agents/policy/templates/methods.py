"""Another method: of the same family, or used elsewhere in the file."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template
from agents.policy.templates.callees import family
from agents.policy.templates.similarity import similarity

FAMILIES: tuple[tuple[str, ...], ...] = (
    ("startswith", "endswith"),
    ("strip", "rstrip", "lstrip"),
    ("removeprefix", "lstrip", "removesuffix"),
    ("removesuffix", "rstrip", "removeprefix"),
    ("find", "rfind"),
    ("index", "rindex"),
    ("find", "index"),
    ("rfind", "rindex"),
    ("split", "rsplit", "splitlines"),
    ("partition", "rpartition"),
    ("append", "extend", "insert", "add"),
    ("append", "appendleft"),
    ("pop", "popleft"),
    ("extend", "extendleft", "update"),
    ("add", "update", "discard"),
    ("remove", "discard", "pop"),
    ("get", "pop", "setdefault"),
    ("setdefault", "get"),
    ("update", "setdefault"),
    ("keys", "values", "items"),
    ("islower", "isupper", "isalpha", "istitle"),
    ("isdigit", "isdecimal", "isnumeric", "isalnum", "isalpha"),
    ("isspace", "isalnum"),
    ("lower", "upper", "casefold", "title", "capitalize", "swapcase"),
    ("ljust", "rjust", "center", "zfill"),
    ("match", "search", "fullmatch"),
    ("findall", "finditer"),
    ("union", "intersection", "difference", "symmetric_difference"),
    ("issubset", "issuperset", "isdisjoint"),
    ("read", "readline", "readlines"),
    ("write", "writelines"),
    ("encode", "decode"),
    ("group", "groups", "groupdict"),
    ("start", "end", "span"),
    ("sort", "reverse"),
    ("copy", "deepcopy"),
    ("most_common", "items"),
    ("exists", "is_file", "is_dir"),
    ("put", "get"),
    ("acquire", "release"),
    ("put", "put_nowait"),
    ("get", "get_nowait"),
    ("debug", "info", "warning", "error"),
    ("floor", "ceil", "trunc"),
    ("days", "seconds", "total_seconds"),
    ("date", "datetime", "time"),
    ("weekday", "isoweekday"),
    ("utcnow", "now"),
    ("bisect_left", "bisect_right"),
    ("assertEqual", "assertNotEqual"),
)


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.Call):
        return
    if not isinstance(node.func, ast.Attribute):
        return
    method, given = node.func.attr, len(node.args) + len(node.keywords)
    end = site.module.span(node.func)[1]
    shown = site.module.span(node)
    for name, weight in offers(site, method, given).items():
        yield Replacement(end - len(method), end, name, weight, shown)


def offers(site: Site, method: str, given: int) -> dict[str, float]:
    """Other method names → how plausible, in (0, 1]."""
    found = dict(family(method))
    for members in FAMILIES:
        if method in members:
            others = [name for name in members if name != method]
            for place, name in enumerate(others):
                weight = 1.0 if len(others) == 1 else 0.85 * 0.85**place
                found[name] = max(weight, found.get(name, 0.0))
    for name, arity in site.words.methods:
        if name != method:
            weight = (0.2 + 0.5 * similarity(method, name)) * (1.0 if arity == given else 0.7)
            found[name] = max(weight, found.get(name, 0.0))
    return found


TEMPLATE = Template(
    name="method",
    prior=0.55,
    basis="TSSB-3M: Wrong Function Name 134K; TBar FP10",
    kinds=(ast.Call,),
    find=_find,
)
