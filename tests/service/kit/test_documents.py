"""Verdicts as JSON: nothing of the evidence is lost, and what is stored already can be read."""

import json

from hypothesis import given

from agents.domain import Verdict
from agents.selection.evidence import Evidence
from service.kit.documents import from_document, to_document
from tests.service.any_value import any_value
from tests.service.console.sample_evidence import VERDICT

BEFORE_EVIDENCE = """{
  "decision": "patch", "reason": "it passed every rung, no other did", "patch": "ZGlmZg==",
  "chosen": 0, "runner_up": null, "tie": false, "confidence": 0.8, "candidates": [],
  "baseline": {"passing": ["t::a"], "failing": [], "flaky": [], "seconds": 1.0,
               "skipped_reason": null},
  "skipped": [], "limit": null, "version": 1
}"""


@given(any_value(Verdict))
def test_a_verdict_is_the_same_after_a_round_trip_through_json(verdict: Verdict) -> None:
    text = json.dumps(to_document(verdict))
    assert from_document(Verdict, json.loads(text)) == verdict


def test_a_document_holds_the_matrix_the_judgements_and_the_costs_by_name() -> None:
    document = to_document(VERDICT)
    pool = document["evidence"]["pool"]
    assert pool["results"]["written::1"] == {"4": "passed", "6": "passed", "9": "failed"}
    assert [judged["shown"] for judged in pool["judgements"]] == [["4", "9"], ["9", "4"]]
    assert document["evidence"]["weights"]["written::1"]["bits"] == 2.5
    assert document["costs"]["judge"]["calls"] == 2


def test_a_verdict_from_before_there_was_evidence_can_still_be_read() -> None:
    found = from_document(Verdict, json.loads(BEFORE_EVIDENCE))
    assert (found.version, found.chosen, found.patch) == (1, 0, b"diff")
    assert (found.evidence, found.costs) == (Evidence(), {})
