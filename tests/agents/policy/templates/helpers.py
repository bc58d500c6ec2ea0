import ast
from collections.abc import Iterator
from itertools import islice

from agents.policy.templates.base import Template
from agents.policy.templates.catalogue import TEMPLATES
from agents.policy.templates.ranking import Mutant, rank

BY_NAME = {template.name: template for template in TEMPLATES}


def mutants(
    source: str,
    templates: tuple[Template, ...] = TEMPLATES,
    lines: dict[int, float] | None = None,
) -> Iterator[Mutant]:
    """Mutants of one file, all of whose lines are suspicious unless told otherwise."""
    everywhere = dict.fromkeys(range(1, source.count("\n") + 2), 1.0)
    return rank({"a.py": source}, {"a.py": lines or everywhere}, templates)


def place_of(fixed: str, found: Iterator[Mutant], limit: int) -> int | None:
    """The rank, from 1, of the mutant that equals `fixed`."""
    wanted = ast.dump(ast.parse(fixed))
    for place, mutant in enumerate(islice(found, limit), 1):
        if ast.dump(ast.parse(mutant.text)) == wanted:
            return place
    return None
