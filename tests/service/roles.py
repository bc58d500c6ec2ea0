"""A model's server that answers each role in its own form, known by the beginning of what it is told."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.agents.llm.fake_openai import Behaviour, FakeOpenAi, ok

ROLES: Mapping[str, str] = {
    "writer": "You write one Python test that shows the bug of an issue",
    "ranker": "You find the faulty code behind an issue",
    "editor": "You repair bugs in Python repositories.",
    "surrogate": "You predict test results of a patch without running it.",
    "value judge": "You judge one step of the repair of a Python repository.",
    "prober, inputs": "Two changes were made to a Python repository to solve one issue. Write inputs",
    "prober, outputs": "You are shown an issue in a Python repository, a script, and several outputs",
    "reviewer, demands": "You read an issue in a Python repository and list what a repair must do.",
    "reviewer, marks": "You review one change to a Python repository against a list of demands.",
    "pairwise judge": "You compare two changes, A and B, that were made to a Python repository",
}
"""Role → how its system message begins."""


def role_of(request: Mapping[str, Any]) -> str:
    """The whole first message for a role that is not listed."""
    told = str(request["messages"][0]["content"])
    return next((role for role, first in ROLES.items() if told.startswith(first)), told)


class RoleServer(FakeOpenAi):
    """`replies`: role → what it answers by turns, again from the first after the last."""

    def __init__(self, replies: Mapping[str, Sequence[str]]) -> None:
        super().__init__(ok(""))
        self._replies = replies

    def next(self, body: dict[str, Any], headers: dict[str, str]) -> Behaviour:
        super().next(body, headers)
        role = role_of(body)
        with self._lock:
            asked = sum(role_of(request) == role for request in self.requests)
        replies = self._replies.get(role, [""])
        return ok(replies[(asked - 1) % len(replies)])
