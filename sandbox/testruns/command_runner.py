"""Test runs by any command whose log a parser understands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sandbox.protocol import Output, RunResult, RunSpec
from sandbox.testruns import logs
from sandbox.testruns.report import TestReport, TestStatus
from sandbox.testruns.runner import Shard


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRunner:
    """A command and the name of a log parser. The exit code says nothing of any test."""

    argv: tuple[str, ...]
    parser: str
    """One of `logs.PARSERS`."""
    selects: bool = False
    """Whether ids may be put behind the command to select them; else it always runs everything."""
    env: Mapping[str, str] = field(default_factory=dict)
    log_bytes: int = 16 * 1024 * 1024
    """Kept of each stream; what a longer log says in its middle is missing."""

    def __post_init__(self) -> None:
        """Raises: UnknownLogParser."""
        logs.parser(self.parser)

    def spec(
        self, only: Sequence[str] = (), *, shard: Shard | None = None, wall_s: float = 60.0
    ) -> RunSpec:
        """See `TestRunner.spec`. Raises: ValueError for any shard: a command has no parts."""
        if shard is not None:
            raise ValueError("a command cannot be divided into shards")
        return RunSpec(
            argv=(*self.argv, *(only if self.selects else ())),
            env=self.env,
            output_bytes=self.log_bytes,
            wall_s=wall_s,
        )

    def read(self, result: RunResult, only: Sequence[str] = ()) -> TestReport:
        """See `TestRunner.read`."""
        log = f"{_whole_lines(result.stdout)}\n{_whole_lines(result.stderr)}"
        status: dict[str, TestStatus] = dict(logs.parser(self.parser)(log))
        for asked in only:
            status.setdefault(asked, "missing")
        return TestReport(status=status, finished=result.outcome in ("ok", "failed"))


def _whole_lines(output: Output) -> str:
    """A stream without the two lines that it was cut in: half an id would be another test's."""
    if not output.dropped:
        return output.text
    head, tail = output.head.rpartition(b"\n")[0], output.tail.partition(b"\n")[2]
    return (head + b"\n" + tail).decode("utf-8", "replace")
