"""Standard error as a place for what a person reads; standard output stays data."""

import sys

from rich.console import Console

WIDE = 160
"""Columns where nobody's window says how many there are: a file, a pipe, a CI log."""


def on_stderr(*, quiet: bool = False) -> Console:
    """As wide as the terminal, or `WIDE`."""
    return Console(stderr=True, quiet=quiet, width=None if sys.stderr.isatty() else WIDE)
