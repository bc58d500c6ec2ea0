"""What a helper is shown of the issue and of candidates, cut to shares of a budget. Pure.

Both candidates of a comparison have the same share each, however long the other one is: a long
patch is cut, and never refused for its length. Of a candidate only its diff and its facts are
shown: no key, no author, no value.
"""

from dataclasses import dataclass

from agents.llm.clipping import clip
from agents.verify.judging.diffs import readable
from agents.verify.panel import Brief, Case

CONTEXT_TOKENS = 2_800
"""About how much is shown of the issue and of candidates."""
FRAME_TOKENS = 500
"""About how long the templates' own words are at most."""

ISSUE_SHARE = 0.25
FAILURES_SHARE = 0.08
CODE_SHARE = 0.22
DIFF_SHARE = 0.18
"""Of each of two candidates."""
FACTS_SHARE = 0.04
"""Of each of two candidates."""
FAILURES_SHOWN = 3

NOTHING = "(nothing)"


@dataclass(frozen=True, slots=True)
class Told:
    """The issue, for the template ``_case``."""

    issue: str
    failures: str
    code: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A candidate, for the template ``_pair``."""

    diff: str
    facts: tuple[str, ...]


def told(case: Case, tokens: int = CONTEXT_TOKENS) -> Told:
    """`tokens`: about how much everything together may have."""
    failures = list(dict.fromkeys(text.strip() for text in case.failures))[:FAILURES_SHOWN]
    each = int(tokens * FAILURES_SHARE) // max(1, len(failures))
    return Told(
        issue=clip(case.issue.problem_statement.strip(), int(tokens * ISSUE_SHARE)),
        failures="\n\n".join(clip(text, each) for text in failures),
        code=clip(case.code.strip("\n"), int(tokens * CODE_SHARE)),
    )


def shown(brief: Brief, tokens: int = CONTEXT_TOKENS) -> Shown:
    """`tokens`: about how much everything together may have."""
    each = int(tokens * FACTS_SHARE) // max(1, len(brief.facts))
    return Shown(
        diff=clip(readable(brief.patch), int(tokens * DIFF_SHARE)) or NOTHING,
        facts=tuple(clip(" ".join(fact.split()), each) for fact in brief.facts),
    )
