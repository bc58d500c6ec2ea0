"""Ours and treequest by turns, each round in fresh trees."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.sandbox.timing import Field, summary
from benchmarks.search_core import grown

ROUNDS = 5
PACKAGE = "treequest==0.3.3"
SCRIPT = Path(__file__).with_name("treequest_script.py")
Found = dict[str, dict[str, Field]]


def by_turns() -> tuple[Found, Found]:
    """Name → size → µs per ask+tell with spread; ours, then theirs. Raises: CalledProcessError."""
    ours: list[Mapping[str, Mapping[int, float]]] = []
    theirs: list[Mapping[str, Mapping[str, float]]] = []
    with tempfile.TemporaryDirectory(prefix="budwood-bench-") as folder:
        python = _install(Path(folder) / "venv")
        for number in range(ROUNDS):
            ours.append({name: grown.measure(name, number) for name in grown.UNENDING})
            theirs.append(json.loads(_said([str(python), str(SCRIPT), str(number)])))
    return _summed(ours), _summed(theirs)


def _summed(
    rounds: Sequence[Mapping[str, Mapping[int, float]]]
    | Sequence[Mapping[str, Mapping[str, float]]],
) -> Found:
    first = rounds[0]
    return {
        name: {str(size): summary([r[name][size] for r in rounds]) for size in first[name]}  # type: ignore[index]
        for name in first
    }


def _install(folder: Path) -> Path:
    _said([sys.executable, "-m", "venv", str(folder)])
    python = folder / "bin" / "python"
    _said([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PACKAGE])
    return python


def _said(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
