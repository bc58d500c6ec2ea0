from pathlib import Path

from agents.domain import Baseline, Usage
from agents.verify.baseline import MeasuredBaseline
from service.searches.baselines import FileBaselines

MEASURED = MeasuredBaseline(
    baseline=Baseline(passing=("t::a[é]",), flaky=("t::b",), seconds=1.5),
    passing_lines={"a.py": {1: 2, 30: 1}},
    usage=Usage(sandbox_runs=2, sandbox_s=3.0),
)


def test_a_baseline_comes_back_as_it_was(tmp_path: Path) -> None:
    FileBaselines(tmp_path / "new").put("key", MEASURED)
    assert FileBaselines(tmp_path / "new").get("key") == MEASURED


def test_what_is_missing_or_broken_is_measured_again(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "other.json").write_text("[1]")
    store = FileBaselines(tmp_path)
    assert [store.get(key) for key in ("broken", "other", "missing")] == [None, None, None]


def test_nothing_half_written_remains(tmp_path: Path) -> None:
    FileBaselines(tmp_path).put("key", MEASURED)
    assert [path.name for path in tmp_path.iterdir()] == ["key.json"]
