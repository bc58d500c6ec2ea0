"""How early does localisation name what a fix changed, by each clue alone and by all together?

    python -m benchmarks.localisation [--sets demo historical] [--only ID ...] [--json FILE]

For real bugs of published libraries: the demo's, which the weights were chosen on, and the
held-out ones. A bug counts as found at k when one of the places that its fix changed is among the
first k. Beside it stand a random order of all files or functions, and the words alone: what
there would be without running anything. Needs the package index on the first run, and a sandbox.
Bugs planted in real libraries are measured where they are named: ``--sets planted_dev
planted_report``. The file keeps what it holds of sets that were not run.

Other sets: a function from settings and a sandbox to `Case`s, in `SETS`.
"""

import argparse
import json
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import comb, sqrt
from pathlib import Path
from typing import TypeVar

from agents.domain import Issue, Place, is_test_path
from agents.localise.clues import file_clues, function_clues
from agents.localise.evidence import Evidence, traces
from agents.localise.fusion import fuse
from agents.localise.ranking import FILES_PARSED, ranked_files, ranked_functions
from agents.localise.symbols import symbols
from agents.prepare import REPRODUCTION_WALL_S, SUITE_WALL_S, bench_for, gathered
from agents.verify.baseline_store import known_baseline
from agents.verify.bench import Bench
from agents.verify.reproduction import reproduce
from benchmarks.bugs import load_tasks
from benchmarks.bugs import places as planted_places
from benchmarks.changed_places import Hunk, applied, functions_of, hunks, needed
from sandbox.protocol import Sandbox, StateId
from service.bootstrap import build_sandbox
from service.commands.demo import fetch_all
from service.config import Settings
from service.demo.bugs import FOLDER, Bug, load_bugs
from service.demo.releases import Checkout, Release
from service.searches.baselines import FileBaselines

DEFAULT = ("demo", "historical")
HELD_OUT = Path(__file__).parent / "historical"
RESULTS = Path(__file__).parent / "results" / "localisation.json"
TOPS = (1, 3, 5, 10)
SAID = ("names", "words")
HIDDEN_WALL_S = 60.0
Z = 1.96


