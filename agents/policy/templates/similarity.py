"""How alike two names are, in [0, 1]."""

import re
from difflib import SequenceMatcher
from functools import lru_cache

_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")


@lru_cache(maxsize=65_536)
def similarity(left: str, right: str) -> float:
    """Shared letters and shared words, half each: typos are near, and so are `old_key`, `key`."""
    if not left or not right:
        return 0.0
    letters = SequenceMatcher(None, left.lower(), right.lower(), autojunk=False).ratio()
    ours, theirs = _words(left), _words(right)
    shared = len(ours & theirs) / max(1, len(ours | theirs))
    return (letters + shared) / 2


def _words(name: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORDS.findall(name))
