"""Diffs from outside: what they may not do to a tree, and what they may not do to the host."""

import base64
import os
import string
import time
import zlib

from sandbox.conformance.hostile.case import hostile
from sandbox.conformance.hostile.target import Target
from sandbox.conformance.subject import FILES, expect, refused
from sandbox.errors import PatchDoesNotApply, SandboxError, StateMismatch, UnsafePath

_NOTHING = "0" * 40


def _new(path: str, content: str = "x", mode: str = "100644") -> str:
    """A diff that adds a file; `path` stands in its headers as it is given."""
    end = "" if mode != "120000" else "\n\\ No newline at end of file"
    plain = path.removeprefix('"').removesuffix('"')
    quote = '"' if path != plain else ""
    names = (
        f"{quote}a/{plain}{quote} {quote}b/{plain}{quote}",
        f"+++ {quote}b/{plain}{quote}",
    )
    head = f"diff --git {names[0]}\nnew file mode {mode}\n--- /dev/null\n{names[1]}\n"
    return f"{head}@@ -0,0 +1 @@\n+{content}{end}\n"


def _renamed(old: str, new: str, verb: str = "rename") -> str:
    head = f"diff --git a/{old} b/{new}\nsimilarity index 100%\n"
    return f"{head}{verb} from {old}\n{verb} to {new}\n"


def _refused(
    target: Target,
    patch: str,
    kinds: type[SandboxError] | tuple[type[SandboxError], ...] = (UnsafePath, PatchDoesNotApply),
) -> None:
    states = target.sandbox.states
    try:
        state = states.apply(target.base, patch.encode("utf-8", "surrogateescape"))
    except kinds:
        return
    raise AssertionError(f"taken as {states.changed(target.base, state)}: {patch}")


@hostile(15)
def a_diff_cannot_climb_out_by_any_spelling(target: Target) -> None:
    for path in (
        "../up",
        "pkg/../../up",
        "/etc/evil",
        "./../up",
        "pkg//../../up",
        '"\\056\\056/up"',
        '"pkg/\\056\\056/\\056\\056/up"',
        '"..\\057up"',
        "..",
        ".",
        "pkg/./new",
    ):
        _refused(target, _new(path))


@hostile(15)
def a_diff_cannot_name_gits_own_folder_by_any_spelling(target: Target) -> None:
    for path in (
        ".git/config",
        ".git/hooks/post-checkout",
        ".GIT/config",
        "pkg/.git/config",
        '".g\\151t/config"',
        "git~1/config",
        ".git./config",
        ".git /config",
        ".git::$INDEX_ALLOCATION/config",
        ".g\u200cit/config",
        ".git",
    ):
        _refused(target, _new(path))


@hostile(15)
def a_diff_cannot_move_or_copy_across_the_border(target: Target) -> None:
    for verb in ("rename", "copy"):
        _refused(target, _renamed("../../etc/passwd", "stolen", verb))
        _refused(target, _renamed("/etc/passwd", "stolen", verb))
        _refused(target, _renamed("tool.sh", "../tool.sh", verb))
        _refused(target, _renamed("tool.sh", ".git/hooks/post-checkout", verb))
    mixed = "diff --git a/tool.sh b/tool.sh\n--- a/../tool.sh\n+++ b/../tool.sh\n@@ -1 +1 @@\n-#!/bin/sh\n+x\n"
    _refused(target, mixed)


@hostile(15)
def a_diff_cannot_write_through_a_symlink_that_it_makes(target: Target) -> None:
    inside = _new("way", "pkg", "120000") + _new("way/planted")
    for patch in (
        inside,
        _new("way", "..", "120000") + _new("way/planted"),
        _new("way", "/tmp", "120000") + _new("way/planted"),
        _new("way/planted") + _new("way", "pkg", "120000"),
        _new("link/planted"),
    ):
        _refused(target, patch)


