"""What came after (and before) the base commit is nowhere: not in the store, not in a sandbox."""

from pathlib import Path

import pytest

from sandbox import git
from sandbox.conformance import Subject
from sandbox.objects import Objects
from sandbox.protocol import RunSpec
from sandbox.states import GitStates

SECRET = b"the fix that a later commit made\n"


def later(repository: Path) -> dict[str, bytes]:
    """Make a later commit with a branch, a tag and a reflog; name and find all of its objects."""
    own = repository / ".git"
    base = git.run(own, "rev-parse", "HEAD").stdout.decode().strip()
    (repository / "pkg/value.py").write_bytes(SECRET)
    place, who = f"--work-tree={repository}", ("-c", "user.name=t", "-c", "user.email=t@t")
    for command in (
        [place, "add", "-A"],
        [place, *who, "commit", "-qm", "later"],
        ["branch", "fix"],
        [*who, "tag", "-a", "v2", "-m", "fixed"],
    ):
        assert git.run(own, *command).returncode == 0
    names = {"HEAD", "HEAD^{tree}", "HEAD:pkg", "HEAD:pkg/value.py", "v2", base}
    found = {
        name: git.run(own, "rev-parse", name).stdout.decode().strip().encode() for name in names
    }
    assert len(set(found.values())) == len(names)
    return found


def test_no_object_of_another_commit_is_in_the_store(
    states: GitStates, repository: Path, tmp_path: Path
) -> None:
    hidden = later(repository)
    _, commit = states.import_commit(repository, "HEAD~1")
    store, known = tmp_path / "states", Objects(repository / ".git")
    for name, found in hidden.items():
        assert known.read(found.decode()) is not None, name
        assert Objects(store).read(found.decode()) is None, name
    assert commit in {name.decode() for name in hidden.values()}
    assert git.run(store, "rev-list", "--all", "--reflog").stdout == b""
    listed = git.run(store, "cat-file", "--batch-all-objects", "--batch-check").stdout
    assert {line.split()[1] for line in listed.splitlines()} == {b"tree", b"blob"}


LOOK = (
    "import os, sys\n"
    "found = [os.path.join(at, name) for at, folders, files in os.walk('/', followlinks=False)\n"
    "         if not at.startswith(('/proc', '/sys', '/dev', '/usr')) for name in (*folders, *files)\n"
    "         if name in ('.git', 'packed-refs', 'ORIG_HEAD', 'FETCH_HEAD')]\n"
    "print(found, open('pkg/value.py').read())\n"
)


@pytest.mark.parametrize("provider", ["bubblewrap", "docker"])
def test_no_repository_is_in_any_sandbox(
    provider: str, repository: Path, request: pytest.FixtureRequest
) -> None:
    subject: Subject = request.getfixturevalue(provider)
    later(repository)
    base, _ = subject.sandbox.states.import_commit(repository, "HEAD~1")
    spec = RunSpec(argv=("python", "-c", LOOK), wall_s=120.0)
    result = subject.sandbox.run(subject.environment, base, base, spec)
    assert (result.stdout.text, result.stderr.text) == ("[] VALUE = 1\n\n", "")
