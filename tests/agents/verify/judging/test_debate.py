"""The judge that hears both sides."""

from agents.llm.protocol import Request, estimate_prompt
from agents.verify.judging.debate import CALLS, Debate
from agents.verify.panel import Brief
from tests.agents.verify.judging.cases import (
    CASE,
    RIGHT,
    WRONG,
    Asked,
    diff,
    never,
    section,
    side_of,
)


def debating(request: Request) -> str:
    """Advocates name their letter; the third one takes the candidate with ``min``."""
    if "You speak for change" not in request.messages[0].content:
        return f"CHOICE: {side_of(request, 'min(a, b)')}"
    side = request.messages[0].content.split("You speak for change ")[1][0]
    speaks_for = "the lower" if side == side_of(request, "min(a, b)") else "the other"
    return f"Change {side}, {speaks_for}, is right."


def test_a_third_decides_after_an_argument_for_each_side_in_both_orders() -> None:
    model = Asked(debating)
    judged = Debate(model.journal, "m").compare(CASE, WRONG, RIGHT, never)
    assert [(made.shown, made.preferred, made.judge) for made in judged.judgements] == [
        (("trial-40", "trial-17"), "trial-17", "debate"),
        (("trial-17", "trial-40"), "trial-17", "debate"),
    ]
    assert judged.usage.calls == len(model.requests) == 6
    decided = [model.texts[n] for n in (2, 5)]
    heard = [(section(t, "What was said for change A"), section(t, "What was said for change B"))
             for t in decided]  # fmt: skip
    assert [(a.strip(), b.strip()) for a, b in heard] == [
        ("Change A, the other, is right.", "Change B, the lower, is right."),
        ("Change A, the lower, is right.", "Change B, the other, is right."),
    ]


def test_each_advocate_reads_the_other_once_and_has_the_last_word_once() -> None:
    model = Asked(debating)
    Debate(model.journal, "m").compare(CASE, WRONG, RIGHT, never)
    said = ["# What was said for change" in model.texts[n] for n in (0, 1, 3, 4)]
    assert said == [False, True, False, True]
    assert "You speak for change B" in model.requests[1].messages[0].content
    assert "Change A, the other" in model.texts[1]
    assert "Change A, the lower" in model.texts[4]


def test_sides_are_swapped_in_the_second_order() -> None:
    model = Asked(debating)
    Debate(model.journal, "m").compare(CASE, WRONG, RIGHT, never)
    forth, back = model.texts[0], model.texts[3]
    assert section(forth, "Change A") == section(back, "Change B")
    assert section(forth, "Change B") == section(back, "Change A")


def test_a_decision_that_cannot_be_read_goes_back_once_and_is_then_none() -> None:
    model = Asked(["for A", "for B", "?", "??", "for A", "for B", "?", "CHOICE: B"])
    (made,) = Debate(model.journal, "m").compare(CASE, RIGHT, WRONG, never).judgements
    assert (made.shown, made.preferred) == (("trial-40", "trial-17"), "trial-17")
    assert len(model.requests) == CALLS


def test_arguments_are_cut_alike_and_all_stays_below_the_ceiling() -> None:
    long = Brief(key="long", patch=diff("\n".join(f"x{n} = {n}" for n in range(9_000))))
    words = ["word " * 9_000, "", "? " * 9_000, "CHOICE: A"]
    model = Asked(words * 2)
    judge = Debate(model.journal, "m")
    judged = judge.compare(CASE, long, RIGHT, never)
    assert [made.preferred for made in judged.judgements] == ["long", "trial-17"]
    assert section(model.texts[2], "What was said for change B").strip() == "(nothing)"
    read = sum(estimate_prompt(request.messages) for request in model.requests)
    assert read + CALLS * judge.max_tokens <= judge.ceiling.tokens


def test_no_request_names_keys_or_an_authors_comment() -> None:
    claimed = Brief(key="trial-17", patch=diff("return min(a, b)  # certainly right"))
    model = Asked(debating)
    Debate(model.journal, "m").compare(CASE, claimed, WRONG, never)
    assert len(model.texts) == 6
    for text in model.texts:
        assert "trial-" not in text
        assert "certainly" not in text
