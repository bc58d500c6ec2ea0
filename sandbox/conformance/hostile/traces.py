"""What a run may leave behind where nobody looks at first."""

from sandbox.conformance.hostile.case import hostile
from sandbox.conformance.hostile.target import Target
from sandbox.conformance.subject import expect


@hostile(14)
def a_mapping_sent_into_a_socket_that_nobody_reads_does_not_survive(target: Target) -> None:
    code = """
import array, mmap, os, socket
handle = os.open('pkg/value.py', os.O_RDWR)
mapped = mmap.mmap(handle, 0)
mapped[8:9] = b'7'
one, other = socket.socketpair()
for end, sent in ((one, other.fileno()), (other, one.fileno()), (one, handle)):
    rights = array.array('i', [sent, handle])
    end.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
print(open('pkg/value.py').read())
"""
    result = target.python(code)
    expect(result.stdout.text == "VALUE = 7\n\n", result)
    for _ in range(3):
        seen = target.python("from pkg.value import VALUE; print(VALUE)")
        expect(seen.stdout.text == "1\n", seen)


@hostile(14)
def a_package_that_was_removed_cannot_be_imported(target: Target) -> None:
    removed = {path: None for path in target.sandbox.states.paths(target.base)
               if path.startswith("pkg/")}  # fmt: skip
    gone = target.sandbox.states.fork(target.base, {**removed, "link": None})
    result = target.python("import os; print(os.path.exists('pkg')); import pkg", state=gone)
    expect(result.stdout.text == "False\n" and result.exit_code == 1, result)
    file = target.sandbox.states.fork(gone, {"pkg": b"a file"})
    seen = target.run("cat", "pkg", state=file)
    expect(seen.stdout.text == "a file", seen)


@hostile(19)
def times_of_folders_tell_nothing_of_a_run_before(target: Target) -> None:
    look = (
        "import os; print([[f, os.stat(f).st_mtime_ns] for f in ('/home', '/outputs', '/tmp') "
        "if os.stat(f).st_uid == os.getuid() or f == '/tmp'])"
    )
    first = target.python(look)
    target.python("import os; [os.utime(f, (7, 7)) for f in ('.', '/home', '/outputs')]")
    target.python("open('/tmp/x', 'w'); open('/home/x', 'w'); open('pkg/x', 'w')")
    held = target.sandbox.capabilities().provider == "docker"
    expect(not held or target.python(look).stdout.text == first.stdout.text, first)


@hostile(12)
def a_port_that_was_closed_can_be_taken_again(target: Target) -> None:
    code = """
import socket
server = socket.socket()
server.bind(('127.0.0.1', 54321))
server.listen()
client = socket.create_connection(('127.0.0.1', 54321))
held, _ = server.accept()
held.close()
client.close()
print('well')
"""
    for _ in range(2):
        result = target.python(code)
        reached = result.stdout.text == "well\n" or "Network is unreachable" in result.stderr.text
        expect(reached, result)
