"""What a command cannot reach, keep, or use up."""

import socket
from pathlib import Path

from sandbox.conformance.subject import Subject, executed, expect, only_our_processes


@executed
def a_timeout_ends_everything(subject: Subject) -> None:
    script = (
        'trap "" TERM INT HUP; (setsid sh -c "trap : TERM; while :; do sleep 9; done" &) ;'
        "echo started; while :; do sleep 9; done"
    )
    result = subject.run("sh", "-c", script, wall_s=2.0)
    expect(result.outcome == "timeout" and result.stdout.text == "started\n", result)
    only_our_processes(subject)


@executed
def a_daemon_does_not_outlive_its_run_nor_hold_it(subject: Subject) -> None:
    code = (
        "import os, time\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0: time.sleep(1000)\n"
        "    os._exit(0)\n"
        "os.wait()\n"
    )
    expect(subject.python(code, wall_s=30.0).outcome == "ok", "the daemon held the run")
    only_our_processes(subject)


@executed
def the_network_is_out_of_reach(subject: Subject) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        code = (
            "import socket\n"
            f"for where in (('127.0.0.1', {port}), ('169.254.169.254', 80), ('1.1.1.1', 53)):\n"
            "    try: socket.create_connection(where, timeout=2)\n"
            "    except OSError: continue\n"
            "    print('reached', where)\n"
        )
        result = subject.python(code)
    expect(result.outcome == "ok" and result.stdout.text == "", result)


@executed
def host_files_are_invisible(subject: Subject) -> None:
    hidden = (str(Path(__file__)), "/etc/shadow", "/var/run/docker.sock", "/run/docker.sock")
    code = f"import os; print([p for p in {hidden!r} if os.path.exists(p)], os.listdir('/home'))"
    result = subject.python(code)
    expect(result.stdout.text == "[] []\n", result)
    homes = subject.run("sh", "-c", "ls -A /root/.ssh /root/.pypirc /root/.netrc")
    expect(homes.stdout.text == "", homes)


@executed
def the_system_cannot_be_written(subject: Subject) -> None:
    code = (
        "import os, sys\n"
        "for folder in ('/', '/usr', '/usr/bin', '/etc', sys.prefix, sys.base_prefix, '/proc/sys'):\n"
        "    try: open(folder + '/planted', 'w')\n"
        "    except OSError: continue\n"
        "    print('wrote in', folder)\n"
    )
    result = subject.python(code)
    expect(result.outcome == "ok" and result.stdout.text == "", result)


@executed
def there_is_no_privilege_and_no_way_to_it(subject: Subject) -> None:
    code = (
        "import ctypes, os\n"
        "status = dict(l.split(':', 1) for l in open('/proc/self/status') if ':' in l)\n"
        "assert int(status['CapEff'], 16) == 0 == int(status['CapPrm'], 16), status\n"
        "assert int(status['NoNewPrivs']) == 1 and os.getuid() != 0\n"
        "libc = ctypes.CDLL(None)\n"
        "assert libc.unshare(0x10000000) == -1, 'a new user namespace'\n"
        "assert libc.mount(b'none', b'/tmp', b'tmpfs', 0, None) == -1, 'a mount'\n"
        "assert libc.ptrace(16, 1, 0, 0) == -1, 'traced the runner'\n"
    )
    result = subject.python(code)
    expect(result.outcome == "ok", result)


@executed
def the_runner_cannot_be_killed_nor_its_pipes_opened(subject: Subject) -> None:
    code = (
        "import os, signal\n"
        "for name in ('fd/0', 'fd/1', 'environ', 'mem'):\n"
        "    try: open('/proc/1/' + name, 'rb')\n"
        "    except OSError: continue\n"
        "    print('opened', name)\n"
        "for number in (signal.SIGSTOP, signal.SIGTERM, signal.SIGKILL):\n"
        "    try: os.kill(1, number)\n"
        "    except OSError: pass\n"
        "os.write(1, b'alive')\n"
    )
    result = subject.python(code)
    expect(result.outcome == "ok" and result.stdout.text == "alive", result)


@executed
def a_memory_hog_is_contained(subject: Subject) -> None:
    result = subject.python("x = bytearray(1 << 30); print('got it')", memory_mb=128)
    expect(result.outcome in ("oom", "failed") and result.stdout.text == "", result)
    expect(subject.python("print('next')").stdout.text == "next\n", "the next run is broken")


@executed
def a_fork_bomb_is_contained(subject: Subject) -> None:
    code = (
        "import os, time\nwhile True:\n    try: os.fork()\n    except OSError: time.sleep(0.01)\n"
    )
    result = subject.python(code, pids=32, wall_s=1.0)
    expect(result.outcome in ("timeout", "pids_limit", "failed"), result)
    only_our_processes(subject)


@executed
def a_huge_file_isrefused(subject: Subject) -> None:
    result = subject.python("open('huge', 'wb').truncate(1 << 40)", disk_mb=8)
    expect(result.outcome in ("failed", "disk_limit"), result)


@executed
def test_tools_are_there(subject: Subject) -> None:
    result = subject.run("python", "-m", "pytest", "--version")
    expect(result.outcome == "ok" and "pytest" in result.stdout.text, result)
    covered = subject.run("coverage", "--version")
    expect(covered.outcome == "ok", covered)
