"""A case, two candidates, and a model that keeps what it was asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from agents.domain import Issue
from agents.llm.caller import VERIFYING
from agents.llm.journal import Journal, MemoryCallStore
from agents.llm.pricing import Price
from agents.llm.protocol import Reply, Request
from agents.llm.scripted import Line, ScriptedModel
from agents.verify.panel import Brief, Case

CASE = Case(
    search="s",
    trial=VERIFYING,
    issue=Issue(repo="r", base_commit="c", problem_statement="low(2, 1) gives 2, not 1."),
    code="pkg/core.py, from line 3:\ndef low(a, b):\n    return a",
    failures=("AssertionError: assert 2 == 1",),
)


def diff(line: str, *, path: str = "pkg/core.py") -> str:
    """A git diff that puts one line (or several) in the place of ``return a``."""
    lines = line.split("\n")
    added = "".join(f"+    {one}\n" for one in lines)
    return (
        f"diff --git a/{path} b/{path}\nindex 1111111..2222222 100644\n--- a/{path}\n+++ b/{path}\n"
        f"@@ -2,3 +2,{2 + len(lines)} @@ header\n \n def low(a, b):\n-    return a\n{added}"
    )


RIGHT = Brief(key="trial-17", patch=diff("return min(a, b)"), facts=("12 of 12 tests pass",))
WRONG = Brief(key="trial-40", patch=diff("return b"), facts=("11 of 12 tests pass",))


@dataclass
class Asked:
    """`replies` in order, or a function of the request."""

    replies: Sequence[str | Line] | Callable[[Request], str | Line]
    price: Price | None = None
    requests: list[Request] = field(default_factory=list)
    store: MemoryCallStore = field(default_factory=MemoryCallStore)

    def __post_init__(self) -> None:
        self._script = ScriptedModel(self.replies)

    def complete(self, request: Request) -> Reply:
        self.requests.append(request)
        return self._script.complete(request)

    @property
    def journal(self) -> Journal:
        return Journal(self, self.store, self.price)

    @property
    def texts(self) -> list[str]:
        """Each request as one text."""
        return ["\n".join(m.content for m in request.messages) for request in self.requests]


def section(text: str, title: str) -> str:
    """What stands under a heading, up to the next one."""
    return text.split(f"# {title}\n", 1)[1].split("\n# ", 1)[0]


def side_of(request: Request, words: str) -> str:
    """Under which letter a request shows the candidate with these words."""
    text = "\n".join(message.content for message in request.messages)
    sides = [side for side in "AB" if words in section(text, f"Change {side}")]
    (side,) = sides
    return side


def never(key: str | None, script: str) -> str:
    """A `Run` that must not be used."""
    raise AssertionError(f"{key} was run: {script}")
