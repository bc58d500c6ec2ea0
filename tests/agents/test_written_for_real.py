"""Prose alone, in a real sandbox: a model's tests, and repairs without a model."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.domain import Issue
from agents.driver import run_in_process
from agents.engine import Engine
from agents.llm.journal import Journal, MemoryCallStore
from agents.llm.pricing import FREE
from agents.llm.scripted import Line, ScriptedModel
from agents.policy.mutation_policy import MutationPolicy
from agents.settings import SearchSettings, Verification
from agents.store import MemoryStore, SearchRecord
from agents.tools import Tools
from agents.verify.panel import Panel
from agents.verify.writing.llm_writer import LlmTestWriter
from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.protocol import Sandbox
from sandbox.states import GitStates
from tests.agents.test_prepare import committed
from tests.needs import needs

SHOP = {
    "shop.py": "def total(prices):\n    found = 0\n    for price in prices:\n        found -= price\n"
    "    return found\n\n\ndef count(prices):\n    return len(prices)\n",
    "far.py": "def zebra():\n    return 1\n",
    "test_shop.py": "from shop import count, total\n\n\ndef test_nothing():\n"
    "    assert (count([]), total([])) == (0, 0)\n",
}
PROSE = "The total of some prices is below zero. The total of 1 and 2 should be 3, and one price is its own total."


def reply(code: str) -> str:
    return f"```python\n{code}\n```"


def a_test(body: str, *imports: str) -> str:
    return reply("\n".join((*imports, "def test_issue():", f"    {body}")))


GOOD, OTHER = "from shop import total", "import shop"
REPLIES = [
    a_test("assert total([1, 2]) == 3", GOOD),
    a_test("assert total([0, 0]) == 0", GOOD),  # passes on the base
    a_test("assert total([7]) == 7"),  # has forgotten what it needs
    a_test("assert zebra() == 2", "from far import zebra"),  # nothing that the issue speaks of
    a_test("assert shop.total([1, 2]) == 4", OTHER),  # can be read, and is wrong
]
REVISED = [
    Line(when="passes on the code as it is", text=a_test("assert total([5]) == 5", GOOD)),
    Line(when="imports nothing", text=a_test("assert totals([7]) == 7", "from shop import totals")),
    Line(when="never runs the code", text="I cannot say."),
]


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    needs("bubblewrap")
    made = BubblewrapSandbox(GitStates(tmp_path / "states"), tmp_path / "cache")
    yield made
    made.close()


def test_an_issue_in_prose_is_resolved(sandbox: Sandbox, tmp_path: Path) -> None:
    committed(sandbox, tmp_path / "shop", SHOP)
    model = ScriptedModel([*REVISED, *REPLIES])
    writer = LlmTestWriter(Journal(model, MemoryCallStore(), FREE), "m", tests=len(REPLIES))
    store = MemoryStore()
    settings = SearchSettings(verification=Verification(tests=len(REPLIES)), candidates=1, width=1)
    issue = Issue(repo="shop", base_commit="HEAD", problem_statement=PROSE)
    store.add(SearchRecord(id="s", issue=issue, settings=settings))
    tools = Tools(
        sandbox=sandbox,
        fresh_sandbox=sandbox,
        repository=lambda _: tmp_path / "shop",
        policy=lambda _: MutationPolicy(),
        panel=lambda _: Panel(writer=writer),
    )
    run_in_process(Engine(store, tools), "s", workers=1)
    told = store.load("s")
    assert told.verdict is not None
    reproduction = told.verdict.reproduction
    assert reproduction.targets == ("written::1", "written::2", "written::5")
    assert reproduction.quorum == 2
    assert {test: reason.split(":")[0] for test, reason in reproduction.dropped.items()} == {
        "written::3": "it fails by a fault of its own",
        "written::4": "it never runs the code that the issue is about",
    }
    assert told.verdict.decision == "patch"
    assert b"+        found += price" in told.verdict.patch
    assert told.verdict.candidates[0].tests["written::5"] == "failed"
    assert "coverage" in told.preparation.localisation.functions[0].clues  # type: ignore[union-attr]
