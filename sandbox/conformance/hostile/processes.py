"""Processes that multiply, hang, hide, linger, or turn on the runner."""

import time

from sandbox.conformance.hostile.case import hostile
from sandbox.conformance.hostile.target import NotHere, Target
from sandbox.conformance.subject import expect
from sandbox.protocol import RunResult

_LATE_S = 1.5
"""How long after a deadline an answer may come: the provider's own start and end included."""


def _times_out(target: Target, code: str, pids: int = 256) -> RunResult:
    begun = time.monotonic()
    result = target.python(code, wall_s=1.0, pids=pids)
    took = time.monotonic() - begun
    expect(result.outcome == "timeout", result)
    expect(result.wall_s < 1.0 + 0.5 and took < 1.0 + _LATE_S, f"{took:.2f} s, {result.wall_s}")
    return result


def _runs_out(target: Target, result: RunResult) -> None:
    """The program printed how many it made before it was refused; 40 were allowed."""
    if not target.holds("pids"):
        raise NotHere("the provider does not bound the number of processes on this machine")
    # A provider's own processes may be counted in.
    expect(int(result.stdout.text) <= 40 + 4, result)
    expect(result.outcome == "pids_limit", result)


# --- 1: multiplying -----------------------------------------------------------------------------


@hostile(1)
def threads_without_end_are_contained(target: Target) -> None:
    code = """
import threading, time
threading.stack_size(65536)
count = 0
try:
    while count < 400:
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        count += 1
finally:
    print(count, flush=True)
"""
    _runs_out(target, target.python(code, pids=40, wall_s=10.0))


@hostile(1)
def a_fork_bomb_that_never_rests_ends_at_its_deadline(target: Target) -> None:
    code = """
import os, signal
for number in range(1, 32):
    if number not in (9, 17, 19): signal.signal(number, signal.SIG_IGN)
while True:
    try:
        if os.fork() == 0: os.setsid()
    except OSError: pass
"""
    _times_out(target, code, pids=24)


@hostile(1)
def a_fork_bomb_of_programs_ends_at_its_deadline(target: Target) -> None:
    bomb = "import os\nos.execvp('sh', ['sh', '-c', 'b() { b | b & wait; }; while :; do b; done'])"
    begun = time.monotonic()
    result = target.python(bomb, pids=24, wall_s=1.0)
    expect(result.outcome in ("timeout", "pids_limit", "failed"), result)
    expect(time.monotonic() - begun < 1.0 + _LATE_S, "it ended late")


@hostile(1)
def generations_that_fork_and_exit_are_ended(target: Target) -> None:
    # Each lives for an instant only: a killer that lists processes first always comes late.
    code = """
import os
if os.fork() == 0:
    while True:
        try:
            if os.fork(): os._exit(0)
        except OSError: pass
while True: pass
"""
    _times_out(target, code, pids=24)


# --- 7: hanging ---------------------------------------------------------------------------------


@hostile(7)
def a_busy_loop_that_ignores_signals_ends_at_its_deadline(target: Target) -> None:
    code = """
import signal, threading
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
def spin():
    while True: pass
threading.Thread(target=spin).start()
spin()
"""
    result = _times_out(target, code)
    expect(result.cpu_s > 0.1, result)


@hostile(7)
def a_command_that_stops_itself_ends_at_its_deadline(target: Target) -> None:
    _times_out(target, "import os\nif os.fork() == 0: os.kill(0, 19)\nos.kill(os.getpid(), 19)")


@hostile(7)
def a_command_that_closed_its_streams_ends_at_its_deadline(target: Target) -> None:
    code = "import os, time\nprint('before', flush=True)\nos.closerange(0, 99)\ntime.sleep(99)"
    expect(_times_out(target, code).stdout.text == "before\n", "what it had said is lost")


@hostile(7)
def a_command_in_its_parents_vfork_ends_at_its_deadline(target: Target) -> None:
    # The parent waits in the kernel, deaf to signals other than KILL, for the child to exec.
    code = """
import ctypes
libc = ctypes.CDLL(None)
if libc.vfork() == 0:
    while True: libc.pause()
"""
    _times_out(target, code)


# --- 8: lingering -------------------------------------------------------------------------------


@hostile(8)
def a_daemon_that_floods_the_pipe_does_not_hold_the_run(target: Target) -> None:
    code = """
import os
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True: os.write(1, b'x' * 65536)
    os._exit(0)
os.wait()
os._exit(7)
"""
    begun = time.monotonic()
    result = target.python(code, wall_s=20.0)
    expect((result.outcome, result.exit_code) == ("failed", 7), result.outcome)
    expect(time.monotonic() - begun < 5.0, "the daemon held the run")


