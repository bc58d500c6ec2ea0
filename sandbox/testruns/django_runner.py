"""Test runs by Django's own runner: of a project, or of Django's repository itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.protocol import INPUTS, RunResult, RunSpec
from sandbox.testruns.report import TestReport
from sandbox.testruns.runner import Shard, python_path
from sandbox.testruns.unittest_runner import REPORTER, described, read

_DJANGO = Path(__file__).with_name("django_reporter.py").read_bytes()


@dataclass(frozen=True, slots=True, kw_only=True)
class DjangoRunner:
    """Django's ``DiscoverRunner`` in one process, whichever command starts it.

    Ids are labels (``app.tests.TestClass.test_method``) or what unittest prints; a test with a
    docstring may be asked for by its first line, if `labels` say where to look.
    """

    script: str | None = None
    """A file of the workspace that runs tests, such as ``manage.py``; None: ``django-admin``."""
    arguments: tuple[str, ...] = ("test", "--noinput", "--parallel=1")
    """What comes before the labels."""
    labels: tuple[str, ...] = ()
    """Loaded where no ids are given, or where ids do not say what to load; empty: everything."""
    settings: str | None = None
    """Module of Django's settings; None: the script knows."""
    python_path: tuple[str, ...] = (".",)
    """Folders of the workspace that tests import from."""

    def spec(
        self, only: Sequence[str] = (), *, shard: Shard | None = None, wall_s: float = 60.0
    ) -> RunSpec:
        """See `TestRunner.spec`. Raises: ValueError for a shard that does not exist."""
        wanted = {"script": self.script, "arguments": self.arguments, "labels": self.labels}
        chosen = {"DJANGO_SETTINGS_MODULE": self.settings} if self.settings else {}
        return RunSpec(
            argv=("python", f"{INPUTS}/django_reporter.py"),
            env=python_path(self.python_path) | chosen,
            inputs={
                "django_reporter.py": _DJANGO,
                "unittest_reporter.py": REPORTER,
                "unittest.json": described(wanted, only, shard),
            },
            artefacts=("tests.jsonl",),
            wall_s=wall_s,
        )

    def read(self, result: RunResult, only: Sequence[str] = ()) -> TestReport:
        """See `TestRunner.read`."""
        return read(result, only)


def django_itself(settings: str = "test_sqlite", labels: tuple[str, ...] = ()) -> DjangoRunner:
    """The runner for Django's own repository, whose tests have a script of their own."""
    return DjangoRunner(
        script="tests/runtests.py",
        arguments=(f"--settings={settings}", "--noinput", "--parallel=1"),
        labels=labels,
        python_path=(".", "tests"),
    )
