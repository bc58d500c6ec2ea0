"""Published libraries whose test suites measure something: which, pinned, and how to run them."""

from dataclasses import dataclass
from pathlib import Path

from service.demo.releases import Release, check_out


@dataclass(frozen=True)
class Library:
    release: Release
    requirements: tuple[str, ...] = ()
    """What its tests need besides pytest, as wheels."""
    tests: tuple[str, ...] = ("tests",)
    """Arguments for pytest: the suite, or the part of it that is run."""
    small: str = ""
    """A test file that takes little time by itself."""
    path: tuple[str, ...] = ()
    """Folders of the release for PYTHONPATH."""

    def check_out(self, folder: Path, cache: Path, environ: dict[str, str]) -> Path:
        """Its sources, unpacked and not built. Raises: as `releases.check_out` does."""
        return check_out(self.release, folder / self.release.package, cache, environ).path


LIBRARIES = (
    Library(
        Release(
            "toolz", "1.0.0", "2c86e3d9a04798ac556793bced838816296a2f085017664e4995cb40a1047a02"
        ),
        tests=("toolz",),
        small="toolz/tests/test_recipes.py",
    ),
    Library(
        Release(
            "markdown", "3.9", "d2900fe1782bd33bdbbd56859defef70c2e78fc46668f8eb9df3128138f2cb6a"
        ),
        requirements=("PyYAML==6.0.2",),
        # That file's collection warns, and the library's settings make it an error.
        tests=("tests", "--ignore=tests/test_syntax/extensions/test_md_in_html.py"),
        small="tests/test_syntax/blocks/test_hr.py",
    ),
    Library(
        Release(
            "click", "8.4.2", "9a6cea6e60b17ebe0a44c5cc636d94f09bd66142c1cd7d8b4cd731c4917a15f6"
        ),
        # Its own settings make an error of what the newer pytest warns about.
        # It leaves its 40,000 stress tests out by an option that ours overrides.
        tests=("tests", "-m", "not stress", "-W", "ignore::pytest.PytestRemovedIn10Warning"),
        small="tests/test_compat.py",
        path=("src",),
    ),
    Library(
        Release(
            "jinja2", "3.1.6", "0137fb05990d35f1275a587e9aee6d56da821fc83491a0fb838183be43f66d6d"
        ),
        requirements=("MarkupSafe==3.0.2", "trio==0.31.0"),
        small="tests/test_nodes.py",
        path=("src",),
    ),
    Library(
        Release(
            "attrs", "25.4.0", "16d5969b87f0859ef33a48b35d55ac1be6e42ae49d5e853b597db70c35c57e11"
        ),
        requirements=("hypothesis==6.140.0", "cloudpickle==3.1.1"),
        small="tests/test_version_info.py",
        path=("src",),
    ),
    Library(
        Release(
            "sympy", "1.13.3", "b27fd2c6530e0ab39e275fc9b683895367e51d5da91baa8d3d64db2565fec4d9"
        ),
        requirements=("mpmath==1.3.0", "hypothesis==6.140.0"),
        tests=(
            "sympy/core/tests/test_basic.py",
            "sympy/sets/tests/test_contains.py",
            "sympy/parsing/tests/test_sympy_parser.py",
        ),
        small="sympy/core/tests/test_cache.py",
    ),
    Library(
        Release(
            "uncertainties",
            "3.2.3",
            "76a5653e686f617a42922d546a239e9efce72e6b35411b7750a1d12dcba03031",
        ),
        requirements=("numpy==2.3.3",),
        small="tests/test_formatting.py",
    ),
)
