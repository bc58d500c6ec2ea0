"""`setup.cfg` as setuptools reads it."""

import configparser
import re

from sandbox.packaging.declared import Found, is_test_group

PATH = "setup.cfg"
_COMMENT = re.compile(r"(^|\s)#.*$")


def read_setup_cfg(text: str) -> Found:
    """What the sections ``metadata``, ``options`` and ``options.extras_require`` say."""
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except configparser.Error as error:
        return Found(source=PATH, notes=(f"{PATH} is not read: {' '.join(str(error).split())}",))
    section = "options.extras_require"
    given = dict(parser.items(section)) if parser.has_section(section) else {}
    extras = {name: listed(lines) for name, lines in given.items() if not files(lines)}
    tests = [line for name, lines in extras.items() if is_test_group(name) for line in lines]
    test_files = [
        path for name, said in given.items() if is_test_group(name) for path in files(said)
    ]
    install = parser.get("options", "install_requires", fallback=None)
    tests += listed(parser.get("options", "tests_require", fallback=""))
    return Found(
        source=PATH,
        name=_plain(parser.get("metadata", "name", fallback=None)),
        python=_plain(parser.get("options", "python_requires", fallback=None)),
        runtime=None if install is None or files(install) else listed(install),
        tests=tuple(tests),
        extras=extras,
        runtime_files=files(install or ""),
        test_files=tuple(test_files),
    )


def listed(value: str) -> tuple[str, ...]:
    """The entries of a list over several lines, or with semicolons on one."""
    parts = value.splitlines() if "\n" in value else value.split(";")
    plain = [_COMMENT.sub("", part).strip() for part in parts]
    return tuple(part for part in plain if part)


def files(value: str) -> tuple[str, ...]:
    """The files that a value names instead of holding a list itself."""
    directive, _, names = value.strip().partition("file:")
    if directive or not names:
        return ()
    return tuple(name.strip() for name in re.split(r"[,\n]", names) if name.strip())


def _plain(value: str | None) -> str | None:
    """A value that is no instruction to setuptools to run or read something."""
    return None if not value or re.match(r"(attr|file):", value.strip()) else value.strip()
