"""Which of the repository's tests a model is asked about: it cannot weigh a thousand. Pure."""

import re
from pathlib import PurePosixPath

from agents.surrogate.history import often_broken
from agents.surrogate.patch_places import places
from agents.surrogate.protocol import Question


def shortlist(question: Question, most: int) -> tuple[str, ...]:
    """At most `most` tests of the baseline: what broke before, then what is named like the
    changed code; among equals in the baseline's order.
    """
    passing = question.preparation.baseline.passing
    known = frozenset(passing)
    broken = [test for test in often_broken(question) if test in known]
    words = _words(question.patch)
    alike = [(len(words & _parts(test)), test) for test in passing]
    near = [test for shared, test in sorted(alike, key=lambda pair: -pair[0]) if shared]
    return tuple(dict.fromkeys([*broken, *near]))[:most]


def _words(patch: bytes) -> frozenset[str]:
    """Names of the changed files, and what stands in the changed lines and hunk headings."""
    stems = {PurePosixPath(path).stem for path in places(patch)}
    lines = [line for line in patch.decode("utf-8", "replace").split("\n") if line[:1] in "+-@"]
    return _parts(" ".join([*stems, *(line for line in lines if line[:3] not in {"+++", "---"})]))


def _parts(text: str) -> frozenset[str]:
    """Words in lower case, without those that every test has."""
    found = re.findall(r"[A-Z]?[a-z]{2,}|[A-Z]{3,}", text)
    return frozenset(word.lower() for word in found) - {"test", "tests", "py", "self", "def"}
