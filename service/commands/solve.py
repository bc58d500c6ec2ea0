"""`solve`: one issue, one repository, here and now. `resume`: go on with one that was stopped."""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import SecretStr
from rich.console import Console

from agents.domain import Environment, Issue
from agents.engine import NO_MODEL as MODEL_CAUSE
from agents.settings import EditForm, Limits, SearchSettings
from agents.store import SearchRecord
from agents.surrogate.hit_rate import hit_rate
from agents.workload import Workload
from service.commands.failures import ABSTAINED, BAD_ISSUE, INTERRUPTED, NO_MODEL, say
from service.commands.local import LocalSearches, open_local
from service.commands.search_options import as_options, check_names, weighted_models
from service.commands.verify_options import (
    DEFAULT,
    AbstainBelow,
    Tests,
    VerifyJudge,
    VerifyModel,
    Without,
    verification_of,
)
from service.config import Settings
from service.console.progress_view import usage_of
from service.console.terminal import on_stderr
from service.console.tree_view import tree_view
from service.console.verdict_view import verdict_view
from service.issues.service import verdict as verdict_document
from service.kit.documents import to_document

DEFAULTS = SearchSettings()

Repo = Annotated[str, typer.Option(help="A local git repository, an https address or owner/name.")]
IssueFile = Annotated[str, typer.Option("--issue", help="A text file with the issue; - reads it.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]


def solve(
    repo: Repo = ".",
    issue: IssueFile = "-",
    commit: Annotated[str, typer.Option(help="Where the issue was seen.")] = "HEAD",
    policy: Annotated[
        list[str] | None,
        typer.Option(help="mutation, llm or both (again and again). Default: llm with --model."),
    ] = None,
    strategy: Annotated[str, typer.Option(help="See: budwood strategies.")] = DEFAULTS.strategy,
    option: Annotated[
        list[str] | None, typer.Option(help="A parameter of the strategy: name=value.")
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[:WEIGHT]",
            help="Name of the model, again and again for several. BUDWOOD_MODEL.",
        ),
    ] = None,
    edit_form: Annotated[
        EditForm, typer.Option(help="How the model writes edits: as text or by function calls.")
    ] = DEFAULTS.edit_form,
    base_url: Annotated[
        str | None, typer.Option(help="An OpenAI-compatible endpoint. OPENAI_BASE_URL.")
    ] = None,
    free: Annotated[bool, typer.Option(help="The endpoint costs nothing: count 0 USD.")] = False,
    value: Annotated[str, typer.Option(help="progress, llm_judge or hybrid.")] = DEFAULTS.value,
    judge: Annotated[
        str | None, typer.Option(help="The model that judges states. Default: --model.")
    ] = None,
    rerank: Annotated[
        bool, typer.Option("--rerank", help="Let the model put the likeliest places first.")
    ] = DEFAULTS.rerank,
    surrogate: Annotated[
        str, typer.Option(help="What guesses which tests to run first: none, history or llm.")
    ] = DEFAULTS.surrogate,
    temperature: Annotated[
        float, typer.Option(min=0.01, max=2, help="Of the model's samples.")
    ] = DEFAULTS.temperature,
    reply_tokens: Annotated[
        int, typer.Option(min=1, help="Most tokens of one reply.")
    ] = DEFAULTS.max_reply_tokens,
    width: Annotated[int, typer.Option(min=1, max=64, help="Trials at once.")] = DEFAULTS.width,
    depth: Annotated[
        int, typer.Option(min=1, max=64, help="Most edits on one path.")
    ] = DEFAULTS.max_depth,
    breadth: Annotated[int | None, typer.Option(min=1, help="Most edits of one state.")] = None,
    candidates: Annotated[
        int, typer.Option(min=1, max=64, help="Passing edits after which the search ends.")
    ] = DEFAULTS.candidates,
    patience: Annotated[
        int, typer.Option(min=0, help="Most further edits after the first passing one.")
    ] = DEFAULTS.patience,
    sandbox_seconds: Annotated[
        float | None, typer.Option(min=1, help="Most seconds of test runs, summed up.")
    ] = None,
    without: Without = None,
    verify_model: VerifyModel = None,
    verify_judge: VerifyJudge = DEFAULT.judge,
    tests: Tests = DEFAULT.tests,
    abstain_below: AbstainBelow = DEFAULT.threshold,
    seed: Annotated[int, typer.Option(help="Same seed, same search.")] = DEFAULTS.seed,
    nodes: Annotated[int, typer.Option(min=1, help="Most edits to try.")] = 300,
    wall: Annotated[float, typer.Option(min=1, help="Most seconds.")] = 1800.0,
    tokens: Annotated[int | None, typer.Option(min=1, help="Most tokens.")] = None,
    usd: Annotated[float | None, typer.Option(min=0, help="Most US dollars.")] = None,
    requirement: Annotated[
        list[str] | None, typer.Option(help="A package that the tests need, such as 'attrs>=23'.")
    ] = None,
    workload: Annotated[
        Path | None, typer.Option(help="A Python script that is too slow: make it faster.")
    ] = None,
    goal: Annotated[float, typer.Option(help="How many times as fast, above 1.")] = 1.2,
    output: Annotated[Path | None, typer.Option(help="Also write the patch to this file.")] = None,
    as_json: Json = False,
) -> None:
    """Search for a patch that makes the issue's code work and breaks no test.

    The issue's text should carry the failing call as a Python code block, with `assert`s for what
    should hold. With --workload the patch must also make that script faster, with the same output.
    Exits with 3 and a reason when no patch is good enough.
    """
    models = weighted_models(model or ())
    settings = configured(base_url, models[0].name if models else None, free=free)
    wanted = Issue(
        repo=as_repository(repo),
        base_commit=commit,
        problem_statement=read_issue(issue),
        environment=Environment(requirements=tuple(requirement or ())),
        workload=read_workload(workload, goal),
    )
    search = SearchSettings(
        strategy=strategy,
        options=as_options(option or ()),
        policy=tuple(policy or (["llm"] if settings.model else ["mutation"])),
        value=value,
        judge=judge,
        rerank=rerank,
        surrogate=surrogate,
        seed=seed,
        model=settings.model,
        models=models if len(models) > 1 else (),
        edit_form=edit_form,
        endpoint=settings.model_base_url,
        free=free,
        temperature=temperature,
        max_reply_tokens=reply_tokens,
        width=width,
        max_depth=depth,
        max_breadth=breadth,
        candidates=candidates,
        patience=patience,
        limits=Limits(nodes=nodes, wall_s=wall, tokens=tokens, usd=usd, sandbox_s=sandbox_seconds),
        verification=verification_of(without, verify_model, verify_judge, tests, abstain_below),
    )
    check_names(search)
    check_output(output)
    console = on_stderr(quiet=as_json)
    with open_local(settings) as local:
        record = carried_out(console, local, local.store.create(wanted, search, local=True))
        document = result_document(record, local.store)
    finish(record, document, as_json=as_json, output=output)


def resume(
    search: Annotated[str, typer.Argument(metavar="ID", help="The id that `solve` printed.")],
    output: Annotated[Path | None, typer.Option(help="Also write the patch to this file.")] = None,
    as_json: Json = False,
) -> None:
    """Go on with a search that was interrupted, or show one that is over."""
    check_output(output)
    console = on_stderr(quiet=as_json)
    with open_local(Settings()) as local:
        try:
            local.store.load(search)
        except KeyError:
            where = local.store.database.url.render_as_string(hide_password=True)
            raise typer.BadParameter(f"there is no search {search} in {where}") from None
        local.store.restart_clock(search)
        record = carried_out(console, local, search)
        document = result_document(record, local.store)
    finish(record, document, as_json=as_json, output=output)


def carried_out(console: Console, local: LocalSearches, search: str) -> SearchRecord:
    """Carry a stored search out; when interrupted, say how to go on."""
    try:
        return local.go_on(console, search)
    except KeyboardInterrupt:
        say(f"interrupted; what was found is stored. Go on with: budwood resume {search}")
        raise typer.Exit(INTERRUPTED) from None


def check_output(output: Path | None) -> None:
    """Before the search, not after it. Raises: BadParameter where no file can be written."""
    if output is not None and (output.is_dir() or not os.access(output.parent, os.W_OK)):
        raise typer.BadParameter(f"cannot write {output}: --output names a file to write")


def configured(base_url: str | None, model: str | None, *, free: bool) -> Settings:
    """The settings with what the command line says instead."""
    settings = Settings()
    changes: dict[str, Any] = {"model": model, "model_base_url": base_url}
    changes = {name: value for name, value in changes.items() if value is not None}
    if base_url and settings.model_api_key is None:
        changes["model_api_key"] = SecretStr("none")  # an endpoint of one's own may not ask for one
    return settings.model_copy(update=changes | ({"model_free": True} if free else {}))


def as_repository(repo: str) -> str:
    """A folder becomes its repository's absolute path; anything else is left as it is."""
    folder = Path(repo).expanduser()
    if not folder.exists():
        return repo
    found = subprocess.run(
        ["git", "-C", str(folder), "rev-parse", "--show-toplevel"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return found.stdout.strip() or str(folder.resolve())


def read_issue(source: str) -> str:
    """The issue's text from a file, or from standard input for ``-``."""
    if source == "-":
        if sys.stdin.isatty():
            say("reading the issue from the terminal; end with Ctrl-D")
        return sys.stdin.read()
    path = Path(source)
    if not path.is_file():
        raise typer.BadParameter(f"there is no file {path}; --issue names a text file")
    return path.read_text(encoding="utf-8", errors="replace")


def read_workload(path: Path | None, goal: float) -> Workload | None:
    """Raises: BadParameter where there is no such file, or nothing to gain."""
    if path is None:
        return None
    if not path.is_file():
        raise typer.BadParameter(f"there is no file {path}; --workload names a Python script")
    if not 1.0 < goal < float("inf"):
        raise typer.BadParameter(f"--goal {goal:g} is no speed-up: 2 asks for twice as fast")
    return Workload(script=path.read_text(encoding="utf-8"), goal=goal)


def result_document(record: SearchRecord, store: Any) -> dict[str, Any]:
    """What `--json` prints: the API's verdict, with patch and spend beside it."""
    verdict = None
    guessed = hit_rate(t.outcome for t in record.trials if t.outcome)
    if record.verdict is not None:
        with store.database.read() as session:
            verdict = verdict_document(session, record.id).model_dump(mode="json")
    return {
        "id": record.id,
        "state": record.phase,
        "cause": record.cause,
        "patch": verdict["patch"] if verdict and record.phase == "done" else None,
        "verdict": verdict,
        "spend": to_document(usage_of(record)),
        "trials": len(record.trials),
        "surrogate": {
            "name": record.settings.surrogate,
            **asdict(guessed),
            "hit_rate": guessed.rate,
        },
        "rejected": [
            {"trial": o.trial, "origin": o.origin, "reason": o.reason, "feedback": o.feedback}
            for trial in record.trials
            if (o := trial.outcome) is not None and o.kind == "failed"
        ],
    }


def finish(
    record: SearchRecord, document: dict[str, Any], *, as_json: bool, output: Path | None
) -> None:
    """Print the result and leave with its exit code."""
    if as_json:
        print(json.dumps(document, indent=2))  # noqa: T201 - the command's output
    else:
        show(record)
    if output is not None and record.verdict is not None and record.verdict.patch:
        output.write_bytes(record.verdict.patch)
    if record.phase == "failed":
        cause = record.cause or ""
        say(f"search {record.id} failed: {cause}")
        raise typer.Exit(NO_MODEL if cause.startswith(MODEL_CAUSE) else BAD_ISSUE)
    if record.phase == "abstained":
        raise typer.Exit(ABSTAINED)


def show(record: SearchRecord) -> None:
    """Tree and verdict; standard output gets the bare patch when it is not a terminal."""
    told, piped = on_stderr(), not sys.stdout.isatty()
    if record.verdict is not None:
        told.print(tree_view(record))
        told.print(verdict_view(record.verdict, with_patch=not piped))
        if piped:
            sys.stdout.buffer.write(record.verdict.patch)
            sys.stdout.buffer.flush()
        told.print(f"search {record.id}", style="dim")