@hostile(15)
def a_symlink_in_a_diff_stays_in_the_tree(target: Target) -> None:
    for goal in ("/etc/passwd", "..", "../..", "pkg/../..", "./../x", ".git", ".git/config", "."):
        deep = goal in ("..", ".")
        path = "evil" if not deep else "pkg/../evil"
        _refused(target, _new(path, goal, "120000"))
    for goal in ("../../x", "a/../../../x", "/", "../.git/config"):
        _refused(target, _new("pkg/evil", goal, "120000"))


@hostile(15)
def odd_modes_become_no_privileges(target: Target) -> None:
    states = target.sandbox.states
    for mode in ("104755", "102755", "101777", "100666", "100777"):
        state = states.apply(target.base, _new("odd", "x", mode).encode())
        seen = target.python("import os; print(oct(os.stat('odd').st_mode & 0o7022))", state=state)
        expect(seen.stdout.text == "0o0\n", (mode, seen))
    for mode in ("010644", "060644", "020644", "140644", "040000"):
        state = states.apply(target.base, _new("odd", "x", mode).encode())
        expect(states.changed(target.base, state) in ({"odd": b"x\n"}, {}), mode)
    for mode in ("160000", "999999"):
        _refused(target, _new("odd", f"Subproject commit {'1' * 40}", mode))
    turned = "diff --git a/tool.sh b/tool.sh\nold mode 100755\nnew mode 120000\n"
    _refused(target, turned)


@hostile(15)
def settings_in_a_diff_start_no_program_and_change_no_byte(target: Target) -> None:
    states = target.sandbox.states
    trap = target.beside / "trap"
    program = f"!sh -c 'touch {trap}'"
    changes = {
        ".gitattributes": b"* text eol=crlf ident filter=evil diff=evil merge=evil export-subst\n"
        b"*.txt working-tree-encoding=UTF-16\n",
        ".gitmodules": f'[submodule "x"]\n\tpath = x\n\turl = ext::{program}\n'
        f"\tupdate = {program}\n".encode(),
        ".gitconfig": f"[core]\n\tfsmonitor = {program}\n[filter.evil]\n\tsmudge = x\n".encode(),
        ".lfsconfig": b"[lfs]\n\turl = https://example.com\n",
        "plain.txt": b"$Id$ $Format:%H$\none\ntwo\r\n\0\xff",
    }
    state = states.fork(target.base, changes)
    patch = states.diff(target.base, state)
    expect(states.restore(target.base, patch, state) == state, "another tree")
    code = "import sys; sys.stdout.buffer.write(open('plain.txt', 'rb').read())"
    expect(target.python(code, state=state).stdout.head == changes["plain.txt"], "changed bytes")
    expect(not trap.exists(), "a program was started on the host")


@hostile(15)
def names_that_differ_by_case_alone_are_two_files(target: Target) -> None:
    states = target.sandbox.states
    patch = _new("Pkg/value.py", "one") + _new("pkg/Value.py", "two") + _new("PKG", "three")
    state = states.apply(target.base, patch.encode())
    seen = target.run("cat", "pkg/value.py", "Pkg/value.py", "pkg/Value.py", "PKG", state=state)
    expect(seen.stdout.text == "VALUE = 1\none\ntwo\nthree\n", seen)


@hostile(15)
def large_crlf_and_binary_diffs_arrive_whole(target: Target) -> None:
    states = target.sandbox.states
    changes = {
        "large.txt": b"0123456789abcdef\n" * 620_000,
        "windows.txt": b"one\r\nTWO\r\nthree\n\rfour",
        "binary.dat": os.urandom(200_000),
        "unended.txt": b"no newline\\ at the end\r",
    }
    state = states.fork(target.base, changes)
    begun = time.monotonic()
    patch = states.diff(target.base, state)
    expect(states.restore(target.base, patch, state) == state, "another tree")
    expect(time.monotonic() - begun < 10.0, "ten megabytes took long")
    code = "import sys, zlib\nfor p in sys.argv[1:]: print(zlib.crc32(open(p, 'rb').read()))"
    seen = target.run("python", "-c", code, *changes, state=state)
    sums = [str(zlib.crc32(content)) for content in changes.values()]
    expect(seen.stdout.text.split() == sums, seen)


