"""Whether the figures of `benchmarks.search_quality` are what they say, on runs made up for it."""

from dataclasses import asdict, replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.llm.journal import Journal, MemoryCallStore
from agents.llm.pricing import Price
from agents.llm.protocol import Message, Reply, Request
from agents.llm.scripted import ScriptedModel
from agents.registry import check
from benchmarks.bugs import load_tasks
from benchmarks.search_quality import plan, runs
from benchmarks.search_quality.configurations import Budget, names, settings_of
from benchmarks.search_quality.remembering import RememberingModel, Replies
from benchmarks.search_quality.report import difference, report, table
from benchmarks.search_quality.runs import Run, Tried
from benchmarks.search_quality.statistics import bootstrap, curve, quantile, wilson

PRICE = Price(prompt=1.0, cached=1.0, completion=10.0)


def run(task: str, configuration: str = "mcts", *, resolved: bool = True, trials: int = 1) -> Run:
    """A run that spent 100 tokens on each trial; the last one resolved it, if any did."""
    return Run(
        task=task,
        configuration=configuration,
        seed=0,
        model="m",
        budget=asdict(Budget()),
        resolved=resolved,
        state="done" if resolved else "abstained",
        reason="",
        chosen=trials - 1 if resolved else None,
        prompt_tokens=80 * trials,
        completion_tokens=20 * trials,
        calls=trials,
        seconds=2.0 * trials,
        preparing_s=1.0,
        trials=tuple(Tried(number=n, tokens=100, kind="expanded") for n in range(trials)),
        settings={},
        model_sha256="",
        date="2026-01-01T00:00:00+00:00",
        versions={"commit": "c"},
    )


def test_wilsons_interval_is_the_published_one() -> None:
    low, high = wilson(2, 8)
    assert (round(low, 3), round(high, 3)) == (0.071, 0.591)


def test_nothing_measured_says_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


@given(st.integers(1, 200), st.data())
def test_wilsons_interval_holds_the_share(n: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, n))
    low, high = wilson(successes, n)
    assert 0.0 <= low <= successes / n + 1e-9
    assert successes / n - 1e-9 <= high <= 1.0


def test_a_bootstrap_of_equal_differences_has_no_width() -> None:
    assert bootstrap({f"t{n}": [1.0] for n in range(5)}) == (1.0, 1.0)


def test_a_bootstrap_is_the_same_for_the_same_seed_and_covers_the_mean() -> None:
    draw = Random(3)
    given_ = {f"t{n}": [draw.choice([-1.0, 0.0, 1.0])] for n in range(20)}
    low, high = bootstrap(given_, seed=1)
    assert (low, high) == bootstrap(dict(reversed(given_.items())), seed=1)
    assert low < sum(v for (v,) in given_.values()) / 20 < high


def test_two_seeds_on_one_task_are_one_task() -> None:
    few = bootstrap({"a": [1.0, 1.0, 1.0], "b": [0.0, 0.0, 0.0]})
    assert few == bootstrap({"a": [1.0], "b": [0.0]})


def test_a_bootstrap_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no task"):
        bootstrap({})


def test_a_quantile_lies_between_its_neighbours() -> None:
    assert quantile([2.0, 1.0], 0.9) == pytest.approx(1.9)


def test_the_curve_counts_what_was_resolved_for_so_many_tokens() -> None:
    assert curve([100.0, 300.0, None, None], [50, 100, 500]) == ((50, 0.0), (100, 0.25), (500, 0.5))


def test_a_run_costs_what_was_spent_up_to_the_trial_that_resolved_it() -> None:
    later = replace(run("a", trials=3), chosen=1)
    assert later.cost == 200.0
    assert run("a", resolved=False).cost is None


def test_a_line_that_was_cut_off_is_passed_over_and_the_next_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    runs.append(path, run("a"))
    with path.open("a") as file:
        file.write('{"task": "b", "conf')
    runs.append(path, run("c"))
    assert runs.load(path) == (run("a"), run("c"))


def test_runs_of_another_budget_are_not_put_beside_these() -> None:
    other = replace(run("b"), budget=asdict(Budget(trials=9)))
    assert list(runs.of([run("a"), other], "m", Budget())) == [run("a")]
    assert list(runs.of([run("a")], "another", Budget())) == []


def test_a_run_without_a_model_stands_beside_every_model() -> None:
    alone = run("a", "mutation")
    assert list(runs.of([alone], "another", Budget())) == [alone]


