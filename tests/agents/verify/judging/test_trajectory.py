"""The judge that may run code."""

from agents.llm.protocol import Request, estimate_prompt
from agents.selection.pool import Judgement
from agents.verify.judging.trajectory import CALLS, SCRIPTS, SelectionTrajectory
from agents.verify.panel import Brief
from tests.agents.verify.judging.cases import CASE, RIGHT, WRONG, Asked, diff, section

SCRIPT = "```python\nprint(low(2, 1))\n```"
OTHER = "```python\nprint(low(1, 1))\n```"


class Runs:
    """What `RIGHT` and `WRONG` print."""

    def __init__(self) -> None:
        self.made: list[tuple[str | None, str]] = []

    def __call__(self, key: str | None, script: str) -> str:
        self.made.append((key, script))
        return {RIGHT.key: "one", WRONG.key: "two"}[str(key)]


def by_output(request: Request) -> str:
    """Runs a script, then takes the candidate that printed ``one``."""
    last = request.messages[-1].content
    if "What the script printed" not in last:
        return SCRIPT
    found = "A" if "one" in section(last, "What the script printed on A") else "B"
    return f"It prints one.\nCHOICE: {found}"


def test_it_runs_its_script_on_both_and_decides_by_what_it_saw() -> None:
    model, runs = Asked(by_output), Runs()
    judged = SelectionTrajectory(model.journal, "m").compare(CASE, WRONG, RIGHT, runs)
    assert [(made.shown, made.preferred) for made in judged.judgements] == [
        (("trial-40", "trial-17"), "trial-17"),
        (("trial-17", "trial-40"), "trial-17"),
    ]
    assert {made.judge for made in judged.judgements} == {"selection"}
    script = "print(low(2, 1))\n"
    assert runs.made == [
        ("trial-40", script),
        ("trial-17", script),
        ("trial-17", script),
        ("trial-40", script),
    ]
    assert judged.usage.calls == len(model.requests) == 4


def test_each_order_is_a_trajectory_of_its_own() -> None:
    model, runs = Asked(by_output), Runs()
    SelectionTrajectory(model.journal, "m").compare(CASE, RIGHT, WRONG, runs)
    assert [len(request.messages) for request in model.requests] == [2, 4, 2, 4]
    forth, back = (model.requests[n].messages[-1].content for n in (1, 3))
    assert section(forth, "What the script printed on A") == section(
        back, "What the script printed on B"
    ).replace(back.split("```\n")[-1], "")


def test_scripts_are_bounded_and_then_it_must_decide() -> None:
    talk = [SCRIPT, OTHER, SCRIPT, "CHOICE: A"]
    model, runs = Asked(talk * 2), Runs()
    judged = SelectionTrajectory(model.journal, "m").compare(CASE, RIGHT, WRONG, runs)
    assert [made.preferred for made in judged.judgements] == ["trial-17", "trial-40"]
    assert len(runs.made) == 2 * 2 * SCRIPTS
    assert len(model.requests) == CALLS
    assert "Write another script" in model.requests[1].messages[-1].content
    assert "Now decide" in model.requests[2].messages[-1].content


def test_what_can_be_run_goes_before_what_was_guessed() -> None:
    model, runs = Asked([f"{SCRIPT}\nCHOICE: A", "CHOICE: B"] * 2), Runs()
    judged = SelectionTrajectory(model.journal, "m").compare(CASE, RIGHT, WRONG, runs)
    assert [made.preferred for made in judged.judgements] == ["trial-40", "trial-17"]
    assert len(runs.made) == 4


def test_after_the_last_script_a_choice_counts_whatever_stands_beside_it() -> None:
    model, runs = Asked([SCRIPT, OTHER, f"{SCRIPT}\nCHOICE: B"] * 2), Runs()
    judged = SelectionTrajectory(model.journal, "m").compare(CASE, RIGHT, WRONG, runs)
    assert [made.preferred for made in judged.judgements] == ["trial-40", "trial-17"]
    assert len(runs.made) == 8


def test_it_may_decide_without_running_anything() -> None:
    runs = Runs()
    judged = SelectionTrajectory(Asked(["CHOICE: NEITHER"] * 2).journal, "m").compare(
        CASE, RIGHT, WRONG, runs
    )
    assert [made.preferred for made in judged.judgements] == [None, None]
    assert runs.made == []


def test_what_is_neither_script_nor_choice_goes_back_once_and_may_then_be_a_script() -> None:
    model, runs = Asked(["Hm.", SCRIPT, "CHOICE: A", "Hm.", "Hm."]), Runs()
    judged = SelectionTrajectory(model.journal, "m").compare(CASE, RIGHT, WRONG, runs)
    assert judged.judgements == (
        Judgement(shown=("trial-17", "trial-40"), preferred="trial-17", judge="selection"),
    )
    again = model.requests[1].messages[-1].content
    assert "a Python script that prints" in again
    assert "CHOICE: NEITHER" in again


def test_long_outputs_are_cut_alike_and_the_chat_stays_below_its_ceiling() -> None:
    lines = "\n".join(f"x{n} = {n}" for n in range(9_000))
    long = Brief(key="long", patch=diff(lines))
    replies = [SCRIPT + "\n" + "word " * 9_000, OTHER, "? " * 9_000, "CHOICE: A"]
    model = Asked(replies * 2)
    judge = SelectionTrajectory(model.journal, "m")
    judged = judge.compare(CASE, long, RIGHT, lambda key, _: f"{key} " * 20_000)
    assert [made.preferred for made in judged.judgements] == ["long", "trial-17"]
    shown = model.requests[1].messages[-1].content
    sizes = [len(section(shown, f"What the script printed on {side}")) for side in "AB"]
    assert abs(sizes[0] - sizes[1]) < 200
    read = sum(estimate_prompt(request.messages) for request in model.requests)
    assert read + CALLS * judge.max_tokens <= judge.ceiling.tokens


def test_no_request_names_keys_or_an_authors_comment() -> None:
    claimed = Brief(key="trial-17", patch=diff("return min(a, b)  # certainly right"))
    model, runs = Asked(by_output), Runs()
    SelectionTrajectory(model.journal, "m").compare(CASE, claimed, WRONG, runs)
    assert len(model.texts) == 4
    for text in model.texts:
        assert "trial-" not in text
        assert "certainly" not in text
