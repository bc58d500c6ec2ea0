"""Which model writes the tests of a search, if any."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.errors import ModelError, PriceUnknown
from agents.llm.journal import MemoryCallStore
from agents.settings import Limits, SearchSettings, Verification, WeightedModel
from agents.store import SearchRecord
from agents.verify.writing.llm_writer import LlmTestWriter
from service.config import Settings
from service.journals import Journals
from service.writers import Writers
from tests.agents.llm.fake_openai import FakeOpenAi, ok
from tests.service.examples import ISSUE

SEVERAL = (WeightedModel(name="first"), WeightedModel(name="second", weight=3))
ASKING = {"policy": ("mutation", "llm"), "model": "main"}


@pytest.fixture
def server() -> Iterator[FakeOpenAi]:
    with FakeOpenAi(ok(""), served=("main", "first", "second", "judge", "other")) as found:
        yield found


def built(folder: Path, endpoint: str, **chosen: object) -> LlmTestWriter | None:
    own = Settings(data_dir=folder, cache_dir=folder, model_base_url=endpoint)
    journals = Journals(own, MemoryCallStore())
    settings = SearchSettings(**chosen)  # type: ignore[arg-type]
    try:
        return Writers(journals)(SearchRecord(id="s", issue=ISSUE, settings=settings))
    finally:
        journals.close()


@pytest.mark.parametrize(
    ("chosen", "model"),
    [
        (ASKING, "main"),
        ({**ASKING, "models": SEVERAL}, "first"),
        ({**ASKING, "judge": "judge"}, "judge"),
        ({**ASKING, "judge": "judge", "verification": Verification(model="other")}, "other"),
        ({"verification": Verification(model="other")}, "other"),
    ],
)
def test_the_writer_is_the_model_that_is_named_or_the_searchs_own(
    tmp_path: Path, server: FakeOpenAi, chosen: dict[str, object], model: str
) -> None:
    found = built(tmp_path, server.url, **chosen)
    assert found is not None
    assert found.model == model


@pytest.mark.parametrize(
    "chosen",
    [
        {"model": "main"},
        {**ASKING, "verification": Verification(without=("written",))},
        {**ASKING, "verification": Verification(tests=0)},
    ],
)
def test_a_search_that_asks_no_model_or_wants_no_tests_has_no_writer(
    tmp_path: Path, chosen: dict[str, object]
) -> None:
    assert built(tmp_path, "http://127.0.0.1:9/v1", **chosen) is None


def test_the_search_says_how_many_tests_and_which_samples(
    tmp_path: Path, server: FakeOpenAi
) -> None:
    found = built(tmp_path, server.url, **ASKING, seed=5, verification=Verification(tests=2))
    assert found is not None
    assert (found.tests, found.seed) == (2, 5)


def test_a_model_that_is_not_served_is_found_out_before_the_search(
    tmp_path: Path, server: FakeOpenAi
) -> None:
    with pytest.raises(ModelError):
        built(tmp_path, server.url, verification=Verification(model="nobody"))


def test_a_limit_in_dollars_needs_the_writers_price(tmp_path: Path, server: FakeOpenAi) -> None:
    with pytest.raises(PriceUnknown):
        built(
            tmp_path,
            server.url,
            limits=Limits(usd=1.0),
            verification=Verification(model="other"),
        )
