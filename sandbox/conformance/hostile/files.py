"""Changes to the workspace that try to outlive their run.

A provider may lay every workspace anew, or put back only what it saw change. Each trick here is a
program that changes files in a way that is easy to overlook, and that proves that it did.
"""

from sandbox.conformance.hostile.case import add
from sandbox.conformance.hostile.target import Target
from sandbox.conformance.subject import expect

_EDITS: dict[str, bytes | None] = {
    "pkg/value.py": b"VALUE = 2\n",
    "gone/only.txt": None,
    "fresh/of/this/state": b"x",
}
"""A child of the base: going back to the base undoes this as well, and may hide what a trick did."""

_BEGIN = """
import ctypes, ctypes.util, fcntl, mmap, os, shutil, socket, stat, struct, sys, threading, time
libc = ctypes.CDLL(None, use_errno=True)
P = 'pkg/value.py'
EVIL = b'VALUE = 6\\n'
def read(path=P):
    with open(path, 'rb') as file: return file.read()
def exchange(one, two):
    if libc.renameat2(-100, one.encode(), -100, two.encode(), 2):  # an overlay moves no folder of its base
        for pair in ((one, 'between'), (two, one), ('between', two)): shutil.move(*pair)
BEFORE = read()
assert BEFORE == EXPECTED
"""

