"""The files about the person: the packaged ones are sound, and every mistake in broken ones is named at once, with its place."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from movescreen.catalog import load_catalog
from movescreen.catalog import loader as loader_module
from movescreen.catalog.client_loader import _FOLDERS, load_client_catalog
from movescreen.errors import CatalogError, UnknownNameError

PACKAGED = Path(loader_module.__file__).parent
CARE = load_client_catalog()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for part in (*_FOLDERS, "shared"):
        shutil.copytree(PACKAGED / part, tmp_path / "catalog" / part)
    return tmp_path / "catalog"


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def _mistakes(folder: Path) -> str:
    with pytest.raises(CatalogError) as error:
        load_client_catalog(base=folder)
    return error.value.message


def test_a_copy_is_the_same_catalog(folder: Path) -> None:
    assert load_client_catalog(base=folder) == CARE


def test_all_mistakes_are_named_at_once_with_their_place(folder: Path) -> None:
    _edit(folder / "exercises/balance.toml", 'serves = ["balance"]', 'serves = ["balanse"]')
    _edit(folder / "exercises/squat.toml", 'progress = "goblet_squat"', 'progress = "goblin_squat"')
    _edit(folder / "red_flags/general.toml", 'urgency = "now"', 'urgency = "soonish"')
    _edit(folder / "red_flags/low_back.toml", 'places = ["low_back", "upper_back", "pelvis",', 'places = ["lowback",')
    _edit(folder / "needs/needs.toml", '"heel_rise"', '"heel_raise"')
    _edit(folder / "history/links.toml", "{event}", "the event")
    _edit(folder / "hand_tests/tests.toml", "low = 0", "low = 900")
    _edit(folder / "profiles/profiles.toml", 'flag = "pelvic_floor"', 'flag = "pelvic_flour"')
    _edit(folder / "gates/legs.toml", 'test = "knee_to_wall"', 'test = "knee_to_wal"')
    told = _mistakes(folder)
    for wanted in (
        "exercise stance_support: there is no need called 'balanse'",
        "there is no exercise called 'goblin_squat'",
        "red_flags/general.toml: flags.chest_pain: urgency",
        "red_flags/low_back.toml: flags.saddle_numbness: asked_if.0.pain.places.0",
        "need ankle_range: there is no check called 'heel_raise'",
        "history/links.toml: links.shift_away_from_injured_leg: message",
        "hand_tests/tests.toml: tests.knee_to_wall: file: low must be below high",
        "profile postpartum: there is no red flag called 'pelvic_flour'",
        "there is no test called 'knee_to_wal'",
    ):
        assert wanted in told, wanted


def _first_error() -> str:
    """Return the tables of the first gate's error."""
    text = (PACKAGED / "gates/legs.toml").read_text("utf-8")
    start = text.index("[gates.error]")
    return text[start : text.index("[gates.floor]", start)]


@pytest.mark.parametrize(
    ("file", "old", "new", "named"),
    [
        ("exercises/balance.toml", 'stage = "activation"', 'stage = "warmup"', "stage"),
        ("exercises/balance.toml", "dose = { sets = 3, duration_s = 20", "dose = { sets = 3, hold_s = 20", "needs reps or duration_s"),
        ("exercises/balance.toml", 'id = "star_reach"', 'id = "star_reach"\nevidence = "strong"', "evidence is strong, but its source is own_tolerance"),
        ("exercises/balance.toml", '"falling"', '"fallling"', "not_with"),
        ("exercises/balance.toml", 'source = "falls_programs"', 'source = "falls_program"', "source"),
        ("shared/names.toml", "[conditions]", "[condition]", "shared/names.toml: condition: there is no such key"),
        ("exercises/balance.toml", 'id = "star_reach"', 'id = "stance_support"', "is used twice"),
        ("exercises/balance.toml", "[[exercises]]", "color = 1\n[[exercises]]", "color: there is no such key"),
        ("exercises/balance.toml", 'movements = ["single_leg_stance"]', "", "exercises.stance_support: movements: is missing"),
        ("exercises/balance.toml", 'movements = ["single_leg_stance"]', 'movements = ["one_leg"]', "there is no movement called 'one_leg'"),
        ("red_flags/general.toml", 'question = "Chest pain', 'facts = [{ kind = "pregnant" }]\nquestion = "Chest pain', "and not both"),
        ("history/links.toml", ', injury = ["ankle_sprain", "fracture", "bone_stress"], places = ["ankle", "foot", "shin"]', "", "needs injury, places or both"),
        ("hand_tests/tests.toml", 'method = "weight_bearing_tape"', "", "quantity and method go together"),
        ("hand_tests/tests.toml", 'norm = "kippers_fingertip_to_floor"', 'norm = "kipper"', "there is no norm called 'kipper'"),
        ("gates/legs.toml", "at_most = 2", "at_most = 2\nat_least = 1", "exactly one of at_least and at_most"),
        ("gates/legs.toml", 'kind = "symmetry"\ntest = "single_leg_stance"', 'kind = "symmetry"', "needs the test that it reads"),
        ("gates/legs.toml", 'kind = "symmetry"', 'kind = "test"', "needs a floor where sides are held against each other, and nowhere else"),
        ("gates/legs.toml", _first_error(), "", "needs the error of a symmetry"),
        ("gates/legs.toml", "at_least = 21.5", "at_least = 31", "must be below at_least"),
    ],
)  # fmt: skip
def test_slips_are_found(folder: Path, file: str, old: str, new: str, named: str) -> None:
    _edit(folder / file, old, new)
    assert named in _mistakes(folder)


