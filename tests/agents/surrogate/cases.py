"""Questions and outcomes to ask surrogates about."""

from collections.abc import Sequence

from agents.domain import Baseline, Issue, Outcome, Preparation, Reproduction
from agents.surrogate.protocol import Question


def patch(path: str, line: int) -> bytes:
    """A git diff that replaces one line, with three lines of context."""
    head = f"diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n"
    context = " x\n" * 3
    return f"{head}@@ -{line - 3},7 +{line - 3},7 @@ def f\n{context}-old\n+new\n{context}".encode()


def broke(test: str, of: bytes, trial: int = 0) -> Outcome:
    """An edit that a test of the repository failed on."""
    return Outcome(
        trial=trial, kind="expanded", patch=of, regressions=(test,), tests={test: "failed"}
    )


def question(
    of: bytes, earlier: Sequence[Outcome] = (), passing: Sequence[str] = (), trial: int = 7
) -> Question:
    return Question(
        search="s",
        trial=trial,
        issue=Issue(repo="r", base_commit="c", problem_statement="It is wrong."),
        preparation=Preparation(
            base="b",
            commit="c",
            environment="e",
            baseline=Baseline(passing=tuple(passing)),
            reproduction=Reproduction(failures={"issue::1": "AssertionError: 1 != 2"}),
        ),
        patch=of,
        earlier=earlier,
    )
