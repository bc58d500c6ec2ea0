"""Text and code as words: lower case, identifiers in their snake_case and camelCase parts. Pure."""

import re
from collections import Counter

_NAME = re.compile(r"[^\W\d]\w*")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_A-Za-z]+|\d+")
_SHORTEST = 2
"""Single letters say nothing."""
_ENGLISH = """
an and are as at be been but by can could did do does for from get gets had has have how if in into
is it its me my no not of off on or our out should so than that the their them then there these they
this those to was we were what when where which who will with would you your
"""
_STOP = frozenset(_ENGLISH.split())
"""Words of English that every issue has."""


def words(text: str) -> Counter[str]:
    """Word → how often it occurs in `text`; plurals count as their singular.

    A compound counts in its parts and as a whole: ``parseHTTPHeaders`` is ``parse``, ``http``,
    ``header`` and ``parsehttpheaders``, since whoever writes a whole name means just that name.
    """
    found: Counter[str] = Counter()
    for name in _NAME.findall(text):
        parts = [part.lower() for part in _PART.findall(name)]
        found.update(
            singular(part) for part in parts if len(part) >= _SHORTEST and part not in _STOP
        )
        if len(parts) > 1:
            found[name.strip("_").lower()] += 1
    return found


def singular(word: str) -> str:
    """The S stemmer of Harman 1991, "How effective is suffixing?", table 1: first rule that fits."""
    if word.endswith("ies") and not word.endswith(("eies", "aies")):
        return word[:-3] + "y"
    if word.endswith("es") and not word.endswith(("aes", "ees", "oes")):
        return word[:-1]
    if word.endswith("s") and not word.endswith(("us", "ss")):
        return word[:-1]
    return word
