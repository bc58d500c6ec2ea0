"""Who helps to verify, which model stands behind them, and that a replay needs none."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.domain import Ceiling
from agents.errors import ModelError, PriceUnknown, ReplayMismatch
from agents.llm.journal import MemoryCallStore
from agents.settings import JudgeKind, Limits, SearchSettings, Verification, WeightedModel
from agents.store import SearchRecord
from agents.verify.judging.debate import Debate
from agents.verify.judging.pairwise import PairwiseJudge
from agents.verify.judging.prober import LlmProber
from agents.verify.judging.reviewer import LlmReviewer
from agents.verify.judging.trajectory import SelectionTrajectory
from agents.verify.panel import Brief, Expected, Inputs, Judged, Panel, Reviewed
from agents.verify.writing.llm_writer import LlmTestWriter
from service.config import Settings
from service.journals import Journals, RecordedJournals
from service.panels import JUDGES, Panels
from tests.agents.llm.fake_openai import FakeOpenAi, ok
from tests.agents.verify.judging.cases import CASE, RIGHT, WRONG
from tests.service.examples import ISSUE

LLM = ("llm",)
EVERYTHING = (
    "1. It works.\n1. MET pkg/core.py:3\n\n```python\nprint(1)\n```\n\nOUTPUT: 1\nCHOICE: A\n"
)
"""A reply that everybody can read."""


@pytest.fixture
def server() -> Iterator[FakeOpenAi]:
    with FakeOpenAi(ok(EVERYTHING), served=("main", "first", "second", "judge", "v")) as found:
        yield found


def record(**chosen: object) -> SearchRecord:
    return SearchRecord(id="s", issue=ISSUE, settings=SearchSettings(**chosen))  # type: ignore[arg-type]


def built(folder: Path, endpoint: str, **chosen: object) -> Panel:
    own = Settings(data_dir=folder, cache_dir=folder, model_base_url=endpoint)
    journals = Journals(own, MemoryCallStore())
    try:
        return Panels(journals)(record(**chosen))
    finally:
        journals.close()


@pytest.mark.parametrize(
    ("chosen", "model"),
    [
        ({"policy": LLM, "model": "main"}, "main"),
        ({"policy": ("mutation", "llm"), "model": "main"}, "main"),
        (
            {
                "policy": LLM,
                "models": (WeightedModel(name="first"), WeightedModel(name="second", weight=3)),
            },
            "first",
        ),
        ({"policy": LLM, "model": "main", "judge": "judge"}, "judge"),
        ({"judge": "judge"}, "judge"),
        ({"judge": "judge", "verification": Verification(model="v")}, "v"),
        ({"verification": Verification(model="v")}, "v"),
    ],
)
def test_the_model_is_the_one_named_for_it_or_the_judge_or_the_searchs_own(
    tmp_path: Path, server: FakeOpenAi, chosen: dict[str, object], model: str
) -> None:
    panel = built(tmp_path, server.url, **chosen)
    assert isinstance(panel.judge, PairwiseJudge)
    assert isinstance(panel.prober, LlmProber)
    assert isinstance(panel.reviewer, LlmReviewer)
    assert isinstance(panel.writer, LlmTestWriter)
    everybody = (panel.writer, panel.judge, panel.prober, panel.reviewer)
    assert {helper.model for helper in everybody} == {model}


def test_the_search_says_how_many_tests_and_which_samples(
    tmp_path: Path, server: FakeOpenAi
) -> None:
    panel = built(tmp_path, server.url, seed=5, verification=Verification(model="v", tests=2))
    assert isinstance(panel.writer, LlmTestWriter)
    assert (panel.writer.tests, panel.writer.seed) == (2, 5)


@pytest.mark.parametrize("chosen", [{}, {"model": "main"}])
def test_a_search_that_asks_no_model_has_nobody(tmp_path: Path, chosen: dict[str, object]) -> None:
    panel = built(tmp_path, "http://127.0.0.1:9/v1", **chosen)
    assert panel == Panel()
    assert panel.ceiling == Ceiling()


@pytest.mark.parametrize(
    ("judge", "kind"),
    [("pairwise", PairwiseJudge), ("selection", SelectionTrajectory), ("debate", Debate)],
)
def test_each_kind_of_judge_is_built_under_its_name(
    tmp_path: Path, server: FakeOpenAi, judge: JudgeKind, kind: type
) -> None:
    panel = built(tmp_path, server.url, verification=Verification(model="v", judge=judge))
    assert isinstance(panel.judge, kind)
    assert panel.judge.name == judge


@pytest.mark.parametrize(
    ("verification", "missing"),
    [
        (Verification(model="v", without=("judge",)), "judge"),
        (Verification(model="v", judge="none"), "judge"),
        (Verification(model="v", without=("review",)), "reviewer"),
        (Verification(model="v", without=("distinguish",)), "prober"),
        (Verification(model="v", probes=0), "prober"),
        (Verification(model="v", without=("written",)), "writer"),
        (Verification(model="v", tests=0), "writer"),
    ],
)
def test_who_is_not_wanted_is_not_there(
    tmp_path: Path, server: FakeOpenAi, verification: Verification, missing: str
) -> None:
    panel = built(tmp_path, server.url, verification=verification)
    everybody = {"writer", "prober", "judge", "reviewer"}
    there = {name for name in everybody if getattr(panel, name) is not None}
    assert there == everybody - {missing}


def test_nobody_wanted_needs_no_model(tmp_path: Path) -> None:
    verification = Verification(
        model="v", judge="none", without=("written", "distinguish", "review")
    )
    assert built(tmp_path, "http://127.0.0.1:9/v1", verification=verification) == Panel()


def test_a_model_that_is_missing_is_found_out_before_the_search(
    tmp_path: Path, server: FakeOpenAi
) -> None:
    with pytest.raises(ModelError, match="--model"):
        built(tmp_path, server.url, policy=LLM)
    with pytest.raises(ModelError, match="does not serve the model 'other'"):
        built(tmp_path, server.url, verification=Verification(model="other"))


def test_a_limit_in_dollars_needs_the_verifiers_price(tmp_path: Path, server: FakeOpenAi) -> None:
    with pytest.raises(PriceUnknown, match="the price of v"):
        built(tmp_path, server.url, verification=Verification(model="v"), limits=Limits(usd=1.0))


def all_asked(panel: Panel) -> tuple[Judged, Inputs, Expected, list[Reviewed]]:
    assert panel.judge is not None
    assert panel.prober is not None
    assert panel.reviewer is not None
    return (
        panel.judge.compare(CASE, RIGHT, WRONG, lambda key, _: f"of {key}"),
        panel.prober.inputs(CASE, RIGHT, WRONG, 2),
        panel.prober.expected(CASE, "print(1)", ["1", "2"]),
        [panel.reviewer.review(CASE, brief) for brief in (RIGHT, WRONG)],
    )


@pytest.mark.parametrize("judge", JUDGES)
def test_a_replay_hears_the_same_from_everybody_with_no_model(
    tmp_path: Path, server: FakeOpenAi, judge: JudgeKind
) -> None:
    own = Settings(data_dir=tmp_path, cache_dir=tmp_path, model_base_url=server.url)
    calls = MemoryCallStore()
    journals = Journals(own, calls)
    search = record(verification=Verification(model="v", judge=judge))
    first = all_asked(Panels(journals)(search))
    journals.close()
    assert first[0].judgements
    assert first[3][0].review is not None
    again = RecordedJournals(Settings(model="other"), tuple(calls.records.values()))
    asked = len(server.requests)
    assert all_asked(Panels(again)(search)) == first
    assert len(server.requests) == asked > 0


def test_a_replay_finds_the_model_that_was_asked_whatever_is_configured_now(
    tmp_path: Path, server: FakeOpenAi
) -> None:
    own = Settings(data_dir=tmp_path, cache_dir=tmp_path, model_base_url=server.url, model="main")
    calls = MemoryCallStore()
    journals = Journals(own, calls)
    first = all_asked(Panels(journals)(record(policy=LLM)))
    journals.close()
    again = RecordedJournals(Settings(model="other"), tuple(calls.records.values()))
    assert all_asked(Panels(again)(record(policy=LLM))) == first


def test_what_was_never_asked_is_not_in_the_record(tmp_path: Path) -> None:
    panel = Panels(RecordedJournals(Settings(), []))(record(verification=Verification(model="v")))
    assert panel.judge is not None
    with pytest.raises(ReplayMismatch, match="is not in the record"):
        panel.judge.compare(CASE, Brief(key="1", patch=""), Brief(key="2", patch=""), str)
