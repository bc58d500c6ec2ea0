"""Pools of real candidates: what the ladder says of each, and nothing of who is right."""

from dataclasses import replace
from pathlib import Path

import pytest

from agents.driver import run_in_process
from agents.selection.labelled import LabelledPool
from agents.selection.pool import Judgement, Pool, Probe
from benchmarks.selection.candidates import Sampled, Sampling
from benchmarks.selection.gathered import Enriched, labelled, mark, only, visible
from benchmarks.selection.ground import Ground, ground
from benchmarks.selection.mixture import pools_table
from benchmarks.selection.origins import origin
from benchmarks.selection.pool_lines import load, write
from benchmarks.selection.real import covers, store
from benchmarks.selection.sampling import told
from tests.agents.toy import World
from tests.benchmarks.samplings import block, engine, sampled, sampler, sampling

REPLIES = (block("keep 1 2"), block("keep 1"), block("1 2"), "no idea", block("keep 1 2"))


class Toy:
    """Samples of the toy issue: two equal and right ones, one that passes half of the issue's
    tests, one that breaks a test of the repository, one without a patch; and a template's."""

    def __init__(self, world: World, folder: Path) -> None:
        self.engine = engine(world, sampler(folder, len(REPLIES)).settings("llm"), *REPLIES)
        run_in_process(self.engine, "s")
        record = self.engine.store.load("s")
        self.issue, self.repository = record.issue, world.repository
        trials = told(record, "llm")
        torn = Sampled(trial=7, kind="expanded", state="gone", patch="no patch\n", tests={})
        self.samplings = (
            replace(sampling(torn, source="mutation"), wanted=1),
            sampling(*trials, right=(0, 4)),
        )

    def ground(self, *samplings: Sampling) -> Ground:
        made = samplings or self.samplings
        return ground(self.issue, self.repository, self.engine.tools, made)


@pytest.fixture
def toy(world: World, tmp_path: Path) -> Toy:
    return Toy(world, tmp_path)


def test_every_patch_is_an_option_with_the_rung_that_refused_it(toy: Toy) -> None:
    options = visible(toy.ground()).options
    assert [(o.key, o.refused, o.regression) for o in options] == [
        ("llm-0", "", "passed"),
        ("llm-1", "reproduction", "unknown"),
        ("llm-2", "regression", "failed"),
        ("llm-4", "", "passed"),
        ("mutation-7", "applies", "unknown"),
    ]
    assert [option.changed_lines for option in options[:3]] == [2, 2, 2]


def test_equal_sources_are_equal_and_others_are_not(toy: Toy) -> None:
    sources = {option.key: option.source for option in visible(toy.ground()).options}
    assert sources["llm-0"] == sources["llm-4"]
    assert len(set(sources.values())) == 4


def test_the_issues_tests_are_those_that_fail_on_the_base(toy: Toy) -> None:
    pool = visible(toy.ground())
    assert [(test.id, test.origin, test.votes) for test in pool.tests] == [
        ("issue::1", "issue", True),
        ("issue::2", "issue", True),
    ]
    assert pool.mark("issue::1", "llm-1") == "passed"
    assert pool.mark("issue::2", "llm-1") == "failed"
    assert pool.mark("issue::2", "llm-0") == "passed"
    assert pool.mark("issue::1", "mutation-7") == "unknown"


def test_equal_patches_climb_once(toy: Toy) -> None:
    climbs = toy.ground().climbs
    assert climbs["llm-0"] is climbs["llm-4"]
    assert climbs["llm-0"] is not climbs["llm-1"]


def test_a_label_is_beside_the_pool_and_changes_nothing_in_it(toy: Toy) -> None:
    on = toy.ground()
    templates, model = toy.samplings
    one = labelled((model, templates), on)
    other = labelled((replace(model, right=(1,)), templates), on)
    assert one.right == {"llm-0", "llm-4"}
    assert other.right == {"llm-1"}
    assert one.pool == other.pool
    assert one.costs["tokens:edit"] == sum(trial.tokens for trial in model.trials)
    assert one.costs["verify"] > 0


