"""Whether a run went through code that an issue points at. Pure."""

from collections.abc import Mapping, Sequence

from agents.domain import Localisation
from agents.localise.frames import Frame
from agents.localise.functions import running
from agents.localise.ochiai import Counts
from agents.localise.symbols import symbols


def touches(
    where: Localisation,
    sources: Mapping[str, str],
    lines: Counts,
    traceback: Sequence[Frame],
) -> bool:
    """Whether a function that any clue points at ran, or an error came through a file that one
    does. True where nothing points anywhere.

    `sources`: path → text of the files that may be repaired. `lines`: those that ran.
    """
    functions = {(place.path, place.name) for place in where.functions}
    files = {place.path for place in where.files}
    if not functions or any(path in files for path, _ in traceback):
        return True
    return any(
        (path, span.name) in functions
        for path, ran in lines.items()
        if path in sources
        for line in ran
        if (span := running(symbols(path, sources[path]), line)) is not None
    )
