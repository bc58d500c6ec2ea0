"""The public fake: a fixed list of edits, the same at every node."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agents.domain import Ceiling, Edit
from agents.policy.protocol import Exhausted, Position, Proposal, Proposed
from sandbox.protocol import States

FREE = Ceiling()
Changes = Mapping[str, bytes | None]


@dataclass(frozen=True, slots=True)
class ScriptedPolicy:
    """Answers its `ordinal`-th idea; an idea may also be any other proposal, such as `Unusable`."""

    ideas: Sequence[Changes | Proposal]
    name: str = "scripted"
    ceiling: Ceiling = FREE

    def propose(self, position: Position, states: States) -> Proposal:  # noqa: ARG002 - the port's
        if position.ordinal >= len(self.ideas):
            return Exhausted()
        idea = self.ideas[position.ordinal]
        if not isinstance(idea, Mapping):
            return idea
        summary = f"idea {position.ordinal}"
        return Proposed(edit=Edit(changes=idea, summary=summary, origin="scripted"))
