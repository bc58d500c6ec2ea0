"""A verdict with all kinds of evidence, for whoever shows or stores one.

Trial 4 was chosen before trial 9. Trial 6 does as 4 does from another source; 11 was refused.
"""

from dataclasses import replace

from agents.domain import Candidate, Reproduction, Rung, Usage, Verdict
from agents.selection.evidence import (
    Behaviour,
    Demand,
    Evidence,
    Measure,
    Review,
    TestWeight,
)
from agents.selection.pool import Judgement, Mark, Option, Pool, Probe, Test

RUNGS = (
    Rung(name="applies", passed=True),
    Rung(name="reproduction", passed=True),
    Rung(name="regression", passed=True),
)
REFUSED = (
    Rung(name="applies", passed=True),
    Rung(name="reproduction", passed=True),
    Rung(name="regression", passed=False, detail="t::old failed"),
)
MARKS: dict[str, Mark] = {"p": "passed", "f": "failed", ".": "unknown"}


def patch(line: str) -> bytes:
    """A diff that writes one line."""
    return f"--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-x\n+{line}\n".encode()


def candidate(trial: int, **changes: object) -> Candidate:
    """An accepted one."""
    values: dict[str, object] = {
        "trial": trial, "state": f"s{trial}", "patch": patch(f"y{trial}"), "cluster": trial,
        "summary": f"edit {trial}", "changed_lines": 2, "rungs": RUNGS,
    }  # fmt: skip
    return Candidate(**(values | changes))  # type: ignore[arg-type]


def results(keys: str, **rows: str) -> dict[str, dict[str, Mark]]:
    """``results("4 9", w1="pf")``: a letter of `MARKS` for each key; ``_`` in a name is ``::``."""
    return {
        name.replace("_", "::"): {
            key: MARKS[letter] for key, letter in zip(keys.split(), row, strict=True)
        }
        for name, row in rows.items()
    }


POOL = Pool(
    options=(
        Option(key="4", source="a", changed_lines=2, regression="passed", review=0.9),
        Option(key="6", source="b", changed_lines=4, regression="passed"),
        Option(key="9", source="c", changed_lines=2, regression="passed", review=0.4),
        Option(key="11", source="d", changed_lines=1, refused="regression"),
    ),
    tests=(
        Test(id="issue::1", origin="issue"),
        Test(id="written::1", origin="written"),
        Test(id="written::2", origin="written"),
        Test(id="written::3", origin="written"),
        Test(id="written::4", origin="written", stable=False),
        Test(id="author::1", origin="author", author="4"),
        Test(id="written::5", origin="written", toxic="it contradicts the issue's example"),
    ),
    results=results(
        "4 6 9",
        issue_1="ppp",
        written_1="ppf",
        written_2="p.f",
        written_3="ffp",
        written_4="fpp",
        author_1="ppf",
        written_5="ffp",
    ),
    probes=(
        Probe(
            id="probe::1",
            outputs={"4": "[]", "6": "[]", "9": "None"},
            believed=("[]", "[]", ""),
        ),
    ),
    judgements=(
        Judgement(shown=("4", "9"), preferred="4", reason="handles the empty list"),
        Judgement(shown=("9", "4"), preferred="4", reason="as the issue asks"),
    ),
)
EVIDENCE = Evidence(
    pool=POOL,
    behaviours=(
        Behaviour(options=("4", "6"), sources=2, probability=0.75),
        Behaviour(options=("9",), sources=1, probability=0.125),
    ),
    none_right=0.125,
    weights={
        "issue::1": TestWeight(good=0.9, bits=0.0),
        "written::1": TestWeight(good=0.8, bits=2.5),
        "written::2": TestWeight(good=0.7, bits=1.5),
        "written::3": TestWeight(good=0.4, bits=-0.5),
        "written::4": TestWeight(good=0.0, bits=0.0, silent="unstable"),
        "author::1": TestWeight(good=0.5, bits=0.0, silent="its author is in this behaviour"),
        "written::5": TestWeight(good=0.0, bits=0.0, silent="toxic"),
    },
    sources={"written::1": "assert f([]) == []\n", "probe::1": "print(f([]))\n"},
    reviews=(
        Review(
            option="4",
            demands=(
                Demand(text="an empty list stays one", met=True, where="a.py:3"),
                Demand(text="it is documented", met=None),
            ),
            belief=0.9,
            remark="small and to the point",
        ),
        Review(
            option="9",
            demands=(
                Demand(text="an empty list stays one", met=False),
                Demand(text="it is documented", met=None),
            ),
            belief=0.4,
        ),
    ),
    measures=(
        Measure(action="cross_run", reason="two behaviours are close", expected_gain=0.2, cost=4.0),
        Measure(action="judge", reason="no test is left", expected_gain=0.05, cost=9.0),
    ),
    stopped="no measure is worth its cost",
    margin=0.625,
    belief=0.75,
    beliefs="stated-1",
    calibration="none",
)
VERDICT = Verdict(
    decision="patch",
    reason="it passed every rung, and so did 2 other(s)",
    patch=patch("y4"),
    chosen=4,
    runner_up=9,
    confidence=0.75,
    candidates=(candidate(4), candidate(6), candidate(9), candidate(11, rungs=REFUSED)),
    reproduction=Reproduction(targets=("issue::1",)),
    skipped=("rerun: the budget's seconds were spent",),
    usage=Usage(sandbox_runs=20, sandbox_s=40.0, calls=6),
    costs={
        "cross_run": Usage(sandbox_runs=9, sandbox_s=4.25),
        "judge": Usage(prompt_tokens=900, completion_tokens=100, usd=None, calls=2),
    },
    evidence=EVIDENCE,
)
ABSTAINED = replace(
    VERDICT,
    decision="abstained",
    reason="the belief of 0.40 is below 0.50",
    patch=b"",
    chosen=None,
    runner_up=None,
    confidence=0.0,
)
OLD = replace(VERDICT, evidence=Evidence(), costs={}, version=1)


def with_pool(verdict: Verdict, **changes: object) -> Verdict:
    """The same verdict on a changed pool."""
    evidence = verdict.evidence
    pool = replace(evidence.pool, **changes)  # type: ignore[arg-type]
    return replace(verdict, evidence=replace(evidence, pool=pool))
