"""Which code is shown, chosen by the fused localisation."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from agents.domain import Issue, Localisation, Place, Preparation
from agents.llm.protocol import estimate_tokens
from agents.policy.prompts import first_prompt
from agents.policy.prompts.context import choose
from agents.policy.protocol import Position
from sandbox.protocol import StateId
from tests.agents.policy.small_tree import DictStates

CORE = """\
LIMIT = 3


class Cart:
    def total(self):
        return sum(self.prices)

    def discount(self, rate):
        def rounded(x):
            return round(x)
        return rounded(rate)


def spare():
    return 1
"""
SCRIPT = "function send(receipt) {\n  return receipt;\n}\n"
BASE = StateId("base")
STATES = DictStates({BASE: {"cart.py": CORE.encode(), "web/app.js": SCRIPT.encode()}})


def place(name: str, weight: float, path: str = "cart.py") -> Place:
    return Place(path=path, name=name, start=1, end=2, weight=weight)


def position(*functions: Place, lines: dict[int, float] | None = None) -> Position:
    where = Localisation(lines={"cart.py": lines or {}}, functions=functions)
    return Position(
        search="s",
        trial=1,
        issue=Issue(repo="r", base_commit="c", problem_statement="`spare` is wrong"),
        preparation=Preparation(base=BASE, commit="c", environment="e", localisation=where),
        state=BASE,
        ordinal=0,
        seed="0",
    )


def shown(*functions: Place, lines: dict[int, float] | None = None, tokens: int = 1000) -> str:
    return "\n".join(e.text for e in choose(position(*functions, lines=lines), STATES, tokens))


def test_the_fused_ranking_decides_and_not_the_words_alone() -> None:
    text = shown(place("Cart.total", 0.9))
    assert "def total" in text
    assert "def spare" not in text


def test_a_method_is_shown_for_a_function_inside_of_it() -> None:
    text = shown(place("Cart.discount.rounded", 0.9))
    assert "def discount" in text
    assert "def total" not in text


def test_the_best_come_first_while_there_is_room() -> None:
    both = (place("Cart.total", 0.5), place("Cart.discount", 0.9))
    assert "def total" in shown(*both)
    few = shown(*both, tokens=45)
    assert "def discount" in few
    assert "def total" not in few


def test_what_lies_between_counts_by_its_lines() -> None:
    assert "LIMIT" not in shown(place("Cart.total", 0.5))
    assert "LIMIT" in shown(place("Cart.total", 0.5), lines={1: 0.4})


def test_a_function_that_an_edit_brought_is_found_by_its_lines() -> None:
    states = DictStates(
        {**STATES.trees, "next": {"cart.py": CORE.replace("spare", "new").encode()}}
    )
    moved = replace(position(place("Cart.total", 0.5), lines={15: 0.9}), state=StateId("next"))
    assert any("def new" in excerpt.text for excerpt in choose(moved, states, 1000))


def test_other_languages_are_shown_as_what_they_are() -> None:
    messages, _ = first_prompt(position(place("send", 0.9, "web/app.js")), STATES, 2000)
    assert "web/app.js\n```javascript\nfunction send(receipt) {" in messages[-1].content


def test_a_single_line_that_is_too_long_is_clipped() -> None:
    line = "const data = '" + "x" * 1_600_000 + "';"
    states = DictStates({BASE: {"web/app.js": line.encode()}})
    (excerpt,) = choose(position(), states, 3000)
    assert 2900 <= estimate_tokens(excerpt.text) <= 3000
    assert excerpt.text.startswith("const data")
    assert excerpt.text.endswith("';")
    assert (excerpt.start, excerpt.end, excerpt.text.count("\n")) == (1, 1, 0)


@given(
    st.lists(
        st.tuples(st.sampled_from(["Cart.total", "Cart.discount", "spare"]), st.floats(0.01, 1)),
        max_size=5,
    ),
    st.integers(30, 300),
)
def test_the_budget_is_never_exceeded_and_something_is_shown(
    ranked: list[tuple[str, float]], tokens: int
) -> None:
    functions = [place(name, weight) for name, weight in ranked]
    chosen = choose(position(*functions), STATES, tokens)
    assert chosen
    assert sum(estimate_tokens(excerpt.text) for excerpt in chosen) <= tokens
