"""First part of the fork server, see `sandbox.zygote`: what a process has before it imports."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Json = dict[str, Any]

STARTUP = frozenset(sys.modules) - {"__future__", "linecache"}  # what -c itself needs
BLANK = {name: value for name, value in {**globals()}.items() if name.startswith("__")}
"""What a new `__main__` holds."""
ENVIRONMENT = dict(os.environ)
VERSION = sys.version_info[:2]

if __name__ == "__main__" and sys.path[:1] == [""]:
    del sys.path[0]
PATH = tuple(sys.path)
