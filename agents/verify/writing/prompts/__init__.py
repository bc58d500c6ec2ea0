"""What a writer of tests is shown: Jinja templates, filled and cut to a budget of tokens."""

from collections.abc import Sequence
from pathlib import Path

from agents.llm.clipping import clip
from agents.llm.protocol import Message
from agents.llm.templates import templates
from agents.verify.panel import Case

ISSUE_SHARE = 0.4
FAILURES_SHARE = 0.15
CODE_SHARE = 0.45

FAILURES_SHOWN = 3
PROBLEM_TOKENS = 150

_render = templates(Path(__file__).parent)


def write_prompt(case: Case, tokens: int) -> tuple[Message, ...]:
    """The chat for a first try, of about `tokens` and the templates' own 400 at most."""
    text = _render(
        "write",
        issue=clip(case.issue.problem_statement.strip(), int(tokens * ISSUE_SHARE)),
        failures=_failures(case.failures, int(tokens * FAILURES_SHARE)),
        code=clip(case.code.strip(), int(tokens * CODE_SHARE)),
    )
    return Message("system", _render("system")), Message("user", text)


def repair_prompt(
    messages: tuple[Message, ...], reply: str, problem: str, tokens: int
) -> tuple[Message, ...]:
    """The same chat, the reply that could not be used, of about `tokens` at most, and why."""
    again = _render("repair", problem=clip(problem, PROBLEM_TOKENS))
    return (*messages, Message("assistant", clip(reply, tokens)), Message("user", again))


def revise_prompt(
    messages: tuple[Message, ...], source: str, problem: str, tokens: int
) -> tuple[Message, ...]:
    """The same chat, the test that did not do, of about `tokens` at most, and what came of it."""
    test = f"```python\n{source.strip()}\n```"
    again = _render("revise", problem=clip(problem, PROBLEM_TOKENS))
    return (*messages, Message("assistant", clip(test, tokens)), Message("user", again))


def _failures(told: Sequence[str], tokens: int) -> str:
    shown = list(dict.fromkeys(text.strip() for text in told))[:FAILURES_SHOWN]
    return "\n\n".join(clip(text, tokens // len(shown)) for text in shown)