@hostile(15)
def a_broken_diff_is_refused_and_leaves_nothing(target: Target) -> None:
    head = "diff --git a/pkg/value.py b/pkg/value.py\n--- a/pkg/value.py\n+++ b/pkg/value.py\n"
    binary = f"diff --git a/b b/b\nnew file mode 100644\nindex {_NOTHING}..{'1' * 40}\nGIT binary patch\n"
    for patch in (
        f"{head}@@ -1 +1,4000000000 @@\n-VALUE = 1\n+x\n",
        f"{head}@@ -1 +1 @@\n",
        f"{head}@@ -1 +1 @@\n-VALUE = 7\n+x\n",
        f"{binary}literal 5\nnot base85 at all\n\n",
        f"{binary}literal 99999999999999999999\nMc${{Nk0000000000\n\n",
        f"{binary}delta 5\nMc${{Nk0000000000\n\n",
        "diff --git a/x b/y\n",
        "\0" * 1000,
        "@@ -1 +1 @@\n" * 1000,
    ):
        _refused(target, patch, PatchDoesNotApply)
    half = _new("good") + f"{head}@@ -1 +1 @@\n-VALUE = 7\n+x\n"
    _refused(target, half, PatchDoesNotApply)
    expect(target.sandbox.states.read(target.base, "good") is None, "half a diff was applied")


@hostile(15)
def a_diff_that_unpacks_to_gigabytes_is_refused(target: Target) -> None:
    block, count = 1 << 24, 128
    squeeze = zlib.compressobj(9, wbits=-15)
    piece = squeeze.compress(bytes(block)) + squeeze.flush(zlib.Z_FULL_FLUSH)
    size = block * count
    checksum = (size % 65521 << 16 | 1).to_bytes(4, "big")  # Adler-32 of that many zeros
    packed = b"\x78\xda" + piece * count + b"\x03\0" + checksum
    lines = [_base85_line(packed[at : at + 52]) for at in range(0, len(packed), 52)]
    index = f"index {_NOTHING}..{'1' * 40}\nGIT binary patch\nliteral {size}\n"
    patch = f"diff --git a/bomb b/bomb\nnew file mode 100644\n{index}" + "".join(lines) + "\n"
    begun = time.monotonic()
    _refused(target, patch, PatchDoesNotApply)
    expect(time.monotonic() - begun < 5.0, "it was unpacked first")


def _base85_line(data: bytes) -> str:
    letters = string.ascii_uppercase + string.ascii_lowercase
    return f"{letters[len(data) - 1]}{base64.b85encode(data, pad=True).decode()}\n"


@hostile(15)
def a_diff_of_another_tree_restores_nothing(target: Target) -> None:
    states = target.sandbox.states
    state = states.fork(target.base, {"pkg/value.py": b"VALUE = 2\n"})
    other = states.fork(target.base, {"pkg/value.py": b"VALUE = 3\n"})
    patch = states.diff(target.base, state)
    refused(StateMismatch, lambda: states.restore(target.base, patch, other))
    refused(StateMismatch, lambda: states.restore(target.base, b"", state))
    refused(PatchDoesNotApply, lambda: states.restore(other, patch, state))


@hostile(15)
def an_edit_cannot_leave_the_tree_by_any_spelling(target: Target) -> None:
    states = target.sandbox.states
    for path in (
        "..",
        "a/..",
        "/",
        "//etc/passwd",
        "pkg/value.py/..",
        "link/x",
        "\udcff/../../x",
        "a\0b",
        ".git",
        ".git/hooks/x",
        "x" * 256,
        "/".join("d" * 201),
        "\ud800",
    ):
        refused(UnsafePath, lambda path=path: states.fork(target.base, {path: b"x"}))  # type: ignore[misc]
        refused(UnsafePath, lambda path=path: states.fork(target.base, {path: None}))  # type: ignore[misc]
    expect(set(states.paths(target.base)) >= set(FILES), "files of the base are gone")
