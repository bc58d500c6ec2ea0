"""Why a sandbox could not answer.

    SandboxError
    ├── SandboxUnavailable        no provider works on this machine; the message says what to install
    ├── SandboxLost               the provider died under a run; the run may be repeated elsewhere
    ├── EnvironmentBuildFailed    the interpreter or its packages could not be put together
    ├── RepositoryUnreadable      not a git repository, or the commit is not in it
    ├── PatchDoesNotApply         the diff does not fit the state it was given for
    ├── UnsafePath                an edit or a diff points outside the tree, or into ``.git``
    └── StateMismatch             a restored state is not the tree that its id names

A command that fails, times out, floods or is killed is *not* here: that is a `RunResult`.
"""


class SandboxError(Exception):
    """Anything that is the sandbox's own failure, not the command's."""


class SandboxUnavailable(SandboxError):
    """No provider can run here; the message holds one remedy per provider."""


class SandboxLost(SandboxError):
    """The provider, not the command, ended: retry on another slot."""


class EnvironmentBuildFailed(SandboxError):
    """The message ends with the last lines of the build log."""


class RepositoryUnreadable(SandboxError):
    """The source is not a git repository or does not contain the commit."""


class PatchDoesNotApply(SandboxError):
    """`git apply` refused; the message is git's own."""


class UnsafePath(SandboxError):
    """A path is absolute, climbs out of the tree, or names git's own files."""


class StateMismatch(SandboxError):
    """The restored tree's hash differs from the state asked for."""
