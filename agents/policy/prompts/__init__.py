"""Prompts: Jinja templates, filled and cut to a budget of tokens. Pure but for reading templates.

The order is fixed so that siblings share the longest prefix: instructions, issue, how it fails,
code; then the branch; then what was tried here; then the sibling's own plan and the task. Each part
has a share of the budget of its own, so that what comes late never changes how much is shown early.
"""

from collections.abc import Sequence
from typing import Any

from agents.domain import Place, Step
from agents.llm.clipping import clip
from agents.llm.protocol import Message, estimate_prompt, estimate_tokens
from agents.policy.places import chosen_places, described
from agents.policy.prompts.branch import (
    BRANCH_SHARE,
    TRIED_SHARE,
    path_steps,
    plan_steps,
    tried_steps,
)
from agents.policy.prompts.context import Excerpt, suspects
from agents.policy.prompts.placed import excerpts as code
from agents.policy.prompts.placed import placed
from agents.policy.prompts.render import render
from agents.policy.prompts.slowness import said
from agents.policy.protocol import Position
from agents.settings import EditForm
from sandbox.protocol import States

ISSUE_SHARE = 0.3
FAILURES_SHARE = 0.12
SLOWNESS_SHARE = 0.12
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

Prompt = tuple[Message, ...]


def first_prompt(
    position: Position, states: States, tokens: int, form: EditForm = "blocks"
) -> tuple[Prompt, tuple[Excerpt, ...]]:
    """The chat that asks for an edit, of about `tokens` at most, and the code that it shows."""
    opening = _opening() if form == "blocks" else (Message("system", render("tools_system")),)
    shared = _shared(position, tokens)
    excerpts = code(position, states, _room(opening, shared, tokens))
    user = render(
        "user",
        **shared,
        form=form,
        excerpts=excerpts,
        suspects=suspects(excerpts),
        places=[described(place) for place in chosen_places(position)],
        plan=plan_steps(position),
    )
    return (*opening, Message("user", user)), excerpts


def localise_prompt(
    position: Position, states: States, candidates: Sequence[Place], tokens: int
) -> Prompt:
    """The chat that asks which of the numbered places are at fault."""
    opening = (Message("system", render("localise_system")),)
    shared = _shared(position, tokens)
    room = _room(opening, shared, tokens)
    texts = list(placed(candidates, position.state, states, room))
    listed = [
        {"place": described(place), "excerpt": excerpt}
        for place, excerpt in zip(candidates, texts, strict=True)
    ]
    return (*opening, Message("user", render("localise_user", **shared, candidates=listed)))


def plan_prompt(position: Position, states: States, count: int, tokens: int) -> Prompt:
    """The chat that asks for `count` plans at once."""
    opening = (Message("system", render("plan_system")),)
    shared = _shared(position, tokens)
    excerpts = code(position, states, _room(opening, shared, tokens))
    places = [described(place) for place in chosen_places(position)]
    user = render("plan_user", **shared, excerpts=excerpts, places=places, count=count)
    return (*opening, Message("user", user))


def retry(feedback: str, path: str) -> Message:
    """Why a reply cannot be used, and how to write it for `path`."""
    return Message("user", render("retry", feedback=clip(feedback, RETRY_TOKENS), path=path))


def again(step: Step) -> str:
    """That an edit was tried here before, and what came of it. It may still be right."""
    shown = {"feedback": step.feedback.strip(), "critique": step.critique.strip()}
    cut = {name: clip(text, RETRY_TOKENS // 2) for name, text in shown.items()}
    return render("again", summary=step.summary, **cut)


def _opening() -> Prompt:
    """Instructions and one worked example: small models follow a turn that they have seen."""
    nothing: dict[str, object] = dict.fromkeys(
        ("failures", "slow", "suspects", "path", "tried", "places", "plan"), ()
    )
    example = render("user", issue=EXAMPLE_ISSUE, excerpts=[EXAMPLE], form="blocks", **nothing)
    return (
        Message("system", render("system")),
        Message("user", example),
        Message("assistant", render("example_reply")),
    )


def _shared(position: Position, tokens: int) -> dict[str, Any]:
    """What the prompts of all stages say of issue and branch."""
    slowness = position.preparation.slowness
    return {
        "issue": clip(position.issue.problem_statement.strip(), int(tokens * ISSUE_SHARE)),
        "failures": _failures(position, int(tokens * FAILURES_SHARE)),
        "slow": clip(said(slowness), int(tokens * SLOWNESS_SHARE)) if slowness else "",
        "goal": f"{slowness.workload.goal:g}" if slowness else "",
        "path": path_steps(position, tokens),
        "tried": tried_steps(position, tokens),
    }


def _room(opening: Prompt, shared: dict[str, Any], tokens: int) -> int:
    """Tokens left for code, whatever the branch says."""
    fixed_parts = shared["issue"] + "".join(shared["failures"]) + shared["slow"]
    fixed = estimate_prompt(opening) + estimate_tokens(fixed_parts) + 100
    return max(int(tokens * (1 - BRANCH_SHARE - TRIED_SHARE)) - fixed, tokens // 5)


def _failures(position: Position, tokens: int) -> list[str]:
    texts = list(
        dict.fromkeys(t.strip() for t in position.preparation.reproduction.failures.values())
    )
    shown = texts[:3]
    return [clip(text, tokens // len(shown)) for text in shown]
