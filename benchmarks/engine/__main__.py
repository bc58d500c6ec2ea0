"""What the engine costs: the wall-clock of a search over the shortest that its trials allow.

    python -m benchmarks.engine [--runs N] [--trials N] [--work N] [--postgres URL] [--json FILE]

`overhead_ratio` depends on how long a test run takes (`service_ms`; `--work` sets it: half a second
of one core, about what the suites of the planted tasks take); `overhead_ms_a_trial` hardly does. A model that answers after 200 ms, a real sandbox, 16 trials in flight, each call journalled and each
step stored. After every search its very runs are done again with one thread to a core and nothing
else: these are the services of the ideal in `benchmarks.engine.bound`. Forking states, reading
code for prompts, planning and storing are not in the ideal: they are the overhead.
JSON in `benchmarks/results/engine.json` when both databases were measured five times. A busy machine makes it worthless:
the load is written beside the figures.
"""

import argparse
import contextlib
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agents.driver import run_in_process
from agents.engine import Engine
from agents.llm.journal import Journal
from agents.llm.pricing import FREE
from agents.llm.protocol import Reply, Request
from agents.llm.scripted import ScriptedModel
from agents.llm.weighted import WeightedJournal
from agents.policy.llm_policy import LlmPolicy
from agents.tools import Tools
from benchmarks.engine import world
from benchmarks.engine.bound import list_schedule, relaxed
from sandbox.cache import CachingSandbox
from service.bootstrap import build_sandbox
from service.config import Settings
from service.kit import migrate
from service.kit.database import Database
from service.searches.store import SqlCallStore, SqlStore

RESULTS = Path(__file__).parents[1] / "results" / "engine.json"
TARGET = 1.05
LATENCY_S = 0.2
WIDTH = 16
QUIET_LOAD = 1.5
ENOUGH = 5
"""Runs for a figure that is kept."""


class SlowModel:
    """`world.reply`, `LATENCY_S` after it was asked."""

    def __init__(self) -> None:
        self._inner = ScriptedModel(world.reply)

    def complete(self, request: Request) -> Reply:
        time.sleep(LATENCY_S)
        return self._inner.complete(request)


def main() -> None:
    options = arguments()
    cores = os.cpu_count() or 1
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="budwood-bench-") as name:
        folder = Path(name)
        repository = world.lay(folder / "repository", options.work)
        urls = {"sqlite": f"sqlite:///{folder / 'bench.db'}"}
        with contextlib.ExitStack() as stack:
            if options.postgres:
                urls["postgres"] = stack.enter_context(_postgres(options.postgres))
            found = {
                kind: [
                    measure(url, repository, options.trials, seed, cores)
                    for seed in range(options.runs)
                ]
                for kind, url in urls.items()
            }
    figures = {kind: summary(runs) for kind, runs in found.items()}
    about = {
        "cores": cores,
        "latency_s": LATENCY_S,
        "width": WIDTH,
        "trials": options.trials,
        "load_before": load,
        "quiet": load < QUIET_LOAD,
        "python": platform.python_version(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "target": TARGET,
    }
    report = {"overhead_ratio": figures["sqlite"]["overhead_ratio"], **figures, "about": about}
    print(json.dumps(report, indent=2))
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def measure(url: str, repository: Path, trials: int, seed: int, cores: int) -> dict[str, float]:
    """One search, and its runs alone. Seconds."""
    database = Database(url)
    migrate.ensure(database)
    plain = build_sandbox(Settings())
    with contextlib.closing(plain), contextlib.closing(database):
        store, watched = SqlStore(database), world.WatchedSandbox(plain)
        model = SlowModel()

        def policy(_: object) -> LlmPolicy:
            return LlmPolicy(
                (WeightedJournal("scripted", Journal(model, SqlCallStore(database), FREE)),)
            )

        engine = Engine(
            store,
            Tools(
                sandbox=CachingSandbox(watched),
                fresh_sandbox=watched,
                repository=lambda _: repository,
                policy=policy,
            ),
        )
        wanted = world.settings(trials, WIDTH, seed)
        search = store.create(world.issue(repository), wanted, local=True)
        engine.prepare(search)
        watched.calls.clear()
        used = time.process_time()
        began = time.perf_counter()
        run_in_process(engine, search)
        wall = time.perf_counter() - began
        used = time.process_time() - used
        record = store.load(search)
        kinds = [t.outcome.kind for t in record.trials if t.outcome]
        if kinds != ["expanded"] * trials or len(watched.calls) != trials:
            raise RuntimeError(f"not the search that was meant: {kinds}, {record.cause}")
        services = world.alone(plain, watched.calls, cores)
    ideal = list_schedule(services, LATENCY_S, cores, WIDTH)
    one = {
        "wall_s": wall,
        "ideal_s": ideal,
        "relaxed_s": relaxed(services, LATENCY_S, cores),
        "overhead_ratio": wall / ideal,
        "service_ms": 1000 * statistics.fmean(services),
        "overhead_ms_a_trial": 1000 * (wall - ideal) * cores / trials,
        "engine_cpu_ms_a_trial": 1000 * used / trials,
        "load": os.getloadavg()[0],
    }
    print({name: round(value, 3) for name, value in one.items()}, file=sys.stderr, flush=True)
    return one


def summary(runs: list[dict[str, float]]) -> dict[str, Any]:
    """The median of every figure, and the spread of the ratio."""
    ratios = sorted(run["overhead_ratio"] for run in runs)
    medians = {name: round(statistics.median(run[name] for run in runs), 4) for name in runs[0]}
    spread = {"least": round(ratios[0], 4), "most": round(ratios[-1], 4), "n": len(runs)}
    return {**medians, "spread": spread}


@contextlib.contextmanager
def _postgres(server: str) -> Iterator[str]:
    """A database of its own on a server, migrated and removed again."""
    import psycopg  # noqa: PLC0415 - only where it is asked for

    name = f"budwood_bench_{os.getpid()}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    try:
        url = f"{server}/{name}"
        migrate.upgrade(url)
        yield url
    finally:
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--trials", type=int, default=96)
    parser.add_argument("--work", type=int, default=5_000_000, help="turns in one test run")
    parser.add_argument(
        "--postgres",
        default="postgresql://postgres@127.0.0.1:5432",
        help="a server on which databases may be made; empty: SQLite alone",
    )
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if options.json is None and options.runs >= ENOUGH and options.postgres:
        options.json = RESULTS
    return options


if __name__ == "__main__":
    main()
