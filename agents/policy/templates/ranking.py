"""Repairs in best-first order, lazily.

A mutant's score is

    suspiciousness of its line * prior of its template * its own plausibility
        * (1 + mutants already proposed at that line) ** -LINE_DECAY
        * (1 + mutants of that template already proposed at that line) ** -TEMPLATE_DECAY

so that one very suspicious line, or one talkative template, does not starve the others. The
discounts only ever lower a score; the queue therefore re-scores an entry when it surfaces
(the lazy greedy rule of submodular maximisation) and the order is exact. Ties go by path, line,
column, template and text: nothing depends on hash order or chance.
"""

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush

from agents.policy.templates.base import Replacement, Site, Template
from agents.policy.templates.failure import boosted
from agents.policy.templates.inert import Inert
from agents.policy.templates.source import Module
from agents.policy.templates.suspicion import of_node, spread
from agents.policy.templates.validity import Chunks
from agents.policy.templates.vocabulary import Vocabulary

LINE_DECAY = 0.3
TEMPLATE_DECAY = 0.3
"""Of 0.3, 0.5 and 0.8 on `benchmarks/mutation_rank.py`, chosen on one seed and confirmed on
another: 59 against 55 of 96 repairs among the first 300. The optimum is flat."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One repair of one file."""

    module: Module
    template: str
    line: int
    change: Replacement
    score: float

    @property
    def text(self) -> str:
        """The whole file after the repair."""
        return self.change.apply(self.module.text)

    @property
    def summary(self) -> str:
        """``comparison: a < b → a <= b (core.py:12)``."""
        shown = self.change.describe(self.module.text)
        return f"{self.template}: {shown} ({self.module.path}:{self.line})"


_Spot = tuple[str, int]
"""Path and line."""


@dataclass(slots=True)
class _Bucket:
    """What one template offers on one line, plausible first. Filled when it first surfaces."""

    spot: _Spot
    template: Template
    suspicion: float
    sites: list[Site]
    changes: list[Replacement] | None = None
    used: int = 0
    inert: Inert | None = None

    def fill(self) -> None:
        found = [change for site in self.sites for change in self.template.find(site)]
        live = [c for c in found if self.inert is None or not self.inert.covers(c.start, c.end)]
        unique = {(c.start, c.end, c.text): c for c in reversed(live)}
        self.changes = sorted(
            unique.values(), key=lambda c: (-c.weight, c.start, c.end, len(c.text), c.text)
        )

    def bound(self, proposed: int, mine: int) -> float:
        """Score of the next change, or what it can be at most."""
        weight = self.changes[self.used].weight if self.changes is not None else 1.0
        discount = (1 + proposed) ** -LINE_DECAY * (1 + mine) ** -TEMPLATE_DECAY
        return float(self.suspicion * self.template.prior * weight * discount)


@dataclass(slots=True)
class _Queue:
    """Buckets by score. Entries carry the bucket's serial number, which is the order of ties."""

    buckets: list[_Bucket]
    at_line: Counter[_Spot] = field(default_factory=Counter)
    at_template: Counter[tuple[_Spot, str]] = field(default_factory=Counter)
    heap: list[tuple[float, int]] = field(default_factory=list)

    def score(self, bucket: _Bucket) -> float:
        mine = self.at_template[bucket.spot, bucket.template.name]
        return bucket.bound(self.at_line[bucket.spot], mine)

    def push(self, serial: int) -> None:
        bucket = self.buckets[serial]
        if bucket.changes is None or bucket.used < len(bucket.changes):
            heappush(self.heap, (-self.score(bucket), serial))

    def pop(self) -> Iterator[tuple[_Bucket, Replacement, float]]:
        """Changes in order. `accept` must be called between two if the first one was used."""
        for serial in range(len(self.buckets)):
            self.push(serial)
        while self.heap:
            stale, serial = heappop(self.heap)
            bucket = self.buckets[serial]
            if bucket.changes is None:
                bucket.fill()
            elif -stale <= (score := self.score(bucket)):
                change = (bucket.changes or [])[bucket.used]
                bucket.used += 1
                yield bucket, change, score
            self.push(serial)

    def accept(self, bucket: _Bucket) -> None:
        self.at_line[bucket.spot] += 1
        self.at_template[bucket.spot, bucket.template.name] += 1


def rank(
    sources: Mapping[str, str],
    suspicions: Mapping[str, Mapping[int, float]],
    templates: tuple[Template, ...],
    failed: tuple[str, ...] = (),
) -> Iterator[Mutant]:
    """Mutants of all files (path → text) that compile and differ, each once, best first.

    `suspicions` is path → line (from 1) → suspiciousness in [0, 1]. Files that do not parse are
    left out. `failed` names the exceptions that the reproduction dies of.
    """
    templates = boosted(templates, failed)
    chunks: dict[str, Chunks] = {}
    buckets: list[_Bucket] = []
    for path in sorted(set(sources) & set(suspicions)):
        try:
            module = Module(path, sources[path])
        except (SyntaxError, ValueError):
            continue
        chunks[path] = Chunks(module)
        words = Vocabulary(module, failed)
        buckets.extend(_buckets(module, words, suspicions[path], templates))
    return _distinct(_Queue(buckets), chunks)


def _distinct(queue: _Queue, chunks: Mapping[str, Chunks]) -> Iterator[Mutant]:
    seen: set[tuple[str, int, str]] = set()
    for bucket, change, score in queue.pop():
        path, line = bucket.spot
        print_ = chunks[path].fingerprint(change)
        if print_ is not None and (path, *print_) not in seen:
            seen.add((path, *print_))
            queue.accept(bucket)
            yield Mutant(bucket.sites[0].module, bucket.template.name, line, change, score)


def _buckets(
    module: Module, words: Vocabulary, lines: Mapping[int, float], templates: tuple[Template, ...]
) -> list[_Bucket]:
    """One bucket per line and template, in order of line, column and template."""
    scores, by_kind, inert = spread(module, words, lines), _by_kind(templates), Inert(module)
    found: dict[tuple[int, int], _Bucket] = {}
    for node in (node for node in words.nodes(None) if node not in inert):
        wanted = by_kind.get(type(node), ())
        suspicion = of_node(module, scores, node) if wanted else 0.0
        if suspicion <= 0:
            continue
        line = getattr(node, "lineno", 0)
        for serial in wanted:
            key = (line, serial)
            if key not in found:
                spot = (module.path, line)
                found[key] = _Bucket(spot, templates[serial], suspicion, [], inert=inert)
            found[key].suspicion = max(suspicion, found[key].suspicion)
            found[key].sites.append(Site(module, words, node))
    return [found[key] for key in sorted(found)]


def _by_kind(templates: tuple[Template, ...]) -> dict[type[ast.AST], list[int]]:
    found: dict[type[ast.AST], list[int]] = {}
    for serial, template in enumerate(templates):
        for kind in template.kinds:
            found.setdefault(kind, []).append(serial)
    return found
