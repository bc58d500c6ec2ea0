"""Which value function a search gets, and which model stands behind it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.errors import ModelError, PriceUnknown
from agents.llm.journal import MemoryCallStore
from agents.registry import VALUES
from agents.settings import Limits, SearchSettings, WeightedModel
from agents.store import SearchRecord
from agents.value.hybrid import Hybrid
from agents.value.llm_judge import LlmJudge
from agents.value.progress import Progress
from agents.value.protocol import ValueFunction
from service.config import Settings
from service.journals import Journals
from service.values import Values
from tests.agents.llm.fake_openai import FakeOpenAi, ok
from tests.service.examples import ISSUE

SEVERAL = (WeightedModel(name="first"), WeightedModel(name="second", weight=3))


@pytest.fixture
def server() -> Iterator[FakeOpenAi]:
    with FakeOpenAi(ok(""), served=("main", "first", "second", "judge")) as found:
        yield found


def built(folder: Path, endpoint: str, **chosen: object) -> ValueFunction:
    own = Settings(data_dir=folder, cache_dir=folder, model_base_url=endpoint)
    journals = Journals(own, MemoryCallStore())
    settings = SearchSettings(**chosen)  # type: ignore[arg-type]
    try:
        return Values(journals)(SearchRecord(id="s", issue=ISSUE, settings=settings))
    finally:
        journals.close()


def judge_of(function: ValueFunction) -> LlmJudge:
    judge = function.judge if isinstance(function, Hybrid) else function
    assert isinstance(judge, LlmJudge)
    return judge


@pytest.mark.parametrize("name", VALUES)
def test_every_registered_name_is_built(tmp_path: Path, server: FakeOpenAi, name: str) -> None:
    assert built(tmp_path, server.url, value=name, model="main").name == name


@pytest.mark.parametrize("name", ["llm_judge", "hybrid"])
@pytest.mark.parametrize(
    ("chosen", "model"),
    [
        ({"model": "main"}, "main"),
        ({"model": "main", "judge": "judge"}, "judge"),
        ({"judge": "judge"}, "judge"),
        ({"models": SEVERAL}, "first"),
    ],
)
def test_the_judge_is_the_model_that_is_named_or_the_searchs_own(
    tmp_path: Path, server: FakeOpenAi, name: str, chosen: dict[str, object], model: str
) -> None:
    assert judge_of(built(tmp_path, server.url, value=name, **chosen)).model == model


def test_progress_needs_no_model(tmp_path: Path) -> None:
    assert built(tmp_path, "http://127.0.0.1:9/v1") == Progress()


def test_a_judge_without_a_model_names_the_remedy(tmp_path: Path, server: FakeOpenAi) -> None:
    with pytest.raises(ModelError, match="--model"):
        built(tmp_path, server.url, value="hybrid")


def test_a_judge_that_is_not_served_is_found_out_before_the_search(
    tmp_path: Path, server: FakeOpenAi
) -> None:
    with pytest.raises(ModelError, match="does not serve the model 'other'"):
        built(tmp_path, server.url, value="hybrid", model="main", judge="other")


def test_a_limit_in_dollars_needs_the_judges_price(tmp_path: Path, server: FakeOpenAi) -> None:
    with pytest.raises(PriceUnknown, match="judge"):
        built(tmp_path, server.url, value="llm_judge", judge="judge", limits=Limits(usd=1.0))
