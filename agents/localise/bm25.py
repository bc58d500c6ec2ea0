"""BM25: how well documents answer a query, by the rare words that they share. Pure.

Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond", section 3.4:

    Σ over words of the query:  idf · tf · (k1 + 1) / (tf + k1 · (1 - b + b · length / mean length))

with the idf of their equation 3.3, one added inside of the logarithm so that a word which is in
more than half of the documents weighs little instead of less than nothing.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from math import log
from typing import TypeVar

K1 = 1.2
B = 0.75
"""Section 3.4 finds 1.2 < k1 < 2 and 0.5 < b < 0.8 reasonable in many circumstances."""

Key = TypeVar("Key", bound=Hashable)


def bm25(query: Iterable[str], documents: Mapping[Key, Counter[str]]) -> dict[Key, float]:
    """Document → score above 0; documents that share no word with the query are left out.

    Documents are word counts. Each distinct word of the query counts once.
    """
    lengths = {key: counts.total() for key, counts in documents.items()}
    mean = sum(lengths.values()) / len(documents) if documents else 0.0
    holders = Counter(word for counts in documents.values() for word in counts)
    weights = {word: idf(len(documents), holders[word]) for word in sorted(set(query))}
    found: dict[Key, float] = {}
    for key, counts in documents.items():
        norm = K1 * (1 - B + B * lengths[key] / mean) if mean else K1
        score = sum(
            weight * tf * (K1 + 1) / (tf + norm)
            for word, weight in weights.items()
            if (tf := counts[word])
        )
        if score > 0:
            found[key] = score
    return found


def idf(documents: int, holding: int) -> float:
    """How much it tells that a word occurs, when `holding` of so many documents hold it."""
    return log(1 + (documents - holding + 0.5) / (holding + 0.5))
