"""The model calls of one trial: numbered for the journal, their cost added up."""

from dataclasses import dataclass, field

from agents.domain import Usage
from agents.llm.encoding import request_hash
from agents.llm.journal import Journal
from agents.llm.protocol import Reply, Request

POLICY, JUDGE, SURROGATE = 0, 1_000, 2_000
"""The first call number of each role within a trial: none has a thousand calls."""

PREPARING = -1
"""The trial number of calls made before the first trial."""
VERIFYING = -2
"""The trial number of calls made after the last trial."""

_ADDRESSED = 1 << 30


@dataclass(slots=True)
class Caller:
    """Asks on behalf of one trial in one role. For one thread."""

    journal: Journal
    search: str
    trial: int
    ordinal: int = POLICY
    """The next call's number."""
    usage: Usage = field(default_factory=Usage)
    """What the calls so far cost; one that the journal answers costs what it cost then."""

    def ask(self, request: Request) -> Reply:
        """Raises: as `Journal.complete` does."""
        reply = self.journal.complete(self.search, self.trial, self.ordinal, request)
        self.ordinal += 1
        self.usage += Usage(
            prompt_tokens=reply.prompt_tokens,
            completion_tokens=reply.completion_tokens,
            cached_tokens=reply.cached_tokens,
            usd=reply.usd,
            calls=1,
        )
        return reply


@dataclass(slots=True)
class AddressedCaller(Caller):
    """Numbers calls by what they ask, not by their order: for stages whose later questions hang on
    measurements that may come out otherwise when they are made again. The same question is never
    paid twice; another one is another call. For several samples of one question vary its seed.
    """

    def ask(self, request: Request) -> Reply:
        """Raises: as `Journal.complete` does."""
        self.ordinal = _ADDRESSED + int(request_hash(request)[:7], 16)
        return super(AddressedCaller, self).ask(request)
