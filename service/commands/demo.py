"""`demo`: real bugs of real libraries, searched like any other issue and then graded."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from agents.domain import Issue
from agents.settings import Limits, SearchSettings
from agents.store import SearchRecord
from agents.verify.pooling import changed_lines
from service.commands.local import LocalSearches, open_local
from service.commands.solve import configured
from service.config import Settings, environment
from service.console.harmless import plain
from service.console.progress_view import usage_of
from service.console.tree_view import tree_view
from service.console.verdict_view import verdict_view
from service.demo.bugs import Bug, load_bugs
from service.demo.grade import Graded, grade
from service.demo.releases import Checkout, Release, check_out, checked_out
from service.demo.report import Line, table, write


def demo(
    issue: Annotated[
        list[str] | None, typer.Option(help="Only this issue, by id (again and again).")
    ] = None,
    policy: Annotated[list[str] | None, typer.Option(help="mutation, llm or both.")] = None,
    model: Annotated[str | None, typer.Option(help="Name of the model, for --policy llm.")] = None,
    base_url: Annotated[str | None, typer.Option(help="An OpenAI-compatible endpoint.")] = None,
    nodes: Annotated[int, typer.Option(min=1, help="Most edits to try for one issue.")] = 100,
    report: Annotated[Path, typer.Option(help="Where the results go.")] = Path("demo-report.json"),
    as_json: Annotated[bool, typer.Option("--json", help="Print the report's path only.")] = False,
) -> None:
    """Mend real bugs of real libraries: no key, no server, no Docker.

    Fetches pinned releases, posts an issue for each, searches, and grades the patch with the tests
    of the release that fixed the bug, which only the grader sees. Unresolved ones are shown as
    such, and do not make the command fail.
    """
    began = time.monotonic()
    settings = in_scratch(configured(base_url, model, free=base_url is not None))
    chosen = wanted(load_bugs(), issue)
    console = Console(quiet=as_json)
    console.print(f"Fetching {2 * len(chosen)} pinned releases ...", style="dim")
    sources = fetch_all([r for bug in chosen for r in (bug.release, bug.grade.fixed)], settings)
    search = SearchSettings(
        policy=tuple(policy or (["llm"] if model else ["mutation"])),
        model=settings.model,
        endpoint=settings.model_base_url,
        free=base_url is not None,
        limits=Limits(nodes=nodes),
    )
    with open_local(settings) as local:
        lines = [solved(console, local, bug, search, sources) for bug in chosen]
    seconds = time.monotonic() - began
    write(lines, seconds, report)
    console.print(table(lines))
    resolved = sum(line.resolved for line in lines)
    console.print(f"{resolved} of {len(lines)} resolved in {seconds:.0f} s; details in {report}")
    if as_json:
        print(report)  # noqa: T201 - the command's output


def in_scratch(settings: Settings) -> Settings:
    """The demo keeps its searches to itself, in the cache."""
    folder = settings.cache_dir / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    return settings.model_copy(update={"database_url": f"sqlite:///{folder / 'demo.db'}"})


def wanted(bugs: Sequence[Bug], ids: Sequence[str] | None) -> list[Bug]:
    """Raises: BadParameter for an id that there is not."""
    known = {bug.id for bug in bugs}
    unknown = [name for name in ids or () if name not in known]
    if unknown:
        raise typer.BadParameter(f"no issue {unknown[0]}; there are {', '.join(sorted(known))}")
    return [bug for bug in bugs if not ids or bug.id in ids]


def fetch_all(releases: Sequence[Release], settings: Settings) -> dict[Release, Checkout]:
    """Every release as a repository, several at a time. Raises: ReleaseUnavailable."""
    folder = settings.cache_dir / "demo"

    def fetch_one(release: Release) -> Checkout:
        into = folder / f"{release.package}-{release.version}-{release.sha256[:8]}"
        done = checked_out(into)
        return done or check_out(release, into, folder / "releases", environment())

    with ThreadPoolExecutor(4) as pool:
        return dict(zip(releases, pool.map(fetch_one, releases), strict=True))


def solved(
    console: Console,
    local: LocalSearches,
    bug: Bug,
    search: SearchSettings,
    sources: dict[Release, Checkout],
) -> Line:
    """Search one issue, grade the result, and show both."""
    source = sources[bug.release]
    console.rule(f"[bold]{bug.id}[/]  {bug.release.package} {bug.release.version}", align="left")
    console.print(bug.statement.strip().splitlines()[0], style="italic", markup=False)
    began = time.monotonic()
    issue = Issue(repo=str(source.path), base_commit=source.commit, problem_statement=bug.statement)
    record = local.run(console, issue, search)
    seconds = time.monotonic() - began
    graded = grade(
        local.engine.tools.fresh_sandbox,
        record,
        source.path,
        sources[bug.grade.fixed].path,
        bug.grade,
    )
    console.print(tree_view(record))
    if record.verdict:
        console.print(verdict_view(record.verdict))
    tell_grade(console, graded, record)
    return line_of(bug, source, record, graded, seconds)


def tell_grade(console: Console, graded: Graded, record: SearchRecord) -> None:
    """The grade in a line, under the evidence."""
    passed = sum(status == "passed" for status in graded.hidden_tests.values())
    if record.phase == "failed":
        console.print(plain(f"failed: {record.cause}", "red"))
    elif graded.hidden_tests:
        style = "green" if graded.resolved else "red"
        console.print(f"hidden tests: {passed} of {len(graded.hidden_tests)} pass", style=style)


def line_of(
    bug: Bug, source: Checkout, record: SearchRecord, graded: Graded, seconds: float
) -> Line:
    """The report's line."""
    verdict, usage = record.verdict, usage_of(record)
    patch = verdict.patch if verdict else b""
    return Line(
        id=bug.id,
        kind=bug.kind,
        repository=f"{bug.release.package}=={bug.release.version}",
        base=source.commit,
        state=record.phase,
        patch=patch.decode("utf-8", "replace"),
        patch_lines=changed_lines(patch),
        resolved=graded.resolved,
        reason=record.cause or (verdict.reason if verdict else ""),
        nodes=len(record.trials),
        sandbox_runs=usage.sandbox_runs,
        tokens=usage.tokens,
        seconds=round(seconds, 2),
        hidden_tests=graded.hidden_tests,
        own_tests=graded.own_tests,
    )
