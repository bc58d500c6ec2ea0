"""Carries out what one model calls, reply by reply."""

from dataclasses import dataclass

from agents.llm.clipping import clip
from agents.llm.protocol import Message, Reply, ToolCall
from agents.policy.draft import Draft
from agents.policy.edit_formats import EditProblem
from agents.policy.tools.arguments import arguments
from agents.policy.tools.definitions import FINISH, READING
from agents.policy.tools.reading import read_only
from agents.policy.tools.writing import write

READS = 6
"""Most reading calls of one trial."""
ANSWER_TOKENS = 600
CALLS_A_REPLY = 8
"""What a reply calls beyond that is not carried out."""

_READING = frozenset(tool.name for tool in READING)


@dataclass(frozen=True, slots=True)
class Turn:
    """What became of one reply."""

    answers: tuple[Message, ...] = ()
    """To every call but the first ``finish``."""
    problem: EditProblem | None = None
    """The first thing in the reply that cannot be used."""
    over: bool = False
    """It called ``finish``, or nothing although something is changed."""
    finish: str = ""
    """Id of that call."""

    def reply(self, feedback: str) -> tuple[Message, ...]:
        """How the chat goes on when the model is not finished: every call must be answered."""
        if self.finish:
            return (*self.answers, Message("tool", feedback, tool_call_id=self.finish))
        return self.answers or (Message("user", feedback),)


@dataclass(slots=True)
class Workbench:
    """A draft with the calls that are left. For one thread."""

    draft: Draft
    reads: int = READS

    def take(self, reply: Reply) -> Turn:
        """Carry out all calls of a reply in their order."""
        if not reply.tool_calls:
            return self._silent(reply)
        answers: list[Message] = []
        problems: list[EditProblem] = []
        finish = ""
        for number, call in enumerate(reply.tool_calls):
            if call.name == FINISH.name and not finish:
                finish = call.id
                continue
            result = self._carry_out(call) if number < CALLS_A_REPLY else _TOO_MANY
            if isinstance(result, EditProblem):
                problems.append(result)
            text = result.feedback if isinstance(result, EditProblem) else result
            answers.append(Message("tool", clip(text, ANSWER_TOKENS), tool_call_id=call.id))
        problem = problems[0] if problems else None
        return Turn(tuple(answers), problem, over=bool(finish), finish=finish)

    def _silent(self, reply: Reply) -> Turn:
        if self.draft.changes:
            return Turn(over=True)
        cut = "The reply was too long and was cut off. " if reply.finish_reason == "length" else ""
        text = f"{cut}You called no function. Call edit to repair the code, and then finish."
        return Turn(problem=EditProblem("unparsable", text))

    def _carry_out(self, call: ToolCall) -> str | EditProblem:
        given = arguments(call)
        if isinstance(given, EditProblem):
            return given
        if call.name == FINISH.name:
            return _FINISHED
        if call.name not in _READING:
            return write(call.name, given, self.draft)
        if self.reads == 0:
            return _READ_ENOUGH
        self.reads -= 1
        left = f"\n({self.reads} reading calls are left.)"
        return read_only(call.name, given, self.draft) + left


_TOO_MANY = EditProblem("unparsable", f"Not carried out: call {CALLS_A_REPLY} functions at most.")
_FINISHED = "finish was called already in this reply: once is enough."
_READ_ENOUGH = EditProblem(
    "no_edit", "No reading calls are left. Call edit to repair the code, and then finish."
)
