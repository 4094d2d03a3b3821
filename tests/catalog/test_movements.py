"""The movement files: the packaged ones are sound, and every mistake in broken ones is reported at once, with its place."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from movescreen.catalog import Catalog, correct_reading, load_catalog, measurement_error
from movescreen.catalog import loader as loader_module
from movescreen.catalog.loader import find_unproven_checks
from movescreen.errors import CatalogError, UnknownNameError
from movescreen.kinematics import SIGNALS
from movescreen.measures import MEASURES
from movescreen.pipeline import known_signals

PACKAGED = Path(loader_module.__file__).parent
#: Check ids that scripts rely on, and the view that answers them, by movement.
PROMISED = {
    "squat": {
        "knee_valgus": "front", "excessive_trunk_lean": "side", "heel_rise": "side", "shallow_depth": "side",
        "weight_shift": "front", "pelvic_drop": "front", "lateral_trunk_lean": "front", "limited_ankle_dorsiflexion": "side",
        "limited_knee_flexion": "side", "asymmetry": "front", "inconsistent_reps": "side", "tempo": "front",
    },
    "overhead_squat": {"arms_fall_forward": "side", "knee_valgus": "front", "shallow_depth": "side"},
    "lunge": {"knee_valgus": "front", "heel_rise": "side", "pelvic_drop": "front", "limited_knee_flexion": "side", "asymmetry": "side"},
    "bend": {"limited_hip_flexion": "side", "spine_dominant_bend": "side", "tempo": "side"},
    "single_leg_squat": {"knee_valgus": "front", "pelvic_drop": "front", "asymmetry": "front"},
    "countermovement_jump": {"inconsistent_reps": "side"},
    "sit_to_stand": {"inconsistent_reps": "side"},
    "single_leg_stance": {"lateral_trunk_lean": "front"},
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the packaged catalog that may be broken."""
    for part in ("movements", "measurement"):
        shutil.copytree(PACKAGED / part, tmp_path / "catalog" / part)
    return tmp_path / "catalog"


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def _movement(folder: Path, name: str) -> Path:
    return folder / "movements" / f"{name}.toml"


def _mistakes(folder: Path) -> str:
    with pytest.raises(CatalogError) as error:
        load_catalog((), known_signals(), base=folder)
    assert error.value.hint
    return error.value.message


def test_the_packaged_catalog_is_sound() -> None:
    catalog = load_catalog((), known_signals())
    assert list(catalog.movements) == [
        "squat", "overhead_squat", "lunge", "bend", "single_leg_squat",
        "countermovement_jump", "sit_to_stand", "single_leg_stance",
    ]  # fmt: skip
    assert re.fullmatch("[0-9a-f]{64}", catalog.sha256)
    assert catalog.sha256 == load_catalog().sha256


@pytest.mark.parametrize("movement", PROMISED)
def test_promised_checks_exist_and_are_answered_by_the_promised_view(movement: str) -> None:
    spec = load_catalog().movement(movement)
    for check_id, view in PROMISED[movement].items():
        assert view in spec.check(check_id).views
    with pytest.raises(KeyError):
        spec.check("no_such_check")


@pytest.mark.parametrize("movement", load_catalog().movements)
def test_what_drives_and_tells_movements_apart_can_be_read_in_any_view(movement: str) -> None:
    spec = load_catalog().movement(movement)
    for name in {spec.reps.driver, *(f.signal for f in spec.recognise)}:
        assert {"front", "side", "oblique", "back", "unknown"} <= set(SIGNALS.find(name).spec.views)


@pytest.mark.parametrize("movement", load_catalog().movements)
def test_every_check_reads_a_signal_that_its_views_can_show(movement: str) -> None:
    for check in load_catalog().movement(movement).checks:
        stem = check.signal
        if not stem:
            continue
        scope = "legs" if check.kind == "difference" else check.scope
        name = stem if stem in SIGNALS else f"{stem}_left"
        spec = SIGNALS.find(name).spec
        assert set(check.views) <= set(spec.views)
        assert (spec.side == "") == (scope == "none" or (scope == "working" and stem in SIGNALS))


