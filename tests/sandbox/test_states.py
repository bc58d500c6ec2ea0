"""States: pure, content-addressed, and never the victim of the repository that they came from."""

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.errors import RepositoryUnreadable, StateMismatch, UnsafePath
from sandbox.objects import Objects
from sandbox.protocol import StateId
from sandbox.states import GitStates

ROUGH = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
NAMES = st.sampled_from(
    ["a", "b", "c d", "\u00e9", "-x", "tab\t", 'quote"', "back\\slash", "new\nline"]
)
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
CONTENTS = st.one_of(
    st.binary(max_size=60),
    st.sampled_from([b"", b"\r\n", b"a\r\nb\n", b"no end", b"\n\n", b"\0\xff" * 9, b"x\n" * 50]),
)


def plain_git(where: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=t", "-c", "user.email=t@t", *arguments]
    clean = {"PATH": os.defpath, "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(command, cwd=where, check=True, capture_output=True, env=clean)
    return done.stdout.decode().strip()


def trees_of(files: dict[str, bytes]) -> dict[str, bytes]:
    """Drop files that lie below another file."""
    return {
        path: content
        for path, content in files.items()
        if not any(path.startswith(f"{other}/") for other in files)
    }


def empty_state(states: GitStates, tmp_path: Path) -> StateId:
    return StateId(Objects(tmp_path / "states").write_tree({}))


@ROUGH
@given(
    before=st.dictionaries(PATHS, CONTENTS, max_size=6),
    after=st.dictionaries(PATHS, CONTENTS, max_size=6),
)
def test_a_diff_leads_from_any_state_to_any_other_and_back(
    states: GitStates, tmp_path: Path, before: dict[str, bytes], after: dict[str, bytes]
) -> None:
    root = empty_state(states, tmp_path)
    old = states.fork(root, trees_of(before))
    new = states.fork(root, trees_of(after))
    assert states.restore(old, states.diff(old, new), new) == new
    assert states.restore(new, states.diff(new, old), old) == old
    assert states.fork(old, states.changed(old, new)) == new


@ROUGH
@given(files=st.dictionaries(PATHS, CONTENTS, min_size=1, max_size=6), programs=st.randoms())
def test_a_fork_has_the_tree_that_plain_git_would_write(
    states: GitStates,
    tmp_path_factory: pytest.TempPathFactory,
    files: dict[str, bytes],
    programs: object,
) -> None:
    del programs
    files = trees_of(files)
    work = tmp_path_factory.mktemp("plain")
    plain_git(work, "init", "-q")
    plain_git(work, "commit", "-q", "--allow-empty", "-m", "empty")
    base, _ = states.import_commit(work, "HEAD")
    for path, content in files.items():
        target = work / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    plain_git(work, "add", "-A")
    assert states.fork(base, files) == plain_git(work, "write-tree")


def test_an_imported_commit_is_the_tree_that_git_knows(states: GitStates, repository: Path) -> None:
    state, commit = states.import_commit(repository, "HEAD")
    assert commit == plain_git(repository, "rev-parse", "HEAD")
    assert state == plain_git(repository, "rev-parse", "HEAD^{tree}")


def test_the_history_does_not_come_along(
    states: GitStates, repository: Path, tmp_path: Path
) -> None:
    _, commit = states.import_commit(repository, "HEAD")
    assert Objects(tmp_path / "states").read(commit) is None


def test_a_diff_of_ours_is_taken_by_plain_git(states: GitStates, repository: Path) -> None:
    base, _ = states.import_commit(repository, "HEAD")
    edits = {
        "binary.dat": b"\0" * 99,
        "windows.txt": b"one\r\nthree",
        "unended.txt": None,
        "e": b"",
    }
    state = states.fork(base, edits)
    (repository.parent / "patch").write_bytes(states.diff(base, state))
    plain_git(repository, "apply", "--index", "../patch")
    assert plain_git(repository, "write-tree") == state


def test_a_diff_of_plain_git_is_taken_by_us(states: GitStates, repository: Path) -> None:
    base, _ = states.import_commit(repository, "HEAD")
    (repository / "pkg/value.py").write_bytes(b"VALUE = 5\n")
    (repository / "pkg/value.py").chmod(0o755)
    (repository / "tool.sh").chmod(0o644)
    plain_git(repository, "mv", "windows.txt", "moved.txt")
    plain_git(repository, "add", "-A")
    patch = subprocess.run(
        ["git", "diff", "--cached", "-M"], cwd=repository, check=True, capture_output=True
    ).stdout
    assert states.apply(base, patch) == plain_git(repository, "write-tree")


def test_a_fork_keeps_the_executable_bit(states: GitStates, repository: Path) -> None:
    base, _ = states.import_commit(repository, "HEAD")
    state = states.fork(base, {"tool.sh": b"#!/bin/sh\n"})
    assert {item.path: item.mode for item in states.delta(base, state)} == {"tool.sh": 0o100755}


def test_a_symlink_is_not_replaced_by_an_edit(states: GitStates, repository: Path) -> None:
    base, _ = states.import_commit(repository, "HEAD")
    with pytest.raises(UnsafePath, match="symlink"):
        states.fork(base, {"link": b"/etc/passwd"})
    assert "link" in states.changed(base, states.fork(base, {"link": None}))


def test_commits_are_found_by_branch_tag_ancestor_and_prefix(
    states: GitStates, repository: Path
) -> None:
    first = plain_git(repository, "rev-parse", "HEAD")
    plain_git(repository, "tag", "-a", "v1", "-m", "annotated")
    plain_git(repository, "commit", "-q", "--allow-empty", "-m", "second")
    plain_git(repository, "pack-refs", "--all")
    for revision in (first, first[:8], "v1", "HEAD~1"):
        assert states.import_commit(repository, revision)[1] == first


def test_linked_bare_and_shallow_repositories_are_read(states: GitStates, repository: Path) -> None:
    plain_git(repository, "commit", "-q", "--allow-empty", "-m", "second")
    commit = plain_git(repository, "rev-parse", "HEAD")
    beside = repository.parent
    plain_git(repository, "worktree", "add", "-q", "--detach", "../linked")
    plain_git(beside, "clone", "-q", "--bare", "repository", "bare")
    plain_git(beside, "clone", "-q", "--depth=1", f"file://{repository}", "shallow")
    for name in ("linked", "bare", "shallow"):
        assert states.import_commit(beside / name, "HEAD")[1] == commit
    with pytest.raises(RepositoryUnreadable, match="unshallow"):
        states.import_commit(beside / "shallow", "HEAD~1")


def test_what_cannot_be_imported_says_why(
    states: GitStates, repository: Path, tmp_path: Path
) -> None:
    with pytest.raises(RepositoryUnreadable, match="not a git repository"):
        states.import_commit(tmp_path / "nowhere", "HEAD")
    for revision in ("no-such-branch", "f" * 40, "--all", "HEAD^{tree}", "", "a\0b"):
        with pytest.raises(RepositoryUnreadable, match="has no commit"):
            states.import_commit(repository, revision)


def test_the_configuration_of_a_repository_starts_no_program(
    states: GitStates, repository: Path, tmp_path: Path
) -> None:
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    for key in (
        "core.fsmonitor",
        "core.sshCommand",
        "diff.external",
        "filter.f.clean",
        "core.pager",
    ):
        plain_git(repository, "config", key, str(trap))
    plain_git(repository, "config", "extensions.partialClone", "evil")
    plain_git(repository, "config", "remote.evil.url", f"ext::{trap}")
    plain_git(repository, "config", "protocol.ext.allow", "always")
    base, _ = states.import_commit(repository, "HEAD")
    with pytest.raises(RepositoryUnreadable):
        states.import_commit(repository, "e" * 40)
    state = states.fork(base, {".gitattributes": b"* filter=f diff=f\n", "x": b"y"})
    states.apply(base, states.diff(base, state))
    assert not (tmp_path / "sprung").exists()


def test_the_users_git_environment_does_not_leak_in(
    states: GitStates, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", "/nonexistent")
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "/bin/false")
    base, _ = states.import_commit(repository, "HEAD")
    assert b"diff --git" in states.diff(base, states.fork(base, {"x": b"y\n"}))


def test_a_state_that_is_not_here_is_named(states: GitStates) -> None:
    with pytest.raises(StateMismatch, match="restore it"):
        states.paths(StateId("1" * 40))


def test_threads_and_stores_share_one_directory(
    states: GitStates, repository: Path, tmp_path: Path
) -> None:
    base, _ = states.import_commit(repository, "HEAD")
    other = GitStates(tmp_path / "states")

    def there_and_back(number: int) -> bool:
        state = states.fork(base, {f"file-{number % 5}": b"%d" % number})
        patch = other.diff(base, state)
        return other.restore(base, patch, state) == state

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(there_and_back, range(40)))
    other.close()
