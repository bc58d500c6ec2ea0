"""Runs to figures: shares, paired differences, the curve of resolved against tokens. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from statistics import fmean
from typing import Any

from agents.llm.pricing import Price
from benchmarks.search_quality.runs import Run
from benchmarks.search_quality.statistics import RESAMPLES, bootstrap, curve, quantile, wilson

GRID = tuple(range(1_000, 31_000, 1_000))
"""Tokens at which the curve is given."""


def report(runs: Sequence[Run], price: Price, label: str) -> dict[str, Any]:
    """Everything for the JSON file. `label` names the price: it is an equivalent, nobody was paid."""
    by_name: dict[str, list[Run]] = {}
    for run in runs:
        by_name.setdefault(run.configuration, []).append(run)
    return {
        "configurations": {name: _one(found, price) for name, found in by_name.items()},
        "differences": {
            f"{first} - {second}": found
            for second, first in combinations(by_name, 2)
            if (found := difference(by_name[first], by_name[second])) is not None
        },
        "about": {
            "tasks": len({run.task for run in runs}),
            "seeds": sorted({run.seed for run in runs}),
            "models": sorted({(run.model, run.model_sha256) for run in runs}),
            "budget": runs[-1].budget if runs else {},
            "usd_equivalent": {
                "label": label,
                "usd_per_million_prompt_tokens": price.prompt,
                "usd_per_million_completion_tokens": price.completion,
                "cached_tokens": "counted as any other",
            },
            "bootstrap": {"resamples": RESAMPLES, "seed": 0, "unit": "task", "level": 0.95},
            "dates": [min((run.date for run in runs), default=""),
                      max((run.date for run in runs), default="")],
            "versions": sorted({tuple(sorted(run.versions.items())) for run in runs}),
        },
    }  # fmt: skip


def difference(first: Sequence[Run], second: Sequence[Run]) -> dict[str, Any] | None:
    """How much more of the same (task, seed) the first one resolved; None where they share nothing.

    ``resolved_at_equal_tokens``: the same with `equal_tokens` for each pair, which are all that it
    had where neither run is bounded. Beside ``single_shot`` it says little: that one is bounded by
    its own definition, one edit, so where it abstained the other one gets about one edit too.
    ``equal_tokens``: their mean over the ``equal_tokens_pairs`` that have a bound; None without any.
    """
    ours = {(run.task, run.seed): run for run in first}
    theirs = {(run.task, run.seed): run for run in second}
    pairs = [(ours[at], theirs[at]) for at in sorted(ours.keys() & theirs.keys())]
    if not pairs:
        return None
    bounds = [equal_tokens(a, b) for a, b in pairs]
    bounded = [k for k in bounds if k is not None]
    resolved = [float(a.resolved) - float(b.resolved) for a, b in pairs]
    equal = [_within(a, k) - _within(b, k) for (a, b), k in zip(pairs, bounds, strict=True)]
    tokens = [float(a.tokens - b.tokens) for a, b in pairs]
    return {
        "n": len(pairs),
        "resolved": round(fmean(resolved), 4),
        "resolved_interval": _interval(pairs, resolved),
        "equal_tokens": round(fmean(bounded), 1) if bounded else None,
        "equal_tokens_pairs": len(bounded),
        "resolved_at_equal_tokens": round(fmean(equal), 4),
        "resolved_at_equal_tokens_interval": _interval(pairs, equal),
        "tokens": round(fmean(tokens), 1),
        "tokens_interval": _interval(pairs, tokens),
        "only_first": sum(value > 0 for value in resolved),
        "only_second": sum(value < 0 for value in resolved),
    }


def equal_tokens(first: Run, second: Run) -> int | None:
    """The most tokens that both of a pair had: those of the one that its budget ended with the
    fewer. A run that chose a patch, right or wrong, ended of itself and would have had more, so
    it bounds nothing; None where both did."""
    return min((run.tokens for run in (first, second) if run.state == "abstained"), default=None)


def _within(run: Run, tokens: int | None) -> float:
    if tokens is None:
        return float(run.resolved)
    return float(run.cost is not None and run.cost <= tokens)


def _interval(pairs: Sequence[tuple[Run, Run]], values: Sequence[float]) -> list[float]:
    grouped: dict[str, list[float]] = {}
    for (run, _), value in zip(pairs, values, strict=True):
        grouped.setdefault(run.task, []).append(value)
    return [round(bound, 4) for bound in bootstrap(grouped)]


def _one(runs: Sequence[Run], price: Price) -> dict[str, Any]:
    resolved = sum(run.resolved for run in runs)
    usd = [price.cost(run.prompt_tokens, 0, run.completion_tokens) for run in runs]
    return {
        "n": len(runs),
        "resolved": resolved,
        "share": round(resolved / len(runs), 4),
        "wilson": [round(bound, 4) for bound in wilson(resolved, len(runs))],
        "abstained": sum(run.state == "abstained" for run in runs),
        "wrong": sum(run.wrong for run in runs),
        "trials": round(fmean([len(run.trials) for run in runs]), 2),
        "unusable_trials": sum(t.kind == "failed" for run in runs for t in run.trials),
        "tokens": _spread([run.tokens for run in runs]),
        "usd_equivalent": {**_spread(usd, 6), "total": round(sum(usd), 6)},
        "seconds": _spread([run.seconds for run in runs]),
        "curve": [[k, round(share, 4)] for k, share in curve([run.cost for run in runs], GRID)],
    }


def _spread(values: Sequence[float], digits: int = 1) -> dict[str, float]:
    return {
        "mean": round(fmean(values), digits),
        "p50": round(quantile(values, 0.5), digits),
        "p90": round(quantile(values, 0.9), digits),
    }


def table(found: Mapping[str, Any]) -> Iterator[str]:
    """Markdown: one line for each configuration, then the paired differences."""
    yield "| configuration | resolved | 95 % | wrong | tokens, mean | USD equivalent, all | s, p50 |"
    yield "|---|--:|---|--:|--:|--:|--:|"
    for name, one in found["configurations"].items():
        low, high = (f"{100 * bound:.0f}" for bound in one["wilson"])
        yield (
            f"| {name} | {one['resolved']} of {one['n']} | {low} to {high} % | {one['wrong']} | "
            f"{one['tokens']['mean']:,.0f} | {one['usd_equivalent']['total']:.4f} | "
            f"{one['seconds']['p50']:.0f} |"
        )
    yield ""
    for name, one in found["differences"].items():
        low, high = (f"{100 * bound:+.0f}" for bound in one["resolved_interval"])
        yield (
            f"{name}: {100 * one['resolved']:+.0f} points of resolved ({low} to {high}, "
            f"n={one['n']}), {one['tokens']:+,.0f} tokens"
        )
