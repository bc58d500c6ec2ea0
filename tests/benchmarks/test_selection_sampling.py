"""Candidates to choose among: how they are asked for, kept and counted."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agents.driver import run_in_process
from agents.store import SearchRecord
from benchmarks.bugs import load_tasks
from benchmarks.search_quality.plan import mixed
from benchmarks.selection import candidates
from benchmarks.selection.candidates import Sampling, Source
from benchmarks.selection.mixture import figures, mixture, table
from benchmarks.selection.sample import missing
from benchmarks.selection.sampling import Sampler, encoded, told
from service.kit.documents import to_document
from tests.agents.toy import World, answer
from tests.benchmarks.samplings import block, engine, sampled, sampler, sampling
from tests.benchmarks.shelf import FILES, Made
from tests.service.roles import RoleServer, role_of

RIGHT, HALF = block("keep 1 2"), block("keep 1")


def searched(world: World, folder: Path, *replies: str) -> SearchRecord:
    made = engine(world, sampler(folder, len(replies)).settings("llm"), *replies)
    run_in_process(made, "s")
    return made.store.load("s")


def test_a_passing_sample_ends_nothing_and_equal_ones_are_kept(
    world: World, tmp_path: Path
) -> None:
    record = searched(world, tmp_path, RIGHT, HALF, RIGHT, "no idea")
    trials = told(record, "llm")
    assert [trial.trial for trial in trials] == [0, 1, 2, 3]
    assert [trial.solved for trial in trials] == [True, False, True, False]
    assert trials[0].patch == trials[2].patch
    assert "+keep 1 2" in trials[0].patch
    assert (trials[3].kind, trials[3].reason, trials[3].patch) == ("failed", "unparsable", "")
    assert trials[1].tests == {"issue::1": "passed", "issue::2": "failed"}
    assert trials[0].origin == "llm:fake-1"
    assert trials[0].tokens > 0


def test_no_sample_is_told_of_another(world: World, tmp_path: Path) -> None:
    record = searched(world, tmp_path, HALF, HALF, HALF)
    assert {trial.told for trial in record.trials} == {0}
    assert {trial.node for trial in record.trials} == {0}


def test_of_templates_each_passing_state_is_kept_once(world: World, tmp_path: Path) -> None:
    del tmp_path
    ideas = [answer("1"), answer("1 2"), answer("1 2"), answer("2 1")]
    made = world.engine(ideas, max_depth=1, candidates=9, patience=9, width=1)
    run_in_process(made, "s")
    trials = told(made.store.load("s"), "mutation")
    assert [trial.trial for trial in trials] == [1, 3]
    assert all(trial.solved for trial in trials)


def test_a_patch_that_is_no_text_survives_the_file(tmp_path: Path) -> None:
    patch = b"+\xff\xe2\x80\xa8 \\udc80 \n"
    text = patch.decode("utf-8", "surrogateescape")
    made = sampling(sampled(0, text), right=(0,))
    file = tmp_path / "found" / "c.jsonl"
    candidates.append(file, made)
    assert candidates.load(file) == {("t", "llm"): made}
    assert encoded(candidates.load(file)["t", "llm"].trials[0].patch) == patch


def test_a_torn_line_costs_itself_alone(tmp_path: Path) -> None:
    file = tmp_path / "c.jsonl"
    candidates.append(file, sampling(sampled(0), task="a"))
    with file.open("a") as torn:
        torn.write('{"task": "b", "tri')
    candidates.append(file, sampling(sampled(0), task="c"))
    assert {task for task, _ in candidates.load(file)} == {"a", "c"}


def test_the_last_line_of_a_task_counts(tmp_path: Path) -> None:
    file = tmp_path / "c.jsonl"
    candidates.append(file, sampling(sampled(0)))
    candidates.append(file, sampling(sampled(0), sampled(1)))
    (found,) = candidates.load(file).values()
    assert found.wanted == 2


def test_what_is_done_is_not_made_again_unless_more_is_wanted(tmp_path: Path) -> None:
    file, tasks = tmp_path / "c.jsonl", mixed(load_tasks("dev"))[:2]
    first, second = (task.instance_id for task in tasks)
    candidates.append(file, asked(sampler(tmp_path, 2), task=first))

    def left(per_issue: int) -> list[str]:
        made = sampler(tmp_path, per_issue)
        return [task.instance_id for task, _ in missing(tasks, ("llm",), made, file)]

    assert left(2) == [second]
    assert left(3) == [first, second]


def asked(by: Sampler, task: str = "t", source: Source = "llm") -> Sampling:
    """As it would be made, without the search."""
    made = sampling(*map(sampled, range(by.wanted(source))), task=task, source=source)
    settings = to_document(by.settings(source))
    told = {"model_sha256": "abc", "context_tokens": 1200} if source == "llm" else {}
    return replace(made, settings=json.loads(json.dumps(settings)), **told)


def changed(by: Sampler, **about: Any) -> Sampler:
    """With another runner."""
    return replace(by, runner=replace(by.runner, **about))


@pytest.mark.parametrize(
    "other",
    [
        lambda by: replace(by, seed=1),
        lambda by: replace(by, per_issue=3),
        lambda by: changed(by, model="fake-2"),
        lambda by: changed(by, model_sha256="def"),
        lambda by: changed(by, budget=replace(by.runner.budget, temperature=0.2)),
        lambda by: changed(by, budget=replace(by.runner.budget, reply_tokens=50)),
        lambda by: changed(by, budget=replace(by.runner.budget, context_tokens=900)),
    ],
)
def test_what_another_model_or_setting_brought_is_made_anew(
    tmp_path: Path, other: Callable[[Sampler], Sampler]
) -> None:
    by = sampler(tmp_path, 2)
    assert by.covers(asked(by))
    assert not other(by).covers(asked(by))


def test_where_the_model_was_served_and_that_more_was_wanted_changes_nothing(
    tmp_path: Path,
) -> None:
    by = sampler(tmp_path, 2)
    assert changed(by, endpoint="http://127.0.0.1:10/v1").covers(asked(by))
    assert by.covers(asked(replace(by, per_issue=5)))


def test_templates_are_made_anew_by_what_bears_on_them_alone(tmp_path: Path) -> None:
    by = sampler(tmp_path, 2)
    found = asked(by, source="mutation")
    assert changed(by, model="fake-2", model_sha256="def").covers(found)
    assert replace(by, per_issue=9).covers(found)
    assert not replace(by, seed=1).covers(found)
    assert not changed(by, budget=replace(by.runner.budget, mutations=7)).covers(found)


def test_a_line_from_before_a_setting_was_there_had_its_default(tmp_path: Path) -> None:
    by = sampler(tmp_path, 2)
    made = asked(by)
    older = {name: told for name, told in made.settings.items() if name != "verification"}
    assert by.covers(replace(made, settings=older, context_tokens=None))


def test_any_beginning_of_the_order_holds_the_libraries_alike() -> None:
    tasks = mixed(load_tasks("report"))
    libraries = {task.repo for task in tasks}
    assert {task.repo for task in tasks[: len(libraries)]} == libraries


def test_a_mixture_counted_by_hand() -> None:
    found = mixture(
        [
            sampling(sampled(0, "a", solved=True), sampled(1, "b"), task="x", right=(0,)),
            sampling(sampled(0, "c", solved=True), task="x", source="mutation"),
            sampling(sampled(0), sampled(1, "d"), task="y", right=(1,)),
            sampling(sampled(0), sampled(1, "e"), task="z"),
        ]
    )
    assert (found.tasks, found.trials, found.patches, found.passing) == (3, 7, 5, 2)
    assert (found.right, found.covered, found.seen, found.contested) == (2, 2, 1, 1)
    assert found.single == pytest.approx(2 / 7)


def test_both_sources_together_count_the_tasks_that_have_both() -> None:
    made = [
        sampling(sampled(0), task="x"),
        sampling(sampled(0, "a", solved=True), task="x", source="mutation", right=(0,)),
        sampling(sampled(0, "b"), task="y", right=(0,)),
    ]
    found = figures(made)
    assert [found[name]["tasks"] for name in ("llm", "mutation", "both")] == [2, 1, 1]
    assert [found[name]["covered"] for name in ("llm", "mutation", "both")] == [1, 1, 1]
    assert list(table(found))[2].startswith("| llm | 2 | 2 | 1 | 0 | 1 | 50% | 1 | 9 to 91% | 0 |")


def test_nothing_sampled_is_a_table_all_the_same() -> None:
    assert len(list(table(figures([])))) == 5


def test_a_sample_is_made_and_graded_on_a_real_library(shelf: Made, tmp_path: Path) -> None:
    task = shelf.tasks[0]
    base = (shelf.places.base(task).path / "shelf.py").read_text()
    gold = FILES["shelf-1.0/shelf.py"].decode()
    replies = [
        f"shelf.py\n<<<<<<< SEARCH\n{base}=======\n{text}>>>>>>> REPLACE\n"
        for text in (gold, base + "\n\nX = 1\n")
    ]
    with RoleServer({"editor": replies}) as server:
        made = sampler(tmp_path, 2, server.url, shelf.places).sample(task, "llm")
    (right,) = made.right
    assert made.trials[right].solved
    assert [trial.solved for trial in made.trials].count(True) == 1
    assert made.trials[1 - right].patch
    assert made.chosen == right
    assert (made.task, made.source, made.wanted) == (task.instance_id, "llm", 2)
    edits = [request for request in server.requests if role_of(request) == "editor"]
    first, second = (request["messages"] for request in edits)
    assert first == second