def test_every_shared_name_is_used_more_than_once(folder: Path) -> None:
    names = tomllib.loads((folder / "shared/names.toml").read_text("utf-8"))
    text = " ".join(path.read_text("utf-8") for path in folder.glob("*/*.toml") if path.parent.name != "shared")
    for name in (*names["sources"], *names["conditions"]):
        assert text.count(f'"{name}"') > 1, name


def test_an_exercise_that_names_no_source_is_teaching_and_an_opinion() -> None:
    assert (CARE.exercises["box_squat"].evidence, CARE.exercises["box_squat"].source.verified) == (
        "opinion",
        "own_tolerance",
    )


def test_the_gates_that_keep_speed_back() -> None:
    assert CARE.gates_before_speed == {
        "no_red_flag", "pain_now", "pain_next_day", "balance", "calf_strength", "leg_strength", "hop",
    }  # fmt: skip


def test_speed_is_never_left_without_a_gate(folder: Path) -> None:
    path = folder / "pathways/daily_life.toml"
    path.write_text(path.read_text("utf-8").replace("speed = true\n", ""), "utf-8")
    assert "no gate for everybody comes before speed" in _mistakes(folder)


def test_two_gates_never_share_a_name(folder: Path) -> None:
    _edit(folder / "gates/legs.toml", 'id = "pain_week"', 'id = "pain_now"')
    assert "id 'pain_now' is used twice" in _mistakes(folder)


def test_a_folder_without_files_is_one_mistake_a_folder(tmp_path: Path) -> None:
    told = _mistakes(tmp_path)
    assert all(f"{part}: no files" in told for part in _FOLDERS)


def test_unknown_names_come_with_close_ones() -> None:
    with pytest.raises(UnknownNameError) as error:
        CARE.exercise("star_reech")
    assert "star_reach" in error.value.hint
    with pytest.raises(UnknownNameError):
        CARE.hand_test("knee_to_wal")


def test_rewording_an_exercise_changes_no_result(folder: Path) -> None:
    _edit(folder / "exercises/balance.toml", "still, breathe", "still, and breathe")
    assert load_client_catalog(base=folder).sha256 != CARE.sha256
    assert load_catalog().sha256 != CARE.sha256


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ():
        yield from _texts(item)


FORBIDDEN = (
    "will injure",
    "dysfunction",
    "weak muscle",
    "overactive",
    "underactive",
    "prevents",
    "bad posture",
    "diagnos",
    "you must",
)


def test_no_text_promises_frightens_or_diagnoses() -> None:
    for table in (
        CARE.red_flags,
        CARE.links,
        CARE.added_tests,
        CARE.needs,
        CARE.exercises,
        CARE.profiles,
        CARE.gates,
        CARE.pathways,
    ):
        for name, spec in table.items():
            for text in _texts(spec.model_dump()):
                assert not any(word in text.lower() for word in FORBIDDEN), f"{name}: {text}"


def _with_steps(folder: Path, steps: str) -> None:
    _edit(folder / "exercises/squat.toml", "dose = { sets = 3, reps = 8, per_week = 3 }",
          f"dose = {{ sets = 3, reps = 8, per_week = 3 }}\nsteps = [{steps}]")  # fmt: skip


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        ("{ reps = 8 }", "asks for more"),
        ("{ reps = 6 }", "asks for more"),
        ("{ reps = 10, sets = 2 }", "asks for more"),
        ("{ }", "changes a number, or says in words"),
        ("{ duration_s = 30 }", "the dose has no duration_s"),
        ("{ reps = 12 }, { reps = 10 }", "steps.1: asks for more"),
    ],
)
def test_a_step_of_the_dose_that_is_none(folder: Path, steps: str, why: str) -> None:
    _with_steps(folder, steps)
    assert why in _mistakes(folder)


def test_steps_of_the_dose(folder: Path) -> None:
    _with_steps(folder, '{ reps = 10 }, { sets = 4 }, { reps = 6, words = "with 2 kg more" }, { hold_s = 2 }')
    steps = load_client_catalog(base=folder).exercise("wedge_squat").steps
    assert [step.numbers for step in steps] == [{"reps": 10}, {"sets": 4}, {"reps": 6}, {"hold_s": 2}]


@pytest.mark.parametrize(("key", "old"), [("progress", "easy_run"), ("regress", "pogo_hops")])
def test_a_ladder_that_runs_in_a_circle(folder: Path, key: str, old: str) -> None:
    _edit(folder / "exercises/squat.toml", f'{key} = "{old}"', f'{key} = "run_walk"')
    assert f"exercise run_walk: {key} comes back to it" in _mistakes(folder)
