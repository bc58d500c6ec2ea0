"""What a release's own tests do before anything is planted."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from agents.domain import Environment, Issue, is_test_path
from agents.prepare import bench_for
from agents.verify.baseline import compare_runs
from agents.verify.bench import Bench
from benchmarks.libraries import Library
from sandbox.protocol import Sandbox, StateId
from service.demo.releases import Checkout

WALL_S = 40.0
"""Several times what any of these suites takes: a fault that makes one hang is soon given up."""


@dataclass(frozen=True, slots=True)
class Suite:
    """A release in a sandbox, with the tests that pass there whenever they are run."""

    library: Library
    bench: Bench
    release: StateId
    stable: frozenset[str]

    @property
    def repo(self) -> str:
        """The library with its version, as in `Task.repo`."""
        return f"{self.library.release.package}=={self.library.release.version}"

    def sources(self) -> dict[str, bytes]:
        """The library's own Python files."""
        return self._files(tests=False)

    def test_files(self) -> dict[str, bytes]:
        """The Python files of its tests."""
        return self._files(tests=True)

    def _files(self, *, tests: bool) -> dict[str, bytes]:
        states = self.bench.sandbox.states
        paths = states.paths(self.release)
        wanted = [p for p in paths if p.endswith(".py") and is_test_path(p) is tests]
        return {path: states.read(self.release, path) or b"" for path in wanted}


def measure(sandbox: Sandbox, library: Library, checkout: Checkout) -> Suite:
    """Run a release's suite twice. Raises: EnvironmentBuildFailed, RepositoryUnreadable."""
    release, _ = sandbox.states.import_commit(checkout.path, checkout.commit)
    issue = Issue(
        repo=str(checkout.path),
        base_commit=checkout.commit,
        problem_statement="",
        environment=Environment(requirements=library.requirements),
    )
    bench = bench_for(sandbox, issue, release)
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda _: bench.suite(release, wall_s=WALL_S), range(2)))
    return Suite(library, bench, release, frozenset(compare_runs(*runs).passing))
