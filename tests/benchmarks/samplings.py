"""Samplings made up for tests, and a model that writes the toy repository's file."""

from dataclasses import replace
from pathlib import Path

from agents.domain import Issue
from agents.engine import Engine
from agents.llm.journal import Journal, MemoryCallStore
from agents.llm.protocol import Request
from agents.llm.scripted import ScriptedModel
from agents.llm.weighted import WeightedJournal
from agents.policy.conversation import call_seed
from agents.policy.llm_policy import LlmPolicy
from agents.settings import SearchSettings
from agents.store import MemoryStore, SearchRecord
from benchmarks.factory.places import Places
from benchmarks.search_quality.configurations import Budget
from benchmarks.search_quality.remembering import Replies
from benchmarks.search_quality.running import Runner
from benchmarks.selection.candidates import Sampled, Sampling, Source
from benchmarks.selection.sampling import Sampler
from service.config import Settings
from tests.agents.toy import STATEMENT, World

NOWHERE = "http://127.0.0.1:9/v1"


def sampler(
    folder: Path, per_issue: int, endpoint: str = NOWHERE, places: Places | None = None
) -> Sampler:
    """Everything that is written lies in `folder`."""
    runner = Runner(
        budget=Budget(mutations=20),
        model="fake-1",
        endpoint=endpoint,
        key="k",
        model_sha256="abc",
        places=places or Places(folder, {}, {}),
        settings=Settings(data_dir=folder / "data", cache_dir=folder / "cache"),
        replies=Replies(folder / "replies.jsonl"),
    )
    return Sampler(runner=runner, per_issue=per_issue, templates=2)


def sampled(trial: int, patch: str = "", *, solved: bool = False, state: str = "s") -> Sampled:
    kind, kept = ("expanded", state) if patch else ("failed", None)
    return Sampled(
        trial=trial, kind=kind, state=kept, patch=patch, solved=solved, tests={}, tokens=10
    )


def sampling(
    *trials: Sampled, task: str = "t", source: Source = "llm", right: tuple[int, ...] = ()
) -> Sampling:
    return Sampling(
        task=task,
        repo="toy==1",
        source=source,
        wanted=len(trials),
        trials=trials,
        chosen=None,
        right=right,
        settings={"seed": 0},
        versions={"commit": "c"},
    )


def block(text: str) -> str:
    """A reply that puts `text` into the toy's file."""
    return f"answer.txt\n<<<<<<< SEARCH\nkeep 0\n=======\n{text}\n>>>>>>> REPLACE\n"


def engine(world: World, settings: SearchSettings, *replies: str) -> Engine:
    """With the search ``s`` of the toy issue, whose n-th trial is answered by the n-th reply."""
    made = world.engine([])
    issue = Issue(repo="toy", base_commit="HEAD", problem_statement=STATEMENT)
    assert isinstance(made.store, MemoryStore)
    made.store.add(SearchRecord(id="s", issue=issue, settings=settings))
    # Trials run in threads: the seed says whose request it is, in the first try and the second.
    by_seed = {
        call_seed(f"{settings.seed}:{trial}", call): reply
        for trial, reply in enumerate(replies)
        for call in range(2)
    }

    def answer(request: Request) -> str:
        return by_seed[request.seed or 0]

    journal = Journal(ScriptedModel(answer), MemoryCallStore())
    policy = LlmPolicy((WeightedJournal("fake-1", journal),))
    made.tools = replace(made.tools, policy=lambda _: policy)
    return made
