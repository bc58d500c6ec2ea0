"""The policy that a search's settings name, with the models that they name."""

import pytest

from agents.domain import External, Issue
from agents.errors import BadOption, ModelNotFound, PriceUnknown
from agents.llm.journal import MemoryCallStore
from agents.policy.external_policy import ExternalPolicy
from agents.policy.llm_policy import LlmPolicy
from agents.policy.mixed_policy import MixedPolicy
from agents.policy.protocol import Policy
from agents.settings import Limits, SearchSettings, WeightedModel
from agents.store import SearchRecord
from service.config import Settings
from service.journals import Journals
from service.policies import Policies
from tests.agents.llm.fake_openai import FakeOpenAi, ok

MODELS = (WeightedModel(name="small", weight=3.0), WeightedModel(name="large"))


def built(
    settings: SearchSettings, candidates: tuple[External, ...] = (), *, free: bool = True
) -> Policy:
    """By a service whose endpoint serves ``small`` and ``large``."""
    with FakeOpenAi(ok(""), served=("small", "large")) as server:
        configured = Settings(model_base_url=server.url, model_free=free)
        journals = Journals(configured, MemoryCallStore())
        try:
            issue = Issue(repo="r", base_commit="c", problem_statement="p", candidates=candidates)
            return Policies(journals)(SearchRecord(id="s", issue=issue, settings=settings))
        finally:
            journals.close()


def test_several_models_share_a_search_by_their_weights() -> None:
    policy = built(SearchSettings(policy=("llm",), models=MODELS, edit_form="tools"))
    assert isinstance(policy, LlmPolicy)
    assert [(m.name, m.weight) for m in policy.models] == [("small", 3.0), ("large", 1.0)]
    assert policy.edit_form == "tools"
    assert policy.ceiling.usd == 0.0


def test_one_model_and_the_mutation_policy_take_turns() -> None:
    policy = built(SearchSettings(policy=("llm", "mutation"), model="large"))
    assert isinstance(policy, MixedPolicy)
    assert policy.name == "llm+mutation"


def test_each_of_several_models_is_checked_before_the_search() -> None:
    models = (*MODELS, WeightedModel(name="other"))
    with pytest.raises(ModelNotFound, match="'other'"):
        built(SearchSettings(policy=("llm",), models=models))
    with pytest.raises(PriceUnknown, match="small"):
        built(SearchSettings(policy=("llm",), models=MODELS, limits=Limits(usd=1.0)), free=False)


GIVEN = (External(name="a", patch=b"x"),)


def test_an_issue_s_own_patches_come_before_whoever_takes_turns() -> None:
    policy = built(SearchSettings(policy=("llm", "external", "mutation"), model="large"), GIVEN)
    assert isinstance(policy, ExternalPolicy)
    assert policy.name == "external+llm+mutation"
    assert built(SearchSettings(policy=("external",)), GIVEN) == ExternalPolicy()


def test_patches_that_no_issue_brings_cannot_be_proposed() -> None:
    with pytest.raises(BadOption, match="brings candidates along"):
        built(SearchSettings(policy=("external",)))
