"""A repository of a few files, as text."""

import textwrap
from collections.abc import Mapping

from sandbox.packaging import Declared, declared


def reads(files: Mapping[str, str]) -> Declared:
    """What these files declare; their texts may be indented."""
    stored = {path: textwrap.dedent(text).encode() for path, text in files.items()}
    return declared(stored, stored.get)
