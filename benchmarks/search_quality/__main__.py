"""How many planted faults each way of searching resolves, for how many tokens.

    python -m benchmarks.search_quality [--tasks N] [--configs a,b] [--seeds K] [--report]

Every finished run is a line of `benchmarks/results/search_quality.jsonl` and is not made again: stop
at any time, and the same command goes on. `--report` makes no run; it writes the figures of the
given model and budget to `benchmarks/results/search_quality.json`, as every other end does.
"""

import argparse
import json
import os
import sys
import time
from collections import defaultdict
from dataclasses import asdict
from pathlib import Path

from agents.llm.pricing import Price
from benchmarks.bugs import load_tasks, places
from benchmarks.search_quality import plan, runs
from benchmarks.search_quality.configurations import FIRST, Budget, names
from benchmarks.search_quality.remembering import Replies
from benchmarks.search_quality.report import report, table
from benchmarks.search_quality.running import Runner
from service.config import Settings

RESULTS = Path(__file__).parents[1] / "results"
PATIENCE = 3
"""After so many runs in a row that could not be made, something is wrong with the machine."""
INTERRUPTED = 130


def main() -> None:
    options = arguments()
    budget = Budget(**{name: getattr(options, name) for name in asdict(Budget())})
    code = 0
    if not options.report:
        code = measure(options, budget)
    write(options, budget)
    sys.stdout.flush()
    # A thread may still wait for the model's reply, which nobody wants any more.
    os._exit(code)


def measure(options: argparse.Namespace, budget: Budget) -> int:
    """Make what is missing; answer the exit code."""
    settings = Settings()
    scratch = settings.cache_dir / "search_quality"
    scratch.mkdir(parents=True, exist_ok=True)
    runner = Runner(
        budget=budget,
        model=options.model,
        endpoint=options.base_url,
        key=options.key,
        model_sha256=options.model_sha,
        places=places(settings),
        settings=settings.model_copy(
            update={"database_url": f"sqlite:///{scratch / 'searches.db'}"}
        ),
        replies=Replies(scratch / "replies.jsonl"),
    )
    tasks = plan.mixed(load_tasks(options.split))[: options.tasks]
    every = list(plan.units(tasks, options.configs, options.seeds))
    done = {run.key for run in runs.load(options.runs)}
    todo = [unit for unit in every if _key(unit, options.model, budget) not in done]
    print(f"{len(every)} runs, {len(todo)} still to be made", flush=True)
    try:
        return _make(runner, todo, options.runs)
    except KeyboardInterrupt:
        print("stopped; the same command goes on from here", flush=True)
        return INTERRUPTED


def _key(unit: plan.Unit, model: str, budget: Budget) -> runs.Key:
    return runs.key(unit.task.instance_id, unit.configuration, unit.seed, model, asdict(budget))


def _make(runner: Runner, todo: list[plan.Unit], path: Path) -> int:
    took: dict[str, list[float]] = defaultdict(list)
    failures = 0
    for number, unit in enumerate(todo, 1):
        began = time.monotonic()
        try:
            run = runner.run(unit.task, unit.configuration, unit.seed)
        except Exception as error:  # noqa: BLE001 - hours of others wait behind this one
            failures += 1
            what = f"{unit.task.instance_id} {unit.configuration} was not measured"
            print(f"{what}: {type(error).__name__}: {error}", flush=True)
            if failures == PATIENCE:
                return 1
            continue
        failures = 0
        runs.append(path, run)
        took[unit.configuration].append(time.monotonic() - began)
        left = plan.seconds_left([u.configuration for u in todo[number:]], took)
        print(
            f"[{number}/{len(todo)}] {run.task} {run.configuration} seed {run.seed}: "
            f"{'resolved' if run.resolved else run.state}, {len(run.trials)} trials, "
            f"{run.tokens} tokens, {run.seconds:.0f} s; left: {plan.in_words(left)}",
            flush=True,
        )
    return 0


def write(options: argparse.Namespace, budget: Budget) -> None:
    """The figures of what there is so far."""
    found = list(runs.of(runs.load(options.runs), options.model, budget))
    if not found:
        print("no run of this model and budget yet")
        return
    prompt, completion = (float(part) for part in options.price.split(","))
    price = Price(prompt=prompt, cached=prompt, completion=completion)
    figures = report(found, price, options.price_name)
    options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print("\n".join(table(figures)))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--split", choices=("dev", "report"), default="report")
    parser.add_argument("--tasks", type=int, default=20)
    parser.add_argument("--configs", type=_configurations, default=FIRST, help=", ".join(names()))
    parser.add_argument("--seeds", type=int, default=1, help="seeds 0 to K-1 for each task")
    parser.add_argument("--model", default="qwen2.5-coder-1.5b")
    parser.add_argument("--base-url", default="http://127.0.0.1:8081/v1")
    parser.add_argument("--key", default="local")
    parser.add_argument("--model-sha", default="", help="SHA-256 of the model's file")
    parser.add_argument("--price", default="0.15,0.60", help="USD per million: prompt,completion")
    parser.add_argument("--price-name", default="gpt-4o-mini list price, equivalent")
    parser.add_argument("--report", action="store_true", help="only write the figures again")
    parser.add_argument("--runs", type=Path, default=RESULTS / "search_quality.jsonl")
    parser.add_argument("--json", type=Path, default=RESULTS / "search_quality.json")
    for name, default in asdict(Budget()).items():
        kind = type(default) if default is not None else int
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind, default=default)
    return parser.parse_args()


def _configurations(text: str) -> tuple[str, ...]:
    chosen = tuple(text.split(","))
    unknown = [name for name in chosen if name not in names()]
    if unknown:
        raise argparse.ArgumentTypeError(f"no {unknown[0]}; there are: {', '.join(names())}")
    return chosen


if __name__ == "__main__":
    main()
