"""What a killed process leaves in a cache goes with the next one's start."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from sandbox.scratch import scratch, sweep

HOLD = (
    "import sys, pathlib; from sandbox.scratch import scratch\n"
    "with scratch(pathlib.Path(sys.argv[1]), 'kept') as folder:\n"
    "    (folder / 'file').write_text('x'); print('there', flush=True); sys.stdin.read()"
)


def test_a_folder_lasts_as_long_as_its_block(tmp_path: Path) -> None:
    with scratch(tmp_path, "thing") as folder:
        (folder / "file").write_text("x")
        sweep(tmp_path)
        assert (folder / "file").is_file()
    assert list(tmp_path.iterdir()) == []


def test_a_killed_processs_folder_is_swept_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "other.name-with-dashes.x").mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"there\n"
        os.kill(process.pid, signal.SIGKILL)
    assert len(list(tmp_path.glob("kept.*"))) == 1
    sweep(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["other.name-with-dashes.x"]
