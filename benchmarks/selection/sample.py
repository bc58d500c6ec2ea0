"""Candidate patches of a real model, and of templates, for choosing among them.

    python -m benchmarks.selection.sample --split report --per-issue 6 [--sources llm,mutation]

A finished (task, source) is a line of the file and is not made again: stop at any time, and the
same command goes on. A larger `--per-issue` makes the lines of fewer samples anew, another model or
setting those of the one before; replies that the cache still has are not asked for twice. Every end
writes how many there are to a JSON file beside it; `--summary` does that alone.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.bugs import Task, load_tasks, places
from benchmarks.search_quality import plan
from benchmarks.search_quality.configurations import Budget
from benchmarks.search_quality.remembering import Replies
from benchmarks.search_quality.running import Runner
from benchmarks.selection import candidates
from benchmarks.selection.candidates import SOURCES, Source
from benchmarks.selection.mixture import figures, table
from benchmarks.selection.sampling import Sampler
from service.config import Settings

RESULTS = Path(__file__).parents[1] / "results"
MUTATIONS = 300
"""Edits of the templates at most: what a search tries when nobody says otherwise."""
PATIENCE = 3
"""After so many failures in a row, something is wrong with the machine."""
INTERRUPTED = 130
Unit = tuple[Task, Source]


def main() -> None:
    options = arguments()
    code = 0
    if not options.summary:
        code = measure(options)
    found = figures(tuple(candidates.load(options.out).values()))
    beside = options.out.with_suffix(".json")
    beside.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print("\n".join(table(found)))
    sys.stdout.flush()
    # A thread may still wait for the model's reply, which nobody wants any more.
    os._exit(code)


def measure(options: argparse.Namespace) -> int:
    """Make what is missing; answer the exit code."""
    sampler = _sampler(options)
    tasks = plan.mixed(load_tasks(options.split))[: options.tasks]
    units = list(missing(tasks, options.sources, sampler, options.out))
    print(f"{len(units)} of {len(tasks) * len(options.sources)} still to be made", flush=True)
    try:
        return _make(sampler, units, options.out)
    except KeyboardInterrupt:
        print("stopped; the same command goes on from here", flush=True)
        return INTERRUPTED


def missing(
    tasks: Sequence[Task], sources: Sequence[Source], sampler: Sampler, path: Path
) -> Iterator[Unit]:
    """What the file lacks, or has of another model, other settings or fewer trials than are wanted:
    by task, then by source."""
    done = candidates.load(path)
    for task in tasks:
        for source in sources:
            found = done.get((task.instance_id, source))
            if found is None or not sampler.covers(found):
                yield task, source


def _make(sampler: Sampler, units: Sequence[Unit], path: Path) -> int:
    failures = 0
    began = time.monotonic()
    for number, (task, source) in enumerate(units, 1):
        try:
            sampling = sampler.sample(task, source)
        except Exception as error:  # noqa: BLE001 - hours of others wait behind this one
            failures += 1
            what = f"{task.instance_id} {source} was not sampled"
            print(f"{what}: {type(error).__name__}: {error}", flush=True)
            if failures == PATIENCE:
                return 1
            continue
        failures = 0
        candidates.append(path, sampling)
        each = (time.monotonic() - began) / number
        print(
            f"[{number}/{len(units)}] {task.instance_id} {source}: {len(sampling.patches)} patches "
            f"of {len(sampling.trials)} trials, {sum(t.solved for t in sampling.trials)} pass what "
            f"is seen, {len(sampling.right)} right, {sampling.seconds:.0f} s; "
            f"left: {plan.in_words(each * (len(units) - number))}",
            flush=True,
        )
    return 0


def _sampler(options: argparse.Namespace) -> Sampler:
    settings = Settings()
    scratch = settings.cache_dir / "selection"
    scratch.mkdir(parents=True, exist_ok=True)
    database = scratch / f"searches-{'-'.join(options.sources)}.db"
    budget = Budget(
        temperature=options.temperature,
        reply_tokens=options.reply_tokens,
        context_tokens=options.context_tokens,
        mutations=MUTATIONS,
    )
    runner = Runner(
        budget=budget,
        model=options.model,
        endpoint=options.base_url,
        key=options.key,
        model_sha256=options.model_sha,
        places=places(settings),
        settings=settings.model_copy(update={"database_url": f"sqlite:///{database}"}),
        replies=Replies(scratch / "replies.jsonl"),
    )
    return Sampler(
        runner=runner,
        per_issue=options.per_issue,
        templates=options.templates,
        seed=options.seed,
    )


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    budget = Budget()
    parser.add_argument("--split", choices=("dev", "report"), default="report")
    parser.add_argument("--tasks", type=int, help="the first so many; all without it")
    parser.add_argument("--per-issue", type=int, default=6, help="samples of the model")
    parser.add_argument("--templates", type=int, default=4, help="passing edits of the templates")
    parser.add_argument("--sources", type=_sources, default=SOURCES, help=",".join(SOURCES))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--temperature", type=float, default=budget.temperature)
    parser.add_argument("--reply-tokens", type=int, default=budget.reply_tokens)
    parser.add_argument("--context-tokens", type=int, default=budget.context_tokens)
    parser.add_argument("--model", default="qwen2.5-coder-1.5b")
    parser.add_argument("--base-url", default="http://127.0.0.1:8081/v1")
    parser.add_argument("--key", default="local")
    parser.add_argument("--model-sha", default="", help="SHA-256 of the model's file")
    parser.add_argument("--out", type=Path, default=RESULTS / "selection_candidates.jsonl")
    parser.add_argument("--summary", action="store_true", help="make nothing")
    return parser.parse_args()


def _sources(text: str) -> tuple[Source, ...]:
    chosen = tuple(source for source in SOURCES if source in text.split(","))
    if len(chosen) != len(text.split(",")):
        raise argparse.ArgumentTypeError(f"there are: {', '.join(SOURCES)}")
    return chosen


if __name__ == "__main__":
    main()
