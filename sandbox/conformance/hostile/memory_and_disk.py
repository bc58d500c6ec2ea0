"""Memory, disk and inodes to their end: a named result, and all of it free for the next run."""

from sandbox.conformance.hostile.case import hostile
from sandbox.conformance.hostile.target import Target
from sandbox.conformance.subject import expect
from sandbox.protocol import RunResult

_PLACES = "('.', '/tmp', '/outputs', os.environ['HOME'], '/dev/shm')"
"""Where a command may write, as an expression in its program."""

_MEMORY_MB = 96


def _canary_in_every_place(target: Target) -> None:
    code = f"""
import os
for place in {_PLACES}:
    path = os.path.join(place, 'canary')
    with open(path, 'wb') as file: file.write(b'x' * (1 << 20))
    assert open(path, 'rb').read() == b'x' * (1 << 20), place
    os.unlink(path)
"""
    result = target.python(code)
    expect(result.outcome == "ok", f"the next run cannot write a megabyte: {result}")


def _out_of_memory(target: Target, result: RunResult) -> None:
    # Without a group only single processes are limited, and each sees an error of its own.
    named = ("oom",) if target.holds("memory") else ("oom", "failed", "ok", "timeout")
    expect(result.outcome in named, result)


# --- 2: memory ----------------------------------------------------------------------------------


@hostile(2)
def many_small_hogs_are_counted_together(target: Target) -> None:
    code = """
import os, time
for number in range(40):
    if os.fork() == 0:
        hoard = bytearray(80 << 20)
        hoard[::4096] = b'x' * len(hoard[::4096])
        time.sleep(60)
        os._exit(0)
codes = {os.wait()[1]}
raise SystemExit(f'killed: {codes}')
"""
    result = target.python(code, memory_mb=_MEMORY_MB, wall_s=15.0)
    _out_of_memory(target, result)


@hostile(2)
def files_in_memory_without_a_name_are_counted(target: Target) -> None:
    code = """
import os
kept = []
while True:
    kept.append(os.memfd_create('hoard'))
    for _ in range(8): os.write(kept[-1], bytes(1 << 20))
"""
    result = target.python(code, memory_mb=_MEMORY_MB, disk_mb=8, wall_s=15.0)
    expect(result.outcome in ("oom", "failed"), result)


@hostile(2)
def shared_segments_end_with_the_run(target: Target) -> None:
    # System V segments belong to no process: killing all of them frees nothing.
    code = """
import ctypes
libc = ctypes.CDLL(None)
libc.shmat.restype = ctypes.c_void_p
made = [libc.shmget(0x4200 + n, 8 << 20, 0o1666) for n in range(4)]
assert min(made) >= 0
for segment in made: ctypes.memset(libc.shmat(segment, None, 0), 1, 8 << 20)
assert libc.semget(0x4300, 4, 0o1666) >= 0 and libc.msgget(0x4400, 0o1666) >= 0
"""
    result = target.python(code, memory_mb=_MEMORY_MB)
    expect(result.outcome == "ok", result)


@hostile(2)
def a_hog_that_asks_to_be_spared_is_not(target: Target) -> None:
    code = """
import os
for value in ('-1000', '-1', '0'):
    try: open('/proc/self/oom_score_adj', 'w').write(value)
    except OSError: continue
    break
hoard = []
while True: hoard.append(bytearray(b'x') * (4 << 20))
"""
    result = target.python(code, memory_mb=_MEMORY_MB, wall_s=15.0)
    expect(result.outcome == "oom", result)


# --- 3: disk ------------------------------------------------------------------------------------


@hostile(3)
def every_place_can_be_filled_and_is_empty_again(target: Target) -> None:
    code = f"""
import os
full = 0
for place in {_PLACES}:
    try:
        for number in range(64):
            with open(os.path.join(place, f'fill-{{number}}'), 'wb', 0) as file:
                for _ in range(2): file.write(bytes(1 << 20))
    except OSError as error:
        full += 1
raise SystemExit(full)
"""
    result = target.python(code, disk_mb=16, memory_mb=384, wall_s=20.0)
    expect(result.outcome in ("disk_limit", "oom"), result)
    _canary_in_every_place(target)


@hostile(3)
def a_deleted_file_that_is_still_open_gives_its_space_back(target: Target) -> None:
    code = """
import os, time
file = open('/tmp/hidden', 'wb', 0)
os.unlink('/tmp/hidden')
if os.fork() == 0:
    os.setsid()
    time.sleep(60)
try:
    while True: file.write(bytes(1 << 20))
except OSError: raise SystemExit(1)
"""
    result = target.python(code, disk_mb=1024, memory_mb=384)
    # By the time that anybody can look, ending the daemon has freed the disk.
    expect(result.outcome in ("disk_limit", "oom", "failed"), result)
    _canary_in_every_place(target)


# --- 4: inodes ----------------------------------------------------------------------------------


def _inode_bomb(make: str, place: str) -> str:
    return f"""
import os
os.chdir({place!r})
for number in range(20000):
    {make}
"""


@hostile(4)
def empty_files_without_end_are_gone(target: Target) -> None:
    code = _inode_bomb("os.close(os.open(str(number), os.O_CREAT | os.O_WRONLY))", "/tmp")
    result = target.python(code, wall_s=20.0)
    named = "disk_limit" if target.holds("disk") else "ok"
    expect(result.outcome == named, result)
    _canary_in_every_place(target)


@hostile(4)
def folders_without_end_in_the_workspace_are_gone(target: Target) -> None:
    result = target.python(_inode_bomb("os.mkdir(str(number))", "."), wall_s=20.0)
    named = "disk_limit" if target.holds("disk") else "ok"
    expect(result.outcome == named, result)
    _canary_in_every_place(target)


# --- 5: sparse files ----------------------------------------------------------------------------


@hostile(5)
def a_file_reserved_larger_than_the_disk_is_refused(target: Target) -> None:
    code = "import os\nos.posix_fallocate(os.open('huge', os.O_CREAT | os.O_WRONLY), 0, 4 << 30)"
    result = target.python(code, disk_mb=64)
    expect(result.outcome in ("failed", "disk_limit"), result)


@hostile(5)
def a_write_far_behind_the_end_is_refused(target: Target) -> None:
    code = "import os\nos.pwrite(os.open('/tmp/huge', os.O_CREAT | os.O_WRONLY), b'x', 1 << 50)"
    result = target.python(code, disk_mb=64)
    expect(result.outcome in ("failed", "disk_limit"), result)


@hostile(5)
def many_sparse_files_harm_nobody(target: Target) -> None:
    code = """
for place in ('.', '/tmp', '/outputs', '/dev/shm'):
    for number in range(50): open(f'{place}/sparse-{number}', 'wb').truncate(16 << 20)
"""
    names = tuple(f"sparse-{number}" for number in range(50))
    result = target.python(code, disk_mb=16, artefacts=names, artefact_bytes=1 << 20)
    expect((result.outcome, result.artefacts) == ("ok", {}), result.outcome)
