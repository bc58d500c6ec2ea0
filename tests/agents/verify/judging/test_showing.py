from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from agents.llm.protocol import estimate_tokens
from agents.verify.judging.showing import CONTEXT_TOKENS, DIFF_SHARE, shown, told
from agents.verify.panel import Brief
from tests.agents.verify.judging.cases import CASE, diff

LONG = "\n".join(f"x{n} = {n}" for n in range(4_000))


def test_both_diffs_have_the_same_share_however_long_the_other_is() -> None:
    first = shown(Brief(key="1", patch=diff(LONG)))
    second = shown(Brief(key="2", patch=diff(LONG + LONG)))
    sizes = [estimate_tokens(one.diff) for one in (first, second)]
    share = int(CONTEXT_TOKENS * DIFF_SHARE)
    assert all(0.95 * share <= size <= share for size in sizes)


def test_a_short_diff_is_whole() -> None:
    assert shown(Brief(key="1", patch=diff("return b"))).diff.endswith("+    return b")


def test_an_empty_diff_says_so() -> None:
    assert shown(Brief(key="1", patch="")).diff == "(nothing)"


@given(st.text(max_size=20), st.integers(0, 3_000), st.integers(0, 60))
def test_what_is_shown_is_bounded_whatever_there_is(text: str, times: int, facts: int) -> None:
    long = text * times
    case = replace(
        CASE,
        issue=replace(CASE.issue, problem_statement=long),
        code=long,
        failures=[f"{n} {long}" for n in range(facts)],
    )
    issue = told(case)
    one = shown(Brief(key="1", patch=diff(long), facts=[long] * facts))
    texts = (issue.issue, issue.failures, issue.code, one.diff, one.diff, *one.facts, *one.facts)
    assert sum(map(estimate_tokens, texts)) <= CONTEXT_TOKENS * 1.01 + 4
