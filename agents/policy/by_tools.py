"""An edit by function calls: a few that read, then those that write, then ``finish``."""

from agents.domain import Step
from agents.llm.protocol import estimate_prompt
from agents.policy.compile_check import compile_problem
from agents.policy.conversation import Conversation
from agents.policy.draft import Draft
from agents.policy.edit_formats import EditProblem
from agents.policy.prompts import again, first_prompt
from agents.policy.protocol import Position, Proposal, Unusable
from agents.policy.siblings import Changes, proposed, twin
from agents.policy.tools.definitions import TOOLS
from agents.policy.tools.workbench import Workbench
from sandbox.protocol import States

ROUNDS = 10
"""Most model calls of one trial."""
TALK_TOKENS = 4_000
"""How much longer than the first prompt the chat may grow. The context window must hold both and a
reply."""


def by_tools(talk: Conversation, position: Position, states: States, tokens: int) -> Proposal:
    """Let the model read and write until it calls ``finish``, says nothing more, or is cut off.

    The first thing that cannot be used goes back to it, the second ends the trial; so does an edit
    that was tried here before, which is then proposed all the same. `tokens`: about how long the
    first prompt may be. Raises: ModelError.
    """
    draft = Draft(states, position.state)
    bench = Workbench(draft)
    talk.say(*first_prompt(position, states, tokens, "tools")[0])
    most = estimate_prompt(talk.messages, TOOLS) + TALK_TOKENS
    known, struck = dict[str, bytes | None](), False
    for _ in range(ROUNDS):
        if estimate_prompt(talk.messages, TOOLS) > most:
            break
        turn = bench.take(talk.ask(TOOLS))
        wrong = turn.problem or (unfit(draft) if turn.over else None)
        if turn.over and wrong is None:
            step = None if struck else twin(draft.changes, position, states)
            if step is None:
                return proposed(dict(draft.changes), talk, position, states)
            known, wrong = dict(draft.changes), _tried(step)
        if wrong is not None and struck:
            return _settled(known, wrong, talk, position, states)
        struck = struck or wrong is not None
        talk.say(*turn.reply(wrong.feedback if wrong else ""))
    return _settled(known if unfit(draft) else draft.changes, _NO_EDIT, talk, position, states)


def unfit(draft: Draft) -> EditProblem | None:
    """Why a draft is no edit yet."""
    if not draft.changes:
        return EditProblem("changes_nothing", "Nothing is changed yet: call edit first.")
    return compile_problem(draft.changes, lambda path: draft.states.read(draft.state, path))


def _settled(
    changes: Changes, problem: EditProblem, talk: Conversation, position: Position, states: States
) -> Proposal:
    """The best that there is, or why there is nothing."""
    if changes:
        return proposed(dict(changes), talk, position, states)
    return Unusable(reason=problem.reason, feedback=problem.feedback, usage=talk.usage)


def _tried(step: Step) -> EditProblem:
    return EditProblem("tried_before", again(step))


_NO_EDIT = EditProblem("no_edit", "The calls were used up before the edit was finished.")
