"""Every selector, by name."""

from collections.abc import Mapping

from agents.selection.choice import Selector
from agents.selection.rules.agentless import agentless
from agents.selection.rules.fewest_lines import fewest_lines
from agents.selection.rules.first import first
from agents.selection.rules.judge_only import judge_only
from agents.selection.rules.majority import majority
from agents.selection.rules.passing_tests import passing_tests
from agents.selection.rules.random_choice import random_choice
from agents.selection.rules.regression_only import regression_only
from agents.selection.rules.tests_only import tests_only
from agents.selection.rules.top_half import top_half

PUBLISHED: tuple[str, ...] = ("passing_tests", "agentless", "top_half")
"""Rules re-implemented by the descriptions of published systems."""

SELECTORS: Mapping[str, Selector] = {
    "random_choice": random_choice,
    "first": first,
    "majority": majority,
    "fewest_lines": fewest_lines,
    "regression_only": regression_only,
    "tests_only": tests_only,
    "judge_only": judge_only,
    "passing_tests": passing_tests,
    "agentless": agentless,
    "top_half": top_half,
}
