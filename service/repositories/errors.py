"""Why a repository cannot be had. Engines store the message as the search's cause.

BadIssue (agents)
├── RepositoryRefused     its name is not one that may be used here
├── UnknownRepository     nothing answers to that name
├── UnknownCommit         it has no such commit
└── RepositoryTooLarge    it, or its download, is over the limit
"""

from agents.errors import BadIssue


class RepositoryRefused(BadIssue):
    """The message lists what is allowed."""


class UnknownRepository(BadIssue):
    """It does not exist, or needs a password."""


class UnknownCommit(BadIssue):
    """The repository is here, the commit is not in it."""


class RepositoryTooLarge(BadIssue):
    """Raise BUDWOOD_MAX_REPOSITORY_MB or BUDWOOD_CLONE_S."""
