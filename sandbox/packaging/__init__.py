"""What a repository's packaging files ask for, read without running any of them.

    declared(paths, read) → Declared(requirements, wanted, python, notes)

One file per format; each says what it found (`Found`), and `repository.declared` puts it together.
Everything here is pure: a list of paths and a reader go in, so that it works on a stored state.
"""

from sandbox.packaging.declared import Declared
from sandbox.packaging.repository import declared

__all__ = ["Declared", "declared"]
