"""One requirement as written: a name with versions, or the reason why it is left out."""

import re

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

_LONGEST = 1000
_PATH = re.compile(r"^([./~\\]|file:|[A-Za-z]:[\\/])|\.(whl|zip|tar\.gz|tar\.bz2|tgz)$")
_URL = re.compile(r"^[a-z+]+://|^(git|hg|svn|bzr)\+", re.IGNORECASE)


class LeftOut(ValueError):
    """A requirement that is not installed; the message says why, to be shown to users."""


def parse(line: str) -> Requirement:
    """Read a requirement. Raises: LeftOut."""
    text = line.strip()
    if len(text) > _LONGEST:
        raise LeftOut(f"a requirement of {len(text)} characters is not read")
    if _URL.match(text):
        raise LeftOut("only wheels from an index are installed, not what a URL leads to")
    if _PATH.search(text.partition(";")[0].strip()):
        raise LeftOut("a path is not installed: the workspace is imported from where it lies")
    try:
        found = Requirement(text)
    except (InvalidRequirement, RecursionError) as error:
        raise LeftOut("not understood: no requirement of PEP 508") from error
    if found.url is not None:
        raise LeftOut("only wheels from an index are installed, not what a URL leads to")
    return found


def name_of(requirement: Requirement) -> str:
    """The name by which an index knows it."""
    return canonicalize_name(requirement.name)
