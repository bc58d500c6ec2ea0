"""Artefacts that are not what they seem.

They travel one by one, as named contents in the runner's answer: there is no archive that could
hold a path, a link or a bomb. So what is left to try is what lies under a name that was asked for.
"""

from sandbox.conformance.hostile.case import hostile
from sandbox.conformance.hostile.target import Target
from sandbox.conformance.subject import expect, refused
from sandbox.errors import UnsafePath
from sandbox.protocol import INPUTS, OUTPUTS


def _brings(target: Target, code: str, expected: dict[str, bytes], *names: str) -> None:
    asked = (*names, *expected)
    result = target.python(
        f"import os, socket\nos.chdir({OUTPUTS!r})\n{code}",
        artefacts=asked,
        artefact_bytes=1000,
        wall_s=10.0,
    )
    expect((result.outcome, result.artefacts) == ("ok", expected), result)


@hostile(16)
def links_to_what_the_runner_can_read_bring_nothing(target: Target) -> None:
    code = f"""
goals = ['/proc/1/environ', '/proc/self/environ', '/base/pkg/value.py', '{INPUTS}/input', '/etc/passwd',
         '/workspace/pkg/value.py', '/proc/1/fd/0', '/dev/zero', 'good', '/dev/stdin']
for number, goal in enumerate(goals): os.symlink(goal, str(number))
for goal in ('{INPUTS}/input', '/base/pkg/value.py', '/usr/bin/env'):
    try: os.link(goal, 'linked')
    except OSError: pass
open('good', 'w').write('good')
"""
    names = (*map(str, range(10)), "linked")
    asked = (*names, "good")
    code = f"import os\nos.chdir({OUTPUTS!r})\n{code}"
    result = target.python(code, artefacts=asked, inputs={"input": b"given"})
    expect((result.outcome, result.artefacts) == ("ok", {"good": b"good"}), result)


@hostile(16)
def what_is_no_file_brings_nothing_and_holds_nobody(target: Target) -> None:
    code = """
os.mkfifo('fifo')
os.mkdir('folder')
socket.socket(socket.AF_UNIX).bind('socket')
open('unreadable', 'w').write('x')
os.chmod('unreadable', 0)
os.symlink('loop', 'loop')
if os.fork() == 0:
    os.setsid()
    open('fifo', 'w').write('x' * 999)
"""
    _brings(target, code, {}, "fifo", "folder", "socket", "unreadable", "loop", "folder.")


@hostile(16)
def a_sparse_file_of_five_gigabytes_brings_nothing(target: Target) -> None:
    code = "import os\nopen(os.environ['OUTPUTS'] + '/huge', 'wb').truncate(5 << 30)"
    result = target.python(code, artefacts=("huge",), disk_mb=6000, artefact_bytes=1 << 20)
    expect((result.outcome, result.artefacts) == ("ok", {}), result)


@hostile(16)
def an_artefact_of_the_largest_size_comes_and_one_byte_more_does_not(target: Target) -> None:
    code = "open('most', 'wb').write(b'x' * 1000)\nopen('more', 'wb').write(b'x' * 1001)"
    _brings(target, code, {"most": b"x" * 1000}, "more")


@hostile(16)
def an_artefact_that_changes_while_it_is_read_holds_nobody(target: Target) -> None:
    code = """
import os, time
os.chdir(os.environ['OUTPUTS'])
for number in range(3):
    if os.fork() == 0:
        os.setsid()
        while True:
            try:
                with open('restless', 'ab') as file: file.write(b'x' * 4096)
                os.truncate('restless', 0)
                os.symlink('/etc/passwd', 'other')
                os.rename('other', 'restless')
                os.unlink('restless')
            except OSError: pass
while not os.path.lexists('restless'): pass
"""
    result = target.python(code, artefacts=("restless",), artefact_bytes=1 << 20, wall_s=10.0)
    expect(result.outcome == "ok", result)
    brought = result.artefacts.get("restless", b"")
    expect(set(brought) <= set(b"x"), brought[:100])


@hostile(16)
def odd_names_of_artefacts_are_plain_names(target: Target) -> None:
    names = ("-rf", "new\nline", "\u00fc\u6587", "a b", "*", "x" * 255, "..\\up", "~", "..x")
    code = f"for name in {names!r}: open(name, 'w').write('x')"
    _brings(target, code, dict.fromkeys(names, b"x"))
    for name in ("../x", "/etc/passwd", "a/b", "", ".", "..", "nul\0"):
        refused(UnsafePath, lambda name=name: target.run("true", artefacts=(name,)))  # type: ignore[misc]
        refused(UnsafePath, lambda name=name: target.run("true", inputs={name: b""}))  # type: ignore[misc]


@hostile(16)
def an_output_folder_that_is_shut_brings_nothing(target: Target) -> None:
    _brings(target, "open('good', 'w').write('x')\nos.chmod('.', 0)", {}, "good")
    _brings(target, "open('good', 'w').write('x')", {"good": b"x"})


@hostile(16)
def artefacts_of_the_last_run_are_not_those_of_this_one(target: Target) -> None:
    _brings(target, "open('report', 'w').write('passed')", {"report": b"passed"})
    _brings(target, "pass", {}, "report")
