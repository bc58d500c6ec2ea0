"""The Python of an environment: ours where it fits, else the newest that does."""

import sys
from pathlib import Path

import pytest

from sandbox import environments, pythons
from sandbox.conformance import Subject
from sandbox.errors import EnvironmentBuildFailed
from sandbox.protocol import EnvironmentSpec, RunSpec

OURS = f"{sys.version_info[0]}.{sys.version_info[1]}"


@pytest.fixture
def other() -> pythons.Interpreter:
    newer = [one for one in pythons.others() if not one.version.startswith(f"{OURS}.")]
    if not newer:
        pytest.skip("there is one version of Python on this machine")
    return max(newer, key=lambda one: tuple(map(int, one.version.split("."))))


@pytest.mark.parametrize("asked", [None, ">=3.8", f"=={OURS}.*", ">=2.7,!=3.0.*"])
def test_ours_is_preferred(asked: str | None) -> None:
    assert pythons.fitting(asked) == pythons.ours()
    plain = environments.digest(EnvironmentSpec())
    assert environments.digest(EnvironmentSpec(python=asked)) == plain


def test_another_is_found_and_changes_the_name(other: pythons.Interpreter) -> None:
    asked = f"=={other.version}"
    assert pythons.fitting(asked) == other
    assert (other.library / "os.py").is_file()
    assert environments.digest(EnvironmentSpec(python=asked)) != environments.digest(
        EnvironmentSpec()
    )


@pytest.mark.parametrize("asked", ["<3", "==3.6.*", ">=99"])
def test_none_that_fits_is_told_with_what_there_is(asked: str) -> None:
    with pytest.raises(EnvironmentBuildFailed) as caught:
        pythons.fitting(asked)
    assert f"Python {asked} is asked for and here are {pythons.ours().version}" in str(caught.value)


def test_nonsense_is_told() -> None:
    with pytest.raises(EnvironmentBuildFailed, match="'new' does not say which Python"):
        pythons.fitting("new")


def test_a_program_that_is_no_python_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in (("python3.97", "#!/bin/sh\nexit 1\n"), ("python3.98", "no program")):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not [one for one in pythons.others() if one.version.startswith("3.9")]


VERSION = RunSpec(
    argv=("python", "-c", "import sys, ssl, pytest; print('%d.%d.%d' % sys.version_info[:3])")
)


@pytest.mark.parametrize("provider", ["bubblewrap", "docker"])
def test_the_other_runs_in_every_provider(
    other: pythons.Interpreter, provider: str, request: pytest.FixtureRequest
) -> None:
    subject: Subject = request.getfixturevalue(provider)
    environment = subject.sandbox.prepare(EnvironmentSpec(python=f"=={other.version}"))
    result = subject.sandbox.run(environment, subject.base, subject.base, VERSION)
    assert (result.stdout.text, result.stderr.text) == (f"{other.version}\n", "")
    fresh = subject.sandbox.states.fork(subject.base, {"pkg/value.py": b"VALUE = 7\n"})
    script = RunSpec(argv=("python", "-c", "from pkg.value import VALUE; print(VALUE)"))
    assert subject.sandbox.run(environment, subject.base, fresh, script).stdout.text == "7\n"
    assert subject.python("import sys; print(sys.version_info[1])").stdout.text == (
        f"{sys.version_info[1]}\n"
    )
