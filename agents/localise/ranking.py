"""Files and functions by all clues together: what a search keeps of the evidence. Pure."""

from collections.abc import Mapping

from agents.domain import Place
from agents.localise.clues import Function, file_clues, function_clues
from agents.localise.evidence import Evidence, Traces
from agents.localise.fusion import Fused, fuse

FILES_KEPT = 50
FUNCTIONS_KEPT = 200
FILES_PARSED = 100
"""Functions are looked for in the best files only: parsing a large repository takes minutes."""


def ranked(evidence: Evidence, found: Traces) -> tuple[tuple[Place, ...], tuple[Place, ...]]:
    """Files, and functions, each by falling weight; equals by path and line."""
    files = ranked_files(evidence, fuse(file_clues(evidence, found)))
    best = [place.path for place in files[:FILES_PARSED]]
    functions = ranked_functions(fuse(function_clues(evidence, found, best)))
    return files[:FILES_KEPT], functions[:FUNCTIONS_KEPT]


def ranked_files(evidence: Evidence, fused: Mapping[str, Fused]) -> tuple[Place, ...]:
    """Every file that anything points at."""
    found = [
        Place(
            path=path,
            start=1,
            end=evidence.sources[path].count("\n") + 1,
            weight=verdict.weight,
            clues=verdict.clues,
        )
        for path, verdict in fused.items()
    ]
    return tuple(sorted(found, key=_by_weight))


def ranked_functions(fused: Mapping[Function, Fused]) -> tuple[Place, ...]:
    """Every function that anything points at."""
    found = [
        Place(
            path=path,
            name=span.name,
            start=span.start,
            end=span.end,
            weight=verdict.weight,
            clues=verdict.clues,
        )
        for (path, span), verdict in fused.items()
    ]
    return tuple(sorted(found, key=_by_weight))


def _by_weight(place: Place) -> tuple[float, str, int, int]:
    return -place.weight, place.path, place.start, -place.end
