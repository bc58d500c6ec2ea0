from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agents.toy import World
from tests.benchmarks.shelf import Made, opened
from tests.needs import needs


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    needs("bubblewrap")
    with opened(tmp_path_factory.mktemp("factory")) as made:
        yield made


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()
