"""System calls that would give a command more than it has."""

from sandbox.conformance.hostile.case import hostile
from sandbox.conformance.hostile.target import Target
from sandbox.conformance.subject import expect

_CALLS = """
import ctypes, os, platform
libc = ctypes.CDLL(None, use_errno=True)
NUMBERS = {
    'x86_64': dict(mount=165, umount2=166, pivot_root=155, chroot=161, sethostname=170, reboot=169,
        init_module=175, settimeofday=164, clock_settime=227, swapon=167, kexec_load=246, iopl=172,
        add_key=248, keyctl=250, bpf=321, perf_event_open=298, userfaultfd=323, setns=308,
        unshare=272, acct=163, syslog=103, open_by_handle_at=304, seccomp=317),
    'aarch64': dict(mount=40, umount2=39, pivot_root=41, chroot=51, sethostname=161, reboot=142,
        init_module=105, settimeofday=170, clock_settime=112, swapon=224, kexec_load=104,
        add_key=217, keyctl=219, bpf=280, perf_event_open=241, userfaultfd=282, setns=268,
        unshare=97, acct=89, syslog=116, open_by_handle_at=265, seccomp=277),
}[platform.machine()] | dict(io_uring_setup=425, open_tree=428, move_mount=429, fsopen=430,
    fsmount=432, mount_setattr=442, landlock_create_ruleset=444)
def call(name, *arguments):
    ctypes.set_errno(0)
    return libc.syscall(NUMBERS[name], *arguments) if name in NUMBERS else -1
"""


def _prints(target: Target, code: str, expected: str) -> None:
    result = target.python(code, wall_s=20.0)
    expect((result.outcome, result.stdout.text) == ("ok", expected), result)


@hostile(17)
def no_setuid_program_and_no_device_can_be_made(target: Target) -> None:
    code = """
import os, shutil, stat, subprocess
for place in ('.', '/tmp', '/outputs', '/dev/shm', os.environ['HOME']):
    path = place + '/id'
    shutil.copy('/usr/bin/id', path)
    os.chmod(path, 0o6755)
    try: said = subprocess.run([path, '-u'], capture_output=True, text=True).stdout.strip()
    except PermissionError: said = str(os.getuid())
    if said != str(os.getuid()): print('became', said, 'in', place)
    for kind in (stat.S_IFCHR, stat.S_IFBLK):
        try: os.mknod(place + '/device', kind | 0o666, os.makedev(1, 1))
        except OSError: continue
        print('made a device in', place)
    try: os.setxattr(path, 'security.capability', bytes.fromhex('0000000200000000000000000000000000000000'))
    except OSError: pass
    else: print('gave capabilities in', place)
"""
    _prints(target, code, "")


@hostile(17)
def no_user_or_group_can_be_taken_on(target: Target) -> None:
    code = """
import os
for act in (lambda: os.setuid(0), lambda: os.setresuid(0, 0, 0), lambda: os.setgid(0),
            lambda: os.setgroups([0]), lambda: os.setresuid(1, 1, 1), lambda: os.chown('.', 0, 0),
            lambda: os.setresuid(-1, 65534, -1), lambda: os.chroot('/tmp'), lambda: os.nice(-5)):
    try: act()
    except OSError: continue
    print('succeeded', os.getresuid(), os.getresgid())
"""
    _prints(target, code, "")


@hostile(17)
def no_file_system_can_be_mounted(target: Target) -> None:
    code = (
        _CALLS
        + """
for kind in (b'tmpfs', b'proc', b'overlay', b'sysfs', b'mqueue', b'cgroup', b'debugfs'):
    if call('mount', b'none', b'/tmp', kind, 0, None) == 0: print('mounted', kind)
for flags in (0x1000, 0x1020, 0x2000 | 0x1000):
    if call('mount', b'/usr', b'/tmp', None, flags, None) == 0: print('bound', flags)
for place in (b'/workspace', b'/usr', b'/proc', b'/inputs'):
    if call('umount2', place, 2) == 0: print('unmounted', place)
for name, arguments in (('fsopen', (b'tmpfs', 0)), ('open_tree', (-100, b'/', 1)),
                        ('pivot_root', (b'/tmp', b'/tmp')), ('chroot', (b'/tmp',))):
    if call(name, *arguments) >= 0: print('succeeded', name)
"""
    )
    _prints(target, code, "")


