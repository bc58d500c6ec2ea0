"""Requirement files and the hints of test runners."""

import pytest

from tests.sandbox.packaging.tree import reads

PINNED = """
# the whole line
six==1.16.0 \\
    --hash=sha256:aaaa \\
    --hash=sha256:bbbb
attrs >= 20 ; python_version > '3'  # after
click#no-comment
"""


def test_comments_continuations_and_hashes_are_dropped() -> None:
    found = reads({"requirements.txt": PINNED})
    assert found.requirements == ("six==1.16.0", 'attrs>=20; python_version > "3"')
    assert found.notes == (
        "requirements.txt: click#no-comment is left out: not understood: no requirement of PEP 508",
    )


def test_includes_are_followed_inside_of_the_tree_and_only_there() -> None:
    address = "https://example.org/x.txt"
    found = reads(
        {
            "requirements/test.txt": "-r base.txt\n--requirement=../more.txt\n-r../../etc/passwd\n"
            f"-r {address}\n-r gone.txt\nhypothesis\n",
            "requirements/base.txt": "attrs\n-r test.txt\n",
            "more.txt": "six\n",
        }
    )
    assert found.requirements == ("attrs", "six", "hypothesis")
    assert found.notes == (
        "requirements/test.txt: ../etc/passwd is left out: it lies outside of the repository",
        f"requirements/test.txt: {address} is left out: it lies outside of the repository",
        "requirements/gone.txt is not in the repository, or too long to be read",
    )


@pytest.mark.parametrize(
    "line",
    [
        "-e .",
        "-e git+https://example.org/x#egg=x",
        "git+https://example.org/x",
        "https://example.org/x-1.tar.gz",
        "x @ https://example.org/x.whl",
        "./x",
        "../x[extra]",
        "/x/y",
        "~/x",
        "file:x",
        "x-1.0-py3-none-any.whl",
        "-c constraints.txt",
        "--index-url https://user:secret@example.org/simple",
        "-i https://user:secret@example.org/simple",
        "--no-binary :all:",
        "${NAME}==1",
        "a" * 2000,
        "a; " + "(" * 900,
        "-",
    ],
)
def test_what_is_not_from_an_index_is_left_out_and_said(line: str) -> None:
    found = reads({"requirements.txt": f"{line}\nsix\n"})
    assert found.requirements == ("six",)
    (note,) = found.notes
    assert note.startswith("requirements.txt: ")
    assert " is left out: " in note
    assert "secret" not in note


def test_names_of_files_say_what_they_are_for() -> None:
    found = reads(
        {
            "requirements.txt": "run",
            "requirements/prod.txt": "prod",
            "requirements-dev.txt": "dev1",
            "dev-requirements.txt": "dev2",
            "test_requirements.txt": "test1",
            "requirements/testing.txt": "test2",
            "requirements/testing.in": "loose",
            "requirements-docs.txt": "sphinx",
            "latest-requirements.txt": "later",
            "deep/requirements.txt": "deep",
        }
    )
    assert found.requirements == ("run", "prod")
    assert sorted(found.wanted) == ["dev1", "dev2", "test1", "test2"]
    assert found.notes == (
        "latest-requirements.txt is left out: by its name it is not for tests",
        "requirements-docs.txt is left out: by its name it is not for tests",
    )


def test_a_requirements_file_beside_a_project_is_only_wanted() -> None:
    found = reads(
        {"pyproject.toml": "[project]\nname='mine'\n", "requirements.txt": "six==1\n-e .\n"}
    )
    assert (found.requirements, found.wanted) == ((), ("six==1",))


def test_tox_and_nox_give_hints() -> None:
    found = reads(
        {
            "tox.ini": """
            [testenv]
            deps =
                hypothesis>=6
                -r{toxinidir}/needs/test.txt
                py37: old
                {[base]deps}
                .[test]
            [testenv:docs]
            deps = sphinx
            """,
            "needs/test.txt": "click",
            "noxfile.py": """
            import nox
            NEEDED = "computed"
            @nox.session
            def tests(session):
                session.install("trustme", NEEDED, "-r", "needs/more.txt", "-e", ".", ".[x]")
                session.install("--quiet")
                session.run("pytest")
            @nox.session
            def lint(session):
                session.install("flake8")
            """,
            "needs/more.txt": "idna",
        }
    )
    assert found.requirements == ()
    assert found.wanted == ("hypothesis>=6", "trustme", "click", "idna")
    assert [note.split(" is ")[0] for note in found.notes] == [
        "tox.ini: py37: old",
        "tox.ini: {[base]deps}",
        "noxfile.py: {NEEDED}",
        "noxfile.py: --quiet",
    ]


def test_broken_hints_say_so() -> None:
    assert reads({"tox.ini": "x"}).notes[0].startswith("tox.ini is not read")
    assert reads({"noxfile.py": "def"}).notes[0].startswith("noxfile.py is not read")
