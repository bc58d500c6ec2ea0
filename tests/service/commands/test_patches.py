"""What `select` reads, and what it says where it cannot."""

import io
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
import typer

from agents.domain import External
from service.commands.patches import gathered as gathered_from


def gathered(
    sources: Sequence[str], predictions: Sequence[Path], instance: str | None
) -> tuple[External, ...]:
    return gathered_from(sources, predictions, instance, io.BytesIO())


def names(patches: tuple[External, ...]) -> list[str]:
    return [patch.name for patch in patches]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two patches, and a file that is none."""
    made = tmp_path / "patches"
    made.mkdir()
    (made / "b.patch").write_bytes(b"diff b\r\n\xff")
    (made / "a.diff").write_bytes(b"diff a")
    (made / "notes.md").write_text("not a patch")
    return made


def predictions(path: Path, *rows: dict[str, object]) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n\n")
    return path


def row(model: str, patch: str | None, instance: str = "i-1") -> dict[str, object]:
    return {"instance_id": instance, "model_name_or_path": model, "model_patch": patch}


def test_files_and_folders_come_in_their_order_byte_for_byte(folder: Path, tmp_path: Path) -> None:
    single = tmp_path / "z.txt"
    single.write_text("diff z")
    found = gathered([str(single), str(folder)], [], None)
    assert names(found) == ["z", "a", "b"]
    assert found[2].patch == b"diff b\r\n\xff"


def test_standard_input_is_one_patch() -> None:
    assert gathered_from(["-"], [], None, io.BytesIO(b"diff \xff")) == (
        External(name="stdin", patch=b"diff \xff"),
    )


def test_predictions_give_one_instance_s_patches_and_leave_out_empty_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = predictions(
        tmp_path / "preds.jsonl",
        row("one\n two", "diff é\n"),
        row("none", ""),
        row("null", None),
        row("other", "diff o", "i-2"),
    )
    found = gathered([], [path], "i-1")
    assert found == (External(name="one two", patch="diff é\n".encode()),)
    told = capsys.readouterr().err
    assert "none has no patch for i-1: left out" in told
    assert "null has no patch" in told


def test_the_only_instance_of_predictions_need_not_be_named(tmp_path: Path) -> None:
    first = predictions(tmp_path / "a.jsonl", row("a", "diff"))
    second = predictions(tmp_path / "b.jsonl", row("b", "diff"))
    assert names(gathered([], [first, second], None)) == ["a", "b"]


@pytest.mark.parametrize(
    ("content", "instance", "said"),
    [
        ('{"instance_id": "x"}\n{"instance_id": "y"}', None, "2 instances: choose one"),
        ("", None, "0 instances"),
        ('{"instance_id": "x"}', "y", "no instance 'y', but x"),
        ('{"instance_id": "x", "model_patch": 3}', "x", "is no text"),
        ("{}\nnonsense", None, "line 2 is not JSON"),
        ("[1]", None, "line 1 is no JSON object"),
        ('{"instance_id": "x", "model_patch": ""}', "x", "there is no patch"),
    ],
)
def test_predictions_that_say_nothing_of_use_are_refused(
    tmp_path: Path, content: str, instance: str | None, said: str
) -> None:
    path = tmp_path / "preds.jsonl"
    path.write_text(content)
    with pytest.raises(typer.BadParameter, match=said):
        gathered([], [path], instance)


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        ((), "there is no patch"),
        (("gone.patch",), r"no file .*gone\.patch"),
        (("empty/e.patch",), "'e' is empty"),
        (("empty",), "'e' is empty"),
        (("patches", "patches/a.diff"), "two patches are named 'a'"),
        ((".",), r"no file that ends in \.diff or \.patch"),
    ],
)
def test_what_is_not_there_or_empty_is_named(
    folder: Path, tmp_path: Path, sources: tuple[str, ...], said: str
) -> None:
    empty = tmp_path / "empty" / "e.patch"
    empty.parent.mkdir()
    empty.write_text(" \n")
    with pytest.raises(typer.BadParameter, match=said):
        gathered([str(tmp_path / source) for source in sources], [], None)


def test_a_predictions_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(typer.BadParameter, match="--predictions names JSON lines"):
        gathered([], [tmp_path / "gone.jsonl"], None)
