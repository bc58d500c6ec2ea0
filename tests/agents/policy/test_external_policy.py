"""Patches of other systems become edits: what of them is taken, and why one is not."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, find, given, settings
from hypothesis import strategies as st

from agents.domain import External, Issue, Note, Preparation, Step, is_test_path
from agents.policy.external_policy import ExternalPolicy
from agents.policy.external_split import author_tests, beside
from agents.policy.protocol import Exhausted, Position, Proposal, Proposed, Unusable
from agents.policy.scripted_policy import ScriptedPolicy
from sandbox.objects import Objects
from sandbox.protocol import StateId
from sandbox.states import GitStates

FILES = {
    "pkg/core.py": b"one\ntwo\nthree\n",
    "pkg/dos.py": b"one\r\ntwo\r\n",
    "pkg/tool": b"#!/bin/sh\n",
    "pkg/old.py": b"gone\nsoon\nenough\nfor\na\nrename\n",
    "pkg/image.png": bytes(range(256)),
    "pkg/sample.orig": b"1\n",
    "tests/test_core.py": b"def test():\n    pass\n",
    "tests/data.bin": b"\0\1",
}
FIX = {"pkg/core.py": b"one\n2\nthree\n"}


@pytest.fixture
def states(tmp_path: Path) -> Iterator[GitStates]:
    store = GitStates(tmp_path / "states")
    yield store
    store.close()


@pytest.fixture
def empty(states: GitStates, tmp_path: Path) -> StateId:
    return StateId(Objects(tmp_path / "states").write_tree({}))


@pytest.fixture
def base(states: GitStates, empty: StateId) -> StateId:
    return states.fork(empty, FILES)


def position(base: StateId, *patches: bytes) -> Position:
    candidates = tuple(External(name=f"s{n}", patch=patch) for n, patch in enumerate(patches))
    return Position(
        search="s",
        trial=0,
        issue=Issue(repo="r", base_commit="c", problem_statement="p", candidates=candidates),
        preparation=Preparation(base=base, commit="c", environment="e"),
        state=base,
        ordinal=0,
        seed="0:0",
    )


def answer(states: GitStates, base: StateId, patch: bytes) -> Proposal:
    return ExternalPolicy().propose(position(base, patch), states)


def taken(states: GitStates, base: StateId, patch: bytes) -> Proposed:
    proposal = answer(states, base, patch)
    assert isinstance(proposal, Proposed), proposal
    return proposal


def refused(states: GitStates, base: StateId, patch: bytes) -> Unusable:
    proposal = answer(states, base, patch)
    assert isinstance(proposal, Unusable), proposal
    return proposal


def patch_to(states: GitStates, base: StateId, changes: Mapping[str, bytes | None]) -> bytes:
    return states.diff(base, states.fork(base, changes))


class TestWhichPatch:
    def test_each_is_answered_by_its_ordinal_with_its_system_s_name(
        self, states: GitStates, base: StateId
    ) -> None:
        second = patch_to(states, base, {"pkg/new.py": b"x\n", "pkg/more.py": b"y\n"})
        where = position(base, patch_to(states, base, FIX), second)
        answers = [ExternalPolicy().propose(replace(where, ordinal=n), states) for n in range(3)]
        edits = [answer.edit for answer in answers if isinstance(answer, Proposed)]
        assert [edit.origin for edit in edits] == ["external:s0", "external:s1"]
        assert [edit.summary for edit in edits] == ["s0: 1 file", "s1: 2 files"]
        assert answers[2] == Exhausted()

    def test_they_are_edits_of_the_base_and_of_nothing_else(
        self, states: GitStates, base: StateId
    ) -> None:
        where = position(base, patch_to(states, base, FIX))
        below = Step(summary="", patch=b"", value=0.5, feedback="", note=Note(text="look"))
        assert ExternalPolicy().propose(replace(where, path=[below]), states) == Exhausted()
        assert ExternalPolicy().propose(replace(where, stage="localise"), states) == Exhausted()

    def test_another_policy_s_ideas_follow_from_its_first_and_none_is_skipped(
        self, states: GitStates, base: StateId
    ) -> None:
        own = ScriptedPolicy([{"a": b"0"}, {"a": b"1"}])
        policy = ExternalPolicy(own)
        where = position(base, patch_to(states, base, FIX), b"no diff")
        at_root = [policy.propose(replace(where, ordinal=n), states) for n in range(5)]
        assert isinstance(at_root[0], Proposed)
        assert isinstance(at_root[1], Unusable)
        assert at_root[2:] == [own.propose(replace(where, ordinal=n), states) for n in range(3)]
        below = Step(summary="", patch=b"", value=0.5, feedback="")
        deeper = replace(where, path=[below], ordinal=1)
        assert policy.propose(deeper, states) == own.propose(deeper, states)
        assert policy.name == "external+scripted"


class TestWhatIsTaken:
    def test_tests_are_split_off_and_kept_as_their_author_s(
        self, states: GitStates, base: StateId
    ) -> None:
        tests = {
            "tests/test_core.py": b"def test():\n    assert 1\n",
            "pkg/test_new.py": b"new",
            "tests/data.bin": None,
        }
        edit = taken(states, base, patch_to(states, base, FIX | tests)).edit
        assert edit.changes == FIX
        assert edit.state == states.fork(base, FIX)
        assert edit.brought == {path: text for path, text in tests.items() if text is not None}

    def test_what_any_python_would_load_is_nobody_s_test(
        self, states: GitStates, base: StateId
    ) -> None:
        early = {"sitecustomize.py": b"x", "tests/usercustomize/__init__.py": b"x", "a.pth": b"x"}
        edit = taken(states, base, patch_to(states, base, FIX | early)).edit
        assert (edit.changes, edit.brought) == (FIX, {})

    def test_what_tools_left_behind_is_no_part_of_it(
        self, states: GitStates, base: StateId
    ) -> None:
        left = {"pkg/core.py.orig": b"x", "pkg/__pycache__/core.pyc": b"\0", "core.rej": b"y"}
        assert taken(states, base, patch_to(states, base, FIX | left)).edit.changes == FIX
        kept = {"pkg/sample.orig": b"2\n"}  # the base has it: somebody wants it
        assert taken(states, base, patch_to(states, base, FIX | kept)).edit.changes == FIX | kept

    def test_modes_and_symlinks_that_no_content_can_say_are_kept(
        self, states: GitStates, base: StateId
    ) -> None:
        patch = (
            b"diff --git a/pkg/tool b/pkg/tool\nold mode 100644\nnew mode 100755\n"
            b"diff --git a/way b/way\nnew file mode 120000\n--- /dev/null\n+++ b/way\n"
            b"@@ -0,0 +1 @@\n+pkg/core.py\n\\ No newline at end of file\n"
        )
        edit = taken(states, base, patch).edit
        assert edit.state == states.apply(base, patch)
        assert set(edit.changes) == {"pkg/tool", "way"}

    def test_binary_files_travel_byte_for_byte(self, states: GitStates, base: StateId) -> None:
        changes = {"pkg/image.png": b"\0\xff" * 200, "tests/data.bin": b"\2\0\1"}
        edit = taken(states, base, patch_to(states, base, changes)).edit
        assert edit.changes == {"pkg/image.png": b"\0\xff" * 200}
        assert edit.brought == {"tests/data.bin": b"\2\0\1"}

    def test_a_rename_out_of_the_tests_leaves_the_tests_as_they_were(
        self, states: GitStates, base: StateId
    ) -> None:
        head = "diff --git a/{0} b/{1}\nsimilarity index 100%\nrename from {0}\nrename to {1}\n"
        moved = head.format("tests/test_core.py", "pkg/core_check.py")
        moved += head.format("pkg/old.py", "pkg/new.py")
        edit = taken(states, base, moved.encode()).edit
        assert edit.changes == {
            "pkg/core_check.py": FILES["tests/test_core.py"],
            "pkg/old.py": None,
            "pkg/new.py": FILES["pkg/old.py"],
        }

    def test_line_ends_are_the_file_s_own(self, states: GitStates, base: StateId) -> None:
        changes = {"pkg/dos.py": b"one\r\n2\r\n"}
        assert taken(states, base, patch_to(states, base, changes)).edit.changes == changes

    def test_a_patch_that_lost_its_last_line_break_is_the_same_patch(
        self, states: GitStates, base: StateId
    ) -> None:
        patch = patch_to(states, base, FIX)
        assert taken(states, base, patch.rstrip(b"\n")) == taken(states, base, patch)


class TestWhatIsNot:
    def test_only_tests_are_no_edit(self, states: GitStates, base: StateId) -> None:
        found = refused(states, base, patch_to(states, base, {"tests/test_core.py": b"x\n"}))
        assert found.reason == "changes_only_tests"
        assert "tests/test_core.py" in found.feedback
        assert (found.origin, found.summary) == ("external:s0", "s0: changes only tests")

    def test_what_does_not_apply_is_named_by_file_and_line(
        self, states: GitStates, base: StateId
    ) -> None:
        patch = patch_to(states, base, FIX).replace(b"-two", b"-too")
        found = refused(states, base, patch)
        assert found.reason == "does_not_apply"
        assert "patch failed: pkg/core.py:1" in found.feedback
        assert "the issue's base commit" in found.feedback

    def test_nothing_is_applied_by_halves(self, states: GitStates, base: StateId) -> None:
        patch = patch_to(states, base, FIX | {"pkg/old.py": b"x\n"}).replace(b"-gone", b"-come")
        assert refused(states, base, patch).reason == "does_not_apply"

    @pytest.mark.parametrize(
        ("spoilt", "remedy"),
        [
            (lambda patch: patch.replace(b"a/pkg", b"pkg").replace(b"b/pkg", b"pkg"), "no-prefix"),
            (lambda patch: patch.replace(b"\n", b"\r\n"), "CR LF"),
            (lambda patch: patch.removesuffix(b" three\n"), "cut or edited"),
            (lambda _: b"I cannot do it", "as git diff prints it"),
        ],
    )
    def test_a_common_mistake_comes_with_its_remedy(
        self, states: GitStates, base: StateId, spoilt: Callable[[bytes], bytes], remedy: str
    ) -> None:
        found = refused(states, base, spoilt(patch_to(states, base, FIX)))
        assert found.reason == "does_not_apply"
        assert remedy in found.feedback

    def test_a_binary_file_without_its_content_is_asked_for(
        self, states: GitStates, base: StateId
    ) -> None:
        patch = b"diff --git a/x.png b/x.png\nindex 1..2 100644\nBinary files a/x.png and b/x.png differ\n"
        assert "git diff --binary" in refused(states, base, patch).feedback

    def test_a_path_out_of_the_tree_is_refused(self, states: GitStates, base: StateId) -> None:
        patch = b"diff --git a/../x b/../x\nnew file mode 100644\n--- /dev/null\n+++ b/../x\n@@ -0,0 +1 @@\n+x\n"
        assert refused(states, base, patch).reason == "unsafe_path"

    def test_a_test_s_mode_cannot_be_split_off(self, states: GitStates, base: StateId) -> None:
        test = b"diff --git a/tests/test_core.py b/tests/test_core.py\nold mode 100644\nnew mode 100755\n"
        found = refused(states, base, test + patch_to(states, base, FIX))
        assert found.reason == "changes_tests"
        assert "tests/test_core.py" in found.feedback

    @pytest.mark.parametrize("patch", [b"", b" \n\n"])
    def test_nothing_is_no_patch(self, states: GitStates, base: StateId, patch: bytes) -> None:
        assert refused(states, base, patch).reason == "empty"


PATHS = st.sampled_from(
    [
        "a.py",
        "pkg/b.py",
        "pkg/c d.txt",
        "pkg/é",
        "tests/test_a.py",
        "test/x",
        "conftest.py",
        "a.orig",
    ]
)
CONTENTS = st.sampled_from([b"", b"x\n", b"x", b"a\r\nb\r\n", b"\0\xff" * 9, b"x\n" * 40])
TREES = st.dictionaries(PATHS, CONTENTS, max_size=8)
ROUGH = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@ROUGH
@given(before=TREES, after=TREES)
def test_what_is_split_off_and_the_rest_are_the_whole(
    states: GitStates, empty: StateId, before: dict[str, bytes], after: dict[str, bytes]
) -> None:
    base, whole = states.fork(empty, before), states.fork(empty, after)
    assume(base != whole)
    changes = states.changed(base, whole)
    off = {path: changes[path] for path in beside(changes, before)}
    proposal = answer(states, base, states.diff(base, whole))
    rest = proposal.edit.changes if isinstance(proposal, Proposed) else {}
    assert {**rest, **off} == changes
    assert not rest.keys() & off.keys()
    assert not any(is_test_path(path) for path in rest)
    assert states.fork(states.fork(base, rest), off) == whole
    assert isinstance(proposal, Proposed) == (len(off) < len(changes))


@ROUGH
@given(before=TREES, afters=st.lists(TREES, min_size=2, max_size=5), order=st.randoms())
def test_the_order_of_patches_changes_nothing_about_any_of_them(
    states: GitStates,
    empty: StateId,
    before: dict[str, bytes],
    afters: list[dict[str, bytes]],
    order: object,
) -> None:
    base = states.fork(empty, before)
    where = position(base, *(states.diff(base, states.fork(empty, after)) for after in afters))

    def by_name(candidates: tuple[External, ...]) -> dict[str, Proposal]:
        here = replace(where, issue=replace(where.issue, candidates=candidates))
        return {
            external.name: ExternalPolicy().propose(replace(here, ordinal=number), states)
            for number, external in enumerate(candidates)
        }

    shuffled = list(where.issue.candidates)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    assert by_name(tuple(shuffled)) == by_name(where.issue.candidates)


def test_some_of_those_patches_change_source_and_tests_at_once() -> None:
    def both(trees: tuple[dict[str, bytes], dict[str, bytes]]) -> bool:
        before, after = trees
        changed = {path for path in before | after if before.get(path) != after.get(path)}
        return 0 < len(beside(dict.fromkeys(changed), before)) < len(changed)

    assert both(find(st.tuples(TREES, TREES), both))


def test_an_author_s_tests_are_new_or_changed_files_with_a_name_that_can_be_stored() -> None:
    changes = {"tests/a.py": b"a", "tests/gone.py": None, "tests/\udcff.py": b"b", "core.py": b"c"}
    assert author_tests(changes) == {"tests/a.py": b"a"}
