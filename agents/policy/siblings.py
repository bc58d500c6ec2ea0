"""Whether an edit was tried at its node before, and how to make a proposal of one that was not."""

from collections.abc import Mapping

from agents.domain import Edit, Step
from agents.policy.conversation import Conversation
from agents.policy.edit_summary import summarise
from agents.policy.protocol import Position, Proposed
from sandbox.protocol import StateId, States

Changes = Mapping[str, bytes | None]


def twin(changes: Changes, position: Position, states: States) -> Step | None:
    """The step that was tried at this node and came to the same state; None: it is new here."""
    made = [step for step in position.tried if step.value is not None]
    if not made:
        return None
    patch = states.diff(StateId(position.preparation.base), states.fork(position.state, changes))
    return next((step for step in made if step.patch == patch), None)


def proposed(changes: Changes, talk: Conversation, position: Position, states: States) -> Proposed:
    """The edit with what it cost to get it."""
    before = {path: states.read(position.state, path) for path in changes}
    edit = Edit(changes=changes, summary=summarise(before, changes), origin=talk.origin)
    return Proposed(edit=edit, usage=talk.usage)
