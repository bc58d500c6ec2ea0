"""Where releases and bases lie as git repositories: in a cache that can be made again."""

import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from agents.domain import Environment, Issue
from benchmarks.factory.splits import SPLITS
from benchmarks.factory.tasks import Task
from benchmarks.libraries import Library
from service.demo.releases import Checkout, Release, check_out, checked_out, commit_tree

LIBRARIES = {
    f"{library.release.package}=={library.release.version}": library
    for split in SPLITS.values()
    for library in split
}


@dataclass(frozen=True, slots=True)
class Places:
    """`folder` keeps everything; `environ` is pip's, for the package index."""

    folder: Path
    environ: Mapping[str, str]
    libraries: Mapping[str, Library]

    def release(self, release: Release) -> Checkout:
        """Raises: ReleaseUnavailable."""
        into = self.folder / "released" / f"{release.package}-{release.version}"
        done = checked_out(into)
        return done or check_out(release, into, self.folder / "releases", self.environ)

    def base(self, task: Task) -> Checkout:
        """A repository of one commit: nothing in it knows of the release's state.

        Raises: ReleaseUnavailable; CalledProcessError if the task is not of this release.
        """
        into = self.folder / "bases" / task.instance_id
        if (done := checked_out(into)) is not None:
            return done
        release = self.release(self.libraries[task.repo].release)
        into.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=into.parent) as scratch:
            tree = Path(scratch, "tree")
            shutil.copytree(
                release.path, tree, ignore=shutil.ignore_patterns(".git"), symlinks=True
            )
            for patch in (task.test_patch, task.patch):
                _take_back(tree, patch)
            commit = commit_tree(tree, task.repo, self.environ)
            tree.rename(into)
        return Checkout(into, commit)

    def issue(self, task: Task) -> Issue:
        """All that a search is told. Raises: as `base` does."""
        base = self.base(task)
        return Issue(
            repo=str(base.path),
            base_commit=base.commit,
            problem_statement=task.problem_statement,
            environment=Environment(requirements=self.libraries[task.repo].requirements),
        )


def _take_back(tree: Path, patch: str) -> None:
    # without a repository around it, `git apply` would apply nothing below another one's folder
    command = ["git", "apply", "--reverse", "--whitespace=nowarn", "-"]
    environ = {"GIT_CEILING_DIRECTORIES": str(tree.parent), "PATH": "/usr/bin:/bin"}
    subprocess.run(command, cwd=tree, input=patch.encode(), env=environ, check=True)
