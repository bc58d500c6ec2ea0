"""States, and the workspaces that commands see of them."""

import json
import sys

from sandbox.conformance.subject import (
    FILES,
    LINK,
    PROGRAM,
    Subject,
    executed,
    expect,
    refused,
    stored,
)
from sandbox.errors import PatchDoesNotApply, StateMismatch, UnsafePath
from sandbox.protocol import OUTPUTS, WORKSPACE


@stored
def a_fork_changes_what_it_names_and_nothing_else(subject: Subject) -> None:
    states = subject.sandbox.states
    changes = {"pkg/value.py": b"VALUE = 2\n", "new/file": b"\0", "gone/only.txt": None}
    state = states.fork(subject.base, changes)
    expect(states.changed(subject.base, state) == changes, states.changed(subject.base, state))
    expect(states.fork(subject.base, changes) == state, "equal forks have different ids")
    back = states.fork(state, {**dict.fromkeys(changes), **_content(subject, changes)})
    expect(back == subject.base, "undoing a fork does not lead back")


def _content(subject: Subject, changes: dict[str, bytes | None]) -> dict[str, bytes | None]:
    return {path: subject.sandbox.states.read(subject.base, path) for path in changes}


@stored
def a_diff_restores_the_state_that_it_was_made_from(subject: Subject) -> None:
    states = subject.sandbox.states
    edits = {**{path: content + b"\r\nmore\0" for path, content in FILES.items()}, PROGRAM: b"x"}
    state = states.fork(subject.base, {**edits, "binary.dat": None, "empty": b""})
    patch = states.diff(subject.base, state)
    expect(states.apply(subject.base, patch) == state, "apply(diff) is another state")
    expect(states.restore(subject.base, patch, state) == state, "restore(diff) is another state")
    expect(states.diff(state, state) == b"", "a state differs from itself")
    expect(states.apply(state, b"") == state, "an empty diff changes a state")
    refused(PatchDoesNotApply, lambda: states.apply(state, patch))
    refused(StateMismatch, lambda: states.restore(subject.base, patch, subject.base))


@stored
def paths_that_leave_the_tree_arerefused(subject: Subject) -> None:
    states = subject.sandbox.states
    unsafe = ("", "/etc/passwd", "../up", "pkg/../../up", "a//b", "./a", "pkg/.", f"{LINK}/below")
    git_own = (".git/config", ".GIT/hooks/x", "pkg/.Git", ".git./x", ".git\u200c/x", "git~1/x")
    for path in (*unsafe, *git_own, "pkg/value.py/below", "pkg", "nul\0"):
        refused(UnsafePath, lambda path=path: states.fork(subject.base, {path: b"x"}))  # type: ignore[misc]
        expect(path == "pkg" or states.read(subject.base, path) is None, f"{path!r} can be read")


@stored
def diffs_that_leave_the_tree_arerefused(subject: Subject) -> None:
    states = subject.sandbox.states
    for path in ("../up", ".git/hooks/pre-commit", "a/../../up"):
        patch = _new_file(path, "100644", "x")
        refused(UnsafePath, lambda patch=patch: states.apply(subject.base, patch))  # type: ignore[misc]
    for target in ("/etc/passwd", "../up", "pkg/../../up", ".git/config"):
        patch = _new_file("evil", "120000", target)
        refused(UnsafePath, lambda patch=patch: states.apply(subject.base, patch))  # type: ignore[misc]
    module = _new_file("module", "160000", f"Subproject commit {'1' * 40}")
    refused(UnsafePath, lambda: states.apply(subject.base, module))
    refused(PatchDoesNotApply, lambda: states.apply(subject.base, b"no diff at all\n"))
    inside = states.apply(subject.base, _new_file("names/fine", "120000", "../pkg/value.py"))
    expect(inside != subject.base, "a symlink that stays inside was lost")


def _new_file(path: str, mode: str, content: str) -> bytes:
    end = "" if mode != "120000" else "\n\\ No newline at end of file"
    header = f"diff --git a/{path} b/{path}\nnew file mode {mode}\n--- /dev/null\n+++ b/{path}\n"
    return f"{header}@@ -0,0 +1 @@\n+{content}{end}\n".encode()


@stored
def paths_and_read_agree(subject: Subject) -> None:
    states = subject.sandbox.states
    paths = states.paths(subject.base)
    expect(list(paths) == sorted([*FILES, PROGRAM]), paths)
    for path, content in FILES.items():
        expect(states.read(subject.base, path) == content, path)
    for absent in ("pkg", "nothing", LINK):
        expect(states.read(subject.base, absent) is None, absent)


