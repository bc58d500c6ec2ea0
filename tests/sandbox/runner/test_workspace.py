"""A workspace equals its base again, whatever a run did to it, however the changes are found."""

import base64
import mmap
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.runner.workspace import Workspace

FILES = {
    "a": b"A" * 30,
    "pkg/b": b"B" * 5000,
    "pkg/c.sh": b"#!/bin/sh\n",
    "pkg/sub/d": b"",
    "e": b"e",
}
FOLDERS = ["", "pkg", "pkg/sub"]
WAYS = ["events", "scan", "content"]
PLACE = Path("/dev/shm") / f"budwood-workspace-{os.getpid()}"
Act = Callable[[Path], None]


@pytest.fixture
def place() -> Iterator[Path]:
    """On a temporary file system, as in a container."""
    folder = PLACE
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "root").mkdir(parents=True)
    (folder / "outside").write_bytes(b"outside")
    for name, content in FILES.items():
        path = folder / "base" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (folder / "base/pkg/c.sh").chmod(0o755)
    (folder / "base/link").symlink_to("pkg/b")
    yield folder
    shutil.rmtree(folder)


def filled(place: Path, way: str) -> Workspace:
    workspace = Workspace(bytes(place / "root"), bytes(place / "base"), events=way == "events")
    workspace.fill()
    workspace.known.exact = way == "content"
    assert workspace.way == way
    return workspace


def item(path: str, content: bytes | None, mode: int = 0o100644) -> list[object]:
    return [path, 0 if content is None else mode, base64.b64encode(content or b"").decode()]


def overwrite_in_place(path: Path) -> None:
    """Same size, same times."""
    status = path.stat()
    path.write_bytes(b"x" * status.st_size)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def write_through_memory(path: Path) -> None:
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as mapped:
        mapped[0:1] = b"!"


def write_through_a_second_name(path: Path) -> None:
    """In a folder that nobody watches, and that is gone afterwards."""
    hidden = path.parent / "hidden"
    hidden.mkdir()
    os.link(path, hidden / "name")
    overwrite_in_place(hidden / "name")
    shutil.rmtree(hidden)


def write_through_a_name_beside(path: Path) -> None:
    os.link(path, path.with_name("beside"))
    overwrite_in_place(path.with_name("beside"))
    path.with_name("beside").unlink()


