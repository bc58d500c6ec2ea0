"""Environments are built once, from wheels alone, and never half."""

import tarfile
from pathlib import Path

import pytest

from sandbox import environments
from sandbox.errors import EnvironmentBuildFailed, SandboxUnavailable
from sandbox.protocol import EnvironmentId, EnvironmentSpec


def test_the_name_depends_on_what_is_asked_for_and_not_on_its_order() -> None:
    name = environments.digest(EnvironmentSpec(("a", "b")))
    assert name == environments.digest(EnvironmentSpec(("b", "a")))
    assert name != environments.digest(EnvironmentSpec(("a",)))


def test_an_environment_is_built_once_and_does_not_name_its_place(cache: Path) -> None:
    first = environments.build(cache, EnvironmentSpec())
    folder = environments.locate(cache, first)
    stamp = folder.stat().st_mtime_ns
    assert environments.build(cache, EnvironmentSpec()) == first
    assert environments.locate(cache, first).stat().st_mtime_ns == stamp
    assert (folder / "bin/pytest").read_text().startswith("#!/environment/bin/python\n")
    assert list(folder.glob("lib/python*/site-packages/_pytest/__pycache__/*.pyc"))


def test_the_interpreter_is_the_base_of_ours() -> None:
    found = environments.interpreter()
    assert (found.library / "os.py").is_file()
    assert not (found.prefix / "pyvenv.cfg").exists()


def test_a_source_distribution_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    source = tmp_path / "evil-1.0.tar.gz"
    (tmp_path / "setup.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    with tarfile.open(source, "w:gz") as archive:
        archive.add(tmp_path / "setup.py", "evil-1.0/setup.py")
    for written in (
        f"evil @ {source.as_uri()}",
        str(source),
        str(tmp_path),
        f"-e{tmp_path}",
        "./x",
    ):
        spec = EnvironmentSpec((written,))
        with pytest.raises(EnvironmentBuildFailed, match="only wheels"):
            environments.build(tmp_path / "cache", spec)
        with pytest.raises(SandboxUnavailable, match="prepare"):
            environments.locate(tmp_path / "cache", environments.digest(spec))
    assert not (tmp_path / "ran").exists()
    assert not (tmp_path / "cache").exists()


def test_a_name_that_is_a_path_is_no_environment(tmp_path: Path) -> None:
    with pytest.raises(SandboxUnavailable, match="does not name"):
        environments.locate(tmp_path, EnvironmentId("../x"))


@pytest.mark.parametrize(
    "written",
    [
        "a",
        "A-b.c_d",
        "a>=1,<2",
        "a [x, y] == 1.*",
        "a (>=1)",
        "a~=1.0; python_version > '3'",
        "a!=1+l",
    ],
)
def test_names_with_versions_are_taken(written: str) -> None:
    environments._vet((written,))


def test_what_is_only_wanted_is_part_of_the_name_and_notes_are_not() -> None:
    plain = environments.digest(EnvironmentSpec(("a",)))
    assert environments.digest(EnvironmentSpec(("a",), wanted=("b",))) != plain
    assert environments.digest(EnvironmentSpec(("a", "b"))) != environments.digest(
        EnvironmentSpec(("a",), wanted=("b",))
    )
    assert environments.digest(EnvironmentSpec(("a",), notes=("n",))) == plain


def packages(cache: Path, environment: EnvironmentId) -> set[str]:
    folder = environments.locate(cache, environment)
    return {path.name.partition("-")[0] for path in folder.glob("lib/python*/site-packages/*-*")}


def test_what_is_wanted_is_installed_with_what_is_required(cache: Path) -> None:
    spec = EnvironmentSpec(("six",), wanted=("sortedcontainers",), notes=("x: y is left out",))
    environment = environments.build(cache, spec)
    assert {"six", "sortedcontainers", "pytest"} <= packages(cache, environment)
    log = environments.log_of(cache, environment).read_text()
    assert "#   x: y is left out\n" in log
    assert "Successfully installed six" in log
    assert "falling back" not in log
    assert log.splitlines()[-1].startswith("# done after ")


def test_where_not_everything_can_be_installed_the_required_is(cache: Path) -> None:
    spec = EnvironmentSpec(("six",), wanted=("budwood-has-no-such-package", "sortedcontainers"))
    environment = environments.build(cache, spec)
    found = packages(cache, environment)
    assert {"six", "pytest"} <= found
    assert "sortedcontainers" not in found
    log = environments.log_of(cache, environment).read_text()
    assert "No matching distribution found for budwood-has-no-such-package" in log
    assert "falling back on what is required alone" in log
    assert environments.build(cache, spec) == environment


def test_a_failed_build_keeps_its_log_and_names_it(tmp_path: Path) -> None:
    spec = EnvironmentSpec(("budwood-has-no-such-package==1",))
    with pytest.raises(EnvironmentBuildFailed) as caught:
        environments.build(tmp_path, spec)
    log = environments.log_of(tmp_path, environments.digest(spec))
    assert "distribution found for budwood-has-no-such-package" in str(caught.value)
    assert f"It is all in {log}; the log's end:\n" in str(caught.value)
    assert log.read_text().rstrip().endswith(str(caught.value).splitlines()[-1])
    assert [path.name for path in log.parent.iterdir() if path.is_dir()] == []


def test_an_environment_knows_its_interpreter(cache: Path, tmp_path: Path) -> None:
    folder = environments.locate(cache, environments.build(cache, EnvironmentSpec()))
    assert environments.base_of(folder) == environments.interpreter()
    assert environments.base_of(tmp_path) == environments.interpreter()
