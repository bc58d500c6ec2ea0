import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from agents.domain import Issue, Localisation, Note, Place, Preparation, Step, Usage
from agents.localise.evidence import Evidence, Traces
from agents.localise.ranking import ranked
from agents.policy.mutation_policy import KEPT_STATES, MutationPolicy
from agents.policy.protocol import Exhausted, Noted, Position, Proposed
from sandbox.memory import MemorySandbox
from sandbox.protocol import StateId

CORE = b"def clamp(value, low, high):\n    return max(low, max(value, high))\n"
TESTS = b"from core import clamp\n\n\ndef test_clamp():\n    assert clamp(5, 1, 3) == 3\n"
OTHER = b"def spare(a, b):\n    return a < b\n"
FILES = {"core.py": CORE, "other.py": OTHER, "test_core.py": TESTS, "notes.txt": b"a < b\n"}


class Repository:
    """A real store of states, and positions in it."""

    def __init__(self, folder: Path) -> None:
        self.sandbox = MemorySandbox()
        self.states = self.sandbox.states
        for path, content in FILES.items():
            folder.mkdir(exist_ok=True)
            (folder / path).write_bytes(content)
        for command in ("init -q", "add .", "-c user.name=a -c user.email=a@b commit -qm base"):
            subprocess.run(["git", *command.split()], cwd=folder, check=True)
        self.base, self.commit = self.states.import_commit(folder, "HEAD")

    def position(
        self,
        lines: Mapping[str, Mapping[int, float]] | None = None,
        *,
        words: str = "It breaks.",
        failures: tuple[str, ...] = (),
        state: StateId | None = None,
        ordinal: int = 0,
    ) -> Position:
        sources = {"core.py": CORE.decode(), "other.py": OTHER.decode()}
        evidence = Evidence(statement=words, sources=sources, failures=failures)
        known = {path: found for path, found in (lines or {}).items() if path in sources}
        traced = Traces(coverage=known, contrast={}, frames={}, suspicious=known)
        _, functions = ranked(evidence, traced)
        found = Localisation(lines=lines or {}, functions=functions)
        preparation = Preparation(
            base=self.base, commit=self.commit, environment="e", localisation=found
        )
        issue = Issue(repo="r", base_commit=self.commit, problem_statement=words)
        return Position(
            search="s",
            trial=ordinal,
            issue=issue,
            preparation=preparation,
            state=state or self.base,
            ordinal=ordinal,
            seed="0",
        )

    def all(self, position: Position, policy: MutationPolicy | None = None) -> list[Proposed]:
        policy, found = policy or MutationPolicy(), list[Proposed]()
        while True:
            answer = policy.propose(replace(position, ordinal=len(found)), self.states)
            if not isinstance(answer, Proposed):
                assert answer == Exhausted()
                return found
            found.append(answer)


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    made = Repository(tmp_path / "repository")
    yield made
    made.sandbox.close()


def test_the_repair_is_among_the_first_proposals_and_costs_nothing(repository: Repository) -> None:
    found = repository.all(repository.position({"core.py": {2: 1.0}}))
    fixed = CORE.replace(b"max(value", b"min(value")
    place = next(n for n, p in enumerate(found) if p.edit.changes == {"core.py": fixed})
    assert place < 20
    assert found[place].edit.origin == "mutation:callee"
    assert found[place].edit.summary.endswith("→ min(value, high) (core.py:2)")
    assert found[place].usage == Usage()


def test_every_ordinal_has_its_own_edit_and_any_worker_answers_the_same(
    repository: Repository,
) -> None:
    position = repository.position({"core.py": {2: 1.0}})
    found = repository.all(position)
    again = MutationPolicy()
    assert again.propose(replace(position, ordinal=17), repository.states) == found[17]
    assert again.propose(replace(position, ordinal=3), repository.states) == found[3]
    texts = [proposal.edit.changes["core.py"] for proposal in found]
    assert len(set(texts)) == len(texts)
    assert CORE not in texts


