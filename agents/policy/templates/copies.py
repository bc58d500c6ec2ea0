"""A container that is shared where it should be copied."""

import ast
from collections.abc import Iterator

from agents.policy.templates.base import Replacement, Site, Template


def _find(site: Site) -> Iterator[Replacement]:
    node = site.node
    if not isinstance(node, ast.Name | ast.Attribute):
        return
    if not isinstance(node.ctx, ast.Load) or not _is_handed_on(site, node):
        return
    text = site.text(node)
    for place, copy in enumerate(
        (f"list({text})", f"{text}[:]", f"{text}.copy()", f"dict({text})")
    ):
        yield site.swap(node, copy, 0.8 * 0.9**place)
    if "copy" in site.words.attributes or "deepcopy" in site.words.wrappers:
        prefix = "" if "deepcopy" in site.words.wrappers else "copy."
        yield site.swap(node, f"{prefix}deepcopy({text})", 0.7)


def _is_handed_on(site: Site, node: ast.expr) -> bool:
    """Stored, returned, appended or iterated: where sharing shows."""
    parent = site.parent
    if isinstance(parent, ast.Call):
        method = parent.func.attr if isinstance(parent.func, ast.Attribute) else ""
        return node in parent.args and method in ("append", "add", "insert", "setdefault", "put")
    if isinstance(parent, ast.For):
        return parent.iter is node
    return isinstance(parent, ast.Assign | ast.Return | ast.Yield | ast.Dict | ast.AnnAssign)


TEMPLATE = Template(
    name="copy",
    prior=0.35,
    basis="aliasing, a stock Python defect (QuixBugs' powerset and subsequences kin)",
    kinds=(ast.Name, ast.Attribute),
    find=_find,
)