@pytest.mark.parametrize("movement", load_catalog().movements)
def test_texts_say_where_limits_come_from_and_promise_nothing(movement: str) -> None:
    spec = load_catalog().movement(movement)
    for asked in (*spec.checks, *spec.measures):
        # one of the views that show it is enough: chair stands are better filmed from the side, but need not be
        assert set(spec.recording) & set(asked.views)
    for check in spec.checks:
        words = " ".join((check.title, check.message, check.clear_message, check.why, check.cue)).lower()
        assert not re.search(r"\b(will injure|predicts?|diagnos\w+|causes injury|prevents injur\w+)\b", words)
        if check.source.verified == "own_tolerance":
            assert "tolerance" in (check.source.citation + check.source.note).lower() or check.source.citation


def test_an_extending_movement_takes_over_and_replaces_checks(folder: Path) -> None:
    squat, overhead = (load_catalog().movement(n) for n in ("squat", "overhead_squat"))
    assert {c.id for c in squat.checks} < {c.id for c in overhead.checks}
    assert overhead.reps == squat.reps
    path = _movement(folder, "overhead_squat")
    path.write_text(path.read_text("utf-8").replace('id = "arms_fall_forward"', 'id = "tempo"'), "utf-8")
    changed = load_catalog(base=folder).movement("overhead_squat")
    assert changed.check("tempo").title == "Arms fall forward"
    assert [c.id for c in changed.checks].count("tempo") == 1


def test_an_unknown_movement_names_close_ones() -> None:
    with pytest.raises(UnknownNameError) as error:
        load_catalog().movement("single_leg_squatt")
    assert "single_leg_squat" in error.value.hint


def test_the_hash_covers_every_byte(folder: Path) -> None:
    before = load_catalog(base=folder).sha256
    path = _movement(folder, "bend")
    path.write_text(path.read_text("utf-8") + "\n# a remark\n", "utf-8")
    assert load_catalog(base=folder).sha256 != before


# --- mistakes -------------------------------------------------------------------------------------------------------


def test_all_mistakes_of_all_files_are_reported_at_once_with_their_places(folder: Path) -> None:
    squat = _movement(folder, "squat")
    _edit(squat, 'title = "Squat"', 'title = "Squat"\ncolor = "red"')
    _edit(squat, "min_excursion = 0.06", 'min_excursion = "six"')
    _edit(squat, "flag = 0.88", "flag = 1.2")
    _edit(squat, "{affected} of {seen} repetitions.", "{affcted} of {seen} repetitions.")
    lunge = _movement(folder, "lunge")
    _edit(lunge, 'name = "lunge"', 'name = "lounge"')
    _edit(lunge, 'signal = "trunk_inclination"', 'signal = "trunk_inclinatoin"')
    _edit(_movement(folder, "overhead_squat"), 'extends = "squat"', 'extends = "squart"')
    _movement(folder, "bend").write_text("title = 'no end", "utf-8")
    single = _movement(folder, "single_leg_squat")
    text = single.read_text("utf-8")
    block = text[text.index("[[checks]]") : text.index("[[checks]]", text.index("[[checks]]") + 1)]
    single.write_text(text + "\n" + block, "utf-8")

    message = _mistakes(folder)

    for wanted in (
        "movements/squat.toml: color:",
        "movements/squat.toml: reps.min_excursion:",
        "movements/squat.toml: checks.knee_valgus: ",
        "movements/lunge.toml: name is 'lounge', expected 'lunge'",
        "movements/lunge.toml: checks.excessive_trunk_lean.signal: there is no signal called 'trunk_inclinatoin'",
        "movements/overhead_squat.toml: extends 'squart'",
        "movements/bend.toml:",
        "movements/single_leg_squat.toml: file: checks listed twice: knee_valgus",
    ):
        assert wanted in message
    assert int(message.split()[0]) >= 8


Break = Callable[[Path], None]


def _in(name: str, old: str, new: str) -> Break:
    return lambda folder: _edit(_movement(folder, name), old, new)


