"""What is over the cap goes, the longest unused first, and never what is in use."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox import prune, uses
from sandbox.conformance import Subject
from sandbox.errors import SandboxUnavailable
from sandbox.protocol import EnvironmentSpec, RunSpec
from sandbox.uses import Uses


def kept(name: str, used_at: float, size: int = 10, *, in_use: bool = False) -> prune.Kept:
    return prune.Kept(kind="base", name=name, size=size, used_at=used_at, in_use=in_use)


@pytest.mark.parametrize(
    ("keep", "gone"),
    [(40, ""), (30, "a"), (29, "ac"), (0, "acd"), (-1, "acd")],
)
def test_the_longest_unused_goes_first_and_nothing_in_use(keep: int, gone: str) -> None:
    four = [kept("d", 4), kept("b", 2, in_use=True), kept("a", 1), kept("c", 3)]
    assert "".join(one.name for one in prune.surplus(four, keep)) == gone


def laid(cache: Path, folder: str, name: str, used_at: int, kilobytes: int = 100) -> Path:
    path = cache / folder / name
    path.mkdir(parents=True)
    (path / "file").write_bytes(os.urandom(kilobytes * 1024))
    users = Uses()
    users.hold(path)
    users.release()
    os.utime(uses.use_file(path), (used_at, used_at))
    return path


def names(found: list[prune.Kept]) -> list[str]:
    return [one.name for one in found]


def test_environments_and_bases_share_one_cap(tmp_path: Path) -> None:
    old = laid(tmp_path, "environments", "old", 1)
    base = laid(tmp_path, "bases", "base", 2)
    new = laid(tmp_path, "environments", "new", 3)
    (tmp_path / "environments" / "old.log").write_text("log")
    found = prune.stored(tmp_path)
    assert names(found) == ["old", "base", "new"]
    assert [one.kind for one in found] == ["environment", "base", "environment"]
    assert all(100_000 < one.size < 120_000 for one in found)
    assert names(prune.prune(tmp_path, 250_000)) == ["old"]
    assert (old.exists(), base.exists(), new.exists()) == (False, True, True)
    assert not (tmp_path / "environments" / "old.log").exists()
    assert names(prune.prune(tmp_path, 0)) == ["base", "new"]
    assert names(prune.stored(tmp_path)) == []


def test_what_this_process_uses_stays_until_it_is_let_go(tmp_path: Path) -> None:
    path, mine = laid(tmp_path, "bases", "x", 1), Uses()
    mine.hold(path)
    assert prune.stored(tmp_path)[0].used_at > 1
    assert prune.prune(tmp_path, 0) == []
    mine.release()
    assert names(prune.prune(tmp_path, 0)) == ["x"]


def test_what_another_process_uses_stays(tmp_path: Path) -> None:
    path = laid(tmp_path, "bases", "x", 1)
    script = (
        "import sys, pathlib; from sandbox.uses import OURS;"
        "OURS.hold(pathlib.Path(sys.argv[1])); print('held', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        assert prune.stored(tmp_path)[0].in_use
        assert prune.prune(tmp_path, 0) == []
        process.communicate("\n")
    assert names(prune.prune(tmp_path, 0)) == ["x"]


def test_a_folder_that_was_not_used_for_long_is_let_go(tmp_path: Path) -> None:
    first, second = laid(tmp_path, "bases", "x", 1), laid(tmp_path, "bases", "y", 2)
    mine = Uses(idle_s=-1.0)
    mine.hold(first)
    assert not uses.in_use(first)
    patient = Uses()
    patient.hold(first)
    patient.hold(second)
    assert uses.in_use(first)
    patient.release()


def test_looking_is_no_use(tmp_path: Path) -> None:
    path = tmp_path / "bases" / "x"
    path.mkdir(parents=True)
    os.utime(path, (5, 5))
    assert [one.used_at for one in prune.stored(tmp_path)] == [5.0]
    assert [one.used_at for one in prune.stored(tmp_path)] == [5.0]


def test_what_killed_processes_left_goes_when_it_is_old(tmp_path: Path) -> None:
    folder = tmp_path / "environments"
    for name in ("build.00000000-1-1.old", "build.00000000-1-1.new"):
        (folder / name).mkdir(parents=True)  # of another machine
    (folder / "gone.log").touch()
    (folder / "gone.use").touch()
    (folder / "failed.log").touch()
    for name in ("build.00000000-1-1.old", "gone.log", "gone.use"):
        os.utime(folder / name, (1, 1))
    prune.prune(tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == [
        "build.00000000-1-1.new",
        "failed.log",
    ]


def test_building_prunes_a_run_is_a_use_and_what_was_pruned_is_built_again(
    bubblewrap: Subject, cache: Path
) -> None:
    old = laid(cache, "environments", "old", 1)
    (cache / "environments" / "old.size").write_text(str(int(prune.KEEP_GB * prune.GB)))
    spec = EnvironmentSpec(("sortedcontainers",))
    environment = bubblewrap.sandbox.prepare(spec)
    assert not old.exists()
    check = RunSpec(argv=("python", "-c", "import sortedcontainers"))
    assert (
        bubblewrap.sandbox.run(environment, bubblewrap.base, bubblewrap.base, check).exit_code == 0
    )
    ours = {str(environment), f"{bubblewrap.base}-{environment}"}
    assert ours <= {one.name for one in prune.stored(cache) if one.in_use}
    going = [one for one in prune.stored(cache) if one.name in ours]
    assert prune.remove(cache, going) == []
    uses.OURS.release()
    assert len(prune.remove(cache, going)) == 2
    with pytest.raises(SandboxUnavailable, match="call prepare first"):
        bubblewrap.sandbox.run(environment, bubblewrap.base, bubblewrap.base, check)
    assert bubblewrap.sandbox.prepare(spec) == environment
    assert (
        bubblewrap.sandbox.run(environment, bubblewrap.base, bubblewrap.base, check).exit_code == 0
    )
