"""Functions that a model may call, without a model."""

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.llm.protocol import Reply, ToolCall, estimate_tokens
from agents.policy.draft import Draft
from agents.policy.edit_formats import EditProblem
from agents.policy.tools.arguments import arguments
from agents.policy.tools.definitions import TOOLS
from agents.policy.tools.reading import RESULT_TOKENS, read_only
from agents.policy.tools.workbench import CALLS_A_REPLY, READS, Workbench
from agents.policy.tools.writing import write
from tests.agents.policy.small_tree import BASE, CORE, DictStates, tree


def draft(**files: bytes) -> Draft:
    states = tree()
    states.trees[BASE].update(files)
    return Draft(states, BASE)


def read(function: str, on: Draft | None = None, /, **given: str | int) -> str:
    return read_only(function, given, on or draft())


def wrote(name: str, on: Draft, **given: str) -> str:
    result = write(name, given, on)
    assert isinstance(result, str), result
    return result


def refused(name: str, on: Draft, **given: str) -> EditProblem:
    before = dict(on.changes)
    result = write(name, given, on)
    assert isinstance(result, EditProblem)
    assert on.changes == before
    return result


def reply(*calls: tuple[str, Mapping[str, object]], text: str = "") -> Reply:
    made = tuple(
        ToolCall(id=f"c{n}", name=name, arguments=json.dumps(given))
        for n, (name, given) in enumerate(calls)
    )
    return Reply(text=text, prompt_tokens=1, completion_tokens=1, tool_calls=made)


class TestReading:
    def test_search_names_path_line_and_text(self) -> None:
        assert read("search", text="return a") == (
            "pkg/core.py:6: return a\npkg/core.py:7: return a"
        )
        assert read("search", text="x * 2", folder="pkg/") == "pkg/core.py:11: return x * 2"

    def test_search_that_finds_nothing_says_what_it_does(self) -> None:
        assert "occurs nowhere in the repository" in read("search", text="nothing")
        assert "occurs nowhere below tests" in read("search", text="return a", folder="./tests")
        assert read("search", text="a", folder="nowhere") == "There is no folder 'nowhere'."
        assert "not blank" in read("search", text=" ")

    def test_view_shows_lines_as_they_are(self) -> None:
        shown = read("view", path="pkg/core.py", start=4, end=5)
        assert shown == (
            "pkg/core.py, lines 4 to 5 of 11:\n```\ndef low(a, b):\n    if a < b:\n```"
        )
        assert "lines 1 to 11 of 11" in read("view", path="pkg/core.py")
        assert read("view", path="pkg/core.py", start=99) == "pkg/core.py has 11 lines."

    def test_a_path_that_is_wrong_gets_suggestions(self) -> None:
        text = read("view", path="src/core.py")
        assert text == (
            "There is no file 'src/core.py'. Did you mean pkg/core.py, tests/test_core.py?"
        )
        assert read("view", path="pkg/coer.py").endswith("Did you mean pkg/core.py, pkg/far.py?")
        assert read("symbols", path="zzz") == "There is no file 'zzz'."

    def test_symbols_of_a_file_and_of_a_name(self) -> None:
        assert read("symbols", path="pkg/core.py") == (
            "pkg/core.py: low, lines 4 to 7\npkg/core.py: unrelated, lines 10 to 11"
        )
        on = draft(**{"pkg/k.py": b"class K:\n    def low(self):\n        pass\n"})
        assert read("symbols", on, name="low") == (
            "pkg/core.py: low, lines 4 to 7\npkg/k.py: K.low, lines 2 to 3"
        )
        assert read("symbols", on, name="K.low") == "pkg/k.py: K.low, lines 2 to 3"
        assert read("symbols", on, name="high") == "There is no such function in any file."
        assert "path or a name" in read("symbols")

    @pytest.mark.parametrize("width", [10, 300, 3_000])
    def test_whatever_is_read_is_bounded(self, width: int) -> None:
        long = "".join(f"def f{n}(): return '{'x' * width}'\n" for n in range(300))
        on = draft(**{"pkg/long.py": long.encode()})
        answers = [
            read("search", on, text="def f"),
            read("view", on, path="pkg/long.py", end=300),
            read("symbols", on, path="pkg/long.py"),
        ]
        assert all(estimate_tokens(text) <= RESULT_TOKENS for text in answers)
        assert all(len(text.split("\n")) > 1 for text in answers)

    def test_what_the_draft_changed_is_read_as_changed(self) -> None:
        on = draft()
        wrote("edit", on, path="pkg/core.py", old="x * 2", new="x * 3")
        assert read("search", on, text="x * 3") == "pkg/core.py:11: return x * 3"