@hostile(17)
def no_namespace_can_be_made_or_entered(target: Target) -> None:
    code = (
        _CALLS
        + """
for flag in (0x10000000, 0x20000000, 0x40000000, 0x00020000, 0x08000000, 0x04000000, 0x02000000, 0x80):
    if call('unshare', flag) == 0 : print('a new namespace', hex(flag))
    if call('unshare', flag | 0x10000000) == 0: print('a new namespace with a user', hex(flag))
class Arguments(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in (
        'flags', 'pidfd', 'child_tid', 'parent_tid', 'exit_signal', 'stack', 'stack_size', 'tls')]
made = libc.syscall(435, ctypes.byref(Arguments(flags=0x10000000, exit_signal=17)), 64)
if made == 0: os._exit(0)
if made > 0: print('clone3 made a user namespace')
for kind in ('mnt', 'net', 'user', 'pid', 'ipc'):
    for path in (f'/proc/1/ns/{kind}', f'/proc/self/ns/{kind}'):
        try: handle = os.open(path, os.O_RDONLY)
        except OSError: continue
        if call('setns', handle, 0) == 0: print('entered', path)
"""
    )
    _prints(target, code, "")


@hostile(17)
def the_machine_cannot_be_changed(target: Target) -> None:
    code = (
        _CALLS
        + """
room = ctypes.create_string_buffer(64)
for name, arguments in (
    ('sethostname', (b'evil', 4)), ('reboot', (0xfee1dead, 672274793, 0x89abcdef, 0)),
    ('init_module', (room, 64, b'')), ('settimeofday', (room, None)), ('clock_settime', (0, room)),
    ('swapon', (b'/tmp/x', 0)), ('kexec_load', (0, 0, 0, 0)), ('iopl', (3,)), ('acct', (b'/tmp/x',)),
    ('syslog', (5, 0, 0)),
):
    if call(name, *arguments) >= 0: print('succeeded', name)
for path in ('/proc/sys/kernel/core_pattern', '/proc/sysrq-trigger', '/proc/sys/kernel/hostname',
             '/sys/kernel/uevent_helper', '/proc/sys/vm/drop_caches', '/proc/1/oom_score_adj',
             '/proc/kcore', '/dev/mem', '/dev/kmsg', '/dev/vda', '/dev/sda', '/dev/nvme0n1',
             '/dev/fuse', '/dev/net/tun', '/dev/kvm', '/dev/loop-control', '/dev/vhost-vsock'):
    for mode in (os.O_RDONLY, os.O_WRONLY):
        if mode == os.O_RDONLY and path.startswith(('/proc/sys/', '/proc/1/', '/sys/')): continue
        try: handle = os.open(path, mode)
        except OSError: continue
        # What is shut by laying the null device over it is shut as well.
        if os.fstat(handle).st_rdev != os.stat('/dev/null').st_rdev: print('opened', path, mode)
"""
    )
    _prints(target, code, "")


@hostile(17)
def the_kernels_larger_doors_are_shut(target: Target) -> None:
    code = (
        _CALLS
        + """
room = ctypes.create_string_buffer(256)
for name, arguments in (
    ('bpf', (0, room, 64)), ('perf_event_open', (room, 0, -1, -1, 0)), ('userfaultfd', (0x800,)),
    ('open_by_handle_at', (-100, room, 0)),
):
    if call(name, *arguments) >= 0: print('succeeded', name)
"""
    )
    _prints(target, code, "")


@hostile(17)
def keys_do_not_pass_to_the_next_run(target: Target) -> None:
    code = (
        _CALLS
        + """
RINGS = (-4, -5, -3)
print(sum(call('keyctl', 10, ring, b'user', b'hostile', 0) > 0 for ring in RINGS))
for ring in RINGS: call('add_key', b'user', b'hostile', b'secret', 6, ring)
"""
    )
    for _ in range(2):
        _prints(target, code, "0\n")


@hostile(17)
def work_given_to_the_kernel_ends_with_the_run(target: Target) -> None:
    # Where io_uring may be used at all, its workers must not write on behalf of the dead.
    code = (
        _CALLS
        + """
room = ctypes.create_string_buffer(120)
ring = call('io_uring_setup', 64, room)
print('ring' if ring >= 0 else 'none')
if ring >= 0 and os.fork() == 0:
    os.setsid()
    import time
    time.sleep(60)
"""
    )
    result = target.python(code)
    expect(result.outcome == "ok" and result.stdout.text in ("ring\n", "none\n"), result)
