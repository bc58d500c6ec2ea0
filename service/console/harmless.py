"""Text of others, made safe for a terminal: patches, model replies, test output.

Rich reads no markup in a `Text`, but hands escape sequences on. A patch that holds one could paint
over what is shown beside it, so whatever moves the cursor or cannot be seen is shown as its code.
"""

from rich.text import Text

KEPT = frozenset("\n\t")


def harmless(text: str) -> str:
    """The same text with what cannot be printed as an escape: ESC becomes backslash, x, 1, b.

    That takes in control characters, marks that turn the direction of writing, invisible ones and
    lone surrogates. Line ends and tabs stay.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in KEPT else _escaped(c) for c in text)


def plain(text: str, style: str = "") -> Text:
    """`harmless`, for Rich: never read as markup."""
    return Text(harmless(text), style=style)


def in_a_line(text: str, most: int = 100) -> str:
    """`harmless` on one line of at most `most` characters; what is cut off shows as ``…``."""
    whole = " ".join(harmless(text).split())
    return whole if len(whole) <= most else whole[: most - 1] + "…"


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
