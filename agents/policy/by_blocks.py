"""An edit as SEARCH/REPLACE blocks: one reply, and one more where it cannot be used."""

from agents.llm.protocol import Message, Reply
from agents.policy.compile_check import compile_problem
from agents.policy.conversation import Conversation
from agents.policy.edit_formats import EditProblem, ParsedEdit, parse_edit
from agents.policy.prompts import again, first_prompt, retry
from agents.policy.protocol import Position, Proposal, Unusable
from agents.policy.siblings import proposed, twin
from sandbox.protocol import States


def by_blocks(talk: Conversation, position: Position, states: States, tokens: int) -> Proposal:
    """Ask once, and once more when the reply cannot be used, or was tried here before.

    An edit that was tried before is still proposed when the model stays with it, or brings nothing
    better. `tokens`: about how long the first prompt may be. Raises: ModelError.
    """
    messages, excerpts = first_prompt(position, states, tokens)
    shown = tuple(dict.fromkeys(excerpt.path for excerpt in excerpts))
    talk.say(*messages)
    first = _read(talk.ask(), position, states, shown)
    if isinstance(first, ParsedEdit):
        known = twin(first.changes, position, states)
        if known is None:
            return proposed(first.changes, talk, position, states)
        talk.say(Message("user", again(known)))
    else:
        talk.say(retry(first.feedback, shown[0] if shown else ""))
    second = _read(talk.ask(), position, states, shown)
    if isinstance(second, ParsedEdit):
        return proposed(second.changes, talk, position, states)
    if isinstance(first, ParsedEdit):
        return proposed(first.changes, talk, position, states)
    return Unusable(reason=second.reason, feedback=second.feedback, usage=talk.usage)


def _read(
    reply: Reply, position: Position, states: States, shown: tuple[str, ...]
) -> ParsedEdit | EditProblem:
    def read(path: str) -> bytes | None:
        return states.read(position.state, path)

    result = parse_edit(reply.text, read, states.paths(position.state), shown)
    if isinstance(result, EditProblem):
        return _cut_off(result) if reply.finish_reason == "length" else result
    return compile_problem(result.changes, read) or result


def _cut_off(problem: EditProblem) -> EditProblem:
    text = f"The reply was too long and was cut off. {problem.feedback}"
    return EditProblem(problem.reason, text)