class TestWriting:
    def test_an_edit_inside_a_line(self) -> None:
        on = draft()
        assert wrote("edit", on, path="pkg/core.py", old="a < b", new="a <= b") == "Done."
        assert on.changes == {"pkg/core.py": CORE.replace("a < b", "a <= b").encode()}

    def test_edits_add_up_and_taking_one_back_leaves_none(self) -> None:
        on = draft()
        wrote("edit", on, path="pkg/core.py", old="a < b", new="a <= b")
        wrote("edit", on, path="pkg/far.py", old="z = 1", new="z = 2")
        assert set(on.changes) == {"pkg/core.py", "pkg/far.py"}
        wrote("edit", on, path="pkg/core.py", old="a <= b", new="a < b")
        assert set(on.changes) == {"pkg/far.py"}

    def test_lines_with_other_ends_and_indentation_are_found(self) -> None:
        on = draft(**{"pkg/dos.py": b"def f():\r\n    return 1\r\n"})
        wrote(
            "edit",
            on,
            path="pkg/dos.py",
            old="def f():\n    return 1\n",
            new="def f():\n    return 2\n",
        )
        assert on.changes["pkg/dos.py"] == b"def f():\r\n    return 2\r\n"

    def test_what_occurs_more_than_once_is_not_guessed(self) -> None:
        problem = refused("edit", draft(), path="pkg/core.py", old="return a", new="return b")
        assert problem.reason == "ambiguous"
        assert "matches 2 places in pkg/core.py, at lines 6, 7: add lines" in problem.feedback

    def test_what_does_not_occur_gets_the_nearest_lines(self) -> None:
        old = "    if a > b:\n        return a"
        problem = refused("edit", draft(), path="pkg/core.py", old=old, new="x")
        assert problem.reason == "does_not_apply"
        assert "    if a < b:\n        return a\n" in problem.feedback

    @pytest.mark.parametrize(
        ("path", "reason"),
        [
            ("tests/test_core.py", "forbidden_path"),
            ("../x.py", "forbidden_path"),
            (".git/config", "forbidden_path"),
            ("sitecustomize.py", "forbidden_path"),
            ("pkg/core.py/x.py", "forbidden_path"),
            ("core.py", "does_not_apply"),
        ],
    )
    def test_paths_that_are_refused(self, path: str, reason: str) -> None:
        assert refused("edit", draft(), path=path, old="a", new="b").reason == reason

    def test_nothing_to_replace(self) -> None:
        assert refused("edit", draft(), path="pkg/far.py", old="z", new="z").reason == (
            "changes_nothing"
        )
        assert refused("edit", draft(), path="pkg/far.py", old=" ", new="z").reason == (
            "changes_nothing"
        )

    def test_a_new_file_only_where_there_is_none(self) -> None:
        on = draft()
        wrote("create", on, path="pkg/new.py", content="y = 1\n")
        assert on.changes == {"pkg/new.py": b"y = 1\n"}
        assert refused("create", on, path="pkg/far.py", content="y").reason == "does_not_apply"

    def test_an_edit_that_breaks_the_syntax_is_told_at_once_and_may_be_mended(self) -> None:
        on = draft()
        told = wrote("edit", on, path="pkg/core.py", old="    if a < b:", new="    if a < b")
        assert "line 5" in told
        assert "Mend it" in told
        assert wrote("edit", on, path="pkg/core.py", old="if a < b", new="if a < b:") == "Done."

    @given(st.text("ab\n ", max_size=12), st.text("ab\n ", min_size=1, max_size=4))
    def test_one_match_is_replaced_and_nothing_else(self, text: str, old: str) -> None:
        on = Draft(DictStates({BASE: {"f.txt": text.encode()}}), BASE)
        result = write("edit", {"path": "f.txt", "old": old, "new": "Z"}, on)
        exact = text.count(old) == 1 and bool(old.strip())
        expected = text.replace(old, "Z").encode()
        assert not exact or (result, on.read("f.txt")) == ("Done.", expected)