_LISTING = (
    "import hashlib, json, os\n"
    "seen = {}\n"
    "for folder, folders, files in os.walk('.'):\n"
    "    folders[:] = [name for name in folders if name != '__pycache__']\n"
    "    if not folders and not files: seen[folder] = 'an empty folder'\n"
    "    for name in files:\n"
    "        path = os.path.join(folder, name)\n"
    "        link = os.path.islink(path)\n"
    "        seen[path[2:]] = ['link', os.readlink(path)] if link else [\n"
    "            oct(os.stat(path).st_mode & 0o111), open(path, 'rb').read().hex()]\n"
    "print(json.dumps(seen))\n"
)


@executed
def the_workspace_equals_the_state(subject: Subject) -> None:
    states = subject.sandbox.states
    edits = {"pkg/value.py": b"VALUE = 3\n", PROGRAM: b"#!/bin/sh\n", "deep/er/new": b"\xff"}
    removed = {"gone/only.txt": None, "binary.dat": None, "names/with blank.txt": None}
    state = states.fork(subject.base, {**edits, **removed})
    for which in (subject.base, state):
        expected: dict[str, object] = {LINK: ["link", "pkg/value.py"]}
        for path in states.paths(which):
            executable = "0o111" if path == PROGRAM else "0o0"
            expected[path] = [executable, (states.read(which, path) or b"").hex()]
        result = subject.python(_LISTING, state=which)
        expect(json.loads(result.stdout.text or "0") == expected, result)


@executed
def files_and_folders_can_trade_places(subject: Subject) -> None:
    states = subject.sandbox.states
    changes = {"gone/only.txt": None, "gone": b"file", "binary.dat": None, "binary.dat/x": b"below"}
    state = states.fork(subject.base, changes)
    result = subject.run("sh", "-c", "cat gone binary.dat/x", state=state)
    expect(result.stdout.text == "filebelow", result)


@executed
def a_command_starts_in_the_workspace_and_may_write_there(subject: Subject) -> None:
    code = "import os; open('pkg/value.py', 'a').write('x'); open('n', 'w'); print(os.getcwd())"
    result = subject.python(code)
    expect(result.outcome == "ok" and result.stdout.text.strip() == WORKSPACE, result)


@executed
def a_run_leaves_nothing_behind(subject: Subject) -> None:
    script = (
        f"echo x > pkg/value.py; echo x > left; rm binary.dat; mkdir -p a/b && chmod 0 a;"
        f"for f in /tmp {OUTPUTS} $HOME /dev/shm; do echo x > $f/left; mkdir $f/.d; done; ls /tmp"
    )
    first = subject.run("sh", "-c", script)
    expect("left" in first.stdout.text, first)
    look = (
        f"cat pkg/value.py; ls -A /tmp {OUTPUTS} $HOME /dev/shm | grep left; ls binary.dat left a"
    )
    second = subject.run("sh", "-c", look)
    expect(second.stdout.text == "VALUE = 1\nbinary.dat\n", second)
    value = subject.sandbox.states.read(subject.base, "pkg/value.py")
    expect(value == FILES["pkg/value.py"], value)


@executed
def stale_bytecode_never_runs(subject: Subject) -> None:
    states = subject.sandbox.states
    for digit in b"23456789":
        state = states.fork(subject.base, {"pkg/value.py": b"VALUE = %c\n" % digit})
        result = subject.python("from pkg.value import VALUE; print(VALUE)", state=state)
        expect(result.stdout.head == b"%c\n" % digit, result)


@executed
def planted_bytecode_never_runs(subject: Subject) -> None:
    tag = sys.implementation.cache_tag
    make = (
        "import py_compile; open('evil.py', 'w').write('VALUE = 666\\n');"
        f"py_compile.compile('evil.py', '{OUTPUTS}/pyc', doraise=True,"
        "invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)"
    )
    planted = subject.python(make, artefacts=("pyc",)).artefacts["pyc"]
    states = subject.sandbox.states
    state = states.fork(subject.base, {f"pkg/__pycache__/value.{tag}.pyc": planted})
    result = subject.python("from pkg.value import VALUE; print(VALUE)", state=state)
    expect(result.stdout.text == "1\n", result)