Key = TypeVar("Key", bound=Hashable)
Clues = Mapping[str, Mapping[Key, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An issue, and what only this benchmark knows of it."""

    name: str
    issue: Issue
    changed: frozenset[tuple[str, str]]
    """Path and function (its name empty: outside of functions) that the fix changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranks:
    """For one case: clue → place of the first changed file, and function; None: not named."""

    name: str
    changed: list[str]
    files: Mapping[str, int | None]
    functions: Mapping[str, int | None]
    file_counts: tuple[int, int]
    """All, and changed."""
    function_counts: tuple[int, int]


def bugs_of(folder: Path) -> Callable[[Settings, Sandbox], Iterator[Case]]:
    def cases(settings: Settings, sandbox: Sandbox) -> Iterator[Case]:
        bugs = load_bugs(folder)
        releases = [release for bug in bugs for release in (bug.release, bug.grade.fixed)]
        sources = fetch_all(releases, settings)
        yield from (case_of(bug, sources, sandbox) for bug in bugs)

    return cases


def planted(split: str) -> Callable[[Settings, Sandbox], Iterator[Case]]:
    """Bugs planted in real libraries: the place is where one was planted."""

    def cases(_settings: Settings, _sandbox: Sandbox) -> Iterator[Case]:
        where = planted_places()
        for task in load_tasks(split):
            changed = frozenset({(task.plant.path, task.plant.function)})
            yield Case(name=task.instance_id, issue=where.issue(task), changed=changed)

    return cases


SETS: Mapping[str, Callable[[Settings, Sandbox], Iterator[Case]]] = {
    "demo": bugs_of(FOLDER),
    "historical": bugs_of(HELD_OUT),
    "planted_dev": planted("dev"),
    "planted_report": planted("report"),
}


def case_of(bug: Bug, sources: Mapping[Release, Checkout], sandbox: Sandbox) -> Case:
    """The functions that the smallest sufficient part of the fixed release changes."""
    checkout, fix = sources[bug.release], sources[bug.grade.fixed]
    issue = Issue(
        repo=str(checkout.path), base_commit=checkout.commit, problem_statement=bug.statement
    )
    base, _ = sandbox.states.import_commit(checkout.path, checkout.commit)
    fixed, _ = sandbox.states.import_commit(fix.path, fix.commit)
    bench = bench_for(sandbox, issue, base)
    hidden = {name: sandbox.states.read(fixed, name) for name in bug.grade.files}
    before, after = python_of(sandbox, base), python_of(sandbox, fixed)

    def mended(chosen: list[Hunk]) -> bool:
        changes = applied(before, after, chosen)
        encoded = {path: text.encode() for path, text in changes.items()}
        state = sandbox.states.fork(base, {**encoded, **hidden})
        run = bench.suite(state, wall_s=HIDDEN_WALL_S, only=bug.grade.tests)
        return not run.not_passed(bug.grade.tests)

    kept = needed(hunks(before, after), mended)
    places = functions_of(before, after, kept)
    return Case(
        name=bug.id, issue=issue, changed=places or frozenset((hunk.path, "") for hunk in kept)
    )


def python_of(sandbox: Sandbox, state: StateId) -> dict[str, str]:
    paths = [p for p in sandbox.states.paths(state) if p.endswith(".py") and not is_test_path(p)]
    return {p: (sandbox.states.read(state, p) or b"").decode("utf-8", "replace") for p in paths}


def evidence_of(case: Case, sandbox: Sandbox, settings: Settings) -> Evidence:
    """As a search's preparation gathers it."""
    issue = case.issue
    base, _ = sandbox.states.import_commit(Path(issue.repo), issue.base_commit)
    bench: Bench = bench_for(sandbox, issue, base)
    reproduced = reproduce(bench, base, issue.problem_statement, wall_s=REPRODUCTION_WALL_S)
    baselines = FileBaselines(settings.cache_dir / "baselines")
    measured = known_baseline(baselines, bench, base, wall_s=SUITE_WALL_S)
    return gathered(sandbox.states, base, issue, measured, reproduced)


def measure(case: Case, evidence: Evidence) -> Ranks:
    found = traces(evidence)
    by_file = file_clues(evidence, found)
    best = [p.path for p in ranked_files(evidence, fuse(by_file))][:FILES_PARSED]
    by_function = function_clues(evidence, found, best)
    paths = {path for path, _ in case.changed}
    every = sum(len(symbols(path, text)) for path, text in evidence.sources.items())
    return Ranks(
        name=case.name,
        changed=sorted(f"{path}:{name}" for path, name in case.changed),
        files={
            row: first(ranked_files(evidence, fuse(clues)), {(path, "") for path in paths})
            for row, clues in rows(by_file).items()
        },
        functions={
            row: first(ranked_functions(fuse(clues)), case.changed)
            for row, clues in rows(by_function).items()
        },
        file_counts=(len(evidence.sources), len(paths)),
        function_counts=(every, sum(bool(name) for _, name in case.changed)),
    )


def rows(clues: Clues[Key]) -> dict[str, Clues[Key]]:
    """Each clue alone, what was said (no run), and all."""
    alone = {clue: {clue: scores} for clue, scores in clues.items()}
    return {**alone, "said": {clue: clues[clue] for clue in SAID}, "all": clues}


def first(places: Sequence[Place], wanted: Collection[tuple[str, str]]) -> int | None:
    found = (n for n, p in enumerate(places, 1) if (p.path, p.name) in wanted)
    return next(found, None)


def wilson(found: float, total: int) -> tuple[float, float]:
    """The score interval at 95 %."""
    if not total:
        return 0.0, 1.0
    share, scale = found / total, 1 + Z * Z / total
    middle = (share + Z * Z / (2 * total)) / scale
    spread = Z / scale * sqrt(share * (1 - share) / total + Z * Z / (4 * total * total))
    return max(0.0, middle - spread), min(1.0, middle + spread)


def by_chance(counts: tuple[int, int], top: int) -> float:
    """Probability that a random order has a changed place among the first `top`."""
    every, changed = counts
    return 1 - comb(every - changed, top) / comb(every, top) if every >= top else 1.0


def summary(ranks: Sequence[Ranks], kind: str) -> dict[str, dict[str, object]]:
    """Row → found at each k with its interval, and the mean reciprocal rank."""
    told: dict[str, dict[str, object]] = {}
    for row in getattr(ranks[0], kind):
        places = [getattr(one, kind)[row] for one in ranks]
        told[row] = {f"@{top}": at(places, top) for top in TOPS}
        told[row]["mrr"] = round(sum(1 / p for p in places if p) / len(places), 3)
    counts = [getattr(one, f"{kind[:-1]}_counts") for one in ranks]
    told["random"] = {
        f"@{top}": {"found": round(sum(by_chance(c, top) for c in counts), 2), "n": len(counts)}
        for top in TOPS
    }
    return told


def at(places: Sequence[int | None], top: int) -> dict[str, object]:
    found = sum(place is not None and place <= top for place in places)
    low, high = wilson(found, len(places))
    return {"found": found, "n": len(places), "low": round(low, 2), "high": round(high, 2)}


def show(name: str, kind: str, table: Mapping[str, Mapping[str, object]]) -> None:
    print(f"\n{name}: {kind}")
    print("clue", *(f"@{top}" for top in TOPS), "mrr", sep=" | ")
    for row, values in table.items():
        cells = [values[f"@{top}"] for top in TOPS]
        texts = [f"{c['found']}/{c['n']}" for c in cells if isinstance(c, dict)]
        print(row, *texts, values.get("mrr", ""), sep=" | ")


def keep(file: Path, report: Mapping[str, object]) -> None:
    """Write the sets just measured, beside those that the file holds already."""
    held = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    file.write_text(json.dumps({**held, **report}, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sets", nargs="*", default=list(DEFAULT), choices=list(SETS))
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--json", type=Path, default=RESULTS)
    options = parser.parse_args()
    settings = Settings()
    sandbox = build_sandbox(settings)
    report: dict[str, object] = {}
    try:
        for name in options.sets:
            cases = SETS[name](settings, sandbox)
            ranks = [
                measure(case, evidence_of(case, sandbox, settings))
                for case in cases
                if not options.only or case.name in options.only
            ]
            tables = {kind: summary(ranks, kind) for kind in ("files", "functions")}
            for kind, table in tables.items():
                show(name, kind, table)
            report[name] = {**tables, "cases": [asdict(one) for one in ranks]}
    finally:
        sandbox.close()
    keep(options.json, report)


if __name__ == "__main__":
    main()
