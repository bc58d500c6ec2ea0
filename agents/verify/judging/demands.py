"""What an issue demands, as a short list: asked for once, and the same for every candidate."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

from agents.domain import Usage
from agents.llm.clipping import clip
from agents.verify.judging.prompts import render
from agents.verify.judging.showing import told
from agents.verify.judging.talk import Unreadable, Voice
from agents.verify.panel import Case

MOST = 6
DEMAND_TOKENS = 60
LIST_TOKENS = MOST * (DEMAND_TOKENS + 4)
"""Of the whole list, as it is shown again."""
READ_TOKENS = 2_000
FORM = f"a numbered list of at most {MOST} lines, one demand in each"

_LINE = re.compile(
    r"^[ \t*_#>]{0,6}(?P<number>\d{1,2})[.):][ \t*_]{0,4}(?P<text>\S.*)$", re.MULTILINE
)
_FENCED = re.compile(r"^[ \t]*```.*?(?:^[ \t]*```|\Z)", re.MULTILINE | re.DOTALL)


@dataclass(slots=True)
class Demands:
    """Remembers the list of the last case that it was asked about, that very object: so each
    verification, even one that is done again, is told the cost once. Safe to use from several
    threads: the second one waits for the first one's answer.
    """

    voice: Voice
    _case: Case | None = None
    _known: tuple[str, ...] = ()
    _lock: Lock = field(default_factory=Lock)

    def of(self, case: Case) -> tuple[tuple[str, ...], Usage]:
        """At most `MOST`; empty where no reply could be read. Raises: ModelError."""
        with self._lock:
            if case is self._case:
                return self._known, Usage()
            text = render("demands", told=told(case))
            talk = self.voice.talk(case, render("demands_system", most=MOST), text)
            self._known = talk.read(read_demands, FORM) or ()
            self._case = case
            return self._known, talk.usage


def read_demands(text: str) -> tuple[str, ...] | Unreadable:
    """The lines of a numbered list, each once, in one line each."""
    plain = _FENCED.sub("", clip(text, READ_TOKENS))
    lines = (" ".join(found["text"].split()).strip("*_ ") for found in _LINE.finditer(plain))
    found = tuple(dict.fromkeys(clip(line, DEMAND_TOKENS).replace("\n", " ") for line in lines))
    if not any(found):
        return Unreadable("it has no numbered list")
    return tuple(line for line in found if line)[:MOST]


def listed(demands: Sequence[str]) -> str:
    """As a prompt shows them."""
    return "\n".join(f"{number}. {text}" for number, text in enumerate(demands, 1))
