"""What was found of candidates beside the tests: behaviours, probes, judgements, reviews."""

from collections import Counter
from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from agents.domain import Verdict
from agents.selection.evidence import Behaviour, Evidence, Review
from agents.selection.pool import Judgement, Pool, Probe
from service.console.harmless import harmless, in_a_line, plain
from service.console.standing import agreed, alike, in_both_orders

LINE = 120
"""Characters kept of what others wrote, a line each."""
DEMANDS = {True: ("✓", "green"), False: ("✗", "red"), None: ("?", "dim")}


def behaviours_view(verdict: Verdict) -> RenderableType:
    """A line each: belief, sources as votes, candidates; then the belief that none is right."""
    evidence = verdict.evidence
    table = Table(box=None, padding=(0, 2, 0, 2), header_style="dim")
    for heading in ("belief", "votes", "trials"):
        table.add_column(heading, overflow="fold")
    for behaviour in evidence.behaviours:
        table.add_row(f"{behaviour.probability:.2f}", _votes(behaviour), _trials(behaviour))
    table.add_row(f"{evidence.none_right:.2f}", "", Text("none of them is right", style="dim"))
    return table


def _votes(behaviour: Behaviour) -> str:
    return f"{behaviour.sources} source{'' if behaviour.sources == 1 else 's'}"


def _trials(behaviour: Behaviour) -> Text:
    return plain(", ".join(behaviour.options))


def probes_view(evidence: Evidence) -> Iterator[RenderableType]:
    """Each input with its outputs, who gave them, and how often they were said to be right."""
    for probe in evidence.pool.probes:
        yield plain(f"  {in_a_line(probe.id, 60)}", "bold")
        yield from _code(evidence, probe.id)
        yield from (plain(f"    {line}") for line in _outputs(probe))


def tests_view(evidence: Evidence) -> Iterator[RenderableType]:
    """The code of every test that is kept; of several tests of one file, that file once."""
    held: dict[str, list[str]] = {}
    for test in evidence.pool.tests:
        held.setdefault(_source_of(evidence, test.id), []).append(test.id)
    for name, tests in held.items():
        if name in evidence.sources:
            yield from (plain(f"  {in_a_line(test, 60)}", "bold") for test in tests)
            yield from _code(evidence, name)


def _source_of(evidence: Evidence, test: str) -> str:
    """Under which name a test's code is kept: its own, or its file's."""
    return test if test in evidence.sources else test.partition("::")[0]


def _code(evidence: Evidence, name: str) -> Iterator[Text]:
    lines = harmless(evidence.sources.get(name, "")).strip().split("\n")
    yield from (Text(f"    {line}", style="dim") for line in lines if line)


def _outputs(probe: Probe) -> Iterator[str]:
    given: dict[str, list[str]] = {}
    for key, output in probe.outputs.items():
        given.setdefault(output, []).append(key)
    believed = Counter(probe.believed)
    for output, keys in given.items():
        times = believed[output] if output else 0
        right = f"  (said to be right {times} of {len(probe.believed)} times)" if times else ""
        yield f"{', '.join(keys)} → {in_a_line(output, LINE) or '(nothing)'}{right}"
    if believed[""]:
        yield f"none of them was said to be right {believed['']} of {len(probe.believed)} times"


def judgements_view(pool: Pool) -> Iterator[RenderableType]:
    """Each pair with both orders, and what they come to together."""
    pairs: dict[tuple[str, frozenset[str]], list[Judgement]] = {}
    for judged in pool.judgements:
        pairs.setdefault((judged.judge, frozenset(judged.shown)), []).append(judged)
    for (judge, _), judgements in pairs.items():
        first, second = judgements[0].shown
        came = _came_to(judgements, first, second)
        yield plain(f"  {in_a_line(judge, 30)}, trial {first} and trial {second}: {came}", "bold")
        yield from (plain(f"    {_order(judged)}") for judged in judgements)


def _came_to(judgements: list[Judgement], first: str, second: str) -> str:
    keys = frozenset({first})
    preferred = agreed(judgements, keys)
    if preferred is not None:
        return f"trial {first if preferred else second}"
    both = in_both_orders(judgements, keys)
    return "a tie: the orders disagree or name none" if both else "a tie: one order only"


def _order(judged: Judgement) -> str:
    preferred = "neither" if judged.preferred is None else f"trial {judged.preferred}"
    reason = f": {in_a_line(judged.reason, LINE)}" if judged.reason else ""
    return f"shown {judged.shown[0]} then {judged.shown[1]}: {preferred}{reason}"


def reviews_view(evidence: Evidence) -> Iterator[RenderableType]:
    """Each reviewed candidate as a checklist."""
    for review in evidence.reviews:
        like = len(alike(evidence, review.option)) - 1
        beside = f" (and {like} that behave alike)" if like else ""
        yield plain(f"  trial {review.option}, belief {review.belief:.2f}{beside}", "bold")
        yield Group(*_checklist(review))


def _checklist(review: Review) -> Iterator[Text]:
    for demand in review.demands:
        mark, style = DEMANDS[demand.met]
        where = f"  ({in_a_line(demand.where, 60)})" if demand.where else ""
        yield (
            Text("    ").append(mark, style=style).append(f" {in_a_line(demand.text, LINE)}{where}")
        )
    if review.remark:
        yield plain(f"    {in_a_line(review.remark, LINE)}", "dim")
