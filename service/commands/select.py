"""`select`: choose among patches that other systems made, or say that none will do."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from agents.domain import Environment, Issue
from agents.policy.external_settings import choosing
from agents.settings import Limits, SearchSettings
from service.commands.failures import say
from service.commands.local import open_local
from service.commands.patches import STDIN, gathered
from service.commands.search_options import check_names
from service.commands.solve import (
    DEFAULTS,
    IssueFile,
    Json,
    Repo,
    as_repository,
    carried_out,
    check_output,
    configured,
    finish,
    read_issue,
    read_workload,
    result_document,
)
from service.commands.verify_options import (
    DEFAULT,
    AbstainBelow,
    Tests,
    VerifyJudge,
    Without,
    verification_of,
)
from service.console.terminal import on_stderr
from service.issues.fates import fates


def select(
    patches: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATCH", help="Patch files, folders of them, or - to read one."),
    ] = None,
    repo: Repo = ".",
    issue: IssueFile = STDIN,
    commit: Annotated[str, typer.Option(help="What the patches are made on.")] = "HEAD",
    predictions: Annotated[
        list[Path] | None,
        typer.Option(help="A file of SWE-bench predictions, JSON lines; again and again."),
    ] = None,
    instance: Annotated[
        str | None, typer.Option(help="The instance_id, where the predictions have several.")
    ] = None,
    width: Annotated[int, typer.Option(min=1, max=64, help="Patches at once.")] = DEFAULTS.width,
    wall: Annotated[float, typer.Option(min=1, help="Most seconds.")] = 1800.0,
    sandbox_seconds: Annotated[
        float | None, typer.Option(min=1, help="Most seconds of test runs, summed up.")
    ] = None,
    requirement: Annotated[
        list[str] | None, typer.Option(help="A package that the tests need, such as 'attrs>=23'.")
    ] = None,
    workload: Annotated[
        Path | None, typer.Option(help="A Python script that is too slow, and is to become faster.")
    ] = None,
    goal: Annotated[float, typer.Option(help="How many times as fast, above 1.")] = 1.2,
    without: Without = None,
    verify_model: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Who writes tests, reviews and compares candidates. Default: nobody.",
        ),
    ] = None,
    verify_judge: VerifyJudge = DEFAULT.judge,
    tests: Tests = DEFAULT.tests,
    abstain_below: AbstainBelow = DEFAULT.threshold,
    base_url: Annotated[
        str | None, typer.Option(help="Where that model is served. OPENAI_BASE_URL.")
    ] = None,
    free: Annotated[bool, typer.Option(help="The endpoint costs nothing: count 0 USD.")] = False,
    tokens: Annotated[int | None, typer.Option(min=1, help="Most tokens.")] = None,
    usd: Annotated[float | None, typer.Option(min=0, help="Most US dollars.")] = None,
    output: Annotated[Path | None, typer.Option(help="Also write the patch to this file.")] = None,
    as_json: Json = False,
) -> None:
    """Choose among patches that you already have: run them all, and print the best that passes.

    What a patch changes in tests is left out of it. The issue's text should carry the failing call
    as a Python code block, with `assert`s for what should hold. Exits with 3 and a reason when no
    patch is good enough.
    """
    check_output(output)
    if issue == STDIN and STDIN in (patches or ()):
        raise typer.BadParameter("issue and patch cannot both be read from -: name a file")
    given = gathered(patches or (), predictions or (), instance, sys.stdin.buffer)
    wanted = Issue(
        repo=as_repository(repo),
        base_commit=commit,
        problem_statement=read_issue(issue),
        environment=Environment(requirements=tuple(requirement or ())),
        workload=read_workload(workload, goal),
        candidates=given,
    )
    settings = configured(base_url, None, free=free)
    own = SearchSettings(
        width=width,
        endpoint=settings.model_base_url,
        free=free,
        limits=Limits(nodes=None, wall_s=wall, tokens=tokens, usd=usd, sandbox_s=sandbox_seconds),
        verification=verification_of(without, verify_model, verify_judge, tests, abstain_below),
    )
    search = choosing(own, len(given))
    check_names(search)
    with open_local(settings) as local:
        stored = local.store.create(wanted, search, local=True)
        record = carried_out(on_stderr(quiet=as_json), local, stored)
        document = result_document(record, local.store) | {
            "given": [asdict(fate) for fate in fates(record)]
        }
    if not as_json:
        say(*(f"{fate.name}: {fate.told}" for fate in fates(record)))
    finish(record, document, as_json=as_json, output=output)
