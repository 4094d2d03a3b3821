"""Killed at any moment: a folder of results is the old one or the new one, and nothing is left lying about."""

from __future__ import annotations

import contextlib
import os
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import movescreen
from movescreen.errors import InputError
from movescreen.files import remove_abandoned, staged_folder
from movescreen.report import write_result
from tests.support.killing import killed_at
from tests.support.results import front_squat, side_squat

pytestmark = [pytest.mark.processes, pytest.mark.skipif(os.name != "posix", reason="kills as on Linux and macOS")]


def fill(folder: Path, word: str, names: str) -> None:
    """Write files that belong together; of an older filling nothing stays."""
    with staged_folder(folder, last="result", drop=[*"abcdef"]) as stage:
        for name in [*names, "result"]:
            (stage / name).write_text(word)


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize("inside", [False, True], ids=["exchanged", "moved one by one"])
def test_a_folder_is_the_old_one_or_the_new_one_wherever_its_writer_is_killed(tmp_path: Path, inside: bool) -> None:
    mine = {"notes.txt": "mine"}
    old, new = (
        {**dict.fromkeys(["a", "b", "c", "result"], "old"), **mine},
        {**dict.fromkeys(["b", "c", "d", "result"], "new"), **mine},
    )
    seen: list[str] = []
    for moment in range(1, 60):
        folder = tmp_path / str(moment) / "out"
        fill(folder, "old", "abc")
        (folder / "notes.txt").write_text("mine")
        (folder / "kept").mkdir()
        (folder / "kept" / "x").write_text("mine")
        with contextlib.chdir(folder) if inside else contextlib.nullcontext():
            alive = not killed_at(moment, partial(fill, folder, "new", "bcd"))
        found = contents(folder)
        # one by one there may be a mix, which is then no result
        assert found in (old, new) or (inside and "result" not in found), (moment, found)
        assert (folder / "kept" / "x").read_text() == "mine"
        seen.append("old" if found == old else "new" if found == new else "none")
        # the next writer clears away what the killed one left
        fill(folder, "new", "bcd")
        assert contents(folder) == new
        assert not [path for path in folder.parent.rglob("*") if path.name.startswith(".")]
        if alive:
            break
    assert alive, "it must come to its end at last"
    assert len(seen) > 4
    assert {"old", "new"} <= set(seen)


def test_who_is_still_writing_is_left_alone(tmp_path: Path) -> None:
    with staged_folder(tmp_path / "one") as stage:
        (stage / "a").write_text("a")
        fill(tmp_path / "two", "x", "a")
        assert (stage / "a").exists()
    assert contents(tmp_path / "one") == {"a": "a"}


def test_a_folder_taken_for_an_abandoned_one_before_it_is_held_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, taken = tempfile.mkdtemp, []

    def taken_away(**how: Any) -> str:
        stage = make(**how)
        if len(taken) < 3:
            taken.append(stage)
            remove_abandoned(tmp_path)  # another writer looks around just now
        return stage

    monkeypatch.setattr(tempfile, "mkdtemp", taken_away)
    fill(tmp_path / "out", "new", "a")
    assert len(taken) == 3
    assert not any(map(os.path.exists, taken))
    assert contents(tmp_path / "out") == {"a": "new", "result": "new"}


def test_an_error_of_whoever_fills_a_folder_is_told_as_it_is(tmp_path: Path) -> None:
    for error in (FileNotFoundError("mine"), BlockingIOError("mine")):
        with pytest.raises(InputError, match="mine"), staged_folder(tmp_path / "out"):
            raise error
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_a_link_or_that_somebody_works_in_stays_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    fill(tmp_path / "link", "x", "a")
    assert (tmp_path / "link").is_symlink()
    assert contents(tmp_path / "real")["a"] == "x"
    here = (tmp_path / "real").stat().st_ino
    monkeypatch.chdir(tmp_path / "real")
    fill(Path(), "y", "a")
    fill(tmp_path / "real", "z", "a")
    assert (tmp_path / "real").stat().st_ino == here
    assert contents(tmp_path / "real")["a"] == "z"


def test_poses_and_result_belong_together_wherever_the_writer_is_killed(tmp_path: Path) -> None:
    old, new = front_squat(), side_squat()
    for moment in (1, 6, 12, 18, 24, 30):
        write_result(old, tmp_path / "out")
        killed_at(moment, partial(write_result, new, tmp_path / "out", anew=True))
        assert movescreen.load(tmp_path / "out").data in (old, new)
    write_result(new, tmp_path / "out", anew=True)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
