"""The stage ``plan``: several plans out of one call, merged into an action tree."""

import re

from agents.domain import Note
from agents.llm.protocol import Message, Reply
from agents.policy.action_tree import action_tree, leaves, outline
from agents.policy.conversation import Conversation
from agents.policy.prompts import plan_prompt
from agents.policy.protocol import Noted, Position, Proposal, Unusable
from sandbox.protocol import States

PLANS = 4
"""Asked for at once: all samples for the price of one prompt (Tree-Planner, Hu et al. 2023)."""
MOST_STEPS = 6
STEP_CHARS = 300

_HEADING = re.compile(r"^\W*plan\s*\#?\d+\b[\s:.)*-]*(?P<step>.*)$", re.IGNORECASE)
_STEP = re.compile(r"^\s*(?:[-*•]|(?:step\s*)?\d+[.):])\s+(?P<step>\S.*)$", re.IGNORECASE)

_AGAIN = (
    "There is no plan in that. Write each plan as a line `Plan 1:` and below it its steps, one to a "
    "line, as `1. what to change in which function`."
)


def plan(talk: Conversation, position: Position, states: States, tokens: int) -> Proposal:
    """One call, and a second one when no plan is in the answer. Raises: ModelError.

    `tokens`: about how long the prompt may be.
    """
    talk.say(*plan_prompt(position, states, PLANS, tokens))
    for say in ((Message("user", _AGAIN),), ()):
        tree = action_tree(parsed_plans(talk.ask()))
        plans = leaves(tree)
        if plans:
            first = f"{len(plans)} plans, the first: {plans[0].steps[0]}"
            note = Note(text=f"{first}\n{outline(tree)}", plans=plans)
            weight = max(one.weight for one in plans)
            return Noted(note=note, usage=talk.usage, prior=weight, origin=talk.origin)
        talk.say(*say)
    return Unusable(reason="unparsable", feedback=_AGAIN, usage=talk.usage)


def parsed_plans(reply: Reply) -> list[list[str]]:
    """The steps of each plan, in order. A list without any heading is one plan; of a reply that was
    cut off, the last plan is left out where there are others.
    """
    plans: list[list[str]] = []
    for line in reply.text.split("\n"):
        heading, step = _HEADING.match(line), _STEP.match(line)
        if heading:
            plans.append([_step(heading["step"])] if heading["step"].strip() else [])
        elif step:
            plans[-1:] = [[*(plans[-1] if plans else []), _step(step["step"])]]
    if reply.finish_reason == "length" and len(plans) > 1:
        plans.pop()
    return [steps[:MOST_STEPS] for steps in plans if steps]


def _step(text: str) -> str:
    return text.strip().strip("*").strip()[:STEP_CHARS]
