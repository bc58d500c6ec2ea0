"""Forked runs beside cold ones, of the same command in the same folder."""

import re
import subprocess
import sys
from pathlib import Path

from tests.sandbox.zygote_driver import Finished, Zygote, run_cold

PYTHON = Path(sys.executable).parent.resolve() / "python"  # as its scripts name it
MODULES = {
    "warns": "import warnings\nwarnings.warn('old', DeprecationWarning)\n",
    "filters": "import warnings\nwarnings.filterwarnings('ignore', 'of the environment')\n",
    "reads": "import os\nVALUE = os.environ.get('READ_BY_IMPORT')\n",
    "optional": "try:\n    import missing\nexcept ImportError:\n    missing = None\n",
    "plain": "import inspect\nSTATE = []\n",
    "needs_plain": "import plain\n",
    "hooked": "import sys\nsys.excepthook = lambda *_: print('hooked')\n",
    "fails": "import plain\n1 / 0\n",
}
PACKAGES = {
    "numpy__slash____init__": "from numpy import random\n",
    "numpy__slash__random": "VALUES = [1]\ndef seed():\n    VALUES.append(2)\n",
    "api__slash____init__": "import sys\nsys.modules['api.path'] = path = type(sys)('api.path')\n",
    "needs_api": "import api.path\n",
}


def lay(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / name.replace("__slash__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_name(f"{path.name}.py").write_text(text)


def plainly(done: Finished) -> Finished:
    """Without addresses and durations."""
    texts = (
        re.sub(r"in \d+\.\d+s", "in a while", re.sub(r"0x[0-9a-f]+", "0x", text))
        for text in (done.out, done.err)
    )
    return Finished(done.code, *texts)


def alike(zygote: Zygote, folder: Path, *argv: str, **env: str) -> Finished:
    """How the command ends, forked and cold."""
    own = zygote.env | env
    forked, cold = zygote.run(argv, folder, own), run_cold(argv, folder, own)
    assert plainly(forked) == plainly(cold)
    return cold


def make_environment(folder: Path, modules: dict[str, str]) -> Path:
    """A virtual environment of these modules; its interpreter."""
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", folder], check=True)
    (packages,) = folder.glob("lib/*/site-packages")
    lay(packages, **modules)
    return folder / "bin" / "python"
