"""What `select` reads, and what it says where it cannot."""

import io
import json
import os
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
        ("", None, "preds.jsonl is empty"),
        ("\n\n", None, "preds.jsonl is empty"),
        ("{}", None, "preds.jsonl is empty"),
        ('{"instance_id": "x"}', "y", "no instance 'y', but x"),
        ('{"instance_id": "x", "model_patch": 3}', "x", "entry 1: model_patch is no text"),
        ("{}\nnonsense", None, "line 2 is not JSON"),
        ("{}\n[1]", None, "line 2 is no JSON object"),
        ("[1]", None, "entry 1 is no JSON object"),
        ("{\n", None, "line 1 is not JSON.*; predictions are JSON lines, a list"),
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
    ("line", "said"),
    [
        (b'"\xff"', "preds.jsonl, line 2 is not UTF-8"),
        (b'{"instance_id": "x", "model_patch": "\\ud800"}', "line 2: model_patch is no text"),
        (
            b'{"instance_id": "x", "model_patch": "d", "model_name_or_path": "a\\ud800"}',
            r"line 2: model_name_or_path 'a\\ud800' is no text",
        ),
    ],
)
def test_what_is_no_text_is_named_with_its_line(tmp_path: Path, line: bytes, said: str) -> None:
    path = tmp_path / "preds.jsonl"
    path.write_bytes(b'{"instance_id": "x"}\n' + line)
    with pytest.raises(typer.BadParameter, match=said):
        gathered([], [path], "x")


def test_a_line_ends_at_a_line_feed_alone_and_odd_bytes_come_back(tmp_path: Path) -> None:
    path = tmp_path / "preds.jsonl"
    patch = "diff \u2028 \x85 \u00e9\n"
    path.write_text(
        json.dumps(row("a", patch), ensure_ascii=False)
        + "\r\n"
        + json.dumps(row("b", "diff \udcff")),
        encoding="utf-8-sig",
        newline="",
    )
    assert [found.patch for found in gathered([], [path], None)] == [patch.encode(), b"diff \xff"]


@pytest.mark.parametrize(
    "document",
    [
        {"i-1": {"model_name_or_path": "a", "model_patch": "diff"}, "i-2": {}},
        [row("a", "diff"), row("b", "diff", "i-2")],
        row("a", "diff"),
    ],
)
def test_predictions_may_be_one_document(tmp_path: Path, document: object) -> None:
    path = tmp_path / "preds.json"
    path.write_text(json.dumps(document, indent=1))
    assert gathered([], [path], "i-1") == (External(name="a", patch=b"diff"),)


def test_a_system_that_answered_more_than_once_is_numbered(tmp_path: Path) -> None:
    file = tmp_path / "m-2.patch"
    file.write_text("diff")
    path = predictions(tmp_path / "p.jsonl", row("m", "1"), row("m", "2"), row("m", "3"))
    assert names(gathered([str(file)], [path], None)) == ["m-2", "m", "m-3", "m-4"]


def test_an_instance_without_predictions_is_refused(folder: Path) -> None:
    with pytest.raises(typer.BadParameter, match="--predictions"):
        gathered([str(folder)], [], "i-1")


def test_only_the_files_of_a_folder_are_patches(folder: Path) -> None:
    (folder / "more.patch").mkdir()
    (folder / "link.patch").symlink_to("b.patch")
    assert names(gathered([str(folder)], [], None)) == ["a", "b", "link"]


def test_a_pipe_of_the_shell_is_a_patch() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"diff p")
    os.close(writing)
    try:
        (found,) = gathered([f"/dev/fd/{reading}"], [], None)
    finally:
        os.close(reading)
    assert found.patch == b"diff p"


def test_a_file_s_name_need_be_no_text(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"a\xff.patch")
    path.write_text("diff")
    assert names(gathered([str(path)], [], None)) == ["a\ufffd"]


@pytest.mark.parametrize("named", ["patches/gone.patch", "patches"])
def test_a_link_that_leads_nowhere_is_named(folder: Path, tmp_path: Path, named: str) -> None:
    (folder / "gone.patch").symlink_to("nothing")
    with pytest.raises(typer.BadParameter, match=r"gone\.patch is a link to nothing, which is not"):
        gathered([str(tmp_path / named)], [], None)


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(typer.BadParameter, match=r"cannot read /proc/self/mem: "):
        gathered(["/proc/self/mem"], [], None)
    link = tmp_path / "preds"
    link.symlink_to("/proc/self/mem")
    with pytest.raises(typer.BadParameter, match=r"cannot read .*preds: "):
        gathered([], [link], None)


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
    with pytest.raises(typer.BadParameter, match="predictions are JSON lines"):
        gathered([], [tmp_path / "gone.jsonl"], None)
