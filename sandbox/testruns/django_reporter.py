"""Runs Django's tests and reports by test id. Laid into the sandbox beside `unittest_reporter.py`.

    python django_reporter.py

Reads what to run from ``/inputs/unittest.json``: ``{"script", "arguments", "labels", "only",
"shard"}``. A script, such as ``tests/runtests.py`` or ``manage.py``, runs as if it had been called;
without one Django's own command does. Either ends in Django's ``DiscoverRunner``, whose suite and
result are ours. The Django is the one that the workspace imports, of any version since 1.8.
"""

import json
import os
import runpy
import sys
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sandbox.testruns.unittest_reporter import Report, Result
else:
    from unittest_reporter import Report, Result


def install(runner: "Any", report: Report) -> None:
    """Let a class of Django test runners report to us."""
    build_suite, run_suite = runner.build_suite, runner.run_suite

    def build(self: "Any", *args: "Any", **kwargs: "Any") -> "Any":
        return report.choose(build_suite(self, *args, **kwargs))

    def run(self: "Any", *args: "Any", **kwargs: "Any") -> "Any":
        result = run_suite(self, *args, **kwargs)
        report.write({"end": True})
        return result

    Result.report = report
    runner.build_suite, runner.run_suite = build, run
    runner.get_resultclass = lambda _: Result


def labels(wanted: "dict[str, Any]") -> "list[str]":
    """What Django is to load: ids are labels, titles say nothing of where their tests are."""
    only: list[str] = wanted["only"]
    if only and all(part.isidentifier() for name in only for part in name.split(".")):
        return only
    return list(wanted["labels"])


def main() -> None:
    wanted = json.loads(Path("/inputs/unittest.json").read_text(encoding="utf-8"))
    sys.path[0] = os.getcwd()  # noqa: PTH109 - in place of where this file lies
    from django.test.runner import DiscoverRunner  # noqa: PLC0415 - the workspace's, if it has one

    install(DiscoverRunner, Report(wanted))
    script = wanted["script"]
    sys.argv = [script or "django-admin", *wanted["arguments"], *labels(wanted)]
    if script:
        folder = os.path.dirname(os.path.abspath(script))  # noqa: PTH100, PTH120
        os.chdir(folder)
        sys.path[0] = folder
        runpy.run_path(os.path.basename(script), run_name="__main__")  # noqa: PTH119
    else:
        from django.core.management import execute_from_command_line  # noqa: PLC0415

        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
