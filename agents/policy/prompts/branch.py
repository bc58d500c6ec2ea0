"""What a prompt says of the branch: the changes that led here, and what was tried here. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from agents.domain import Plan, Step
from agents.llm.clipping import clip
from agents.policy.protocol import Position

BRANCH_SHARE = 0.1
"""Of the prompt, for the steps from the root, of which only the last one's feedback is shown."""
TRIED_SHARE = 0.15
"""For what was tried here: what the tests said of it, and half as much of what a judge said."""
TRIED_SHOWN = 4
STEPS_SHOWN = 8
PLAN_TOKENS = 200


def path_steps(position: Position, tokens: int) -> list[Step]:
    """The last edits on the way here; notes are no changes and are shown elsewhere."""
    edits = [step for step in position.path if step.note is None]
    return _steps(edits, STEPS_SHOWN, int(tokens * BRANCH_SHARE))


def tried_steps(position: Position, tokens: int) -> list[Step]:
    """The latest of what was tried here, each different one once."""
    latest = list({step.summary or step.feedback: step for step in position.tried}.values())
    return _steps(latest, TRIED_SHOWN, int(tokens * TRIED_SHARE) // TRIED_SHOWN)


def plan_of(position: Position) -> Plan | None:
    """The plan that this sibling is to follow: they take turns, the best first."""
    plans = next((note.plans for note in reversed(position.notes) if note.plans), ())
    return plans[position.ordinal % len(plans)] if plans else None


def plan_steps(position: Position) -> list[str]:
    """The steps of `plan_of`, cut to about `PLAN_TOKENS`."""
    plan = plan_of(position)
    steps = plan.steps if plan else ()
    return [clip(step, max(1, PLAN_TOKENS // len(steps))) for step in steps]


def _steps(steps: Sequence[Step], most: int, tokens: int) -> list[Step]:
    """The last steps; their summaries are one line each."""
    return [
        replace(
            step,
            feedback=clip(step.feedback.strip(), tokens * 2 // 3),
            critique=clip(step.critique.strip(), tokens // 3),
        )
        for step in steps[-most:]
    ]
