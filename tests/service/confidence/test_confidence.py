"""Confidence and maps out of stored verdicts, on both databases."""

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from agents.selection.calibration.calibration_map import PRIOR, CalibrationMap
from agents.selection.calibration.labelled_belief import LabelledBelief
from agents.selection.calibration.logistic import Line
from service.bootstrap import build_confidence
from service.confidence import repository
from service.confidence.labelled_verdict import LabelledVerdict, left_out, samples
from service.confidence.service import fitted
from service.errors import TooFewLabels
from service.kit.database import Database, SQLAlchemyError
from service.searches.store import SqlStore
from tests.service.confidence.verdicts import BELIEFS, believing, boastful, label, stored
from tests.service.examples import verdict

LINE = CalibrationMap(name="line-1", kind="logistic", line=Line(slope=0.5), beliefs=BELIEFS)
STEP = CalibrationMap(name="step-1", kind="isotonic", knots=((0.2, 0.1), (0.9, 0.8)))


def known(database: Database) -> list[LabelledVerdict]:
    with database.read() as session:
        return list(repository.labelled(session))


def add(database: Database, *maps: CalibrationMap) -> None:
    for found in maps:
        with database.write() as session:
            repository.add(session, found)


def test_a_belief_is_set_beside_its_label(store: SqlStore) -> None:
    label(store, stored(store, believing(0.75, 0.7), repo="x/y"), right=True)
    stored(store, believing(0.9, 0.8))
    (found,) = known(store.database)
    assert samples([found]) == [
        LabelledBelief(issue=found.issue, repo="x/y", belief=0.75, right=True)
    ]
    assert (found.confidence, found.beliefs, found.decided) == (0.7, BELIEFS, True)


def test_two_searches_of_one_issue_are_of_one_issue(store: SqlStore) -> None:
    for statement in ("one", "one", "other"):
        label(store, stored(store, believing(0.75, 0.7), statement=statement), right=True)
    first, second, third = known(store.database)
    assert first.issue == second.issue != third.issue


def test_the_last_label_of_each_source_counts(store: SqlStore) -> None:
    search = stored(store, believing(0.75, 0.7))
    for right, source in ((True, "grader"), (False, "person"), (False, "grader")):
        label(store, search, right, source)
    (found,) = known(store.database)
    assert (found.usable, found.right) == (True, False)


def test_what_tells_nothing_of_the_beliefs_is_left_out_and_counted(store: SqlStore) -> None:
    label(store, stored(store, verdict("abstained")), right=True)
    label(store, stored(store, verdict()), right=True)
    label(store, stored(store, believing(0.75, 0.7, "beliefs-0")), right=True)
    disputed = stored(store, believing(0.75, 0.7))
    label(store, disputed, right=True)
    label(store, disputed, right=False, source="person")
    label(store, stored(store, believing(0.5, 0.4)), right=False)
    found = known(store.database)
    assert [sample.belief for sample in samples(found)] == [0.5]
    assert left_out(found) == {
        "it abstained": 1,
        "it has no belief": 1,
        "its belief is by other priors": 1,
        "its labels disagree": 1,
    }


def test_before_there_is_a_map_the_prior_is_active(database: Database) -> None:
    with database.read() as session:
        assert repository.active(session) == PRIOR
        assert repository.names(session) == ["prior-1"]


def test_the_newest_map_is_active_and_one_can_go_back(database: Database) -> None:
    add(database, LINE, STEP)
    active = build_confidence(database)
    assert active() == STEP
    add(database, LINE)
    assert active() == LINE
    add(database, PRIOR)
    assert active() == PRIOR
    with database.read() as session:
        assert repository.names(session) == ["prior-1", "line-1", "step-1"]
        assert repository.named(session, "step-1") == STEP
        assert repository.named(session, "none") is None


def test_a_replay_has_the_map_of_its_verdict(database: Database) -> None:
    add(database, LINE, STEP)
    assert build_confidence(database, named="line-1")() == LINE
    assert build_confidence(database, named="prior-1")() == PRIOR
    assert build_confidence(database, named="")() == STEP


def test_a_fitted_map_is_stored_with_its_figures(store: SqlStore) -> None:
    boastful(store)
    found = fitted(known(store.database), 40)
    assert (found.kind, found.n, found.beliefs) == ("logistic", 60, BELIEFS)
    assert found.apply(0.9) == pytest.approx(0.5, abs=0.15)
    assert found.apply(0.6) == pytest.approx(0.2, abs=0.15)
    add(store.database, found)
    assert build_confidence(store.database)() == found


@pytest.mark.parametrize(
    "change", ["UPDATE calibration_maps SET name = 'x'", "DELETE FROM calibration_maps"]
)
def test_a_map_cannot_be_changed(database: Database, change: str) -> None:
    add(database, LINE)
    with pytest.raises(SQLAlchemyError, match="append-only"), database.write() as session:
        session.connection().exec_driver_sql(change)
    assert build_confidence(database)() == LINE


def test_too_few_labels_are_told_with_what_was_left_out(store: SqlStore) -> None:
    label(store, stored(store, verdict("abstained")), right=True)
    with pytest.raises(TooFewLabels, match=r"0 choices.*1 left out: it abstained.*budwood label"):
        fitted(known(store.database), 40)


def test_the_api_shows_figures_before_and_after(client: TestClient, store: SqlStore) -> None:
    boastful(store)
    label(store, stored(store, verdict()), right=True)
    add(store.database, replace(LINE, line=Line(slope=0.8, intercept=-1.8)))
    body = client.get("/v1/calibration/confidence").json()
    assert (body["labelled"], body["left_out"]) == (61, {"it has no belief": 1})
    assert body["belief"]["figures"]["n"] == body["calibrated"]["figures"]["n"] == 60
    assert body["told"]["figures"]["n"] == 61
    assert body["calibrated"]["figures"]["brier"] < body["belief"]["figures"]["brier"]
    assert body["gain"]["low"] > 0
    between = body["belief"]["intervals"]["brier"]
    assert between["low"] < body["belief"]["figures"]["brier"] < between["high"]
    assert body["belief"]["figures"]["missing"] == {
        "ece": "it needs 500 pairs or more, and there are 60"
    }
    assert [row["low"] for row in body["belief"]["figures"]["table"]] == [0.6, 0.9]
    assert (body["active"]["name"], body["active"]["kind"]) == ("line-1", "logistic")


def test_the_api_shows_the_prior_before_there_is_a_label(client: TestClient) -> None:
    body = client.get("/v1/calibration/confidence").json()
    assert (body["labelled"], body["gain"], body["active"]["name"]) == (0, None, "prior-1")


def test_a_map_for_other_beliefs_is_not_shown_as_in_use(
    client: TestClient, store: SqlStore
) -> None:
    label(store, stored(store, believing(0.75, 0.7, "beliefs-2")), right=True)
    add(store.database, LINE)
    assert client.get("/v1/calibration/confidence").json()["active"]["name"] == "prior-1"
