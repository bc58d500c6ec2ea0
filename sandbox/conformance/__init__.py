"""One suite for every provider: what `protocol.py` promises, as checks that raise AssertionError.

    for name, check in CHECKS.items():
        check(Subject(sandbox, environment, base))

`lay_repository` makes the repository whose commit is the base. Checks that start a process are in
`EXECUTING` as well: the fake cannot pass those, and does not pretend to.
"""

from sandbox.conformance import isolation, preloading, results, workspaces
from sandbox.conformance.subject import CHECKS, EXECUTING, Check, Subject, lay_repository

__all__ = [
    "CHECKS",
    "EXECUTING",
    "Check",
    "Subject",
    "isolation",
    "lay_repository",
    "preloading",
    "results",
    "workspaces",
]
