from pathlib import Path

import pytest

from sandbox.conformance import Subject
from tests.sandbox.testruns.projects import Place


@pytest.fixture
def place(bubblewrap: Subject, tmp_path: Path) -> Place:
    return Place(bubblewrap, tmp_path)
