"""An import in a fork finds what a cold one would find, hidden or anew."""

from pathlib import Path

import pytest

from tests.sandbox.zygote_cases import MODULES, alike, lay, make_environment
from tests.sandbox.zygote_driver import Declined, Zygote, environment


def test_a_module_of_the_workspace_is_never_preloaded(zygote: Zygote, tmp_path: Path) -> None:
    lay(tmp_path, mine="print('one')", s="import mine")
    assert zygote.preload("mine")["skipped"][0]["module"] == "mine"
    assert alike(zygote, tmp_path, "python", "s.py").out == "one\n"
    lay(tmp_path, mine="print('two')")
    assert alike(zygote, tmp_path, "python", "s.py").out == "two\n"


def test_a_package_takes_a_name_and_a_folder_only_one_that_nothing_has(
    zygote: Zygote, tmp_path: Path
) -> None:
    lay(tmp_path, s="import plain, json\nprint(plain, json)")
    (tmp_path / "plain").mkdir()
    (tmp_path / "json.ini").touch()
    alike(zygote, tmp_path, "python", "s.py")
    lay(tmp_path, plain__slash____init__="")
    with pytest.raises(Declined, match="plain"):
        zygote.run(("python", "s.py"), tmp_path)
    (tmp_path / "plain/__init__.py").unlink()
    (tmp_path / "missing").mkdir()
    with pytest.raises(Declined, match="missing"):
        zygote.run(("python", "s.py"), tmp_path)


@pytest.mark.parametrize("name", ["plain", "missing"])
def test_a_folder_that_a_run_puts_first_is_imported_from(
    zygote: Zygote, tmp_path: Path, name: str
) -> None:
    body = "import sys\nsys.path.insert(0, 'lib')\nimport needs_plain, optional\n"
    lay(tmp_path, **{f"lib__slash__{name}": "print('mine')", "s": body + "print(optional.missing)"})
    assert "mine" in alike(zygote, tmp_path, "python", "s.py").out


FINDER = """
import sys
from importlib.util import spec_from_file_location
class Finder:
    def find_spec(name, path=None, target=None):
        return spec_from_file_location(name, "{0}/missing.py") if name == "missing" else None
sys.meta_path.append(Finder)
"""


@pytest.mark.parametrize("line", ["{0}", "import editable_finder"])
def test_a_folder_that_is_installed_for_editing_is_never_preloaded(
    tmp_path: Path, line: str
) -> None:
    finder = {"editable_finder": FINDER.format(tmp_path / "lib")}
    python = make_environment(tmp_path / "env", MODULES | finder)
    (packages,) = tmp_path.glob("env/lib/*/site-packages")
    (packages / "edited.pth").write_text(line.format(tmp_path / "lib"))
    lay(tmp_path, lib__slash__missing="print('one')", s="import optional\nprint(optional.missing)")
    server = Zygote(str(python), environment(str(python)))
    answer = server.preload("missing", "optional")
    assert (answer["loaded"], answer["unsafe"]) == (1, None)
    assert "one" in alike(server, tmp_path, "python", "s.py").out
    lay(tmp_path, lib__slash__missing="print('two')")
    assert "two" in alike(server, tmp_path, "python", "s.py").out
    server.close()


def test_an_import_that_a_run_forbids_or_replaces_stays_so(zygote: Zygote, tmp_path: Path) -> None:
    body = "import sys\nsys.modules['plain'] = {}\nimport needs_plain\nprint(needs_plain.plain)"
    lay(tmp_path, s=body.format("None"), t=body.format("sys"))
    assert alike(zygote, tmp_path, "python", "s.py").code == 1
    assert alike(zygote, tmp_path, "python", "t.py").code == 0


def test_a_module_that_is_removed_is_imported_anew(zygote: Zygote, tmp_path: Path) -> None:
    again = "import sys, plain\nplain.STATE.append(1)\ndel sys.modules['plain']\n"
    lay(tmp_path, s=again + "import plain\nprint(plain.STATE)")
    assert alike(zygote, tmp_path, "python", "s.py").out == "[]\n"


def test_only_what_was_imported_is_there(zygote: Zygote, tmp_path: Path) -> None:
    body = "import xml\nprint(hasattr(xml, 'etree'))\nimport xml.etree.ElementTree\n"
    body += "import sys, needs_plain, importlib.util\nprint(sorted(sys.modules), xml.etree)\n"
    lay(tmp_path, s=body + "print(importlib.util.find_spec('optional'), plain)")
    assert "False" in alike(zygote, tmp_path, "python", "s.py").out


def test_a_module_that_warns_when_imported_warns_in_every_run(
    zygote: Zygote, tmp_path: Path
) -> None:
    lay(tmp_path, s="import warnings\nwarnings.simplefilter('error')\nimport warns")
    for _ in range(2):
        assert "old" in alike(zygote, tmp_path, "python", "s.py").err


def test_a_filter_that_a_module_sets_comes_with_its_import(zygote: Zygote, tmp_path: Path) -> None:
    body = "import warnings\nwarnings.warn('of the environment 1')\nimport filters\n"
    lay(tmp_path, s=body + "warnings.warn('of the environment 2')\nprint(warnings.filters)")
    err = alike(zygote, tmp_path, "python", "s.py").err
    assert ("environment 1" in err, "environment 2" in err) == (True, False)


def test_a_hook_that_a_module_sets_comes_with_its_import(zygote: Zygote, tmp_path: Path) -> None:
    lay(tmp_path, s="import hooked\n1 / 0")
    assert alike(zygote, tmp_path, "python", "s.py").out == "hooked\n"


def test_a_package_brings_what_it_put_into_sys_modules(zygote: Zygote, tmp_path: Path) -> None:
    lay(tmp_path, s="import sys, api\nprint('api.path' in sys.modules, api.path)")
    zygote.preload("needs_api")
    assert "True" in alike(zygote, tmp_path, "python", "s.py").out


def test_a_run_may_have_a_pytest_that_was_not_preloaded(zygote: Zygote, tmp_path: Path) -> None:
    hook = "import sys\nclass AssertionRewritingHook:\n    def find_spec(self, *_): pass\n"
    lay(tmp_path, s=hook + "sys.meta_path.insert(0, AssertionRewritingHook())\nimport plain")
    assert alike(zygote, tmp_path, "python", "s.py").code == 0
