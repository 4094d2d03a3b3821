"""Protocols: the packaged ones, and what is said about wrong ones."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import movescreen.catalog
from movescreen.catalog import load_catalog
from movescreen.errors import CatalogError, UnknownNameError
from movescreen.pipeline import known_signals

PACKAGED = Path(movescreen.catalog.__file__).parent


def test_the_standard_session_has_the_five_parts() -> None:
    parts = load_catalog((), known_signals()).protocol("standard").parts
    assert [(p.id, p.movement, p.view, p.side) for p in parts] == [
        ("squat_front", "squat", "front", ""), ("squat_side", "squat", "side", ""), ("lunge_left", "lunge", "side", "left"),
        ("lunge_right", "lunge", "side", "right"), ("bend_side", "bend", "side", ""),
    ]  # fmt: skip


def test_short_sessions_are_parts_of_the_standard_one() -> None:
    protocols = load_catalog().protocols
    assert next(iter(protocols)) == "standard"
    standard = protocols["standard"].parts
    others = [p for p in protocols.values() if p.name != "power_and_balance"]
    assert all(part in standard for p in others for part in p.parts)


def test_power_and_balance_end_with_the_jumps_and_keep_the_five_chair_stands() -> None:
    catalog = load_catalog()
    parts = catalog.protocol("power_and_balance").parts
    assert all(catalog.movement(part.movement).measures for part in parts)
    assert [part.movement for part in parts][-1] == "countermovement_jump"
    assert [part.repetitions for part in parts if part.fixed] == [3, 3, 5, 3], "three attempts tell how far they differ"


def test_an_unknown_protocol_is_met_with_a_question() -> None:
    with pytest.raises(UnknownNameError) as caught:
        load_catalog().protocol("standart")
    assert caught.value.hint == "did you mean standard?"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('movement = "squat"', 'movement = "sqat"', "parts.squat_front.movement: there is no movement called 'sqat'"),
        ('check = "knee_valgus"', 'check = "heel_rise"', "heel_rise cannot be seen from the front"),
        ('check = "knee_valgus"', 'check = "knees"', "squat has no check called 'knees'"),
        ('signal = "lateral_shift"', 'signal = "heel_rise"', "heel_rise cannot be read from the front"),
        ('signal = "lateral_shift"', 'signal = "sway"', "there is no signal called 'sway'"),
        ('view = "front"', 'view = "front"\nside = "left"', "parts.squat_front.side: squat is not done with one leg"),
        ('view = "front"', 'view = "front"\nnear = "left"', "only a view from the side has a side next to the camera"),
        ('instruction = "{count} slow squats"', 'instruction = "slow squats"', "needs {count}"),
        ('id = "squat_side"', 'id = "squat_front"', "parts listed twice: squat_front"),
        ('name = "standard"', 'name = "other"', "name is 'other', expected 'standard'"),
        ("minutes = 10", "minutes = 10\ncolor = 1", "protocols/standard.toml: color"),
    ],
)
def test_mistakes_are_found_with_their_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    for name in ("movements", "measurement", "protocols"):
        shutil.copytree(PACKAGED / name, tmp_path / name)
    path = tmp_path / "protocols/standard.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(CatalogError, match="mistake") as caught:
        load_catalog((), known_signals(), base=tmp_path)
    assert said in caught.value.message
