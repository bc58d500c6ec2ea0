"""Makes tasks of a library: plants faults by chance and keeps those that make an issue."""

import hashlib
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice, zip_longest

from agents.domain import Reproduction
from agents.verify.reproduction import reproduce
from benchmarks.factory import probes
from benchmarks.factory.code import Code
from benchmarks.factory.hidden import NoSuchTest, function_of, without_tests
from benchmarks.factory.operators import OPERATORS, Site, plant, sites
from benchmarks.factory.probes import Probes
from benchmarks.factory.snippets import Snippet
from benchmarks.factory.statement import statement
from benchmarks.factory.suites import WALL_S, Suite
from benchmarks.factory.tasks import Plant, Task
from sandbox.protocol import StateId

MOST_FAILING = 20
"""A fault that more tests find would never have been released."""
TRIES = 400
"""Faults planted in one library at most."""
AT_ONCE = 2
BATCH = 4
ISSUE_WALL_S = 20.0


@dataclass(frozen=True, slots=True)
class Quota:
    """How many tasks of one library, of one operator there, and of one function there."""

    library: int = 7
    operator: int = 1
    function: int = 2


def tasks_of(suite: Suite, seed: int, quota: Quota) -> list[Task]:
    """The same tasks for the same seed."""
    rng = random.Random(f"{seed} {suite.repo}")
    known = probes.measure(suite, rng)
    waiting = order(suite, known, rng)
    kept: list[Task] = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in range(TRIES // BATCH):
            fitting = (site for site in waiting if _has_room(site, kept, quota))
            batch = list(islice(fitting, BATCH))
            if not batch or len(kept) == quota.library:
                break
            for site, task in zip(
                batch, pool.map(lambda s: attempt(suite, known, s), batch), strict=True
            ):
                if task and _has_room(site, kept, quota):
                    kept.append(task)
    return sorted(kept, key=lambda task: task.instance_id)


def order(suite: Suite, known: Probes, rng: random.Random) -> Iterator[Site]:
    """Sites that a snippet runs, every operator having its turn, by chance among its own."""
    by_operator: dict[str, list[Site]] = {name: [] for name in OPERATORS}
    for path, source in suite.sources().items():
        if path in known.at:
            for site in sites(path, Code(source)):
                if known.covering(path, site.change.line):
                    by_operator[site.operator].append(site)
    groups = [rng.sample(group, len(group)) for group in by_operator.values()]
    rng.shuffle(groups)
    for turn in zip_longest(*groups):
        yield from (site for site in turn if site is not None)


def attempt(suite: Suite, known: Probes, site: Site) -> Task | None:
    """Plant one fault; None unless it makes a task."""
    planted = plant(Code(suite.sources()[site.path]), site)
    if planted is None:
        return None
    state = suite.bench.sandbox.states.fork(suite.release, {site.path: planted})
    shown = probes.failing(suite, state, known.covering(site.path, site.change.line))
    hidden = failing_tests(suite, state) if shown else ()
    functions = {function_of(test) for test in hidden}
    fitting = [snippet for snippet in shown if snippet.test in functions]
    if not fitting:
        return None
    return made(suite, site, state, fitting[0], hidden)


def failing_tests(suite: Suite, state: StateId) -> tuple[str, ...]:
    """What the fault makes fail; empty if that is too much, or no test's own failure."""
    run = suite.bench.suite(state, wall_s=WALL_S, max_failures=2 * MOST_FAILING)
    failing = run.not_passed(sorted(suite.stable))
    silent = [test for test in failing if run.status.get(test) not in {"failed", "error"}]
    if run.result.outcome == "timeout" or silent or len(failing) > MOST_FAILING:
        return ()
    return failing


def made(
    suite: Suite, site: Site, planted: StateId, snippet: Snippet, hidden: Sequence[str]
) -> Task | None:
    """The task, if its base is sound and its statement reproduces the fault there."""
    states = suite.bench.sandbox.states
    try:
        visible = without_tests(suite.test_files(), hidden)
    except NoSuchTest:
        return None
    base = states.fork(planted, visible)
    text = statement(suite, base, snippet)
    if text is None or not sound(suite, base, hidden) or not reproduced(suite, base, text):
        return None
    fixed = states.fork(suite.release, visible)
    patch = states.diff(base, fixed).decode()
    package = suite.library.release.package
    return Task(
        instance_id=f"{package}-{hashlib.sha256(patch.encode()).hexdigest()[:8]}",
        repo=suite.repo,
        problem_statement=text,
        patch=patch,
        test_patch=states.diff(fixed, suite.release).decode(),
        fail_to_pass=tuple(hidden),
        pass_to_pass=tuple(sorted(suite.stable - set(hidden))),
        plant=Plant(
            operator=site.operator,
            path=site.path,
            function=site.function,
            line=site.change.line,
        ),
    )


def sound(suite: Suite, base: StateId, hidden: Sequence[str]) -> bool:
    """Whether all that is left of the suite passes on the base: nothing there shows the fault."""
    gone = {function_of(test) for test in hidden}
    left = [test for test in sorted(suite.stable) if function_of(test) not in gone]
    run = suite.bench.suite(base, wall_s=WALL_S)
    return not run.not_passed(left) and not gone & {function_of(test) for test in run.status}


def reproduced(suite: Suite, base: StateId, text: str) -> bool:
    """Whether a search finds a failing test in the statement that passes on the release."""
    found = reproduce(suite.bench, base, text, wall_s=ISSUE_WALL_S).reproduction
    if not found.targets:
        return False
    told = suite.bench.reproduce(
        suite.release, Reproduction(script=found.script), wall_s=ISSUE_WALL_S
    )
    return set(told.status.values()) == {"passed"}


def _has_room(site: Site, kept: Sequence[Task], quota: Quota) -> bool:
    operators = Counter(task.plant.operator for task in kept)
    functions = Counter((task.plant.path, task.plant.function) for task in kept)
    return (
        len(kept) < quota.library
        and operators[site.operator] < quota.operator
        and functions[site.path, site.function] < quota.function
    )
