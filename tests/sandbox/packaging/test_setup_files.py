"""`setup.cfg` and `setup.py`, neither of which is ever run."""

from pathlib import Path

import pytest

from tests.sandbox.packaging.tree import reads


def test_setup_cfg_is_read() -> None:
    found = reads(
        {
            "setup.cfg": """
            [metadata]
            name = mine
            [options]
            python_requires = >=3.7
            install_requires =
                attrs>=20  # why
                # a comment
                numpy; python_version > "3"
                mine
            tests_require = six;click
            [options.extras_require]
            testing =
                hypothesis
            docs = sphinx
            """
        }
    )
    assert found.requirements == ("attrs>=20", 'numpy; python_version > "3"')
    assert found.wanted == ("hypothesis", "six", "click")
    assert found.python == ">=3.7"


def test_setup_cfg_may_name_files_instead() -> None:
    found = reads(
        {
            "setup.cfg": """
            [options]
            install_requires = file: run.txt, more.txt
            [options.extras_require]
            test = file: test.txt
            """,
            "run.txt": "attrs",
            "more.txt": "six",
            "test.txt": "click",
        }
    )
    assert (found.requirements, found.wanted) == (("attrs", "six"), ("click",))


def test_a_broken_setup_cfg_says_so() -> None:
    assert reads({"setup.cfg": "nonsense"}).notes[0].startswith("setup.cfg is not read:")


def test_literals_of_setup_py_are_read_through_names_and_sums() -> None:
    found = reads(
        {
            "setup.py": """
            import setuptools
            NAME = "mine"
            BASE = ["attrs>=20"]
            TESTS: list = ("hypothesis",)
            setuptools.setup(
                name=NAME,
                version=open("VERSION").read(),
                python_requires=">=3" + ".8",
                install_requires=BASE + ["six"],
                extras_require={"test": TESTS, "docs": ["sphinx"], "dev": ["mine[test]", "click"]},
                tests_require="trustme",
            )
            """
        }
    )
    assert found.requirements == ("attrs>=20", "six")
    assert found.wanted == ("hypothesis", "click", "trustme")
    assert found.python == ">=3.8"
    assert found.notes == ()


def test_arguments_from_a_dict_count_too() -> None:
    text = (
        "from setuptools import setup\nall = dict\nkw = {'install_requires': ['a']}\nsetup(**kw)\n"
    )
    assert reads({"setup.py": text}).requirements == ("a",)


@pytest.mark.parametrize(
    "before",
    [
        "need = open('requirements.txt').read().split()",
        "need = ['a']\nneed.append('b')",
        "need = ['a']\nneed += ['b']",
        "need = ['a']\nneed[0] = 'b'",
        "need = ['a']\nif 1:\n    need = ['b']",
        "if 1:\n    need = ['b']",
        "need = need",
        "other = [need]\nneed = [other]",
        "need = ['a' if 1 else 'b']",
        "need = [f'a{1}']",
        "need = ['a']\ndef f(need): pass",
        "from conf import need",
        "need = [" + "[" * 150 + "]" * 150 + "] + other",
        "n0 = ['a']\n" + "".join(f"n{i + 1} = n{i} + n{i}\n" for i in range(40)) + "need = n40",
    ],
)
def test_what_is_computed_is_said_and_not_guessed(before: str) -> None:
    found = reads(
        {"setup.py": f"{before}\nsetup(install_requires=need)\n", "requirements.txt": "z"}
    )
    assert found.requirements == ("z",)
    assert "setup.py: install_requires is not understood, because computed" in found.notes[0]


@pytest.mark.parametrize("text", ["(" * 5000, "\0", "def", "print('no setup here')"])
def test_a_setup_py_that_is_none_says_so(text: str) -> None:
    (note,) = reads({"setup.py": text}).notes
    assert note.startswith("setup.py is not ")


def test_a_sum_without_end_is_no_error() -> None:
    text = f"setup(install_requires={' + '.join(['[x]'] * 3000)})"
    found = reads({"setup.py": text, "requirements.txt": "z"})
    assert (found.requirements, len(found.notes)) == (("z",), 1)


def test_no_code_of_the_repository_runs(tmp_path: Path) -> None:
    trap = f"open({str(tmp_path / 'sprung')!r}, 'w')"
    reads({"setup.py": f"{trap}\nsetup(install_requires=[{trap}])", "noxfile.py": trap})
    assert not (tmp_path / "sprung").exists()


def test_the_first_file_that_names_a_package_wins() -> None:
    found = reads(
        {
            "setup.cfg": "[options]\ninstall_requires = six>=1\n",
            "setup.py": "setup(install_requires=['six==0.1', 'attrs'])",
            "requirements.txt": "six==1.16\nclick==8\n",
            "pyproject.toml": "[project]\nname='mine'\ndependencies=['attrs>=22']\n",
        }
    )
    assert found.requirements == ("attrs>=22", "six>=1")
    assert found.wanted == ("click==8",)