def test_threads_that_ask_at_once_get_what_one_alone_would_get(repository: Repository) -> None:
    position = repository.position({"core.py": {2: 1.0}, "other.py": {2: 0.5}})
    policy = MutationPolicy()
    with ThreadPoolExecutor(8) as pool:
        asked = [replace(position, ordinal=n) for n in range(60)]
        answers = list(pool.map(lambda p: policy.propose(p, repository.states), asked))
    assert answers == repository.all(position)[:60]


def test_tests_and_other_languages_are_never_touched(repository: Repository) -> None:
    lines = {"test_core.py": {5: 1.0}, "notes.txt": {1: 1.0}, "core.py": {2: 0.1}}
    found = repository.all(repository.position(lines))
    assert {path for p in found for path in p.edit.changes} == {"core.py"}


def test_without_coverage_the_words_of_the_issue_decide(repository: Repository) -> None:
    found = repository.all(repository.position(words="`clamp` is wrong"))
    assert {path for p in found for path in p.edit.changes} == {"core.py"}


def test_words_that_name_no_function_point_at_those_with_like_words(
    repository: Repository,
) -> None:
    found = repository.all(repository.position(words="A value that is too high comes out."))
    assert {path for p in found for path in p.edit.changes} == {"core.py"}


def test_with_neither_coverage_nor_words_there_is_nothing_to_propose(
    repository: Repository,
) -> None:
    assert repository.all(repository.position()) == []
    assert repository.all(repository.position({"gone.py": {1: 1.0}})) == []


def test_the_words_of_the_issue_break_ties_between_functions(repository: Repository) -> None:
    lines = {"core.py": {2: 1.0}, "other.py": {2: 1.0}}
    found = repository.all(repository.position(lines, words="`spare` is wrong"))
    assert "other.py" in found[0].edit.changes


def test_a_failing_traceback_counts_as_words(repository: Repository) -> None:
    lines = {"core.py": {2: 1.0}, "other.py": {2: 1.0}}
    failures = ('File "/workspace/other.py", line 2, in spare',)
    found = repository.all(repository.position(lines, failures=failures))
    assert "other.py" in found[0].edit.changes


def test_deeper_down_the_lines_move_with_the_edit_and_no_step_is_undone(
    repository: Repository,
) -> None:
    grown = b"import os\n\n\n" + CORE.replace(b"max(low", b"min(low")
    state = repository.states.fork(repository.base, {"core.py": grown})
    found = repository.all(repository.position({"core.py": {2: 1.0}}, state=state))
    texts = {proposal.edit.changes["core.py"] for proposal in found}
    fixed = grown.replace(b"max(value", b"min(value").replace(b"min(low", b"max(low")
    assert grown.replace(b"max(value", b"min(value") in texts
    assert not texts & {CORE, grown, grown.replace(b"min(low", b"max(low")}
    assert fixed not in texts
    assert all("core.py:5" in p.edit.summary or "core.py:4" in p.edit.summary for p in found)


def test_a_file_that_an_earlier_step_removed_or_broke_is_left_alone(
    repository: Repository,
) -> None:
    for content in (None, b"def clamp(:\n", b"\xff\xfe\x00bad"):
        state = repository.states.fork(repository.base, {"core.py": content})
        assert repository.all(repository.position({"core.py": {2: 1.0}}, state=state)) == []


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfdef f(a, b):\r\n    return a < b  # \xc3\xbc\r\n",
        b"# coding: latin-1\ndef f(a, b):\n    return a < b  # \xfc\n",
    ],
    ids=["byte order mark and CRLF", "latin-1"],
)
def test_bytes_outside_the_edit_survive(repository: Repository, content: bytes) -> None:
    state = repository.states.fork(repository.base, {"core.py": content})
    position = repository.position({"core.py": {2: 1.0, 3: 1.0}}, state=state)
    based = replace(position, preparation=replace(position.preparation, base=state))
    texts = [proposal.edit.changes["core.py"] for proposal in repository.all(based)]
    assert content.replace(b"<", b"<=") in texts


