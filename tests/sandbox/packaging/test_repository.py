"""How what the files say is judged."""

from sandbox.packaging import Declared, declared
from tests.sandbox.packaging.tree import reads


def test_a_repository_without_packaging_asks_for_nothing() -> None:
    assert reads({"README.md": "hello"}) == Declared()


def test_the_test_tools_are_ours_and_other_versions_of_them_are_noted() -> None:
    found = reads(
        {"requirements.txt": "pytest<5\ncoverage[toml]\nPluggy==0.1\npackaging>=20\npytest-mock\n"}
    )
    assert found.requirements == ("pytest-mock",)
    assert [note.partition(": every")[0] for note in found.notes] == [
        "requirements.txt: pytest<5 is left out",
        "requirements.txt: Pluggy==0.1 is left out",
    ]


def test_what_would_shuffle_the_tests_is_left_out() -> None:
    found = reads({"requirements-dev.txt": "pytest-randomly>=3\npytest-cov\n"})
    assert found.wanted == ("pytest-cov",)
    assert found.notes[0].endswith("is left out: it would run tests in another order")


def test_what_is_needed_at_run_time_is_not_wanted_again() -> None:
    found = reads(
        {
            "pyproject.toml": "[project]\nname='m'\ndependencies=['six>=1', 'attrs; os_name==\"x\"']",
            "requirements-dev.txt": "six==1.16\nattrs\nsix[extra]\n",
        }
    )
    assert found.requirements == ("six>=1", 'attrs; os_name == "x"')
    assert found.wanted == ("attrs",)


def test_without_a_name_the_packages_of_the_tree_are_the_repository() -> None:
    found = reads(
        {
            "requirements.txt": "toy\nMy.Other\nsix\n",
            "src/toy/__init__.py": "",
            "my_other/__init__.py": "",
        }
    )
    assert found.requirements == ("six",)


def test_files_that_are_no_text_or_too_long_are_no_error() -> None:
    files = {
        "setup.py": b"#" * 600_000,
        "requirements.txt": b"\xff\xfe\x00six\n",
        "tox.ini": b"\xff",
    }
    found = declared(files, files.get)
    assert found.requirements == ()
    assert "setup.py is not read: too long" in found.notes


def test_a_path_that_is_no_regular_file_is_no_error() -> None:
    found = declared(["setup.py", "requirements.txt"], lambda _path: None)
    assert found.requirements == ()
    assert len(found.notes) == 2
