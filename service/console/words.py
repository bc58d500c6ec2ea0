"""English for numbers. Pure."""

_IRREGULAR = {"have": "has", "pass": "passes"}


def count(number: int, noun: str) -> str:
    """``1 test``, ``2 tests``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def verb(number: int, plural: str) -> str:
    """``tell`` for several, ``tells`` for one."""
    return plural if number != 1 else _IRREGULAR.get(plural, plural + "s")
