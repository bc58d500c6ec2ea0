"""Faults seen in released systems that choose among patches, and what guards against each here.

An index: the tests themselves lie beside what they test. A fault joins once it has its tests.
"""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[2]
GUARDS: dict[str, dict[str, tuple[str, ...]]] = {
    "normalisation that drops paths or indentation merges different patches": {
        "agents/verify/test_clusters.py": (
            "test_names_paths_and_structure_do",
            "test_equal_text_under_another_path_is_another_change",
            "test_another_indentation_is_another_change",
            "test_its_indentation_words_and_directives_do",
            "test_a_part_cannot_be_read_as_another",
        ),
    },
    "byte equality splits equal patches": {
        "agents/verify/test_clusters.py": (
            "test_comments_formatting_and_docstrings_do_not_split_a_cluster",
            "test_of_a_known_language_comments_and_blanks_do_not_split_a_cluster",
        ),
    },
    "ground truth is used to skip easy cases": {
        "service/test_no_gold.py": (
            "test_the_demos_search_is_told_nothing_of_the_grade",
            "test_a_factory_tasks_search_is_told_nothing_of_its_row",
            "test_a_search_does_not_see_what_its_repository_became_later",
        ),
        "service/issues/test_submission.py": ("test_it_is_refused_at_any_depth",),
    },
}


@pytest.mark.parametrize("fault", GUARDS)
def test_every_fault_has_its_tests(fault: str) -> None:
    for path, names in GUARDS[fault].items():
        tree = ast.parse((TESTS / path).read_text(encoding="utf-8"))
        there = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert set(names) <= there