def test_more_evidence_sees_what_was_gathered_before_it(toy: Toy) -> None:
    def probed(pool: Pool, on: Ground) -> Enriched:
        outputs = {key: trial.summary for key, trial in on.candidates.items()}
        return Enriched(
            pool=replace(pool, probes=(Probe(id="p", outputs=outputs),)), costs={"probes": 1.5}
        )

    def judged(pool: Pool, on: Ground) -> Enriched:
        del on
        seen = tuple(pool.probes[0].outputs)[:2]
        said = Judgement(shown=(seen[0], seen[1]), preferred=None)
        return Enriched(pool=replace(pool, judgements=(said,)))

    made = labelled(toy.samplings, toy.ground(), (probed, judged))
    assert made.pool.judgements[0].shown == ("llm-0", "llm-1")
    assert made.costs["probes"] == 1.5


def test_one_source_alone_is_what_it_would_have_been_alone(toy: Toy) -> None:
    templates, model = toy.samplings
    alone = labelled((model,), toy.ground(model))
    both = labelled((model, templates), toy.ground())
    assert only(both, "llm").pool == alone.pool
    assert only(both, "llm").right == alone.right
    assert [option.key for option in only(both, "mutation").pool.options] == ["mutation-7"]
    assert only(both, "mutation").right == frozenset()


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("passed", "passed"),
        ("failed", "failed"),
        ("error", "failed"),
        ("timeout", "unknown"),
        ("missing", "unknown"),
        ("skipped", "unknown"),
    ],
)
def test_a_run_that_was_cut_short_says_nothing(status: str, expected: str) -> None:
    assert mark(status) == expected  # type: ignore[arg-type]


def test_pools_come_back_from_their_file_in_one_order(toy: Toy, tmp_path: Path) -> None:
    made = labelled(toy.samplings, toy.ground())
    probe = Probe(id="p", outputs={"llm-0": "\u2028"}, believed=("1", ""))
    said = Judgement(shown=("llm-0", "llm-1"), preferred="llm-0")
    full = replace(made, pool=replace(made.pool, probes=(probe,), judgements=(said,)))
    empty = LabelledPool(issue="a", pool=Pool(), right=frozenset())
    file = tmp_path / "pools.jsonl"
    assert load(file) == ()
    write(file, [full, empty])
    assert load(file) == (empty, full)


def test_a_pool_is_made_anew_when_there_are_more_candidates(toy: Toy, tmp_path: Path) -> None:
    templates, model = toy.samplings
    file = tmp_path / "pools.jsonl"
    assert not covers(file, "t", (model,))
    store(file, [labelled((model,), toy.ground(model))], {"t": origin((model,))})
    assert covers(file, "t", (model,))
    assert not covers(file, "t", (model, templates))
    assert not covers(file, "u", (model,))


def test_a_pool_is_made_anew_when_a_patch_or_a_label_is_another_one() -> None:
    """Keys are the same in all of them: every sampling numbers its trials alike."""
    one = sampling(sampled(0, "a"), sampled(1, "b"), right=(0,))
    others = [
        sampling(sampled(0, "a"), sampled(1, "c"), right=(0,)),
        sampling(sampled(0, "b"), sampled(1, "a"), right=(0,)),
        replace(one, right=(1,)),
        replace(one, right=()),
    ]
    assert len({origin((made,)) for made in (one, *others)}) == 5
    again = replace(one, seconds=9.0, date="later")
    assert origin((again,)) == origin((one,))


def test_what_other_pools_were_made_of_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "pools.jsonl"
    one, other = (sampling(sampled(0, patch)) for patch in "ab")
    store(file, [], {"t": origin((one,))})
    store(file, [], {"u": origin((other,))})
    assert covers(file, "t", (one,))
    assert covers(file, "u", (other,))


def test_a_table_counts_each_source_and_both(toy: Toy) -> None:
    rows = list(pools_table([labelled(toy.samplings, toy.ground())]))
    assert rows[2] == "| llm | 1 | 4 | 2 | 2 | 0 | 1 | 0 |"
    assert rows[3] == "| mutation | 1 | 1 | 0 | 0 | 0 | 0 | 0 |"
    assert rows[4] == "| both | 1 | 5 | 2 | 2 | 0 | 1 | 0 |"


def test_what_the_model_alone_proposed_is_in_a_file_of_its_own(toy: Toy, tmp_path: Path) -> None:
    templates, model = toy.samplings
    both = labelled((model, templates), toy.ground())
    unasked = replace(labelled((templates,), toy.ground(templates)), issue="u")
    store(tmp_path / "pools.jsonl", [both, unasked], {})
    assert [pool.issue for pool in load(tmp_path / "pools.jsonl")] == ["t", "u"]
    assert load(tmp_path / "pools-llm.jsonl") == (only(both, "llm"),)
