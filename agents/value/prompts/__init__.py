"""What a judge is shown: Jinja templates, filled and cut to a budget of tokens.

The order is fixed so that siblings share the longest prefix: instructions, issue, how it fails;
then the branch; then the step. Each part has a share of the budget of its own.
"""

from collections.abc import Iterator
from pathlib import Path

from agents.domain import Note, Step
from agents.llm.clipping import clip
from agents.llm.protocol import Message
from agents.llm.templates import templates
from agents.value.protocol import Scene

ISSUE_SHARE = 0.25
FAILURES_SHARE = 0.1
PATH_SHARE = 0.1
STEP_SHARE = 0.25
WHOLE_SHARE = 0.2
TESTS_SHARE = 0.1

FAILURES_SHOWN = 3
STEPS_SHOWN = 8
TESTS_SHOWN = 12
SUMMARY_TOKENS = 40

_render = templates(Path(__file__).parent)


def judge_prompt(scene: Scene, tokens: int) -> tuple[Message, ...]:
    """The chat for a first try, of about `tokens` and the templates' own 400 at most."""
    text = _render(
        "scene",
        issue=clip(scene.issue.problem_statement.strip(), int(tokens * ISSUE_SHARE)),
        failures=_failures(scene, int(tokens * FAILURES_SHARE)),
        path=clip("\n".join(_path(scene)), int(tokens * PATH_SHARE)),
        note=clip(_noted(scene.note), int(tokens * STEP_SHARE)) if scene.note else "",
        plans=scene.note is not None and bool(scene.note.plans),
        step=_diff(scene.step or scene.patch, int(tokens * STEP_SHARE)),
        whole=_diff(scene.patch, int(tokens * WHOLE_SHARE)) if scene.step != scene.patch else "",
        tests=clip("\n".join(_tests(scene)), int(tokens * TESTS_SHARE)),
    )
    return Message("system", _render("system")), Message("user", text)


def repair_prompt(
    messages: tuple[Message, ...], reply: str, problem: str, tokens: int
) -> tuple[Message, ...]:
    """The same chat, the reply that could not be used, of about `tokens` at most, and why."""
    again = _render("repair", problem=problem)
    return (*messages, Message("assistant", clip(reply, tokens)), Message("user", again))


def _failures(scene: Scene, tokens: int) -> str:
    every = scene.preparation.reproduction.failures.values()
    shown = list(dict.fromkeys(text.strip() for text in every))[:FAILURES_SHOWN]
    return "\n\n".join(clip(text, tokens // len(shown)) for text in shown)


def _path(scene: Scene) -> Iterator[str]:
    """One line a step; the last one's feedback and criticism are still of use."""
    for step in scene.path[-STEPS_SHOWN:]:
        worth = "" if step.value is None else f" (value {step.value:.2f})"
        yield f"- {clip(step.summary, SUMMARY_TOKENS)}{worth}"
    if scene.path:
        yield from _hindsight(scene.path[-1])


def _hindsight(step: Step) -> Iterator[str]:
    yield from (text.strip() for text in (step.feedback, step.critique) if text.strip())


def _noted(note: Note) -> str:
    places = [f"- {p.path}:{p.start}-{p.end} {p.name}".rstrip() for p in note.places]
    plans = [
        f"Plan {number}:\n" + "\n".join(f"- {step}" for step in plan.steps)
        for number, plan in enumerate(note.plans, 1)
    ]
    return "\n".join((note.text.strip(), *places, *plans))


def _diff(patch: bytes, tokens: int) -> str:
    return clip(patch.decode("utf-8", "replace").strip(), tokens)


def _tests(scene: Scene) -> Iterator[str]:
    """How many of the issue's tests pass, and how the others fail."""
    reproduction, evidence = scene.preparation.reproduction, scene.evidence
    for kind, asked in (
        ("that failed before", reproduction.targets),
        ("that passed before", reproduction.guards),
    ):
        passed = sum(evidence.tests.get(test) == "passed" for test in asked)
        if asked:
            yield f"Of the issue's tests {kind}, {passed} of {len(asked)} pass now."
    asked = (*reproduction.targets, *reproduction.guards)
    open_ = [test for test in asked if evidence.tests.get(test) != "passed"]
    for test in open_[:TESTS_SHOWN]:
        why = evidence.failures.get(test, "").strip()
        yield f"{test}: {evidence.tests.get(test, 'missing')}{': ' if why else ''}{why}"
    for test in evidence.regressions[:TESTS_SHOWN]:
        yield f"{test}: a test of the repository that passed before and no longer passes"
