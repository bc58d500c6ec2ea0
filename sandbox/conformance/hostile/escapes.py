"""Ways to what is not the command's: the host's files, its secrets, the base, another run."""

import os
import secrets
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

from sandbox.conformance.hostile.case import hostile
from sandbox.conformance.hostile.target import MARK, Target
from sandbox.conformance.subject import Subject, expect
from sandbox.protocol import RunResult

# --- 13: the host -------------------------------------------------------------------------------


@hostile(13)
def no_path_leads_to_a_file_of_the_host(target: Target) -> None:
    secret = secrets.token_hex(16)
    with tempfile.NamedTemporaryFile("w", dir=target.beside) as file:
        file.write(secret)
        file.flush()
        code = f"""
import os
up = '/..' * 40
for root in ('', up, '/proc/1/root', '/proc/self/root' + up, '/proc/1/cwd' + up, '/proc/self/cwd' + up,
             '/proc/thread-self/root', '/proc/self/map_files' + up, '/dev/fd/0' + up):
    try: print(root, open(root + {file.name!r}).read())
    except OSError: pass
"""
        result = target.python(code)
    expect((result.outcome, result.stdout.text) == ("ok", ""), result)


@hostile(13)
def the_environment_of_no_process_tells_a_secret_of_the_host(target: Target) -> None:
    code = """
import glob
for path in glob.glob('/proc/[0-9]*/environ') + glob.glob('/proc/[0-9]*/cmdline'):
    try: print(open(path, 'rb').read())
    except OSError: pass
"""
    result = target.python(code)
    expect(result.outcome == "ok" and target.mark in result.stdout.text, result)
    told = {
        name
        for name, value in os.environ.items()
        # The interpreter's own path is in every command line: paths are no secrets.
        if name != MARK and len(value) > 8 and value[0] != "/" and value in result.stdout.text
    }
    expect(not told, f"variables of the host: {sorted(told)}")


@hostile(13)
def no_socket_of_a_daemon_can_be_reached(target: Target) -> None:
    code = """
import os, socket, stat
for top in ('/run', '/var', '/tmp', '/dev', '/etc', '/home', '/root', '/mnt', '/srv', '/opt'):
    for folder, folders, names in os.walk(top):
        for name in names:
            path = os.path.join(folder, name)
            try:
                if stat.S_ISSOCK(os.lstat(path).st_mode): print(path)
            except OSError: pass
"""
    result = target.python(code)
    expect((result.outcome, result.stdout.text) == ("ok", ""), result)


@hostile(13)
def devices_are_the_harmless_ones(target: Target) -> None:
    code = """
import os, stat
for folder, folders, names in os.walk('/dev'):
    for name in names:
        path = os.path.join(folder, name)
        if stat.S_IFMT(os.lstat(path).st_mode) in (stat.S_IFCHR, stat.S_IFBLK): print(name)
"""
    harmless = {"null", "zero", "full", "random", "urandom", "tty", "ptmx", "console"}
    result = target.python(code)
    expect(result.outcome == "ok" and set(result.stdout.text.split()) <= harmless, result)


# --- 14: root, base and parent ------------------------------------------------------------------


@hostile(14)
def nothing_outside_of_passing_places_can_be_written(target: Target) -> None:
    # A file system in memory that the run has to itself may be written: it ends with the run.
    code = """
import os
kinds = dict((line.split()[2], line.split(' - ')[1].split()[0]) for line in open('/proc/self/mountinfo'))
stack = ['/']
while stack:
    folder = stack.pop()
    if folder in ('/proc', '/workspace'): continue
    status = os.stat(folder)
    kind = kinds.get(f'{os.major(status.st_dev)}:{os.minor(status.st_dev)}', '?')
    try:
        os.close(os.open(folder + '/.planted', os.O_CREAT | os.O_WRONLY))
        if kind not in ('tmpfs', 'mqueue'): print('wrote in', folder, kind)
    except OSError: pass
    try: entries = list(os.scandir(folder))
    except OSError: continue
    if folder.count('/') < 5: stack += [e.path for e in entries if e.is_dir(follow_symlinks=False)]
"""
    result = target.python(code, wall_s=20.0)
    expect((result.outcome, result.stdout.text) == ("ok", ""), result)
    left = target.run("find", "/", "-xdev", "-name", ".planted", wall_s=20.0)
    expect(left.stdout.text == "", left)


@hostile(14)
def what_the_base_is_kept_in_cannot_be_changed_or_linked(target: Target) -> None:
    code = """
import os
for folder in ('/base', '/inputs'):
    for path, folders, names in os.walk(folder):
        for name in names:
            whole = os.path.join(path, name)
            for act in (lambda: open(whole, 'r+b'), lambda: os.truncate(whole, 0),
                        lambda: os.unlink(whole), lambda: os.chmod(whole, 0o777),
                        lambda: os.rename(whole, whole + '2'), lambda: os.utime(whole, (0, 0)),
                        lambda: os.link(whole, '/workspace/stolen'),
                        lambda: os.link(whole, '/tmp/stolen'), lambda: os.link(whole, path + '/x'),
                        lambda: os.setxattr(whole, 'user.x', b'y'), lambda: os.symlink('x', whole + 'x')):
                try: act()
                except OSError: continue
                print('changed', whole)
"""
    result = target.python(code, inputs={"input": b"given"})
    expect((result.outcome, result.stdout.text) == ("ok", ""), result)


