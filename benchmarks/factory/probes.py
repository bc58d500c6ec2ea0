"""Snippets that pass on the release, by the lines that they run: they say where faults show."""

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from agents.domain import Reproduction
from agents.verify.bench import Bench, TestRun
from agents.verify.reproduction import SNIPPETS_OWN_FAULT
from benchmarks.factory.snippets import Snippet, snippets
from benchmarks.factory.suites import Suite
from sandbox.protocol import StateId

WALL_S = 300.0
PROBE_WALL_S = 8.0
MOST = 1500
"""Snippets that are tried of one library."""
AT_A_LINE = 30
"""Snippets, shortest first, that are run for a fault in a line."""


@dataclass(frozen=True, slots=True)
class Probes:
    """Path → line → snippets that run it."""

    at: Mapping[str, Mapping[int, Sequence[Snippet]]]

    def covering(self, path: str, line: int) -> Sequence[Snippet]:
        return self.at.get(path, {}).get(line, ())


def run(
    bench: Bench, state: StateId, sources: Iterable[str], *, wall_s: float, trace: bool = False
) -> TestRun:
    """Scripts by their numbers: ``"0"``, ``"1"``, …"""
    asked = [{"id": str(n), "source": s, "call": None} for n, s in enumerate(sources)]
    script = Reproduction(script=json.dumps(asked))
    return bench.reproduce(state, script, wall_s=wall_s, trace=trace)


def measure(suite: Suite, rng: random.Random) -> Probes:
    """Every snippet that passes on the release twice, of tests that are stable there."""
    stable = {test.partition("[")[0] for test in suite.stable}
    found = [s for path, source in suite.test_files().items() for s in snippets(path, source)]
    found = list(dict.fromkeys(snippet for snippet in found if snippet.test in stable))
    found = rng.sample(found, min(len(found), MOST))
    sources = [snippet.source for snippet in found]
    plain = run(suite.bench, suite.release, sources, wall_s=WALL_S)
    traced = run(suite.bench, suite.release, sources, wall_s=WALL_S, trace=True)
    at: dict[str, dict[int, list[Snippet]]] = {}
    for number, snippet in sorted(
        enumerate(found), key=lambda pair: (len(pair[1].source), pair[1].source)
    ):
        key = str(number)
        if plain.status.get(key) == traced.status.get(key) == "passed":
            for path, lines in traced.lines.get(key, {}).items():
                for line in lines:
                    at.setdefault(path, {}).setdefault(line, []).append(snippet)
    return Probes(at)


def failing(suite: Suite, state: StateId, probes: Sequence[Snippet]) -> list[Snippet]:
    """Those that fail on a state for a reason of the library's own, shortest first."""
    tried = probes[:AT_A_LINE]
    told = run(suite.bench, state, [p.source for p in tried], wall_s=PROBE_WALL_S)
    return [
        probe
        for number, probe in enumerate(tried)
        if told.status[str(number)] == "failed"
        and told.errors[str(number)] not in SNIPPETS_OWN_FAULT
    ]
