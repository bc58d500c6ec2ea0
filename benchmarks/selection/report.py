"""What is said of selectors: figures as JSON, and tables of them. Nothing is read or written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from agents.selection.answers import Answer, answers
from agents.selection.choice import Selector
from agents.selection.intervals import RESAMPLES, Interval
from agents.selection.labelled import LabelledPool
from agents.selection.measure import ahead, costs, figures

OURS = "ladder"
BLOCK = 500
"""Issues of SWE-bench Verified: how much a figure of so many differs from one set to the next."""
SHOWN = ("efficiency", "gap_closure")


def report(
    pools: Sequence[LabelledPool],
    selectors: Mapping[str, Selector],
    *,
    ks: Sequence[int] = (),
    published: Sequence[str] = (),
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> dict[str, Any]:
    """Every selector on the same pools; `published`: the peers that ours has to beat."""
    found = {name: answers(pools, selector, seed=seed) for name, selector in selectors.items()}
    measured = {
        name: told_of(given, seed=seed, resamples=resamples) for name, given in found.items()
    }
    ours = measured.get(OURS)
    return {
        "efficiency": ours and ours["efficiency"],
        "gap_closure": ours and ours["gap_closure"],
        "missing": {} if ours else dict.fromkeys(SHOWN, f"there is no selector {OURS} yet"),
        "n": len(pools),
        **_truth(found),
        "ours": ours,
        "ahead_of_peers": _ahead(found, published, seed, resamples),
        "peers": {name: row for name, row in measured.items() if name != OURS},
        "published": list(published),
        "spread": {name: _spread(given) for name, given in found.items()},
        "by_k": {
            str(k): {
                name: told_of(
                    answers(pools, selector, k=k, seed=seed), seed=seed, resamples=resamples
                )
                for name, selector in selectors.items()
            }
            for k in ks
        },
        "costs": costs(pools),
    }


def table(found: Mapping[str, Any]) -> Iterator[str]:
    """Markdown."""
    yield "| selector | right | of what was found | gap closed (95 %) | abstained |"
    yield "|---|--:|--:|--:|--:|"
    rows = dict(found["peers"])
    if found["ours"]:
        rows |= {OURS: found["ours"]}
    for name, row in sorted(rows.items(), key=lambda item: item[1]["selected"]["value"]):
        mark = "**" if name == OURS else "`"
        yield (
            f"| {mark}{name}{mark} | {percent(row['selected'])} | {percent(row['efficiency'])} | "
            f"{between(row['gap_closure'])} | {percent(row['abstained'])} |"
        )


def percent(figure: Mapping[str, float] | None) -> str:
    return "" if figure is None else f"{100 * figure['value']:.1f} %"


def between(figure: Mapping[str, float] | None) -> str:
    """With bounds."""
    if figure is None:
        return ""
    low, high = (100 * figure[bound] for bound in ("low", "high"))
    return f"{100 * figure['value']:.1f} % ({low:.1f} to {high:.1f})"


def rounded(figure: Interval | None) -> dict[str, float] | None:
    if figure is None:
        return None
    return {name: round(value, 4) for name, value in asdict(figure).items()}


def told_of(given: Sequence[Answer], *, seed: int, resamples: int = RESAMPLES) -> dict[str, Any]:
    """Figures of one selector's answers, rounded."""
    of = figures(given, seed=seed, resamples=resamples)
    return {
        "selected": rounded(of.selected),
        "efficiency": rounded(of.efficiency),
        "gap_closure": rounded(of.gap_closure),
        "abstained": rounded(of.abstained),
        "precision": rounded(of.precision),
        "brier": rounded(of.brier),
        "auc": rounded(of.auc),
        "ece": of.ece and round(of.ece, 4),
        "missing": dict(of.missing),
    }


def _truth(found: Mapping[str, Sequence[Answer]]) -> dict[str, Any]:
    """The same for every selector."""
    of = figures(next(iter(found.values()), ()))
    return {"random": rounded(of.random), "oracle": rounded(of.oracle)}


def _ahead(
    found: Mapping[str, Sequence[Answer]], published: Sequence[str], seed: int, resamples: int
) -> dict[str, Any]:
    """Published rule → gap closure of ours less its own, on the same issues."""
    if OURS not in found:
        return {}
    return {
        name: rounded(ahead(found[OURS], found[name], seed=seed, resamples=resamples))
        for name in published
    }


def _spread(given: Sequence[Answer]) -> dict[str, Any]:
    """Least and most gap closure of disjoint sets of issues, whole ones alone."""
    blocks = [given[at : at + BLOCK] for at in range(0, len(given) - BLOCK + 1, BLOCK)]
    closures = [
        round(of.value, 4)
        for of in (figures(block, resamples=0).gap_closure for block in blocks)
        if of is not None
    ]
    return {
        "issues": BLOCK,
        "sets": len(closures),
        "least": min(closures, default=None),
        "most": max(closures, default=None),
    }
