"""Prompts: Jinja templates, filled and cut to a budget of tokens. Pure but for reading templates.

The order is fixed so that siblings share the longest prefix: instructions, issue, how it fails,
code; then the branch; then what was tried here; then the task. Each part has a share of the budget
of its own, so that what comes late never changes how much is shown early.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from agents.domain import Step
from agents.llm.clipping import clip
from agents.llm.protocol import Message, estimate_prompt, estimate_tokens
from agents.policy.prompts.context import Excerpt, choose, suspects
from agents.policy.prompts.slowness import described
from agents.policy.protocol import Position
from sandbox.protocol import States

ISSUE_SHARE = 0.3
FAILURES_SHARE = 0.12
SLOWNESS_SHARE = 0.12
BRANCH_SHARE = 0.1
"""For the steps from the root, of which only the last one's feedback is shown."""
TRIED_SHARE = 0.1
TRIED_SHOWN = 4
STEPS_SHOWN = 8
RETRY_TOKENS = 400

EXAMPLE_ISSUE = "`mean([1, 2, 3])` returns 1.0 instead of 2.0."
EXAMPLE = Excerpt(
    "shop/stats.py",
    1,
    5,
    "def mean(values):\n    total = 0\n    for value in values:\n        total = value\n"
    "    return total / len(values)",
    1.0,
)

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    autoescape=False,  # noqa: S701  (prompts are no HTML)
)


def first_prompt(
    position: Position, states: States, tokens: int
) -> tuple[tuple[Message, ...], tuple[Excerpt, ...]]:
    """The chat for a first try, of about `tokens` at most, and the code that it shows."""
    opening = _opening()
    issue = clip(position.issue.problem_statement.strip(), int(tokens * ISSUE_SHARE))
    failures = _failures(position, int(tokens * FAILURES_SHARE))
    slowness = position.preparation.slowness
    slow = clip(described(slowness), int(tokens * SLOWNESS_SHARE)) if slowness else ""
    fixed = estimate_prompt(opening) + estimate_tokens(issue + "".join(failures) + slow) + 100
    room = int(tokens * (1 - BRANCH_SHARE - TRIED_SHARE)) - fixed
    excerpts = choose(position, states, max(room, tokens // 5))
    user = _render(
        "user",
        issue=issue,
        failures=failures,
        slow=slow,
        goal=f"{slowness.workload.goal:g}" if slowness else "",
        excerpts=excerpts,
        suspects=suspects(excerpts),
        path=_steps(position.path, STEPS_SHOWN, int(tokens * BRANCH_SHARE)),
        tried=_tried(position.tried, int(tokens * TRIED_SHARE)),
    )
    return (*opening, Message("user", user)), excerpts


def retry_prompt(
    messages: tuple[Message, ...], reply: str, feedback: str, path: str
) -> tuple[Message, ...]:
    """The same chat, the reply that could not be used, why, and how to write it for `path`."""
    again = _render("retry", feedback=clip(feedback, RETRY_TOKENS), path=path)
    return (*messages, Message("assistant", reply), Message("user", again))


def _opening() -> tuple[Message, ...]:
    """Instructions and one worked example: small models follow a turn that they have seen."""
    nothing: dict[str, object] = {"failures": [], "suspects": [], "path": [], "tried": []}
    example = _render("user", issue=EXAMPLE_ISSUE, slow="", excerpts=[EXAMPLE], **nothing)
    return (
        Message("system", _render("system")),
        Message("user", example),
        Message("assistant", _render("example_reply")),
    )


def _render(name: str, **values: object) -> str:
    return _TEMPLATES.get_template(f"{name}.md.j2").render(**values).strip() + "\n"


def _failures(position: Position, tokens: int) -> list[str]:
    texts = list(
        dict.fromkeys(t.strip() for t in position.preparation.reproduction.failures.values())
    )
    shown = texts[:3]
    return [clip(text, tokens // len(shown)) for text in shown]


def _steps(steps: Sequence[Step], most: int, tokens: int) -> list[Step]:
    """The last steps; their summaries are one line each, only the last feedback is long."""
    return [replace(step, feedback=clip(step.feedback.strip(), tokens)) for step in steps[-most:]]


def _tried(steps: Sequence[Step], tokens: int) -> list[Step]:
    latest = list({step.summary or step.feedback: step for step in steps}.values())
    return _steps(latest, TRIED_SHOWN, tokens // TRIED_SHOWN)
