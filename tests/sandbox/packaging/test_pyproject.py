"""`pyproject.toml` in the standard's words and in Poetry's."""

import pytest

from sandbox.packaging.poetry import specifier
from tests.sandbox.packaging.tree import reads


def test_the_project_table_is_read_with_the_extras_for_tests() -> None:
    found = reads(
        {
            "pyproject.toml": """
            [project]
            name = "mine"
            requires-python = ">=3.9, <4"
            dependencies = ["attrs>=22", "numpy ; python_version > '3.8'", "attrs>=22"]
            [project.optional-dependencies]
            testing = ["hypothesis"]
            docs = ["sphinx"]
            dev = ["trustme", "mine[testing]"]
            """
        }
    )
    assert found.requirements == ("attrs>=22", 'numpy; python_version > "3.8"')
    assert found.wanted == ("hypothesis", "trustme")
    assert found.python == "<4,>=3.9"
    assert found.notes == ()


def test_dependency_groups_are_followed_through_their_includes() -> None:
    found = reads(
        {
            "pyproject.toml": """
            [dependency-groups]
            base = ["attrs"]
            lint = ["ruff"]
            test = ["hypothesis", {include-group = "base"}, {include-group = "test"}]
            dev = [{include-group = "gone"}, {include-group = "test"}]
            """
        }
    )
    assert found.wanted == ("hypothesis", "attrs")
    assert found.notes == ("pyproject.toml: group dev includes gone, which is not there",)


def test_an_extra_of_the_repository_itself_stands_for_its_requirements() -> None:
    found = reads(
        {
            "pyproject.toml": """
            [project]
            name = "My.Package"
            dependencies = ["my-package", "six"]
            [project.optional-dependencies]
            all = ["click", "my_package[ALL]"]
            test = ["my-package[all]"]
            """
        }
    )
    assert found.requirements == ("six",)
    assert found.wanted == ("click",)
    assert "pyproject.toml: my-package is left out: that is the repository itself" in found.notes


def test_files_that_setuptools_takes_dependencies_from_are_read() -> None:
    found = reads(
        {
            "pyproject.toml": """
            [project]
            name = "mine"
            dynamic = ["dependencies", "optional-dependencies"]
            [tool.setuptools.dynamic]
            dependencies = {file = ["deps/run.txt"]}
            optional-dependencies = {test = {file = "deps/test.txt"}, docs = {file = ["docs.txt"]}}
            """,
            "deps/run.txt": "attrs\n",
            "deps/test.txt": "hypothesis\n",
        }
    )
    assert (found.requirements, found.wanted) == (("attrs",), ("hypothesis",))


def test_poetry_is_read() -> None:
    found = reads(
        {
            "pyproject.toml": """
            [tool.poetry]
            name = "mine"
            [tool.poetry.dependencies]
            python = "^3.8"
            attrs = "^22.1"
            click = {version = "~8.0", extras = ["x"], markers = "sys_platform == 'linux'"}
            six = [{version = "1.*", python = "<3.12"}, {version = "*", python = ">=3.12"}]
            rich = {version = "*", optional = true}
            near = {path = "../near"}
            either = "^1 || ^2"
            [tool.poetry.dev-dependencies]
            hypothesis = ">=6, <7"
            [tool.poetry.group.test.dependencies]
            trustme = "1.1"
            [tool.poetry.group.docs.dependencies]
            sphinx = "*"
            """
        }
    )
    assert found.python == "<4,>=3.8"
    assert found.requirements == (
        "attrs<23,>=22.1",
        'click[x]<8.1,>=8.0; sys_platform == "linux"',
        'six==1.*; python_full_version < "3.12"',
        'six; python_full_version >= "3.12"',
        "either<3,>=2",
    )
    assert found.wanted == ("hypothesis<7,>=6", "trustme==1.1")
    assert found.notes == (
        "pyproject.toml: near is left out: it is not from an index",
        "pyproject.toml: either: of '^1 || ^2' only '^2' is taken",
    )


@pytest.mark.parametrize(
    ("poetry", "standard"),
    [
        ("^1.2.3", ">=1.2.3,<2"),
        ("^0.2.3", ">=0.2.3,<0.3"),
        ("^0.0.3", ">=0.0.3,<0.0.4"),
        ("^0.0", ">=0.0,<0.1"),
        ("^0", ">=0,<1"),
        ("~1.2.3", ">=1.2.3,<1.3"),
        ("~1.2", ">=1.2,<1.3"),
        ("~1", ">=1,<2"),
        ("~=1.2", "~=1.2"),
        ("*", ""),
        ("1.*", "==1.*"),
        ("1.2", "==1.2"),
        ("=1.2", "==1.2"),
        (">= 1.2, <2, !=1.5", ">=1.2,<2,!=1.5"),
        (">=1 <2", ">=1,<2"),
    ],
)
def test_poetrys_constraints_become_the_standards(poetry: str, standard: str) -> None:
    assert specifier(poetry) == standard


def test_versions_that_are_no_versions_are_noted() -> None:
    found = reads({"pyproject.toml": "[tool.poetry.dependencies]\nattrs = '^latest'\n"})
    assert found.requirements == ("attrs",)
    assert found.notes == (
        "pyproject.toml: attrs: versions '^latest' are not understood; any is taken",
    )


@pytest.mark.parametrize("text", ["[project", "a = " + "[" * 5000, "\0", "= 1"])
def test_a_file_that_is_broken_says_so_and_hides_nothing_else(text: str) -> None:
    found = reads({"pyproject.toml": text, "requirements.txt": "attrs\n"})
    assert found.requirements == ("attrs",)
    assert found.notes[0].startswith("pyproject.toml is not read:")


@pytest.mark.parametrize(
    "text",
    [
        "project = 1",
        "[project]\ndependencies = 'attrs'\noptional-dependencies = 3\nname = 4",
        "[project]\nrequires-python = 'three'",
        "[tool]\npoetry = 3",
        "[tool.poetry]\ndependencies = []\ngroup = 3",
        "[tool.poetry.group]\ndev = 3",
        "[tool.poetry.dependencies]\na = 3\nb = [[[]]]\npython = {}",
        "dependency-groups = []",
        "[dependency-groups]\ntest = 3",
        "[dependency-groups]\ntest = [3, {}, {include-group = 3}]",
    ],
)
def test_tables_of_another_shape_are_no_error(text: str) -> None:
    assert reads({"pyproject.toml": text}).wanted == ()
