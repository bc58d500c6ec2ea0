"""Scripts out of a model's reply, and what they printed as it is shown to one. Pure."""

import ast
import re
import textwrap
from collections.abc import Sequence

from agents.llm.clipping import clip

SCRIPT_CHARS = 8_000
"""Longer ones are no short scripts."""

_BLOCK = re.compile(
    r"^[ \t]*```[ \t]*(?:python3?|py)?[ \t]*\n(?P<code>.*?)(?:^[ \t]*```|\Z)",
    re.MULTILINE | re.DOTALL | re.IGNORECASE,
)


def scripts(reply: str) -> tuple[str, ...]:
    """The fenced blocks that are Python and print something, each once. A last block may lack its
    end."""
    blocks = (textwrap.dedent(found["code"]).strip() for found in _BLOCK.finditer(reply))
    return tuple(dict.fromkeys(block + "\n" for block in blocks if _prints(block)))


def outputs(given: Sequence[str], tokens: int) -> tuple[str, ...]:
    """What scripts printed, of `tokens` each at most."""
    return tuple(clip(text.strip(), tokens) or "(nothing)" for text in given)


def _prints(block: str) -> bool:
    if len(block) > SCRIPT_CHARS:
        return False
    try:
        tree = ast.parse(block)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return any(isinstance(called, ast.Name) and called.id == "print" for called in calls)