TRICKS = {
    "a_write_through_a_shared_mapping_does_not_survive": """
file = open(P, 'r+b')
mapped = mmap.mmap(file.fileno(), 0)
file.close()
mapped[:] = EVIL
assert read() == EVIL
os._exit(0)
""",
    "a_mapping_that_is_written_while_its_process_dies_does_not_survive": """
if os.fork() == 0:
    os.setsid()
    file = open(P, 'r+b')
    mapped = mmap.mmap(file.fileno(), 0)
    os.unlink(P)
    open(P, 'wb').write(EVIL)
    second = mmap.mmap(os.open(P, os.O_RDWR), 0)
    open('/tmp/ready', 'w')
    while True: mapped[:] = second[:] = EVIL
while not os.path.exists('/tmp/ready'): time.sleep(0.01)
""",
    "a_write_through_a_hard_link_in_a_passing_folder_does_not_survive": """
os.mkdir('passing')
os.link(P, 'passing/link')
open('passing/link', 'wb').write(EVIL)
shutil.rmtree('passing')
assert read() == EVIL
""",
    "a_write_through_a_hard_link_in_another_place_does_not_survive": """
os.makedirs('a/b/c')
os.link(P, 'a/b/c/link')
os.rename('a', 'names/a')
open('names/a/b/c/link', 'r+b').write(EVIL)
os.unlink('names/a/b/c/link')
shutil.rmtree('names/a')
assert read() == EVIL
""",
    "a_folder_renamed_away_changed_and_renamed_back_does_not_survive": """
shutil.move('pkg', 'elsewhere')
open('elsewhere/value.py', 'wb').write(EVIL)
shutil.move('elsewhere', 'pkg')
assert read() == EVIL
""",
    "a_folder_moved_deep_and_back_does_not_survive": """
os.makedirs('x/y/z')
shutil.move('pkg', 'x/y/z/pkg')
for _ in range(50):
    os.rename('x/y/z/pkg', 'x/y/pkg')
    os.rename('x/y/pkg', 'x/y/z/pkg')
os.chdir('x/y/z/pkg')
open('value.py', 'wb').write(EVIL)
os.mkdir('added')
os.rename('/workspace/x/y/z/pkg', '/workspace/pkg')
shutil.rmtree('/workspace/x')
assert read('value.py') == EVIL
""",
    "a_descriptor_reopened_for_writing_does_not_survive": """
handle = os.open(P, os.O_RDONLY)
again = os.open(f'/proc/self/fd/{handle}', os.O_RDWR)
os.pwrite(again, EVIL, 0)
assert read() == EVIL
""",
    "a_descriptor_handed_to_a_daemon_does_not_survive": """
ours, its = socket.socketpair()
if os.fork() == 0:
    os.setsid()
    ours.close()
    _, handles, _, _ = socket.recv_fds(its, 16, 1)
    while True: os.pwrite(handles[0], EVIL, 0)
socket.send_fds(ours, [b'x'], [os.open(P, os.O_RDWR)])
while read() != EVIL: pass
""",
    "modes_of_files_and_folders_do_not_survive": """
os.chmod(P, 0o000)
os.chmod('tool.sh', 0o6777)
os.chmod('pkg', 0o1777)
os.chmod('names', 0o000)
os.chmod('binary.dat', 0o600)
os.chmod('.', 0o500)
assert os.stat('pkg').st_mode & 0o7777 == 0o1777
""",
    "a_workspace_that_nobody_may_enter_does_not_survive": """
open(P, 'wb').write(EVIL)
os.mkdir('a')
open('a/b', 'w')
for path in ('a/b', 'a', 'pkg', '.'): os.chmod(path, 0)
""",
    "temporary_folders_that_nobody_may_enter_do_not_survive": """
for place in ('/outputs', os.environ['HOME'], '/dev/shm', '/tmp'):
    os.makedirs(place + '/a/b/c')
    open(place + '/a/b/c/d', 'w')
    for path in ('/a/b/c/d', '/a/b/c', '/a/b', '/a', ''):
        try: os.chmod(place + path, 0)
        except OSError: assert path == ''
""",
    "extended_attributes_do_not_survive": """
done = 0
for path in (P, 'pkg', 'names', 'binary.dat', '.', '/outputs', '/tmp', os.environ['HOME']):
    try: os.setxattr(path, 'user.evil', b'x' * 100)
    except OSError: continue
    done += 1
""",
    "access_lists_do_not_survive": """
def entry(tag, rights, who=0xffffffff): return struct.pack('<HHI', tag, rights, who)
acl = struct.pack('<I', 2) + entry(1, 7) + entry(2, 7, 4242) + entry(4, 7) + entry(16, 7) + entry(32, 7)
for path in ('.', 'pkg', '/outputs', os.environ['HOME'], P):
    for name in ('system.posix_acl_default', 'system.posix_acl_access'):
        try: os.setxattr(path, name, acl)
        except OSError: pass
""",
    "flags_of_files_do_not_survive": """
SET, GET = 0x40086602, 0x80086601
for path in (P, 'pkg', '.', '/outputs'):
    handle = os.open(path, os.O_RDONLY)
    for flag in (0x10, 0x20, 0x40, 0x80):
        try: fcntl.ioctl(handle, SET, struct.pack('l', flag))
        except OSError: continue
        assert flag not in (0x10, 0x20), 'immutable or append-only'
""",
    "a_folder_replaced_by_a_symlink_does_not_survive": """
shutil.copytree('pkg', '/tmp/pkg')
shutil.rmtree('pkg')
os.symlink('/tmp/pkg', 'pkg')
open(P, 'wb').write(EVIL)
shutil.move('names', 'moved')
os.symlink('moved', 'names')
assert read('/tmp/pkg/value.py') == EVIL
""",
    "a_file_replaced_by_a_symlink_to_its_twin_does_not_survive": """
shutil.copy2(P, 'twin.py')
os.unlink(P)
os.symlink('../twin.py', P)
os.unlink('link')
os.symlink('binary.dat', 'link')
assert read() == BEFORE
""",
    "an_edit_of_the_same_size_and_time_does_not_survive": """
for path, content in ((P, EVIL), ('windows.txt', b'eno\\r\\nowt\\r\\n')):
    before = os.stat(path)
    open(path, 'wb').write(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = os.stat(path)
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
""",
    "an_edit_in_place_of_an_untouched_file_does_not_survive": """
before = os.stat('binary.dat')
mapped = mmap.mmap(os.open('binary.dat', os.O_RDWR), 0)
mapped[7] = 0
mapped.flush()
os.utime('binary.dat', ns=(before.st_atime_ns, before.st_mtime_ns))
os.utime('.', (0, 0))
""",
    "cutting_a_file_without_opening_it_does_not_survive": """
os.truncate(P, 0)
os.truncate('binary.dat', 3)
os.truncate('unended.txt', 1000)
os.close(os.open('windows.txt', os.O_WRONLY | os.O_TRUNC))
assert read() == b'' and len(read('unended.txt')) == 1000
""",
    "a_hole_punched_into_a_file_does_not_survive": """
handle = os.open('binary.dat', os.O_RDWR)
assert libc.fallocate(handle, 3, ctypes.c_long(0), ctypes.c_long(256)) == 0
assert read('binary.dat') == bytes(256)
""",
    "a_rename_over_a_file_does_not_survive": """
open('/workspace/new', 'wb').write(EVIL)
os.rename('new', P)
os.rename('tool.sh', 'binary.dat')
os.makedirs('fresh', exist_ok=True)
shutil.move('names', 'fresh/names')
assert read() == EVIL
""",
    "two_files_and_two_folders_exchanged_do_not_survive": """
exchange('pkg/value.py', 'windows.txt')
exchange('pkg', 'names')
exchange('link', 'binary.dat')
assert read('windows.txt') == BEFORE
""",
    "folders_removed_and_made_again_do_not_survive": """
for _ in range(30):
    shutil.rmtree('pkg')
    os.makedirs('pkg/added')
open(P, 'wb').write(EVIL)
open('pkg/__init__.py', 'w')
open('pkg/added/file', 'w')
shutil.rmtree('names')
os.mkdir('names')
""",
    "everything_removed_does_not_survive": """
for name in os.listdir('.'): shutil.rmtree(name) if os.path.isdir(name) else os.unlink(name)
assert os.listdir('.') == []
""",
    "sockets_and_fifos_do_not_survive": """
for path in (P, 'names/fifo', '/tmp/fifo', '/outputs/fifo'):
    if os.path.exists(path): os.unlink(path)
    os.mkfifo(path)
named = socket.socket(socket.AF_UNIX)
os.unlink('binary.dat')
named.bind('binary.dat')
socket.socket(socket.AF_UNIX).bind('/dev/shm/socket')
""",
    "a_file_without_a_name_that_gets_one_does_not_survive": """
handle = os.open('pkg', os.O_TMPFILE | os.O_RDWR)
os.write(handle, EVIL)
os.link(f'/proc/self/fd/{handle}', 'pkg/late.py', src_dir_fd=0, follow_symlinks=True)
assert read('pkg/late.py') == EVIL
""",
    "writes_by_the_kernels_copying_do_not_survive": """
source = os.memfd_create('source')
os.write(source, EVIL)
os.lseek(source, 0, 0)
os.sendfile(os.open(P, os.O_WRONLY), source, 0, len(EVIL))
assert read() == EVIL
os.copy_file_range(os.open(P, os.O_RDONLY), os.open('unended.txt', os.O_RDWR), 4)
reading, writing = os.pipe()
os.write(writing, b'zz')
os.splice(reading, os.open('windows.txt', os.O_WRONLY), 2)
assert read('windows.txt')[:2] == b'zz'
""",
    "more_changes_than_a_watch_can_queue_do_not_survive": """
def flood():
    for number in range(6000):
        name = f'names/flood-{number % 100}'
        os.close(os.open(name, os.O_CREAT | os.O_WRONLY))
        os.unlink(name)
flood()
open(P, 'wb').write(EVIL)
flood()
os.mkdir('names/late')
open('names/late/file', 'w')
os.unlink('binary.dat')
""",
    "thousands_of_files_do_not_survive": """
for number in range(3000):
    folder = f'many/{number % 50}'
    os.makedirs(folder, exist_ok=True)
    os.close(os.open(f'{folder}/{number}', os.O_CREAT | os.O_WRONLY))
""",
    "a_change_in_a_folder_made_a_moment_ago_does_not_survive": """
def race(number):
    for turn in range(60):
        os.makedirs(f'r{number}/{turn}/a/b', exist_ok=True)
        open(f'r{number}/{turn}/a/b/c', 'w').write('x')
        os.rename(f'r{number}/{turn}/a', f'pkg/a-{number}-{turn}')
threads = [threading.Thread(target=race, args=(n,)) for n in range(4)]
[t.start() for t in threads], [t.join() for t in threads]
os.link(P, 'pkg/a-0-0/b/link')
open('pkg/a-0-0/b/link', 'wb').write(EVIL)
for name in os.listdir('pkg'):
    if name.startswith('a-'): shutil.rmtree('pkg/' + name)
assert read() == EVIL
""",
    "a_change_of_only_letter_case_does_not_survive": """
os.rename(P, 'pkg/VALUE.py')
shutil.move('names', 'Names')
os.rename('pkg/VALUE.py', 'pkg/Value.py')
""",
    "locks_and_leases_do_not_survive": """
handle = os.open(P, os.O_RDWR)
fcntl.flock(handle, fcntl.LOCK_EX)
fcntl.lockf(handle, fcntl.LOCK_EX)
if os.fork() == 0:
    os.setsid()
    try: fcntl.fcntl(os.open('binary.dat', os.O_RDONLY), fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError: pass
    open('/tmp/ready', 'w')
    time.sleep(60)
while not os.path.exists('/tmp/ready'): time.sleep(0.01)
""",
}


def _attempt(target: Target, code: str) -> None:
    child = target.sandbox.states.fork(target.base, _EDITS)
    # On the base last: what the next run of the base lays anyway would hide a trick's traces.
    for state, value in ((child, b"VALUE = 2\n"), (target.base, b"VALUE = 1\n")):
        program = f"EXPECTED = {value!r}\n{_BEGIN}{code}"
        result = target.python(program, state=state, wall_s=20.0)
        expect(result.outcome == "ok", f"the trick itself failed: {result.stderr.text}")


for _name, _code in TRICKS.items():
    add(14, _name, lambda target, code=_code: _attempt(target, code))  # type: ignore[misc]
