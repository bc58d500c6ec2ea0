"""A little library with tests, and what the task factory makes of it; without the package index."""

import hashlib
import io
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.factory import suites
from benchmarks.factory.places import Places
from benchmarks.factory.planting import Quota, tasks_of
from benchmarks.factory.tasks import Task
from benchmarks.libraries import Library
from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.protocol import Sandbox
from sandbox.states import GitStates
from service.demo.releases import Release

FILES = {
    "shelf-1.0/shelf.py": b'''\
"""Books on a shelf."""


def longest(titles, least=0):
    """The longest title with at least so many letters."""
    best = None
    for title in titles:
        if len(title) < least:
            continue
        if best is None or len(title) > len(best):
            best = title
    return best


def room(width, books):
    """What is left of a shelf; never less than nothing."""
    left = width
    for book in books:
        left = left - book
    if left < 0:
        left = 0
    return left


class Shelf:
    def __init__(self, width):
        self.width = width
        self.books = []
        self.full = False

    def put(self, book):
        if self.full or book > room(self.width, self.books):
            return False
        self.books.append(book)
        if room(self.width, self.books) == 0:
            self.full = True
        return True
''',
    "shelf-1.0/tests/test_shelf.py": b"""\
import unittest

import pytest

from shelf import Shelf, longest, room


def test_the_longest():
    assert longest(["a", "bcd", "ef"]) == "bcd"


def test_none_is_long_enough():
    assert longest(["a"], least=2) is None


def test_nothing_is_longest_of_nothing():
    assert longest([]) is None


@pytest.mark.parametrize("books, left", [([], 5), ([2], 3), ([4, 4], 0)])
def test_room(books, left):
    assert room(5, books) == left


class TestShelf(unittest.TestCase):
    def setUp(self):
        self.shelf = Shelf(5)

    def test_a_book_that_fits(self):
        self.assertTrue(self.shelf.put(3))
        self.assertEqual(self.shelf.books, [3])

    def test_a_book_too_many(self):
        self.shelf.put(5)
        self.assertTrue(self.shelf.full)
        self.assertFalse(self.shelf.put(1))
""",
}
QUOTA = Quota(library=3)


@dataclass(frozen=True)
class Made:
    """The little library with what the factory makes of it."""

    sandbox: Sandbox
    places: Places
    suite: suites.Suite
    tasks: list[Task]


def sdist(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


@contextmanager
def opened(folder: Path) -> Iterator[Made]:
    """Everything lies in `folder`."""
    packed = sdist(FILES)
    library = Library(Release("shelf", "1.0", hashlib.sha256(packed).hexdigest()))
    (folder / "releases").mkdir()
    (folder / "releases" / "shelf-1.0.tar.gz").write_bytes(packed)
    places = Places(folder, {"PATH": "/usr/bin:/bin"}, {"shelf==1.0": library})
    sandbox = BubblewrapSandbox(GitStates(folder / "states"), folder / "sandbox")
    suite = suites.measure(sandbox, library, places.release(library.release))
    yield Made(sandbox, places, suite, tasks_of(suite, 1, QUOTA))
    sandbox.close()
