"""Several policies take turns at every node.

The protocol has no memory, so who answers must follow from the ordinal and the members' answers
alone, or parallel workers would repeat and skip ideas. The rule: in round r, every member that
still has an r-th idea gives it, in the order of `policies`. With none exhausted that is ordinal % n
and ordinal // n; a member that has run out is passed over in all later rounds, without a gap.

Knowing who has run out means asking. A member is asked beforehand (for nothing: a policy without a
model is free) unless it says ``endless = True`` as `LlmPolicy` does. An ``endless`` member that
answers Exhausted all the same is passed over from that answer on.
"""

from dataclasses import dataclass, replace

from agents.domain import Ceiling
from agents.policy.protocol import Exhausted, Policy, Position, Proposal
from sandbox.protocol import States


@dataclass(frozen=True, slots=True)
class MixedPolicy:
    """`policies`: at least one, their names distinct. Thread-safe when they are."""

    policies: tuple[Policy, ...]

    def __post_init__(self) -> None:
        if not self.policies:
            raise ValueError("a mixed policy needs at least one member")

    @property
    def name(self) -> str:
        return "+".join(policy.name for policy in self.policies)

    @property
    def ceiling(self) -> Ceiling:
        """The members', all together: one may answer in another's place."""
        return sum((policy.ceiling for policy in self.policies), Ceiling())

    def propose(self, position: Position, states: States) -> Proposal:
        """The idea whose turn it is; Exhausted once no member has another. Raises: ModelError."""
        limits = {
            member: limit
            for member, policy in enumerate(self.policies)
            if not getattr(policy, "endless", False)
            and (limit := _limit(policy, position, states, position.ordinal)) is not None
        }
        while turn := whose_turn(position.ordinal, len(self.policies), limits):
            member, ordinal = turn
            answer = _answer(self.policies[member], position, states, ordinal)
            if not isinstance(answer, Exhausted):
                return answer
            limits[member] = ordinal
        return Exhausted()


def whose_turn(ordinal: int, members: int, limits: dict[int, int]) -> tuple[int, int] | None:
    """(member, its ordinal) for the mixed ordinal; None when all have run out.

    `limits`: member → how many ideas it has; a member without an entry has as many as one likes.
    """
    turn, left = 0, ordinal
    while live := [m for m in range(members) if limits.get(m, turn + 1) > turn]:
        if left < len(live):
            return live[left], turn
        left -= len(live)
        turn += 1
    return None


def _answer(policy: Policy, position: Position, states: States, ordinal: int) -> Proposal:
    return policy.propose(replace(position, ordinal=ordinal), states)


def _limit(policy: Policy, position: Position, states: States, most: int) -> int | None:
    """How many ideas a policy has; None when more than `most`. Exhausted means: for ever after."""
    if not isinstance(_answer(policy, position, states, most), Exhausted):
        return None
    low, high = 0, most
    while low < high:
        middle = (low + high) // 2
        if isinstance(_answer(policy, position, states, middle), Exhausted):
            high = middle
        else:
            low = middle + 1
    return low