@hostile(8)
def a_daemon_that_rewrites_files_is_gone_before_the_next_run(target: Target) -> None:
    code = """
import os
for number in range(8):
    if os.fork() == 0:
        os.setsid()
        if os.fork(): os._exit(0)
        os.closerange(0, 99)
        while True:
            try:
                for path in ('pkg/value.py', 'pkg/more.py', '/tmp/more', '/outputs/more', '/dev/shm/more'):
                    with open(path, 'w') as file: file.write('VALUE = 666\\n')
                os.makedirs('pkg/deep/er', exist_ok=True)
            except OSError: pass
for number in range(8): os.wait()
while not os.path.exists('/dev/shm/more'): pass
"""
    expect(target.python(code, wall_s=20.0).outcome == "ok", "the daemons held the run")


@hostile(8)
def a_sibling_of_the_command_is_not_taken_for_it(target: Target) -> None:
    # CLONE_PARENT makes the child one of the runner's own; its exit must not end the run as "ok".
    code = """
import ctypes, os, platform, time
libc = ctypes.CDLL(None, use_errno=True)
CLONE_PARENT, SIGCHLD = 0x8000, 17
number = {'x86_64': 56, 'aarch64': 220}[platform.machine()]
if libc.syscall(number, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0) == 0: os._exit(0)
time.sleep(0.2)
os._exit(5)
"""
    result = target.python(code)
    expect((result.outcome, result.exit_code) == ("failed", 5), result)


# --- 9: zombies ---------------------------------------------------------------------------------


@hostile(9)
def a_thousand_orphans_are_buried(target: Target) -> None:
    code = """
import os
for number in range(1000):
    if os.fork() == 0:
        os.fork()
        os._exit(0)
    os.wait()
print('done')
"""
    result = target.python(code, pids=128, wall_s=20.0)
    expect((result.outcome, result.stdout.text) == ("ok", "done\n"), result)


@hostile(9)
def zombies_that_nobody_waits_for_count_as_processes(target: Target) -> None:
    code = """
import os
count = 0
try:
    while count < 1000:
        if os.fork() == 0: os._exit(0)
        count += 1
finally:
    print(count, flush=True)
"""
    _runs_out(target, target.python(code, pids=40, wall_s=10.0))


# --- 10: turning on the runner ------------------------------------------------------------------


@hostile(10)
def killing_everybody_leaves_the_runner(target: Target) -> None:
    code = """
import os
if os.fork() == 0: os.execvp('sleep', ['sleep', '60'])
os.kill(-1, 9)
os.write(1, b'alive')
os.kill(0, 9)
"""
    result = target.python(code)
    expect((result.outcome, result.signal) == ("failed", 9), result)
    expect(result.stdout.text == "alive", result)


@hostile(10)
def no_signal_at_all_ends_the_runner(target: Target) -> None:
    code = """
import os
for number in [*range(1, 65)] * 3:
    try: os.kill(1, number)
    except OSError: pass
print('alive')
"""
    result = target.python(code)
    expect((result.outcome, result.stdout.text) == ("ok", "alive\n"), result)


@hostile(10)
def the_runner_cannot_be_read_or_traced(target: Target) -> None:
    code = """
import ctypes, os
libc = ctypes.CDLL(None)
for name in ('mem', 'maps', 'environ', 'auxv', 'fd/0', 'cwd', 'root', 'exe', 'syscall', 'stack'):
    try:
        path = '/proc/1/' + name
        os.readlink(path) if name in ('cwd', 'root', 'exe', 'fd/0') else  open(path, 'rb').read(1)
    except OSError: continue
    print('opened', name)
PTRACE_ATTACH, PTRACE_SEIZE = 16, 0x4206
for request in (PTRACE_ATTACH, PTRACE_SEIZE):
    if libc.ptrace(request, 1, 0, 0) == 0: print('traced', request)
class Piece(ctypes.Structure):
    _fields_ = [('base', ctypes.c_void_p), ('length', ctypes.c_size_t)]
room = ctypes.create_string_buffer(8)
mine, its = Piece(ctypes.addressof(room), 8), Piece(0x400000, 8)
for act in (libc.process_vm_readv, libc.process_vm_writev):
    if act(1, ctypes.byref(mine), 1, ctypes.byref(its), 1, 0) >= 0: print('reached its memory')
handle = libc.syscall(434, 1, 0)
for number in range(8):
    if handle >= 0 and libc.syscall(438, handle, number, 0) >= 0: print('took descriptor', number)
"""
    result = target.python(code)
    expect((result.outcome, result.stdout.text) == ("ok", ""), result)


@hostile(10)
def the_runner_cannot_be_starved_by_its_limits(target: Target) -> None:
    # Limits and scheduling of another process may be set by whoever has its user.
    code = """
import os, resource
for which in range(16):
    try: resource.prlimit(1, which, (0, 0))
    except OSError: pass
for act in (lambda: os.setpriority(os.PRIO_PROCESS, 1, 19),
            lambda: os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0))):
    try: act()
    except OSError: pass
print('alive')
"""
    result = target.python(code)
    expect((result.outcome, result.stdout.text) == ("ok", "alive\n"), result)