def test_a_difference_is_over_what_both_have() -> None:
    ours = [run("a"), run("b"), run("c")]
    theirs = [run("a", resolved=False), run("b")]
    found = difference(ours, theirs)
    assert found is not None
    assert (found["n"], found["resolved"], found["only_first"], found["only_second"]) == (
        2, 0.5, 1, 0,
    )  # fmt: skip
    assert difference(ours, [run("z")]) is None


def test_at_equal_tokens_nobody_gets_more_than_the_other_of_the_pair_that_gave_up() -> None:
    late = [run("a", trials=5), run("b", trials=1)]
    single = [run("a", resolved=False, trials=2), run("b")]
    found = difference(late, single)
    assert found is not None
    assert (found["equal_tokens"], found["equal_tokens_pairs"], found["resolved"]) == (200, 1, 0.5)
    assert found["resolved_at_equal_tokens"] == 0.0


def test_one_pair_does_not_bound_another_and_a_wrong_patch_bounds_nothing() -> None:
    wrong = replace(run("a", resolved=False), state="done", chosen=0)
    ours = [run("a", trials=5), run("b", trials=3), run("c", resolved=False)]
    theirs = [wrong, run("b", resolved=False, trials=4), run("c", resolved=False, trials=2)]
    found = difference(ours, theirs)
    assert found is not None
    assert (found["equal_tokens"], found["equal_tokens_pairs"]) == (250, 2)
    assert found["resolved_at_equal_tokens"] == round(2 / 3, 4)
    unbounded = difference(ours[:1], theirs[:1])
    assert unbounded is not None
    assert (unbounded["equal_tokens"], unbounded["resolved_at_equal_tokens"]) == (None, 1.0)


def test_a_report_has_shares_costs_and_paired_differences() -> None:
    given_ = [run("a"), run("b", resolved=False, trials=2), run("a", "linear", resolved=False)]
    found = report(given_, PRICE, "equivalent")
    mcts = found["configurations"]["mcts"]
    assert (mcts["resolved"], mcts["n"], mcts["tokens"]["mean"]) == (1, 2, 150.0)
    assert mcts["usd_equivalent"]["total"] == pytest.approx((240 * 1 + 60 * 10) / 1e6)
    assert found["differences"]["linear - mcts"]["resolved"] == -1.0
    assert "| mcts | 1 of 2 |" in "\n".join(table(found))


def test_the_first_tasks_are_of_all_libraries() -> None:
    tasks = plan.mixed(load_tasks("report"))
    libraries = {task.repo for task in tasks}
    assert {task.repo for task in tasks[: len(libraries)]} == libraries
    assert plan.mixed(reversed(tasks)) == tasks


def test_every_configuration_of_a_task_comes_before_the_next_task() -> None:
    tasks = load_tasks("report")[:2]
    order = [(u.task, u.configuration, u.seed) for u in plan.units(tasks, ("x", "y"), 2)]
    assert order[:4] == [
        (tasks[0], "x", 0),
        (tasks[0], "y", 0),
        (tasks[1], "x", 0),
        (tasks[1], "y", 0),
    ]
    assert [seed for *_, seed in order] == [0] * 4 + [1] * 4


def test_the_time_left_is_by_what_runs_of_the_same_kind_took() -> None:
    assert plan.seconds_left(["x", "y"], {"x": [10.0, 20.0]}) == 30.0
    assert plan.seconds_left(["x"], {}) is None
    assert plan.in_words(3 * 3600 + 120) == "3 h 02 min"


@pytest.mark.parametrize("name", names())
def test_every_configuration_has_the_same_prompt_and_form(name: str) -> None:
    found = settings_of(name, Budget(), 1, "m", "http://x/v1")
    assert (found.temperature, found.max_reply_tokens, found.seed) == (0.8, 400, 1)
    check(found)


def test_a_question_is_asked_once_even_after_a_stop(tmp_path: Path) -> None:
    replies = Replies(tmp_path / "replies.jsonl")
    asked = Request(model="m", messages=(Message("user", "?"),), temperature=0.5, max_tokens=5)
    first = RememberingModel(ScriptedModel(["one"]), replies, "sha").complete(asked)
    again = Replies(tmp_path / "replies.jsonl")
    model = RememberingModel(ScriptedModel([]), again, "sha")
    assert Journal(model, MemoryCallStore()).complete("s", 0, 0, asked) == first


def test_the_seconds_of_a_remembered_reply_count_again(tmp_path: Path) -> None:
    replies = Replies(tmp_path / "replies.jsonl")
    replies.put("digest", Reply(text="one", prompt_tokens=1, completion_tokens=1), 4.0)
    assert replies.saved_s == 0.0
    replies.get("digest")
    replies.get("digest")
    assert replies.saved_s == 8.0
