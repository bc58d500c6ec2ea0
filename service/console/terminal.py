"""Where a person reads: standard error beside a command's data, standard output where reading is
all that it is for."""

import sys

from rich.console import Console

WIDE = 160
"""Columns where nobody's window says how many there are: a file, a pipe, a CI log."""


def on_stderr(*, quiet: bool = False) -> Console:
    """As wide as the terminal, or `WIDE`."""
    return Console(stderr=True, quiet=quiet, width=None if sys.stderr.isatty() else WIDE)


def on_stdout() -> Console:
    """For a command whose output is for people. As wide as the terminal, or `WIDE`."""
    return Console(width=None if sys.stdout.isatty() else WIDE)