def test_a_search_that_comes_back_with_another_preparation_starts_afresh(
    repository: Repository,
) -> None:
    policy = MutationPolicy()
    repository.all(repository.position({"core.py": {2: 1.0}}), policy)
    found = repository.all(repository.position({"other.py": {2: 1.0}}), policy)
    assert {path for p in found for path in p.edit.changes} == {"other.py"}


def test_states_that_fell_out_of_memory_are_worked_out_again(repository: Repository) -> None:
    policy, position = MutationPolicy(), repository.position({"core.py": {2: 1.0}})
    before = policy.propose(replace(position, ordinal=5), repository.states)
    for number in range(KEPT_STATES + 1):
        policy.propose(replace(position, search=f"other {number}"), repository.states)
    assert policy.propose(replace(position, ordinal=5), repository.states) == before


def test_the_order_does_not_hang_on_the_hash_seed() -> None:
    script = (
        "from itertools import islice\n"
        "from tests.agents.policy.templates.helpers import mutants\n"
        "source = open('agents/policy/templates/ranking.py').read()\n"
        "print([m.summary for m in islice(mutants(source), 150)])\n"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ".", "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
    assert outputs != {b""}


TWO = b"def first(a, b):\n    return a < b\n\n\ndef second(a, b):\n    return a < b\n"


def under(note: Note, position: Position) -> Position:
    step = Step(summary=note.text, patch=b"", value=0.5, feedback="", note=note)
    return replace(position, path=(step,))


class TestStages:
    def test_every_proposal_has_a_prior(self, repository: Repository) -> None:
        found = repository.all(repository.position({"core.py": {2: 1.0}}))
        assert all(p.prior is not None and 0 < p.prior <= 1 for p in found)
        assert (found[0].prior or 0) > (found[-1].prior or 0)

    def test_asked_where_it_names_suspicious_functions_one_by_one(
        self, repository: Repository
    ) -> None:
        position = repository.position({"core.py": {2: 0.5}, "other.py": {2: 0.9}})
        policy = MutationPolicy()
        asked = [replace(position, stage="localise", ordinal=n) for n in range(3)]
        first, second, none = (policy.propose(p, repository.states) for p in asked)
        assert isinstance(first, Noted)
        assert isinstance(second, Noted)
        assert none == Exhausted()
        assert [place.name for place in first.note.places] == ["spare"]
        assert first.note.text == "look at spare (other.py, lines 1 to 2)"
        assert [place.name for place in second.note.places] == ["clamp"]
        assert (first.usage, second.usage) == (Usage(), Usage())
        assert 1 >= (first.prior or 0) > (second.prior or 0) > 0

    def test_it_makes_no_plans(self, repository: Repository) -> None:
        position = replace(repository.position({"core.py": {2: 1.0}}), stage="plan")
        assert MutationPolicy().propose(position, repository.states) == Exhausted()

    def test_below_a_note_its_places_come_first_and_nothing_is_lost(
        self, repository: Repository
    ) -> None:
        state = repository.states.fork(repository.base, {"core.py": TWO})
        position = repository.position({"core.py": {2: 1.0, 6: 0.3}})
        base = replace(position.preparation, base=state)
        position = replace(position, preparation=base, state=state)
        note = Note(text="n", places=(Place(path="core.py", start=1, end=9, name="second"),))
        plain = repository.all(position)
        noted = repository.all(under(note, position))
        assert "(core.py:2)" in plain[0].edit.summary
        lines = [p.edit.summary.rpartition(":")[2] for p in noted]
        assert lines == sorted(lines, reverse=True)
        texts = {p.edit.changes["core.py"] for p in plain}
        assert {p.edit.changes["core.py"] for p in noted} == texts

    def test_a_note_about_nothing_suspicious_changes_nothing(self, repository: Repository) -> None:
        position = repository.position({"core.py": {2: 1.0}})
        note = Note(text="n", places=(Place(path="none.py", start=1, end=9),))
        assert repository.all(under(note, position)) == repository.all(position)
