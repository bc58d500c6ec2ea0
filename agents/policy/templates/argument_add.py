"""One more argument: a well-known option, a missing parameter of the callee, a nearby name."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template
from agents.policy.templates.calls import append
from agents.policy.templates.source import FunctionNode
from agents.policy.templates.vocabulary import parameters

OPTIONS: dict[str, tuple[str, ...]] = {
    "sorted": ("reverse=True", "key=str", "key=len"),
    "sort": ("reverse=True", "key=str", "key=len"),
    "max": ("default=0", "default=None"),
    "min": ("default=0", "default=None"),
    "next": ("None",),
    "get": ("0", "''", "[]", "None", "{}"),
    "pop": ("None", "0", "-1"),
    "getattr": ("None",),
    "setdefault": ("[]", "{}", "0"),
    "enumerate": ("1", "start=1"),
    "sum": ("0.0", "[]"),
    "round": ("2", "1"),
    "split": ("1", "maxsplit=1", "None, 1", "','"),
    "rsplit": ("1", "maxsplit=1", "None, 1"),
    "replace": ("1",),
    "open": ("encoding='utf-8'", "newline=''", "'rb'", "'w'"),
    "join": ("",),
    "dumps": ("sort_keys=True", "ensure_ascii=False", "indent=2", "default=str"),
    "dump": ("sort_keys=True", "ensure_ascii=False", "indent=2", "default=str"),
    "makedirs": ("exist_ok=True",),
    "mkdir": ("parents=True, exist_ok=True", "exist_ok=True"),
    "zip": ("strict=True",),
    "int": ("16", "2", "0", "10"),
    "strip": ("'\"'", "'/'", "'.'"),
    "lstrip": ("'0'", "'/'", "'.'"),
    "rstrip": ("'/'", "'\\n'", "'0'", "'.'"),
    "encode": ("'utf-8'",),
    "decode": ("'utf-8'", "errors='replace'"),
    "splitlines": ("keepends=True", "True"),
    "range": ("2", "-1"),
    "print": ("end=''", "flush=True"),
    "isclose": ("abs_tol=1e-9",),
    "field": ("repr=False", "default_factory=list", "compare=False"),
    "dataclass": ("frozen=True", "order=True"),
    "sub": ("count=1", "flags=re.IGNORECASE"),
    "run": ("check=True",),
    "gather": ("return_exceptions=True",),
    "unquote": ("encoding='utf-8'",),
    "groupby": ("key=str",),
    "deque": ("maxlen=None",),
    "islice": ("1", "None"),
    "product": ("repeat=2",),
    "accumulate": ("initial=0",),
}
"""Callee → options that reports and style guides say are forgotten."""

_FEW = 3


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.Call):
        return
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    given = {keyword.arg for keyword in node.keywords}
    for place, option in enumerate(OPTIONS.get(name, ())):
        key = option.partition("=")[0] if "=" in option else None
        if option and key not in given:
            yield append(site, node, option, 0.9 * 0.85**place)
    for place, option in enumerate(_as_elsewhere(site, node, given)):
        yield append(site, node, option, 0.8 * 0.8**place)
    yield from _missing(site, node, site.words.definitions.get(name), given)
    if len(node.args) < _FEW and not node.keywords:
        used = {site.text(a) for a in node.args}
        for place, (other, _) in enumerate(site.words.readable(node)[:8]):
            if other not in used and other not in ("self", "cls"):
                yield append(site, node, other, 0.25 * 0.9**place)


def _as_elsewhere(site: Site, node: ast.Call, given: set[str | None]) -> list[str]:
    """Keywords that other calls of the same function in the file pass."""
    callee = site.text(node.func)
    others = site.words.keywords.get(callee, [])
    return [text for text in others if text.partition("=")[0] not in given]


def _missing(
    site: Site, node: ast.Call, target: ast.AST | None, given: set[str | None]
) -> Iterator[Replacement]:
    """Boolean and None options of a function of the file."""
    if not isinstance(target, FunctionNode):
        return
    names = [arg.arg for arg in parameters(target) if arg.arg not in ("self", "cls")]
    readable = dict(site.words.readable(node))
    for name in names[len(node.args) :]:
        if name in given:
            continue
        for place, value in enumerate((name if name in readable else "True", "False", "None")):
            yield append(site, node, f"{name}={value}", 0.7 * 0.7**place)


TEMPLATE = Template(
    name="argument_add",
    prior=0.4,
    basis="TSSB-3M: Same Function More Args 150K, Change Keyword Argument Used 20K",
    kinds=(ast.Call,),
    find=_find,
)
