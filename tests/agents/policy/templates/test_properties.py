"""What holds for every mutant of any file."""

import ast
import importlib
import random
import warnings
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.policy.templates.catalogue import TEMPLATES
from tests.agents.policy.templates.helpers import mutants

MODULES = ("textwrap", "heapq", "bisect", "fractions", "string", "csv", "argparse", "shlex")

AWKWARD = '''\
# -*- coding: utf-8 -*-
import re

ÄÖÜ = "→ü"; größe = 1


class Ünï:
    """Doc — with ünïcode."""

    def straße(self, ü, *, ñ=None):
        text = "héé" + ü if (  # why → not
            ü and ñ
            or größe
        ) else (ü)
        if ñ: return text
        for é in (text, \\
                  "ß"):
            print("€", é[0:-1], f"{é!r:>5} ü {größe}", len(é) // 2); text += é
        return {
            "ä": [x for x in text if x not in "öü"],
            "ö": re.sub(r"\\w+\\s*", "", text),
        }, """multi
    line → ü
        string""" % ü
'''


def stdlib(name: str) -> str:
    return Path(importlib.import_module(name).__file__ or "").read_text(encoding="utf-8")


def lines_in_a_row(source: str, rng: random.Random) -> dict[int, float]:
    start = rng.randrange(1, source.count("\n"))
    return {line: rng.random() for line in range(start, start + 40)}


@pytest.mark.parametrize("name", MODULES)
def test_every_mutant_parses_differs_and_is_unique(name: str) -> None:
    source = stdlib(name)
    seen = {ast.dump(ast.parse(source))}
    rng = random.Random(name)
    found = list(islice(mutants(source, lines=lines_in_a_row(source, rng)), 250))
    for mutant in rng.sample(found, min(30, len(found))):
        tree = ast.dump(ast.parse(mutant.text))
        assert tree not in seen, mutant.summary
        seen.add(tree)


@pytest.mark.parametrize("name", MODULES)
def test_a_mutant_changes_nothing_outside_its_span(name: str) -> None:
    source = stdlib(name)
    for mutant in islice(mutants(source), 100):
        change, text = mutant.change, mutant.text
        assert 0 <= change.start <= change.end <= len(source)
        assert text[: change.start] == source[: change.start]
        assert text[change.start + len(change.text) :] == source[change.end :]


@pytest.mark.parametrize(
    "source",
    [
        AWKWARD,
        AWKWARD.replace("\n", "\r\n"),
        AWKWARD.replace("    ", "\t"),
        AWKWARD.replace("\n", "\r"),
        AWKWARD.rstrip("\n"),
    ],
    ids=["unicode", "crlf", "tabs", "cr", "no last newline"],
)
def test_unicode_line_endings_and_tabs_survive(source: str) -> None:
    found = list(mutants(source, lines=dict.fromkeys(range(1, 40), 1.0)))
    assert len(found) > 300
    ending = "\r\n" if "\r\n" in source else source[-1] if source[-1] in "\r\n" else "\n"
    for mutant in found:
        ast.parse(mutant.text)
        assert mutant.text.startswith("# -*- coding: utf-8 -*-")
        inserted = mutant.change.text.replace(ending, "")
        assert "\r" not in inserted
        assert "\n" not in inserted.replace("\\n", "")
        if "\t" in source:
            assert "\n    " not in mutant.change.text


def test_the_order_is_the_same_every_time() -> None:
    source = stdlib("fractions")
    runs = [[(m.summary, m.score) for m in islice(mutants(source), 120)] for _ in range(2)]
    assert runs[0] == runs[1]


def test_no_mutant_makes_the_compiler_warn() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(list(islice(mutants("def f(x):\n    return x is 1 or '\\d' in x\n"), 50))) == 50


@settings(max_examples=10, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from(MODULES[:4]))
def test_scores_fall_and_only_suspicious_code_is_touched(rng: random.Random, name: str) -> None:
    source = stdlib(name)
    start = rng.randrange(1, source.count("\n") - 10)
    weights = {line: rng.uniform(0.01, 1) for line in rng.sample(range(start, start + 10), 4)}
    found = list(islice(mutants(source, lines=weights), 60))
    scores = [mutant.score for mutant in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)


@settings(max_examples=12, deadline=None)
@given(st.sampled_from(TEMPLATES), st.sampled_from(MODULES))
def test_weights_are_probabilities_and_summaries_fit_on_a_line(template: object, name: str) -> None:
    chosen = tuple(t for t in TEMPLATES if t is template)
    for mutant in islice(mutants(stdlib(name), chosen), 25):
        assert 0 < mutant.change.weight <= 1
        assert "\n" not in mutant.summary
        assert mutant.summary.startswith(f"{mutant.template}: ")
        assert mutant.summary.endswith(f"(a.py:{mutant.line})")