SINGLE_MISTAKES: dict[str, tuple[Break, str]] = {
    "unknown key": (_in("squat", "[reps]", "[reps]\nspeed = 3"), r"squat.toml: reps\.speed: .*not permitted"),
    "wrong type": (_in("squat", "flag = 0.88", 'flag = "a lot"'), r"squat.toml: checks\.\w+\.flag"),
    "a number in words is no number": (_in("squat", "order = 1", 'order = 1\ndescription = 5\n#'), r"squat.toml"),
    "note beyond flag": (_in("squat", "note = 1.0", "note = 0.5"), r"squat.toml: checks\.\w+: .*note \(0\.5\)"),
    "unknown placeholder": (_in("bend", "reached {value}", "reached {vlaue}"), r"bend.toml: checks\.\w+: .*vlaue"),
    "unknown kind": (_in("bend", 'kind = "threshold"', 'kind = "treshold"'), r"bend.toml: checks\.\w+: .*treshold"),
    "unknown view": (_in("bend", 'views = ["side"]', 'views = ["sideways"]'), r"bend.toml: checks\.\w+\.views\.0"),
    "no views": (_in("bend", 'views = ["side"]', "views = []"), r"bend.toml: checks\.\w+\.views"),
    "unknown driver": (_in("bend", 'driver = "trunk_drop"', 'driver = "trunk_dorp"'), r"bend.toml: .*trunk_dorp"),
    "unknown trait": (_in("bend", 'signal = "bend_dominance"', 'signal = "bendiness"'), r"bend.toml: .*bendiness"),
    "attempts at no measure": (
        _in("countermovement_jump", 'measure = "jump_height"', 'measure = "jump_heigth"'), r"countermovement_jump.toml: .*jump_heigth"
    ),
    "a measure without error": (
        _in("countermovement_jump", "seconds = 0.012\nframes = 0.5", ""), r"countermovement_jump.toml: measures\.\w+\.error: .*without any error"
    ),
    "unknown summary": (
        _in("sit_to_stand", 'summary = "whole_set"', 'summary = "mean"'), r"sit_to_stand.toml: measures\.\w+\.summary"
    ),
    "unknown kind of repetition": (_in("single_leg_stance", 'kind = "hold"', 'kind = "pose"'), r"single_leg_stance.toml: reps\.kind"),
    "too few pictures": (
        _in("countermovement_jump", "analysed_fps = 120.0", "analysed_fps = 5.0"), r"countermovement_jump.toml: analysed_fps"
    ),
    "company that does not exist": (_in("squat", 'only_with = ["heel_rise",', 'only_with = ["heel_rse",'), r"squat.toml: .*heel_rse"),
    "trait without a border": (_in("squat", "max = 0.28\n", ""), r"squat.toml: recognise\.1: .*needs min, max or both"),
    "trait upside down": (_in("squat", "max = 0.28\n", "max = 0.28\nmin = 5.0\n"), r"squat.toml: recognise\.1: .*min must not exceed max"),
    "source too short": (_in("bend", 'citation = "Total', 'citation = "x"\n#'), r"bend.toml: checks\.\w+\.source\.citation"),
    "unknown verification": (_in("squat", 'verified = "own_tolerance"', 'verified = "trust me"'), r"squat.toml: .*source\.verified"),
    "id in capitals": (_in("squat", 'id = "knee_valgus"', 'id = "Knee valgus"'), r"squat.toml: checks\.Knee valgus\.id"),
    "extends one that extends": (
        _in("lunge", 'name = "lunge"', 'name = "lunge"\nextends = "overhead_squat"'), r"lunge.toml: extends 'overhead_squat'"
    ),
    "not text": (lambda f: _movement(f, "bend").write_bytes(b"\xff\xfe\x00"), r"movements/bend.toml: "),
    "no movements": (lambda f: shutil.rmtree(f / "movements"), r"movements: no files"),
    "no measurement": (lambda f: shutil.rmtree(f / "measurement"), r"no measurement file"),
    "measurement of nothing": (
        lambda f: _edit(next((f / "measurement").glob("*.toml")), 'signal = "knee_flexion"', 'signal = "knee_felxion"'), "knee_felxion"
    ),
    "error of no movement": (
        lambda f: _edit(next((f / "measurement").glob("rendered*.toml")), 'movement = "squat"', 'movement = "sqaut"'), "rows.*curves.*sqaut"
    ),
    "measurement twice": (
        lambda f: _edit(next((f / "measurement").glob("rendered*.toml")), 'signal = "hip_flexion"', 'signal = "knee_flexion"'), "listed twice"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SINGLE_MISTAKES)
def test_each_mistake_is_found_and_placed(name: str, folder: Path) -> None:
    break_it, pattern = SINGLE_MISTAKES[name]
    break_it(folder)
    assert re.search(pattern, _mistakes(folder), re.DOTALL)


#: What to break, what the message must name, and what happens instead of it.
SLIPS: dict[str, tuple[Break, str, str]] = {
    "order in words": (_in("squat", "order = 1", 'order = "first"'), r"squat\.toml: order", "TypeError when sorting"),
    "extends a list": (
        _in("lunge", 'name = "lunge"', 'name = "lunge"\nextends = ["squat"]'), r"lunge\.toml: extends", "TypeError: unhashable"
    ),
    "a date": (
        _in("lunge", 'title = "Lunge / split squat"', "title = 2020-01-01"), r"lunge\.toml: title", "TypeError from json.dumps"
    ),
    "not a number as limit": (
        _in("squat", "flag = 0.88", "flag = nan"), r"squat\.toml: checks\.\w+\S*flag", "accepted: a check that never fires"
    ),
    "endless limit": (
        _in("squat", "flag = 20.0", "flag = inf"), r"squat\.toml: checks\.\w+\S*flag", "accepted: a check that never fires"
    ),
    "tempo note beyond flag": (
        _in("bend", "flag = 30.0\nnote = 20.0", "flag = 10.0\nnote = 20.0"), r"bend\.toml: checks\.\w+\S*: .*note", "accepted"
    ),
    "difference note beyond flag": (
        _in("lunge", "flag = 15.0\nnote = 10.0\nmessage = \"The front knee", "flag = 5.0\nnote = 10.0\nmessage = \"The front knee"),
        r"lunge\.toml: checks\.\w+\S*: .*note", "accepted",
    ),
    "a driver that needs a side": (
        _in("bend", 'driver = "trunk_drop"', 'driver = "knee_flexion"'), r"bend\.toml: .*knee_flexion", "KeyError when used"
    ),
    "a trait that one view shows": (
        _in("bend", 'signal = "bend_dominance"', 'signal = "trunk_inclination"'), r"bend\.toml: .*trunk_inclination", "KeyError when used"
    ),
    "a sided signal without scope": (
        _in("bend", 'signal = "trunk_inclination"\nstatistic', 'signal = "knee_flexion"\nstatistic'), r"bend\.toml: .*scope",
        "accepted: never assessed",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", [pytest.param(n) for n, (_, _, why) in SLIPS.items()])
def test_subtler_slips_are_found_too(name: str, folder: Path) -> None:
    break_it, pattern, _ = SLIPS[name]
    break_it(folder)
    assert re.search(pattern, _mistakes(folder))


def test_a_seated_form_and_what_a_check_suffers_from_must_exist(folder: Path) -> None:
    _edit(_movement(folder, "squat"), 'seated_form = "sit_to_stand"', 'seated_form = "chair"')
    _edit(_movement(folder, "bend"), 'suffers_from = ["camera_moved"]', 'suffers_from = ["camera_motion"]')
    told = _mistakes(folder)
    assert "movements/squat.toml: seated_form: there is no movement called 'chair'" in told
    assert re.search(r"movements/bend.toml: checks.*suffers_from", told)


def test_a_read_out_needs_a_signal_that_can_be_written_on_a_picture(folder: Path) -> None:
    _edit(
        _movement(folder, "bend"), '"trunk_inclination", "knee_flexion"]\n\n', '"thigh_elevation", "knee_flexion"]\n\n'
    )
    assert (
        "movements/bend.toml: read_outs.side.1: there is no signal called 'thigh_elevation' that can be"
        in _mistakes(folder)
    )


def test_a_jump_needs_a_height_and_what_is_only_shown_is_a_key_signal(folder: Path) -> None:
    assert "fppa" not in load_catalog().movement("squat").compared_signals
    assert "fppa" in load_catalog().movement("single_leg_squat").compared_signals
    _edit(_movement(folder, "countermovement_jump"), 'height = "body_rise"\n', "")
    _edit(_movement(folder, "bend"), "[reps]\n", '[reps]\nheight = "body_rise"\n')
    _edit(_movement(folder, "squat"), 'only_shown = ["fppa"]', 'only_shown = ["fpa"]')
    told = _mistakes(folder)
    assert told.count("height belongs to a jump, and to nothing else") == 2
    assert "movements/squat.toml: only_shown.0: 'fpa' is not one of the key_signals" in told


def test_a_check_that_nothing_proves_is_named(folder: Path) -> None:
    text = _movement(folder, "bend").read_text("utf-8")
    _movement(folder, "bend").write_text(text.replace("fires = { trunk = 62.0 }\n", ""), "utf-8")
    assert find_unproven_checks(load_catalog(base=folder)) == [
        "movements/bend.toml: check limited_hip_flexion: no figure makes it speak"
    ]


def test_a_figure_of_an_unknown_posture_or_of_nothing_is_refused_with_its_place(folder: Path) -> None:
    _edit(_movement(folder, "bend"), "fires = { trunk = 62.0 }", "fires = { trunc = 62.0 }")
    _edit(_movement(folder, "lunge"), "fires = { trunk = 45.0 }\nquiet = { trunk = 12.0 }\n", "")
    told = _mistakes(folder)
    assert re.search(r"movements/bend.toml: checks\.\w+\.figures\.0\.fires.*trunc", told)
    assert "needs fires, quiet or both" in told


def test_a_measure_that_nobody_computes_is_refused_with_its_place(folder: Path) -> None:
    chair, jump = _movement(folder, "sit_to_stand"), _movement(folder, "countermovement_jump")
    _edit(chair, 'name = "chair_rise_5x_time"', 'name = "chair_rise_6x_time"')
    _edit(jump, 'name = "flight_time"', 'name = "jump_power"')
    with pytest.raises(CatalogError) as error:
        load_catalog((), known_signals(), MEASURES, base=folder)
    assert (
        "movements/sit_to_stand.toml: measures.chair_rise_6x_time.name: nothing computes 'chair_rise_6x_time'"
        in error.value.message
    )
    assert (
        "movements/countermovement_jump.toml: measures.jump_power.name: nothing computes 'jump_power'"
        in error.value.message
    )
    assert error.value.message.startswith("2 mistake(s)")
    assert error.value.hint
    # who does not say what can be computed is not asked
    assert (
        load_catalog((), known_signals(), base=folder).movement("sit_to_stand").measures[1].name == "chair_rise_6x_time"
    )


def test_no_measure_at_all_can_be_computed(folder: Path) -> None:
    with pytest.raises(CatalogError, match=r"measures\.\w+\.name: nothing computes 'jump_height'"):
        load_catalog((), None, (), base=folder)


def test_the_packaged_measures_are_all_computed() -> None:
    assert load_catalog((), known_signals(), MEASURES).sha256 == load_catalog().sha256


def test_an_unknown_signal_is_reported_beside_other_mistakes_with_its_key(folder: Path) -> None:
    _edit(_movement(folder, "bend"), 'driver = "trunk_drop"', 'driver = "trunk_dorp"')
    _edit(_movement(folder, "bend"), 'title = "Forward bend / hip hinge"', 'title = "Bend"\ncolor = "red"')
    message = _mistakes(folder)
    assert "color" in message
    assert "reps.driver" in message


# --- corrections ----------------------------------------------------------------------------------------------------


def _packaged() -> Catalog:
    return load_catalog()


def test_measurement_rows_hold_for_both_sides_and_only_in_their_view() -> None:
    catalog = _packaged()
    rows = [catalog.measurement_row(n, "side") for n in ("knee_flexion", "knee_flexion_left", "knee_flexion_right")]
    assert rows[0] is not None
    assert rows[0] is rows[1] is rows[2]
    assert catalog.measurement_row("heel_rise_left", "oblique") is None
    assert measurement_error(catalog, "knee_flexion_left", "side") == rows[0].error
    assert np.isnan(measurement_error(catalog, "heel_rise_left", "oblique"))


def test_a_correction_is_a_line_that_is_held_outside_its_range() -> None:
    catalog = _packaged()
    row = catalog.measurement_row("knee_flexion", "side")
    assert row is not None
    x = np.array([row.low - 20, row.low, (row.low + row.high) / 2, row.high, row.high + 20, np.nan])
    shift = correct_reading(catalog, "knee_flexion_right", "side", x) - x
    wanted = row.offset + (row.gain - 1) * np.array([row.low, row.low, (row.low + row.high) / 2, row.high, row.high])
    np.testing.assert_allclose(shift[:5], wanted)
    assert np.isnan(shift[5])
    np.testing.assert_array_equal(correct_reading(catalog, "knee_flexion_right", "oblique", x), x)


@pytest.mark.parametrize("row", _packaged().measurement.rows, ids=lambda r: f"{r.signal}-{r.view}")
def test_corrections_keep_the_order_of_readings(row: object) -> None:
    catalog = _packaged()
    x = np.linspace(row.low - 30, row.high + 30, 200)  # type: ignore[attr-defined]
    made = correct_reading(catalog, row.signal, row.view, x)  # type: ignore[attr-defined]
    assert (np.diff(made) > 0).all()