def rename_there_and_back(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    overwrite_in_place(path.with_name("elsewhere"))
    path.with_name("elsewhere").rename(path)


def replace_by_rename(path: Path) -> None:
    (path.parent / "new").write_bytes(b"new")
    (path.parent / "new").rename(path)


def become_a_folder(path: Path) -> None:
    path.unlink()
    (path / "deep").mkdir(parents=True)


def become_a_link(path: Path) -> None:
    """To a file of ours: what these tests do next follows links, and they may be root's."""
    path.unlink()
    path.symlink_to(PLACE / "outside")


def attribute(path: Path) -> None:
    os.setxattr(path, "user.note", b"kept?")


FILE_ACTS: list[Act] = [
    overwrite_in_place,
    write_through_memory,
    write_through_a_second_name,
    write_through_a_name_beside,
    rename_there_and_back,
    replace_by_rename,
    become_a_folder,
    become_a_link,
    attribute,
    lambda path: os.truncate(path, 3),
    lambda path: path.chmod(0),
    lambda path: path.unlink(),
    lambda path: os.mkfifo(path.with_name("fifo")),
]
FOLDER_ACTS: list[Act] = [
    shutil.rmtree,
    lambda folder: folder.chmod(0),
    lambda folder: folder.chmod(0o2777),
    lambda folder: folder.rename(folder.with_name("moved")),
    attribute,
    lambda folder: (folder / "more/and/more").mkdir(parents=True),
    lambda folder: (folder / "extra").write_bytes(b"extra"),
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("act", FILE_ACTS)
def test_whatever_is_done_to_a_file_is_undone(place: Path, way: str, act: Act) -> None:
    workspace = filled(place, way)
    act(place / "root/pkg/b")
    workspace.mend()
    assert workspace.audit([]) == []
    assert_untouched(place, workspace)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("act", FOLDER_ACTS)
def test_whatever_is_done_to_a_folder_is_undone(place: Path, way: str, act: Act) -> None:
    workspace = filled(place, way)
    act(place / "root/pkg")
    workspace.mend()
    assert workspace.audit([]) == []
    assert os.listxattr(place / "root/pkg") == []
    assert stat.S_IMODE((place / "root/pkg").stat().st_mode) == 0o755
    assert_untouched(place, workspace)


def assert_untouched(place: Path, workspace: Workspace) -> None:
    """The next change is found as well: what was mended is watched again."""
    (place / "root/pkg/b").write_bytes(b"again")
    (place / "root/pkg/sub/d").write_bytes(b"again")
    workspace.mend()
    assert workspace.audit([]) == []


@pytest.mark.parametrize("way", WAYS)
def test_a_runs_files_are_laid_over_the_base_and_go_with_the_run(place: Path, way: str) -> None:
    workspace = filled(place, way)
    laid = [item("a", b"new"), item("pkg/sub/d", None), item("fresh/x", b"#!", 0o100755)]
    workspace.lay(laid)
    assert workspace.audit(laid) == []
    assert workspace.audit([]) == ["a", "fresh/x", "pkg/sub/d"]
    workspace.mend()
    assert workspace.audit([]) == []


def test_an_untouched_workspace_is_mended_without_being_looked_at(place: Path) -> None:
    workspace = filled(place, "events")
    kept = dict(workspace.known.files)
    workspace.lay([item("a", b"new")])
    workspace.mend()
    changed = {path for path in kept if workspace.known.files[path] != kept[path]}
    assert changed == {b"a"}


def listed(place: Path) -> list[list[str]]:
    """In the file system's own order."""
    return [[path.name for path in (place / "root" / folder).iterdir()] for folder in FOLDERS]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("act", [*FILE_ACTS, shutil.rmtree])
def test_folders_are_listed_in_the_order_of_before(place: Path, way: str, act: Act) -> None:
    workspace = filled(place, way)
    before = listed(place)
    workspace.lay([item("a", b"new"), item("e", None)])
    attempt(act, place / "root/pkg/b")
    attempt(act, place / "root/pkg")
    workspace.mend()
    assert listed(place) == before


@pytest.mark.parametrize("way", WAYS)
def test_times_tell_nothing_of_a_run_before(place: Path, way: str) -> None:
    workspace = filled(place, way)
    before = [path.lstat().st_mtime_ns for path in sorted((place / "root").rglob("*"))]
    workspace.lay([item("a", b"new"), item("pkg/sub/d", None)])
    overwrite_in_place(place / "root/pkg/b")
    os.utime(place / "root/pkg", (5, 5))
    workspace.mend()
    after = [path.lstat().st_mtime_ns for path in sorted((place / "root").rglob("*"))]
    assert after == before
    assert len(set(after)) == 1


def test_more_changes_than_the_kernel_reports_are_found_too(place: Path) -> None:
    workspace = filled(place, "events")
    names = [place / "root" / name for name in ("a", "e")]
    for turn in range(20_000):
        names[turn % 2].write_bytes(b"x")
    workspace.mend()
    assert workspace.audit([]) == []


def test_an_audit_tells_mode_content_kind_and_absence(place: Path) -> None:
    workspace = filled(place, "scan")
    (place / "root/a").chmod(0o755)
    become_a_link(place / "root/e")
    (place / "root/pkg/sub/d").unlink()
    (place / "root/more").write_bytes(b"")
    assert workspace.audit([]) == ["a", "e", "more", "pkg/sub", "pkg/sub/d"]


PATHS = st.sampled_from([*FILES, "link", "pkg/new", "new"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(FILE_ACTS), PATHS),
        st.tuples(st.sampled_from(FOLDER_ACTS), st.sampled_from(FOLDERS[1:])),
    ),
    max_size=6,
)
ITEMS = st.dictionaries(
    st.sampled_from(["a", "pkg/b", "pkg/sub/d", "pkg/new", "x/y", "e"]),
    st.one_of(st.none(), st.binary(max_size=9)),
    max_size=3,
)


def attempt(act: Act, path: Path) -> bool:
    try:
        act(path)
    except (OSError, ValueError):
        return False
    return True


@pytest.mark.parametrize("way", WAYS)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(runs=st.lists(st.tuples(ITEMS, STEPS), min_size=1, max_size=3))
def test_any_sequence_of_runs_leaves_the_base(
    place: Path, way: str, runs: list[tuple[dict[str, bytes | None], list[tuple[Act, str]]]]
) -> None:
    workspace = filled(place, way)
    for laid, steps in runs:
        items = [item(path, content) for path, content in laid.items()]
        workspace.lay(items)
        assert workspace.audit(items) == []
        for act, path in steps:
            attempt(act, place / "root" / path)
        workspace.mend()
        assert workspace.audit([]) == []


def test_the_acts_of_those_sequences_do_change_something(place: Path) -> None:
    for act in FILE_ACTS:
        workspace = filled(place, "scan")
        before = workspace.audit([]), (place / "root/pkg/b").lstat().st_ctime_ns
        assert attempt(act, place / "root/pkg/b")
        now = place / "root/pkg/b"
        changed = not now.is_symlink() and not now.exists()
        assert changed or (workspace.audit([]), now.lstat().st_ctime_ns) != before
