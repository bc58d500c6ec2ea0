"""What a view prints."""

import io

from rich.console import Console


def drawn(thing: object, width: int = 120) -> str:
    """As plain text, such as a file gets."""
    console = Console(width=width, file=io.StringIO(), force_terminal=False)
    with console.capture() as shown:
        console.print(thing)
    return shown.get()


def painted(thing: object, width: int = 120) -> str:
    """As a terminal gets it, with the colours of our own."""
    console = Console(width=width, file=io.StringIO(), force_terminal=True, color_system="standard")
    with console.capture() as shown:
        console.print(thing)
    return shown.get()