class TestArguments:
    @staticmethod
    def given(name: str, text: str) -> object:
        return arguments(ToolCall(id="1", name=name, arguments=text))

    def test_numbers_may_be_text_and_what_is_unknown_or_null_is_left_out(self) -> None:
        text = '{"path": "a.py", "start": "3", "end": null, "why": "?"}'
        assert self.given("view", text) == {"path": "a.py", "start": 3}
        assert self.given("finish", "") == {}

    @pytest.mark.parametrize(
        ("name", "text", "told"),
        [
            ("look", "{}", "there are: search, symbols, view, edit, create, finish"),
            ("view", "{", "not JSON"),
            pytest.param("view", "[" * 100_000, "not JSON", id="deeply nested"),
            ("view", "[]", "no JSON object"),
            ("view", "{}", "view needs path"),
            ("view", '{"path": 3}', "path must be of type string"),
            ("view", '{"path": "a", "start": "x"}', "start must be of type integer"),
            ("view", '{"path": "a", "start": true}', "start must be of type integer"),
            ("view", '{"path": "a", "start": 1234567890}', "start must be of type integer"),
            pytest.param(
                "view",
                f'{{"path": "a", "start": "{"1" * 5000}"}}',
                "start must be of type integer",
                id="a number of 5000 digits",
            ),
            ("edit", '{"path": "a", "old": "\\ud800", "new": ""}', "not valid Unicode"),
        ],
    )
    def test_what_is_wrong_is_said(self, name: str, text: str, told: str) -> None:
        problem = self.given(name, text)
        assert isinstance(problem, EditProblem)
        assert problem.reason == "unparsable"
        assert told in problem.feedback

    def test_every_function_says_what_it_takes(self) -> None:
        for tool in TOOLS:
            json.dumps(tool.parameters)
            assert set(tool.parameters["required"]) <= set(tool.parameters["properties"])


class TestWorkbench:
    def test_every_call_is_answered_under_its_id(self) -> None:
        view, edit = {"path": "pkg/far.py"}, {"path": "pkg/far.py", "old": "1", "new": "2"}
        bench = Workbench(draft())
        turn = bench.take(reply(("view", view), ("finish", {}), ("edit", edit)))
        assert [m.tool_call_id for m in turn.reply("not yet")] == ["c0", "c2", "c1"]
        assert (turn.over, turn.problem) == (True, None)
        assert bench.draft.changes == {"pkg/far.py": b"z = 2\n"}

    def test_finish_may_be_called_twice_in_one_reply(self) -> None:
        edit = {"path": "pkg/far.py", "old": "1", "new": "2"}
        turn = Workbench(draft()).take(reply(("edit", edit), ("finish", {}), ("finish", {})))
        assert (turn.over, turn.problem) == (True, None)
        assert [m.tool_call_id for m in turn.reply("not yet")] == ["c0", "c2", "c1"]
        assert "called already" in turn.answers[1].content

    def test_reading_calls_run_out_and_writing_calls_do_not(self) -> None:
        bench = Workbench(draft())
        for left in range(READS - 1, -1, -1):
            turn = bench.take(reply(("view", {"path": "pkg/far.py"})))
            assert turn.problem is None
            assert f"({left} reading calls are left.)" in turn.answers[0].content
        turn = bench.take(reply(("view", {"path": "pkg/far.py"})))
        assert turn.problem is not None
        assert "No reading calls are left" in turn.problem.feedback
        edit = {"path": "pkg/far.py", "old": "1", "new": "2"}
        assert bench.take(reply(("edit", edit))).problem is None

    def test_too_many_calls_in_one_reply_are_not_carried_out(self) -> None:
        edits = [
            ("edit", {"path": "pkg/far.py", "old": f"z = {n}", "new": f"z = {n + 1}"})
            for n in range(1, CALLS_A_REPLY + 2)
        ]
        bench = Workbench(draft())
        turn = bench.take(reply(*edits))
        assert len(turn.answers) == len(edits)
        assert turn.problem is not None
        assert bench.draft.changes == {"pkg/far.py": f"z = {CALLS_A_REPLY + 1}\n".encode()}

    def test_words_without_calls_end_the_work_only_when_something_is_changed(self) -> None:
        bench = Workbench(draft())
        silent = bench.take(reply(text="I give up."))
        assert silent.problem is not None
        assert [m.role for m in silent.reply("Call edit.")] == ["user"]
        cut = bench.take(replace(reply(text="I"), finish_reason="length"))
        assert cut.problem is not None
        assert "too long" in cut.problem.feedback
        bench.take(reply(("edit", {"path": "pkg/far.py", "old": "1", "new": "2"})))
        assert bench.take(reply(text="Done.")).over
