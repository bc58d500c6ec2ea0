"""Which files of a patch are code, and where a line of it turns into its author's words. Pure.

A line is read by itself: one that makes no sense alone, such as one inside a string, stays as it is.
"""

import io
import re
import tokenize
from collections.abc import Callable, Mapping

HIDDEN = "(comment)"

_STRING = r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`"
_HASH = re.compile(rf"(?P<code>(?:{_STRING}|[^\"'`#]|(?<=\S)#)*)(?<!\S)(?P<mark>#).*")
_NO_SLASHES = rf"(?P<code>(?:{_STRING}|[^\"'`/]|/(?![/*]))*)"
_SLASHES = re.compile(rf"{_NO_SLASHES}(?P<mark>//|/\*).*")
_CLOSED = re.compile(rf"{_NO_SLASHES}/\*.*?\*/(?P<rest>.*)")
_IN_BLOCK = re.compile(r"(?P<code>\s*)(?P<mark>\*)(?:[\s*/].*|)")
"""A line of a block comment as nearly everybody writes it."""


def _python(text: str) -> str:
    code = text.lstrip()
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            if token.type == tokenize.ERRORTOKEN and not token.string.isspace():
                break
            if token.type == tokenize.COMMENT:
                return f"{text[: len(text) - len(code) + token.start[1]]}# {HIDDEN}"
    except (tokenize.TokenError, SyntaxError):
        pass
    return text


def _hashes(text: str) -> str:
    return _without(text, _HASH)


def _slashes(text: str) -> str:
    shown = ""
    while found := _CLOSED.fullmatch(text):
        shown, text = f"{shown}{found['code']}/* {HIDDEN} */", found["rest"]
    return shown + _without(text, _IN_BLOCK, _SLASHES)


def _without(text: str, *forms: re.Pattern[str]) -> str:
    found = next((found for form in forms if (found := form.fullmatch(text))), None)
    return f"{found['code']}{found['mark']} {HIDDEN}" if found else text


_LANGUAGES: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("py pyi pyx pxd pxi", _python),
    ("rb sh bash pl r jl toml cfg ini yaml yml", _hashes),
    ("js mjs cjs jsx ts tsx c h cc cpp cxx hh hpp go java kt rs cs php swift scala css", _slashes),
)
_BY_SUFFIX: Mapping[str, Callable[[str], str]] = {
    suffix: reader for suffixes, reader in _LANGUAGES for suffix in suffixes.split()
}


def is_code(path: str) -> bool:
    """By its suffix. All else, such as documentation and news, holds words of its author."""
    return _suffix(path) in _BY_SUFFIX


def without_comment(path: str, text: str) -> str:
    """A line of code, its comment replaced by `HIDDEN`."""
    reader = _BY_SUFFIX.get(_suffix(path))
    return reader(text) if reader else text


def _suffix(path: str) -> str:
    stem, _, suffix = path.rpartition("/")[2].rpartition(".")
    return suffix.lower() if stem else ""
