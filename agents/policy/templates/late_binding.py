"""A closure made in a loop: the loop variable bound as a default."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.Lambda):
        return
    own = {arg.arg for arg in ast.walk(node.args) if isinstance(arg, ast.arg)}
    used = [n.id for n in ast.walk(node.body) if isinstance(n, ast.Name) and n.id not in own]
    start, body = site.module.span(node)[0], site.module.span(node.body)[0]
    head = site.module.text[start:body]
    at = start + head.rindex(":")
    for name in dict.fromkeys(name for name in used if name in _loop_variables(site)):
        text = f", {name}={name}" if own else f" {name}={name}"
        if node.args.kwarg is None:
            yield Replacement(at, at, text, 1.0, site.module.span(node))


def _loop_variables(site: Site) -> set[str]:
    found: set[str] = set()
    for up in site.module.up(site.node):
        if isinstance(up, ast.For | ast.AsyncFor):
            found |= {n.id for n in ast.walk(up.target) if isinstance(n, ast.Name)}
            found |= {t.id for s in up.body for t in _assigned(s)}
        elif isinstance(up, ast.ListComp | ast.DictComp | ast.SetComp | ast.GeneratorExp):
            targets = (n for gen in up.generators for n in ast.walk(gen.target))
            found |= {n.id for n in targets if isinstance(n, ast.Name)}
    return found


def _assigned(statement: ast.stmt) -> list[ast.Name]:
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return [target for target in targets if isinstance(target, ast.Name)]


TEMPLATE = Template(
    name="late_binding",
    prior=0.9,
    basis="pylint's W0640 (cell-var-from-loop); one alternative, rare sites",
    kinds=(ast.Lambda,),
    find=_find,
)
