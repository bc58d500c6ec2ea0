"""What can go wrong in the service that is not the search's own doing.

ServiceError
├── MigrationNeeded           the tables are not those that this version knows
├── BrokerUnreachable         the queue does not answer; what is stored is sent later
├── NoWorker                  nobody listens to the queue
├── TooFewLabels              no map from beliefs to confidences can be fitted yet
├── ExecutorStopped           no search is taken on any more: the process is ending
└── Refused                   the caller must change something; becomes a problem document
    ├── NotFound              404
    ├── NotYet                409, what was asked for does not exist (yet)
    ├── Unprocessable         422, such as a repository that may not be used
    ├── TooLarge              413
    └── NotAuthenticated      401
"""

from typing import ClassVar


class ServiceError(Exception):
    """The message is for the person who runs or calls the service, and holds the remedy."""


class MigrationNeeded(ServiceError):
    """Run budwood migrate."""


class BrokerUnreachable(ServiceError):
    """Nothing is lost: the sweeper sends what is stored once the broker is back."""


class NoWorker(ServiceError):
    """Searches are stored and wait."""


class TooFewLabels(ServiceError):
    """Label more verdicts, or ask for fewer."""


class ExecutorStopped(ServiceError):
    """The search stays queued and is taken up at the next start."""


class Refused(ServiceError):
    """`slug` names the kind of problem for programs; it never changes."""

    status: ClassVar[int] = 400
    title: ClassVar[str] = "Bad request"

    def __init__(self, slug: str, message: str) -> None:
        super().__init__(message)
        self.slug = slug


class NotFound(Refused):
    """There is no such thing."""

    status = 404
    title = "Not found"


class NotYet(Refused):
    """The search has not come so far, or ended without it."""

    status = 409
    title = "Not available"


class Unprocessable(Refused):
    """Understood, but it cannot be done."""

    status = 422
    title = "Unprocessable"


class TooLarge(Refused):
    """More than the settings allow."""

    status = 413
    title = "Too large"


class NotAuthenticated(Refused):
    """The key is missing or wrong."""

    status = 401
    title = "Not authenticated"