@hostile(14)
def a_folder_swapped_for_a_symlink_leads_the_next_edit_nowhere(target: Target) -> None:
    states = target.sandbox.states
    edits = {"pkg/value.py": b"VALUE = 5\n", "pkg/new.py": b"", "names/new": b"", "gone/new": b""}
    state = states.fork(target.base, edits)
    for goal in ("/tmp", "/outputs", "/home", "/base/pkg", "/workspace", "/inputs"):
        swap = f"for f in pkg names gone; do rm -r $f && ln -s {goal} $f; done; ls -d pkg"
        expect(target.run("sh", "-c", swap).stdout.text == "pkg\n", goal)
        look = "cat pkg/value.py; find pkg names gone -maxdepth 0 -type l; ls -A /tmp /outputs /home | grep -v :"
        seen = target.run("sh", "-c", look, state=state)
        expect(seen.stdout.text.split() == ["VALUE", "=", "5"], (goal, seen))


@hostile(14)
def a_parent_state_is_not_changed_by_what_its_child_did(target: Target) -> None:
    states = target.sandbox.states
    child = states.fork(target.base, {"pkg/value.py": b"VALUE = 2\n"})
    grandchild = states.fork(child, {"pkg/value.py": b"VALUE = 3\n"})
    script = "cat pkg/value.py; echo VALUE = 9 > pkg/value.py; rm -r names; ln pkg/value.py x"
    for state, value in ((grandchild, 3), (child, 2), (grandchild, 3), (target.base, 1)):
        seen = target.run("sh", "-c", script, state=state)
        expect(seen.stdout.text == f"VALUE = {value}\n", seen)
    expect(states.read(child, "pkg/value.py") == b"VALUE = 2\n", "the child reads differently")


# --- 21: two runs at once -----------------------------------------------------------------------


def _at_once(first: Subject, second: Subject, code: str) -> list[tuple[float, float, str]]:
    """Both runs' begin, end and last words; they must have been under way together."""

    def run(which: tuple[str, Subject]) -> tuple[float, float, str]:
        name, subject = which
        timed = f"import time\nNAME = {name!r}\nprint(time.time())\n{code}\nprint(time.time())"
        result: RunResult = subject.python(timed, env={"WHO": name})
        expect(result.outcome == "ok", result)
        begin, *middle, end = result.stdout.text.splitlines()
        return float(begin), float(end), "\n".join(middle)

    for subject in (first, second):
        subject.run("true")
    with ThreadPoolExecutor(2) as pool:
        seen = list(pool.map(run, (("first", first), ("second", second))))
    expect(max(s[0] for s in seen) < min(s[1] for s in seen), f"they did not meet: {seen}")
    return seen


@hostile(21)
def two_runs_at_once_cannot_signal_each_other(target: Target) -> None:
    code = """
import os, signal
deadline = time.monotonic() + 1.2
met = set()
while time.monotonic() < deadline:
    for pid in range(2, 400):
        if pid == os.getpid(): continue
        try: os.kill(pid, signal.SIGKILL)
        except OSError: continue
        met.add(pid)
print(sorted(met))
"""
    for _, _, said in _at_once(target, target.neighbour, code):
        expect(said == "[]", f"it killed {said}")


@hostile(21)
def two_runs_at_once_cannot_see_each_other(target: Target) -> None:
    code = """
import ctypes, os, socket
other = {'first': 'second', 'second': 'first'}[NAME]
places = ('/tmp', '/outputs', '/workspace', '/dev/shm', os.environ['HOME'])
for place in places: open(f'{place}/{NAME}', 'w').write(NAME)
named = socket.socket(socket.AF_UNIX)
named.bind('\\0' + NAME)
named.listen()
keys = {'first': 4201, 'second': 4202}
libc = ctypes.CDLL(None)
segment = libc.shmget(keys[NAME], 4096, 0o1666)
deadline = time.monotonic() + 1.2
while time.monotonic() < deadline:
    for place in places:
        if os.path.exists(f'{place}/{other}'): print('saw its file in', place)
    try: socket.socket(socket.AF_UNIX).connect('\\0' + other)
    except OSError: pass
    else: print('reached its socket')
    if libc.shmget(keys[other], 4096, 0) >= 0: print('found its memory')
    for name in os.listdir('/proc'):
        try: words = open(f'/proc/{name}/environ').read().split('\\0') if name.isdigit() else []
        except OSError: continue
        if 'WHO=' + other in words: print('saw its process')
libc.shmctl(segment, 0, None)
"""
    for _, _, said in _at_once(target, target.neighbour, code):
        expect(said == "", said)


@hostile(21)
def a_run_that_rages_does_not_disturb_its_neighbour(target: Target) -> None:
    rage = "while :; do kill -9 -1; head -c 30000000 /dev/zero > /tmp/x; rm -rf pkg; done"
    with ThreadPoolExecutor(1) as pool:
        raging = pool.submit(target.run, "sh", "-c", rage, wall_s=1.5)
        begun, calm = time.monotonic(), 0
        while time.monotonic() < begun + 1.2:
            seen = target.neighbour.run("cat", "pkg/value.py")
            expect(seen.stdout.text == "VALUE = 1\n", seen)
            calm += 1
        expect(raging.result().outcome in ("timeout", "failed"), raging.result())
    expect(calm > 0, "the neighbour did not run")
