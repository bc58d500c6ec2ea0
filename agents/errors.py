"""What can go wrong in a search that is nobody's edit.

    AgentError
    ├── BadIssue                  the issue cannot be searched; the message names the remedy
    │   ├── EmptyStatement
    │   ├── TestsNotCollected     the repository's tests cannot even be collected on the base
    │   └── WorkloadFails         what is to become faster does not run, or cannot be measured
    ├── UnknownName               no strategy, policy or value function of that name
    ├── BadOption                 a strategy has no such parameter, or it cannot be that
    ├── BadPool                   a file of candidates is not as docs/selection-pools.md says
    ├── ModelError                the model could not be asked
    │   ├── ModelUnreachable      no connection, time-out, or 5xx after retries: may pass
    │   ├── ModelRefusedKey       401 or 403: the key is wrong or missing
    │   ├── ModelNotFound         the endpoint does not serve that model
    │   ├── PriceUnknown          a USD limit was set and the model's price is not known
    │   └── ReplayMismatch        a recorded call was asked again with another request
    └── SearchConflict            another worker holds the search, or the fencing token is old

An edit that is bad, a reply that does not parse, a test that fails: those are outcomes, not errors.
"""


class AgentError(Exception):
    """Anything below stops or delays a search; the message is for its owner to read."""


class BadIssue(AgentError):
    """The issue itself must change before a search makes sense."""


class EmptyStatement(BadIssue):
    """There is no problem statement to work on."""


class TestsNotCollected(BadIssue):
    """The message ends with what the test runner printed."""

    __test__ = False


class WorkloadFails(BadIssue):
    """The message ends with what the workload printed."""


class UnknownName(AgentError):
    """The message lists the names that exist."""


class BadOption(AgentError):
    """The message says what the parameter may be."""


class BadPool(AgentError):
    """The message names file, line and field, and what may stand there."""


class ModelError(AgentError):
    """The language model could not be asked or may not be asked."""


class ModelUnreachable(ModelError):
    """Nothing answered in time; another try may succeed."""


class ModelRefusedKey(ModelError):
    """The endpoint answered 401 or 403."""


class ModelNotFound(ModelError):
    """The endpoint answered 404 for the model."""


class PriceUnknown(ModelError):
    """A budget in USD cannot be kept for a model without a price."""


class ReplayMismatch(ModelError):
    """A journalled call was repeated with a different request."""


class SearchConflict(AgentError):
    """Somebody else holds the lease; nothing was written."""
