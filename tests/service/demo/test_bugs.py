import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

BUGS = Path(__file__).parents[3] / "service" / "demo" / "bugs"
FILES = sorted(BUGS.glob("*.toml"))
SHA256 = re.compile(r"[0-9a-f]{64}")


@pytest.fixture(params=FILES, ids=lambda file: file.stem)
def file(request: pytest.FixtureRequest) -> Path:
    assert isinstance(request.param, Path)
    return request.param


@pytest.fixture
def bug(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def scripts(bug: dict[str, Any]) -> list[str]:
    return re.findall(
        r"^```python\n(.*?)^```$", bug["issue"]["problem_statement"], re.DOTALL | re.MULTILINE
    )


def test_there_are_at_least_six_bugs_from_as_many_libraries() -> None:
    packages = {tomllib.loads(file.read_text("utf-8"))["release"]["package"] for file in FILES}
    assert len(packages) == len(FILES) >= 6


def test_a_bug_has_these_fields_and_no_others(bug: dict[str, Any]) -> None:
    assert {key: sorted(value) for key, value in bug.items() if isinstance(value, dict)} == {
        "release": ["package", "sha256", "version"],
        "fixed": ["package", "sha256", "version"],
        "grade": ["files", "tests"],
        "issue": ["problem_statement"],
    }
    assert {key for key, value in bug.items() if isinstance(value, str) and value} == {"id", "kind"}


def test_the_slug_is_the_name_of_the_file_and_begins_with_the_library(
    bug: dict[str, Any], file: Path
) -> None:
    assert bug["id"] == file.stem
    assert bug["id"].startswith(f"{bug['release']['package']}-")


def test_both_releases_are_of_one_library_and_pinned_by_hash(bug: dict[str, Any]) -> None:
    release, fixed = bug["release"], bug["fixed"]
    assert release["package"] == fixed["package"]
    assert release["version"] != fixed["version"]
    assert release["sha256"] != fixed["sha256"]
    assert SHA256.fullmatch(release["sha256"])
    assert SHA256.fullmatch(fixed["sha256"])


def test_each_hidden_test_is_in_a_file_that_is_laid_over(bug: dict[str, Any]) -> None:
    grade = bug["grade"]
    assert grade["tests"]
    assert {test.partition("::")[0] for test in grade["tests"]} == set(grade["files"])


def test_the_issue_has_one_script_that_compiles_and_asserts(bug: dict[str, Any]) -> None:
    (script,) = scripts(bug)
    compile(script, bug["id"], "exec")
    assert script.count("assert ") >= 2


def test_the_issue_says_what_happens_beside_the_script(bug: dict[str, Any]) -> None:
    statement = bug["issue"]["problem_statement"]
    after = statement.rpartition("```")[2]
    assert len(after.strip()) > 40


def test_the_issue_names_no_hidden_test_and_no_fixed_release(bug: dict[str, Any]) -> None:
    statement = bug["issue"]["problem_statement"]
    names = {part.partition("[")[0] for test in bug["grade"]["tests"] for part in test.split("::")}
    hidden = {name for name in names if name.startswith("test_") or "/" in name}
    assert hidden
    assert not [name for name in hidden if name in statement]
    assert bug["fixed"]["version"] not in statement
    assert bug["fixed"]["sha256"] not in statement
