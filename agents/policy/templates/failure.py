"""What the exception that the reproduction dies of says about the repair.

Bounded on purpose: a failure's class is a hint at the family of the repair, no more. A template's
prior grows by at most `BOOST`, so that what is likely anyway stays within reach.
"""

import builtins
import re
from collections.abc import Iterable
from dataclasses import replace

from agents.policy.templates.base import Template

BOOST = 1.5

_FIRST = re.compile(r"^\s*(?:[A-Za-z_]\w*\.)*([A-Za-z_]\w*)\s*(?::|$)", re.MULTILINE)

_NONE = ("guard", "default_guard", "fallback", "alternative", "used_in_body", "condition")
BY_FAILURE: dict[str, tuple[str, ...]] = {
    "TypeError": (*_NONE, "coercion", "unpacking", "missing_call", "argument_forward"),
    "AttributeError": (*_NONE, "method", "attribute", "attribute_fallback", "missing_call"),
    "KeyError": ("mapping_access", "membership_guard", "guard", "exception_caught", "fallback"),
    "IndexError": ("membership_guard", "guard", "boundary", "off_by_one", "index", "condition"),
    "UnboundLocalError": ("initialisation", "statement_moved", "default_guard"),
    "NameError": ("variable", "callee", "initialisation"),
    "ValueError": ("guard", "exception_caught", "coercion", "condition", "membership_guard"),
    "ZeroDivisionError": ("guard", "condition", "fallback"),
    "RecursionError": ("recursion", "guard", "variable"),
    "UnicodeDecodeError": ("exception_caught", "argument_add", "method"),
    "UnicodeEncodeError": ("exception_caught", "argument_add", "method"),
    "RuntimeError": ("copy", "guard"),
    "StopIteration": ("argument_add", "exception_caught", "guard"),
}
"""Built-in exception → templates that repair what raises it (PAR's and TBar's checkers)."""


def exception_names(failures: Iterable[str]) -> tuple[str, ...]:
    """Built-in exceptions that the texts begin with, as `traceback` writes them; sorted."""
    found = {hit for text in failures for hit in _FIRST.findall(text)}
    return tuple(sorted(name for name in found if _is_exception(name)))


def boosted(templates: tuple[Template, ...], failed: Iterable[str]) -> tuple[Template, ...]:
    """Templates with the priors of those that fit the failure raised."""
    fitting = {name for kind in failed for name in BY_FAILURE.get(kind, ())}
    return tuple(
        replace(template, prior=min(1.0, BOOST * template.prior))
        if template.name in fitting
        else template
        for template in templates
    )


def _is_exception(name: str) -> bool:
    kind = getattr(builtins, name, None)
    told = isinstance(kind, type) and issubclass(kind, Exception)
    return told and name not in ("AssertionError", "Exception")
