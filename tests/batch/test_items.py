"""Which clips a batch is made of, and what their folders are called."""

from __future__ import annotations

from pathlib import Path

import fsspec
import pytest

from movescreen.batch import BatchItem, find_items, name_folders, read_manifest
from movescreen.errors import InputError, UnknownNameError


def put(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def test_a_folder_is_searched_to_its_depth_in_natural_order(tmp_path: Path) -> None:
    put(tmp_path, "clip10.mp4", "clip2.MOV", "b/side.mkv", "notes.txt", "._clip2.MOV", ".cache/x.mp4", "truth.csv")
    items = find_items([str(tmp_path)], out=str(tmp_path / "out"))
    assert [item.file for item in items] == ["b/side.mkv", "clip2.MOV", "clip10.mp4"]
    assert items[0].location == str(tmp_path / "b" / "side.mkv")


def test_own_output_and_annotated_copies_are_no_clips(tmp_path: Path) -> None:
    put(tmp_path, "a.mp4", "out/a/overlay.mp4", "old/a/overlay.mp4", "old/a/result.json", "kept/overlay.mp4")
    items = find_items([str(tmp_path)], out=str(tmp_path / "out"))
    assert [item.file for item in items] == ["a.mp4", "kept/overlay.mp4"]


def test_clips_may_lie_in_the_folder_of_the_results(tmp_path: Path) -> None:
    put(tmp_path, "a.mp4")
    assert [item.file for item in find_items([str(tmp_path)], out=str(tmp_path))] == ["a.mp4"]


def test_a_file_named_twice_is_one_clip_and_any_ending_will_do(tmp_path: Path) -> None:
    put(tmp_path, "a.mp4", "recording.bin")
    items = find_items([str(tmp_path), str(tmp_path / "a.mp4"), str(tmp_path / "recording.bin")], out="out")
    assert [item.file for item in items] == ["a.mp4", "recording.bin"]


def test_a_missing_file_among_others_is_left_for_its_row(tmp_path: Path) -> None:
    put(tmp_path, "a.mp4")
    items = find_items([str(tmp_path / "a.mp4"), str(tmp_path / "gone.mp4")], out="out")
    assert [item.file for item in items] == ["a.mp4", "gone.mp4"]


def test_nothing_to_do_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing at .*typo"):
        find_items([str(tmp_path / "typo")], out="out")
    with pytest.raises(InputError, match="no clips in"):
        find_items([str(tmp_path)], out="out")
    with pytest.raises(InputError, match="cannot be opened"):
        find_items(["nonsense://bucket/clips"], out="out")


def test_urls_are_searched_alike() -> None:
    files = fsspec.filesystem("memory")
    files.pipe({"/clinic/b.mp4": b"x", "/clinic/sub/a.mov": b"x", "/clinic/c.txt": b"x"})
    items = find_items(["memory://clinic"], out="memory://out")
    assert [(item.file, item.location) for item in items] == [
        ("b.mp4", "memory:///clinic/b.mp4"),
        ("sub/a.mov", "memory:///clinic/sub/a.mov"),
    ]


@pytest.mark.parametrize(
    ("files", "folders"),
    [
        (["a.mp4", "b.mov"], ["a", "b"]),
        (["a.mp4", "x/a.mp4"], ["a", "x__a"]),
        (["a.mp4", "a.mov", "b.mp4"], ["a.mp4", "a.mov", "b"]),
        (["A.mp4", "a.mov"], ["A.mp4", "a.mov"]),
        (["..mp4", "we:ird?.mp4"], ["_", "we_ird_"]),
    ],
)
def test_every_clip_has_a_folder_of_its_own(files: list[str], folders: list[str]) -> None:
    named = name_folders([BatchItem(file, f"/in/{file}") for file in files])
    assert [item.folder for item in named] == folders


def test_the_same_name_from_two_places_is_told_apart() -> None:
    named = name_folders([BatchItem("a.mp4", "/monday/a.mp4"), BatchItem("a.mp4", "/tuesday/a.mp4")])
    assert len({item.folder for item in named}) == 2


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_manifest_as_spreadsheets_write_it(tmp_path: Path, delimiter: str, encoding: str) -> None:
    rows = [["File", "client", "movement", "view", "date", "side", "remark"]]
    rows += [
        ["clips/a.mp4", "Zoë", "Lunge", "SIDE", "2026-03-12", "Left", "x"],
        ["b.mp4", "", "", "", "", "", ""],
        [""] * 7,
    ]
    path = tmp_path / "list.csv"
    path.write_text("\r\n".join(delimiter.join(row) for row in rows), encoding=encoding)
    first, second = read_manifest(str(path), movement="squat")
    assert first == BatchItem(
        "clips/a.mp4",
        str(tmp_path / "clips/a.mp4"),
        client="Zoë",
        movement="lunge",
        view="side",
        date="2026-03-12",
        side="left",
        own=(("remark", "x"),),
    )
    assert (second.movement, second.view, second.client) == ("squat", "auto", "")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"name,client\na.mp4,x\n", "no column 'file'"),
        (b"file,client\n,x\n", "names no file"),
        (b"", "no column 'file'"),
        (b"file,client\na.mp4,x\na.mp4,y\n", "a.mp4 stands in two rows that differ"),
        ("file\nä.mp4".encode("latin-1"), "not UTF-8"),
    ],
)
def test_a_manifest_that_cannot_be_used(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_manifest(str(path))
    with pytest.raises(InputError, match="there is no manifest"):
        read_manifest(str(tmp_path / "gone.csv"))


def test_a_slip_in_a_column_is_told_and_the_clinics_own_columns_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("file,movment,remarks\na.mp4,lunge,tired\n")
    with pytest.raises(UnknownNameError, match="movment"):
        read_manifest(str(tmp_path / "m.csv"))
    (tmp_path / "m.csv").write_text("file,movement,remarks\na.mp4,lunge,tired\n")
    assert read_manifest(str(tmp_path / "m.csv"))[0].movement == "lunge"
