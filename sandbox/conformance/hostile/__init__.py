"""Hostile inputs for every real provider: the right outcome, the host unharmed, the slot reusable.

    for name, case in HOSTILE.items():
        case(Target(sandbox, environment, base, beside=folder, neighbour=other))

A case raises AssertionError where a promise is broken and `NotHere` where this machine does not let
it be tried. `Case.group` counts the groups of the design's list of hostile inputs, 1 to 22.
"""

from sandbox.conformance.hostile import (
    artefacts,
    determinism,
    escapes,
    files,
    forgeries,
    memory_and_disk,
    names,
    network,
    patches,
    privileges,
    processes,
    provider,
    streams,
    traces,
)
from sandbox.conformance.hostile.case import GROUPS, HOSTILE, Case
from sandbox.conformance.hostile.target import NotHere, Target

__all__ = [
    "GROUPS",
    "HOSTILE",
    "Case",
    "NotHere",
    "Target",
    "artefacts",
    "determinism",
    "escapes",
    "files",
    "forgeries",
    "memory_and_disk",
    "names",
    "network",
    "patches",
    "privileges",
    "processes",
    "provider",
    "streams",
    "traces",
]
