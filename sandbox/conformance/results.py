"""What is reported of a command."""

import hashlib
import json

from sandbox.conformance.subject import (
    Subject,
    executed,
    expect,
    refused,
)
from sandbox.errors import UnsafePath
from sandbox.protocol import INPUTS, OUTPUTS, RunSpec


@executed
def exit_codes_are_reported(subject: Subject) -> None:
    expect(subject.python("pass").outcome == "ok", subject.python("pass"))
    failed = subject.python("raise SystemExit(7)")
    expect((failed.outcome, failed.exit_code, failed.signal) == ("failed", 7, None), failed)


@executed
def signals_are_reported(subject: Subject) -> None:
    died = subject.run("sh", "-c", "kill -SEGV $$")
    expect((died.outcome, died.exit_code, died.signal) == ("failed", None, 11), died)


@executed
def a_missing_program_is_a_result(subject: Subject) -> None:
    result = subject.run("no-such-program")
    expect(result.outcome == "failed" and "no-such-program" in result.stderr.text, result)


@executed
def streams_are_kept_apart_and_stdin_is_empty(subject: Subject) -> None:
    code = "import sys; print('out'); print('err', file=sys.stderr); print(repr(sys.stdin.read()))"
    result = subject.python(code)
    expect(result.stdout.text == "out\n''\n" and result.stderr.text == "err\n", result)


@executed
def a_flood_is_cut_and_counted(subject: Subject) -> None:
    code = "print('H' * 10, end=''); print('x' * 1_000_000, end=''); print('T' * 10, end='')"
    result = subject.python(code, output_bytes=40)
    expect(result.outcome == "ok" and result.stdout.dropped == 1_000_020 - 40, result.stdout)
    expect(result.stdout.head == b"H" * 10 + b"x" * 10, result.stdout)
    expect(result.stdout.tail == b"x" * 10 + b"T" * 10, result.stdout)


@executed
def the_environment_is_cleared_and_pinned(subject: Subject) -> None:
    code = "import json, os; print(json.dumps(dict(os.environ)))"
    seen = json.loads(subject.python(code, env={"GIVEN": "yes"}).stdout.text)
    pinned = {"GIVEN": "yes", "TZ": "UTC", "LANG": "C.UTF-8", "PYTHONHASHSEED": "0"}
    expect(pinned.items() <= seen.items() and {"PATH", "HOME"} <= seen.keys(), seen)
    # What the host's own environment must never hand on is told by what is there at all.
    expected = {"PATH", "HOME", "TMPDIR", "TZ", "LANG", "LC_ALL", "OUTPUTS", "GIVEN", "LC_CTYPE"}
    foreign = {name for name in seen.keys() - expected if not name.startswith(("PYTHON", "O"))}
    expect(not foreign, foreign)


@executed
def artefacts_come_back_and_irregular_ones_do_not(subject: Subject) -> None:
    script = (
        f"cd {OUTPUTS}; printf good > good; ln -s good link; ln -s /etc/passwd secret; mkdir folder;"
        'python -c \'import os; os.mkfifo("fifo"); open("sparse", "w").truncate(1 << 20)\''
    )
    names = ("good", "link", "secret", "folder", "fifo", "sparse", "missing")
    result = subject.run("sh", "-c", script, artefacts=names, artefact_bytes=1000)
    expect(result.outcome == "ok" and result.artefacts == {"good": b"good"}, result)
    refused(UnsafePath, lambda: subject.run("true", artefacts=("../good",)))


@executed
def inputs_can_be_read_but_not_written(subject: Subject) -> None:
    inputs = {"data.bin": bytes(range(256))}
    code = f"import sys; sys.stdout.buffer.write(open('{INPUTS}/data.bin', 'rb').read())"
    expect(subject.python(code, inputs=inputs).stdout.head == inputs["data.bin"], "inputs differ")
    for act in ("open(p, 'w')", "os.unlink(p)", "open(p + '2', 'w')", "os.chmod(p, 0o777)"):
        wrote = subject.python(f"import os; p = '{INPUTS}/data.bin'; {act}", inputs=inputs)
        expect(wrote.outcome == "failed", f"{act} succeeded")
    refused(UnsafePath, lambda: subject.run("true", inputs={"../x": b""}))


@executed
def what_is_given_on_stdin_can_be_read_to_its_end(subject: Subject) -> None:
    given = bytes(range(256)) * 4096
    code = "import hashlib, sys; print(hashlib.sha1(sys.stdin.buffer.read()).hexdigest())"
    result = subject.python(code, stdin=given)
    expect(result.stdout.text.strip() == hashlib.sha1(given).hexdigest(), result)  # noqa: S324


@executed
def a_command_can_start_in_a_folder_of_the_workspace(subject: Subject) -> None:
    result = subject.run("cat", "value.py", cwd="pkg")
    expect(result.stdout.text == "VALUE = 1\n", result)
    refused(UnsafePath, lambda: subject.run("true", cwd="../etc"))
    refused(UnsafePath, lambda: subject.run("true", cwd="/etc"))
    missing = subject.run("true", cwd="no/such/folder")
    expect(missing.outcome == "failed" and "no/such/folder" in missing.stderr.text, missing)


@executed
def too_much_processor_time_is_a_timeout(subject: Subject) -> None:
    result = subject.python("while True: pass", cpu_s=1, wall_s=30.0)
    expect(result.outcome == "timeout" and result.wall_s < 20, result)  # noqa: PLR2004
    expect(subject.python("print(1)", cpu_s=10).outcome == "ok", "little time is not enough")


@executed
def protected_files_are_those_of_the_base(subject: Subject) -> None:
    states = subject.sandbox.states
    edits = {"pkg/value.py": b"VALUE = 2\n", "gone/only.txt": None, "names/new": b"new"}
    state = states.fork(subject.base, edits)
    show = "cat pkg/value.py; ls gone names"
    result = subject.run("sh", "-c", show, state=state, protect=("pkg/value.py", "gone/*"))
    shown = result.stdout.text
    expect(shown.startswith("VALUE = 1\n") and "only.txt" in shown and "new" in shown, result)
    hidden = states.fork(subject.base, {"gone/only.txt": None, "gone": b"a file"})
    kept = subject.run("cat", "gone/only.txt", state=hidden, protect=("gone/*",))
    expect(kept.stdout.text == "to be removed\n", kept)


@executed
def what_a_command_says_does_not_name_a_limit(subject: Subject) -> None:
    for said in ("MemoryError is what I fear", "x: Resource temporarily unavailable"):
        result = subject.python(f"raise SystemExit({said!r})")
        expect(result.outcome == "failed", result)


@executed
def a_star_is_the_only_sign_in_what_is_protected(subject: Subject) -> None:
    states = subject.sandbox.states
    base = states.fork(subject.base, {"data[1].json": b"base"})
    state = states.fork(base, {"data[1].json": b"changed"})
    spec = RunSpec(argv=("cat", "data[1].json"), protect=("data[1].*",))
    seen = subject.sandbox.run(subject.environment, base, state, spec)
    expect(seen.stdout.text == "base", seen)


@executed
def a_state_that_does_not_fit_is_a_result(subject: Subject) -> None:
    state = subject.sandbox.states.fork(subject.base, {"large": bytes(520 << 20)})
    result = subject.run("true", state=state, memory_mb=512)
    expect(result.outcome == "disk_limit" and b"MiB" in result.stderr.head, result)
    expect(subject.run("cat", "pkg/value.py").stdout.text == "VALUE = 1\n", "the next run differs")
