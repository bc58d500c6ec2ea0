"""Runs of a repository's tests: what command to give a sandbox, and what its result says.

Pure: a `TestRunner` builds a `RunSpec` and reads a `RunResult`. What runs inside of the sandbox are
the ``*_reporter.py`` files, laid in as inputs; nobody imports them.
"""

from sandbox.testruns.command_runner import CommandRunner
from sandbox.testruns.django_runner import DjangoRunner, django_itself
from sandbox.testruns.pytest_runner import PYTEST_REPORTER, PytestRunner, preloadable
from sandbox.testruns.report import TestReport, TestStatus, merge
from sandbox.testruns.runner import Shard, TestRunner, python_path
from sandbox.testruns.unittest_runner import UnittestRunner

__all__ = [
    "PYTEST_REPORTER",
    "CommandRunner",
    "DjangoRunner",
    "PytestRunner",
    "Shard",
    "TestReport",
    "TestRunner",
    "TestStatus",
    "UnittestRunner",
    "django_itself",
    "merge",
    "preloadable",
    "python_path",
]
