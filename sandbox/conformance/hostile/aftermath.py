"""What must be true after every attack: of the host, and of the next run on the same slot."""

import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.conformance.hostile.target import MARK, Target
from sandbox.conformance.subject import LINK, expect

_CLOCK_S = 5.0

_PROBE = r"""
import hashlib, json, os, resource, stat, time
from pkg.value import VALUE

def look(path):
    status = os.lstat(path)
    content, links = '', 0
    if stat.S_ISREG(status.st_mode):
        links, content = status.st_nlink, hashlib.sha256(open(path, 'rb').read()).hexdigest()
    elif stat.S_ISLNK(status.st_mode):
        content = os.readlink(path)
    names = [] if stat.S_ISLNK(status.st_mode) else os.listxattr(path)
    mine = status.st_uid == os.getuid()
    return [oct(status.st_mode), mine, links, content, [[n, os.getxattr(path, n).hex()] for n in names]]

def refuse(error):
    raise error

def others():
    for name in os.listdir('/proc'):
        if name.isdigit() and name not in ('1', str(os.getpid())):
            try: lines = open('/proc/' + name + '/status').read().splitlines()
            except (FileNotFoundError, ProcessLookupError): continue
            owner = next(line.split()[1] for line in lines if line.startswith('Uid:'))
            if int(owner) == os.getuid(): yield lines[0]

files = {'.': look('.')}
for folder, folders, names in os.walk('.', onerror=refuse):
    for name in folders + names:
        path = os.path.join(folder, name)
        files[path[2:]] = look(path)
places = [p for p in ('/tmp', '/outputs', '/inputs', os.environ['HOME'], '/dev/shm', '/dev/mqueue')
          if os.path.isdir(p)]
status = dict(line.split(':', 1) for line in open('/proc/self/status') if ':' in line)
print(json.dumps({
    'files': files,
    'places': {place: look(place) for place in places},
    'left': {place: os.listdir(place) for place in places if os.listdir(place)},
    'ipc': {kind: lines for kind in ('shm', 'sem', 'msg')
            if (lines := open('/proc/sysvipc/' + kind).readlines()[1:])},
    'others': list(others()),
    'environment': dict(os.environ),
    'limits': [resource.getrlimit(which) for which in range(16)],
    'process': [os.getcwd(), os.umask(0), os.nice(0), sorted(os.sched_getaffinity(0))]
               + [status[key].split() for key in ('SigBlk', 'SigIgn', 'CapEff', 'CapBnd', 'Groups')],
    'value': VALUE,
    'time': time.time(),
}))
"""


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What is to be found after an attack; made before it."""

    target: Target
    canary: Path
    secret: str
    base: str

    @staticmethod
    def expected(target: Target) -> "Aftermath":
        """Lay a canary next to the cache, and see what an untouched run sees."""
        if not target.fresh:
            target.fresh.update(_probe(target))
        secret = secrets.token_hex(16)
        canary = target.beside / f"canary-{secrets.token_hex(4)}"
        canary.write_text(secret)
        return Aftermath(target, canary, secret, _digest(target))

    def check(self) -> None:
        """Raise AssertionError where anything differs."""
        self._host()
        seen = _probe(self.target)
        differing = {key: seen[key] for key in seen if seen[key] != self.target.fresh[key]}
        differing.pop("time", None)
        expect(not differing, f"the next run is not as the first: {differing}")

    def _host(self) -> None:
        expect(self.canary.read_text() == self.secret, "a file of the host was changed")
        self.canary.unlink()
        expect(_digest(self.target) == self.base, "the base state reads differently")
        expect(not (left := list(survivors(self.target))), f"processes survived: {left}")


def survivors(target: Target) -> Iterator[tuple[int, str]]:
    """Processes of a target's commands that the host can tell: pid and command line."""
    mark = f"{MARK}={target.mark}".encode()
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and mark in (folder / "environ").read_bytes():
                yield int(folder.name), (folder / "cmdline").read_bytes().decode("utf-8", "replace")
        except OSError:  # gone, or another user's
            continue


def _digest(target: Target) -> str:
    states, whole = target.sandbox.states, hashlib.sha256()
    for path in states.paths(target.base):
        whole.update(path.encode("utf-8", "surrogateescape") + b"\0")
        whole.update(states.read(target.base, path) or b"")
    return whole.hexdigest()


def _probe(target: Target) -> dict[str, Any]:
    """Look at the workspace of the base; it must equal the state, and all else be empty."""
    result = target.python(_PROBE, wall_s=30.0, output_bytes=1 << 20)
    expect(result.outcome == "ok" and not result.stdout.dropped, f"the next run: {result}")
    seen: dict[str, Any] = json.loads(result.stdout.text)
    for nothing in ("left", "ipc", "others"):
        expect(not seen[nothing], f"{nothing} in the next run: {seen[nothing]}")
    expect(abs(seen["time"] - time.time()) < _CLOCK_S, "the clock of the next run is wrong")
    _equals_base(target, seen["files"])
    return seen


def _equals_base(target: Target, files: dict[str, Any]) -> None:
    states = target.sandbox.states
    laid = {path: entry for path, entry in files.items() if "__pycache__" not in path.split("/")}
    folders = {path for path, entry in laid.items() if int(entry[0], 8) >> 12 == 0o04}
    paths = set(states.paths(target.base))
    expect(set(laid) - folders == {*paths, LINK}, f"files of the next run: {sorted(laid)}")
    parents = {str(parent) for path in paths for parent in Path(path).parents}
    expect(folders == parents, f"folders of the next run: {sorted(folders ^ parents)}")
    for path in paths:
        content = hashlib.sha256(states.read(target.base, path) or b"").hexdigest()
        expect(laid[path][3] == content, f"content of {path!r} in the next run")
