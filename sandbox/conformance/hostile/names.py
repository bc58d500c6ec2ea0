"""File names that break tools, trees that are too deep, folders that are too full."""

import json

from sandbox.conformance.hostile.case import hostile
from sandbox.conformance.hostile.target import Target
from sandbox.conformance.subject import expect

_NAMES = (
    "new\nline",
    "tab\tand\rreturn",
    "-rf",
    "--help",
    "*",
    "$(touch pwned)",
    "`id`",
    "'quoted\"",
    " blank ",
    "back\\slash",
    "\u202etxt.exe",
    "e\u0301",
    "\u00e9",
    "\udcff\udcfe",
    "\x01\x7f\x1b[2J",
    "x" * 255,
    "...",
    "~",
    "COM1",
    "a:b",
)

_LIST = """
import hashlib, json, os
print(json.dumps(sorted(os.path.relpath(os.path.join(f, n), 'odd') for f, _, ns in os.walk('odd') for n in ns)))
"""


@hostile(22)
def a_state_may_hold_odd_names(target: Target) -> None:
    states = target.sandbox.states
    paths = {f"odd/{name}": name.encode("utf-8", "surrogateescape") for name in _NAMES}
    paths["odd/sub -\n/" + "y" * 255] = b"deep"
    state = states.fork(target.base, dict(paths))
    patch = states.diff(target.base, state)
    expect(states.restore(target.base, patch, state) == state, "the diff leads elsewhere")
    expect(dict(states.changed(target.base, state)) == paths, "the names have changed")
    result = target.python(f"{_LIST}", state=state)
    wanted = sorted(path.removeprefix("odd/") for path in paths)
    expect(result.outcome == "ok" and json.loads(result.stdout.text) == wanted, result)


@hostile(22)
def odd_names_made_by_a_run_are_gone(target: Target) -> None:
    code = f"""
import os
for place in ('.', 'pkg', '/tmp', '/outputs', '/dev/shm'):
    for name in {_NAMES!r}:
        os.mkdir(os.path.join(place, name))
        open(os.path.join(place, name, name), 'w')
    for number in range(1, 256):
        if number not in (0x2e, 0x2f): open(os.path.join(os.fsencode(place), b'b' + bytes([number])), 'w')
"""
    result = target.python(code)
    expect(result.outcome == "ok", result)


@hostile(22)
def folders_deeper_than_any_path_are_gone(target: Target) -> None:
    code = """
import os
for place in ('/workspace/pkg', '/tmp', '/outputs'):
    os.chdir(place)
    for _ in range(40):
        os.mkdir('d' * 250)
        os.chdir('d' * 250)
    open('file', 'w').write('x')
print(len(os.getcwd()) > 4096)
"""
    result = target.python(code)
    expect((result.outcome, result.stdout.text) == ("ok", "True\n"), result)


@hostile(22)
def a_thousand_folders_in_each_other_are_gone(target: Target) -> None:
    code = """
import os
for place in ('/workspace', '/tmp'):
    os.chdir(place)
    for number in range(1500):
        os.mkdir('d')
        os.chdir('d')
        if number % 300 == 0: os.symlink('/workspace', 'up')
    os.chmod('.', 0)
"""
    expect(target.python(code).outcome == "ok", "the folders could not be made")


@hostile(22)
def a_state_as_deep_and_wide_as_allowed_is_laid(target: Target) -> None:
    deep = "/".join(["d"] * 199) + "/file"
    wide = {f"wide/{number:04}": b"%d" % number for number in range(500)}
    state = target.sandbox.states.fork(target.base, {deep: b"deep", **wide})
    script = f"cat {deep}; ls wide | wc -l"
    result = target.run("sh", "-c", script, state=state)
    expect((result.outcome, result.stdout.text.split()) == ("ok", ["deep500"]), result)


@hostile(22)
def odd_words_of_a_command_reach_it_unchanged(target: Target) -> None:
    words = tuple(name for name in _NAMES if "\udcff" not in name)
    code = f"import sys; assert tuple(sys.argv[1:]) == {words!r}, sys.argv"
    result = target.run("python", "-c", code, *words)
    expect(result.outcome == "ok", result)
