"""Which of the repository's tests lie nearest to what a patch touches. Pure.

Names and folders tell it: ``tests/web/test_routing.py`` is near ``src/pkg/web/routing.py``. Which
test ran which line is not known; how many ran it is.
"""

from collections.abc import Iterable, Sequence

_EVERYWHERE = frozenset({"test", "tests", "src", "lib", "init", "py", ""})


def nearest(tests: Sequence[str], touched: Iterable[str]) -> tuple[str, ...]:
    """Those tests whose file is called like a touched one, by how much else of the paths is alike."""
    paths = list(touched)
    files = {test.partition("::")[0] for test in tests}
    near = {file: max((_alike(file, path) for path in paths), default=0.0) for file in files}
    chosen = [test for test in tests if near[test.partition("::")[0]] > 0.0]
    return tuple(sorted(chosen, key=lambda test: -near[test.partition("::")[0]]))


def _alike(one: str, other: str) -> float:
    """Jaccard's index of the words in two paths, in [0, 1]; 0 where the names share none."""
    if not _words(one.rpartition("/")[2]) & _words(other.rpartition("/")[2]):
        return 0.0
    return len(_words(one) & _words(other)) / len(_words(one) | _words(other))


def _words(path: str) -> frozenset[str]:
    stem = path.lower().removesuffix(".py")
    for border in "/-.":
        stem = stem.replace(border, "_")
    return frozenset(stem.split("_")) - _EVERYWHERE
