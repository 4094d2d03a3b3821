"""Every signal against a figure whose angles were put in; signs, absent signals, and that no signal goes untested."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest

from movescreen.errors import UnknownNameError
from movescreen.kinematics import (
    SIGNALS,
    compute_driver,
    compute_series,
    decide_clip_view,
    prepare_poses,
)
from movescreen.kinematics.signals import signal, title_of_signal
from movescreen.model import BLAZEPOSE, KinematicSeries, Plane
from tests.support import figure as p
from tests.support.figure import LEG_M, SHANK_M, THIGH_M, YAWS, Camera, Posture

SIDES = ("left", "right")
ALL_VIEWS = tuple(YAWS)
BOTH_SIDE_VIEWS = ("side_right", "side_left")


@dataclass(frozen=True)
class Case:
    """A posture and what a signal must read in it, from some views."""

    posture: Posture
    expected: float
    views: tuple[str, ...]


@cache
def _series_of(posture: Posture, view: str, distance_m: float | None = None) -> KinematicSeries:
    clip = p.hold(posture, Camera(YAWS[view], distance_m=distance_m), Posture(stance=posture.stance, arm=0.0))
    prepared = prepare_poses(clip.poses)
    held = clip.poses.time_s >= 3.5
    return compute_series(prepared, decide_clip_view(prepared, held))


def _sin(deg: float) -> float:
    return float(np.sin(np.radians(deg)))


def _cos(deg: float) -> float:
    return float(np.cos(np.radians(deg)))


def _tan(deg: float) -> float:
    return float(np.tan(np.radians(deg)))


def _height(knee: float, shank: float) -> float:
    return SHANK_M * _cos(shank) + THIGH_M * _cos(knee - shank)


def _near(posture: Posture, expected: float) -> dict[str, list[Case]]:
    """Return the case for the side next to the camera, facing either way."""
    return {s: [Case(posture, expected, (f"side_{s}",))] for s in SIDES}


def _far(side: str, posture: Posture, expected: float) -> dict[str, list[Case]]:
    other = "left" if side == "right" else "right"
    return {side: [Case(posture, expected, (f"side_{other}",))]}


CASES: dict[str, list[Case]] = {}


def _sided(stem: str, *tables: dict[str, list[Case]]) -> None:
    for table in tables:
        for side, cases in table.items():
            CASES.setdefault(f"{stem}_{side}", []).extend(cases)


def _plain(name: str, views: tuple[str, ...], *pairs: tuple[Posture, float]) -> None:
    CASES.setdefault(name, []).extend(Case(posture, expected, views) for posture, expected in pairs)


DEEP = Posture(knee=110, shank=30, trunk=40)
BACK_ON_HEELS = Posture(knee=20, shank=-12, trunk=-8)

_sided("knee_flexion", _near(Posture(), 0.0), _near(DEEP, 110.0), _near(Posture(knee=45, shank=10), 45.0))
_sided("hip_flexion", _near(DEEP, 40 + 80.0), _near(BACK_ON_HEELS, 32 - 8.0))
_sided("shank_inclination", _near(DEEP, 30.0), _near(BACK_ON_HEELS, -12.0))
_sided("thigh_elevation", _near(Posture(), 90.0), _near(DEEP, 10.0), _near(Posture(knee=130, shank=25), -15.0))
_sided("trunk_shank_difference", _near(DEEP, 10.0), _near(Posture(knee=90, shank=15, trunk=55), 40.0))
_sided("shoulder_flexion", *(_near(Posture(arm=a, trunk=20), a) for a in (5.0, 60.0, 120.0, 175.0)))
_sided(
    "arm_fall", _near(Posture(arm=140), 40.0), _near(Posture(arm=172, trunk=45), 8.0), _near(Posture(arm=190), -10.0)
)
_sided("heel_rise", _near(replace(DEEP, heel_left=0.2, heel_right=0.2), 20.0), _near(DEEP, 0.0))
for _side in SIDES:
    # the far leg can be measured while it stands clearly in front of the near one
    _forward = p.split_low(_side, knee=92.0, shank=12.0, trunk=8.0)
    _sided("knee_flexion", _far(_side, _forward, 92.0))
    _sided("hip_flexion", _far(_side, _forward, 80 + 8.0))
    _sided("shank_inclination", _far(_side, _forward, 12.0))
    _sided("thigh_elevation", _far(_side, _forward, 10.0))
    _sided("trunk_shank_difference", _far(_side, _forward, -4.0))
_plain(
    "trunk_inclination",
    BOTH_SIDE_VIEWS,
    (DEEP, 40.0),
    (Posture(trunk=-8), -8.0),
    (Posture(trunk=100, shank=-5, knee=5), 100.0),
)
#: Where the sagittal plane does not lie in the picture, angles are read in three dimensions.
TURNED_VIEWS = tuple(view for view in YAWS if view not in BOTH_SIDE_VIEWS)
for _name, _expected in (
    ("knee_flexion", 110.0), ("hip_flexion", 120.0), ("shank_inclination", 30.0), ("thigh_elevation", 10.0), ("trunk_shank_difference", 10.0),
):  # fmt: skip
    _sided(_name, {s: [Case(DEEP, _expected, TURNED_VIEWS)] for s in SIDES})
_plain("trunk_inclination", TURNED_VIEWS, (DEEP, 40.0), (Posture(trunk=70, shank=-5, knee=5), 70.0))
_plain(
    "spine_curl", BOTH_SIDE_VIEWS, (Posture(trunk=60, curl=15), 0.25), (Posture(trunk=80, curl=-8), -0.1), (DEEP, 0.0)
)


def _fppa_posture(side: str, shank_in: float, knee: float = 0.0, shank: float = 0.0) -> tuple[Posture, float]:
    """Hip above the ankle, knee inward: the projected shank leans by ``shank_in``, the thigh by what closes the triangle."""
    down, up = SHANK_M * _cos(shank), THIGH_M * _cos(knee - shank)
    inward = down * _tan(shank_in)
    thigh_in = float(np.degrees(np.arctan2(inward, up)))
    changes = {f"knee_in_{side}": inward}
    return Posture(stance=p.HIP_HALF_M, knee=knee, shank=shank, **changes), shank_in + thigh_in


for _side in SIDES:
    for _args in ((6.0,), (-6.0,), (8.0, 60.0, 10.0)):
        _plain(f"fppa_{_side}", ("front",), _fppa_posture(_side, *_args))
    for _inward in (0.05, -0.03):
        _changes = {f"knee_in_{_side}": _inward}
        _plain(
            f"knee_medial_offset_{_side}", ("front",), (Posture(knee=60, shank=15, **_changes), 100 * _inward / LEG_M)
        )
_plain(
    "knee_ankle_separation_ratio",
    ("front",),
    (Posture(knee=60, shank=15, knee_in_left=0.03, knee_in_right=0.03), 0.75),
    (Posture(knee=60, shank=15, knee_in_left=-0.06, knee_in_right=0.0), 1.25),
)
_plain("lateral_shift", ("front",), (Posture(shift=0.03), 12.5), (Posture(knee=60, shank=15, shift=-0.048), -20.0))
_plain("pelvic_obliquity", ("front",), (Posture(obliquity=7), 7.0), (Posture(knee=60, shank=15, obliquity=-12), -12.0))
_plain(
    "trunk_lateral_lean", ("front",), (Posture(lean=12), 12.0), (Posture(lean=-15, trunk=30, knee=60, shank=20), -15.0)
)

_LIFTED = Posture(lead="right", lift_left=0.3, knee=50, shank=15)
_SUNK = 1 - _height(110, 30) / LEG_M
_plain("pelvis_drop", ALL_VIEWS, (DEEP, _SUNK), (_LIFTED, 1 - (_height(50, 15) - 0.15) / LEG_M))
_plain("stance_drop", ALL_VIEWS, (DEEP, _SUNK), (_LIFTED, 1 - _height(50, 15) / LEG_M))
_plain("trunk_drop", ALL_VIEWS, (Posture(trunk=60), 0.5), (Posture(trunk=100), 1 - _cos(100)))
_plain(
    "bend_dominance", ALL_VIEWS, (DEEP, (1 - _cos(40)) / (_SUNK + 0.03)), (Posture(trunk=60, stance=0.1), 0.5 / 0.03)
)
_plain("knee_bend", ALL_VIEWS, (DEEP, 110.0))
_plain("least_knee_bend", ALL_VIEWS, (DEEP, 110.0))
# what shows a leg ahead is weighed by the turn, so that a step reads more from one place than from another
_plain(
    "stance_split",
    ALL_VIEWS,
    (p.split_standing("left", 0.6, 0.12), 1.2 * 0.6 / LEG_M),
    (p.split_standing("right", 0.6, 0.12), -1.2 * 0.6 / LEG_M),
)
_plain("foot_lift", ALL_VIEWS, (_LIFTED, 0.3 / LEG_M), (Posture(lead="left", lift_right=0.2), -0.2 / LEG_M))
_plain(
    "lifted_foot_behind",
    ALL_VIEWS,
    (Posture(lead="right", split=-0.4, lift_left=0.3, knee=50, shank=15), 0.4 / LEG_M),
    (Posture(lead="right", split=0.4, lift_left=0.3, knee=50, shank=15), -0.4 / LEG_M),
)
_IN_THE_AIR = Posture(hip_z=0.0, hip_up=LEG_M + 0.2, lift_left=0.2, lift_right=0.2)
_SEATED = Posture(hip_z=-0.4, hip_up=0.42)
_plain("body_rise", ALL_VIEWS, (DEEP, -_SUNK), (_IN_THE_AIR, 0.2 / LEG_M), (_SEATED, 0.42 / LEG_M - 1))
_plain("foot_clearance", ALL_VIEWS, (_IN_THE_AIR, 0.2 / LEG_M), (_LIFTED, 0.0), (_SEATED, 0.0))
_plain("foot_clearance", ALL_VIEWS, (replace(_IN_THE_AIR, lift_left=0.35), 0.2 / LEG_M))
_DEEP_SHOULDERS_AHEAD = SHANK_M * _sin(30) - THIGH_M * _sin(80) + p.TRUNK_M * _sin(40)
_plain(
    "shoulders_behind_feet",
    ("side_right", "side_left", "oblique"),
    (_SEATED, 0.4 / LEG_M),
    (replace(_SEATED, trunk=-10), (0.4 + p.TRUNK_M * _sin(10)) / LEG_M),
    (DEEP, -_DEEP_SHOULDERS_AHEAD / LEG_M),
)
_plain("arm_elevation", ALL_VIEWS, (Posture(arm=170), 170.0), (Posture(arm=40, trunk=30), 40.0))
# hands that came up and stay there are as high as they come
_plain("hands_dropped", ALL_VIEWS, (Posture(arm=170), 0.0), (Posture(arm=90), 0.0))


def _free_knee(lifted: Posture, side: str) -> float:
    """Return the knee bend of the foot in the air, under a hip that the other leg carries."""
    ahead, above = p.hip_of(lifted)
    return p.knee_of(ahead, above - float(getattr(lifted, f"lift_{side}")))


_MIRRORED = Posture(lead="left", lift_right=0.3, knee=50, shank=15)
_plain(
    "knee_bend_difference",
    ALL_VIEWS,
    (_LIFTED, _free_knee(_LIFTED, "left") - 50.0),
    (_MIRRORED, 50.0 - _free_knee(_MIRRORED, "right")),
    (DEEP, 0.0),
)
_plain(
    "feet_apart",
    ALL_VIEWS,
    (Posture(stance=0.2), 0.4 / LEG_M),
    (Posture(split=0.5), np.hypot(0.5, 0.24) / LEG_M),
    (Posture(stance=-0.06), -0.12 / LEG_M),
)
_plain("trunk_tilt", ALL_VIEWS, (Posture(trunk=60), 60.0), (Posture(trunk=100), 100.0), (Posture(trunk=-8), 8.0))
_plain("shoulder_line_tilt", ALL_VIEWS, (Posture(lean=12), 12.0), (Posture(lean=-15), -15.0), (Posture(trunk=80), 0.0))
_plain("arms_from_hanging", ALL_VIEWS, (Posture(arm=170), 170.0), (Posture(arm=80, trunk=70), 10.0))
_plain("trunk_tilt_over_hanging_arms", ALL_VIEWS, (Posture(trunk=60, arm=55), 60.0), (Posture(trunk=30, arm=40), 30.0))

FLAT = [(name, view, case) for name, cases in CASES.items() for case in cases for view in case.views]


#: Read in three dimensions from every view.
ROUGH = ("knee_bend", "least_knee_bend")


def _tolerance(unit: str, expected: float) -> float:
    return 0.5 if unit in ("deg", "pct") else 0.01 * max(1.0, abs(expected))


@pytest.mark.parametrize(("name", "view", "case"), FLAT, ids=[f"{n}-{v}-{c.expected:.1f}" for n, v, c in FLAT])
def test_signal_reads_what_was_put_in(name: str, view: str, case: Case) -> None:
    deep = name in ROUGH or (view in TURNED_VIEWS and SIGNALS[name].spec.plane is Plane.SAGITTAL)
    # in three dimensions a camera without perspective would be read as one that looks down
    series = _series_of(case.posture, view, 3.0 if deep else None)
    held = series.time_s >= 3.5
    values = series.values[name][held]
    assert np.isfinite(values).all(), series.absent.get(name)
    # plain: the height of the camera is not taken out
    tolerance = 9.0 if deep else _tolerance(series.specs[name].unit, case.expected)
    if name in ("stance_split", "shoulders_behind_feet"):
        tolerance = (
            0.25 if name == "stance_split" else 0.15 if view == "back" else 0.08
        )  # depends on the turn as it was read
    np.testing.assert_allclose(values, case.expected, atol=tolerance)


@pytest.mark.parametrize("view", ALL_VIEWS)
@pytest.mark.parametrize(("lead", "sign"), [("left", 1.0), ("right", -1.0)])
def test_a_leg_that_is_ahead_is_told_in_every_view_high_and_low(view: str, lead: str, sign: float) -> None:
    def split(posture: Posture) -> float:
        series = _series_of(posture, view)
        return sign * float(np.median(series.values["stance_split"][series.time_s >= 3.5]))

    # side by side nothing is ahead; the feet apart as in a lunge are, also at its bottom with the rear knee near the floor
    assert abs(split(Posture(stance=0.2))) < 0.05
    assert split(p.split_standing(lead, 0.75, 0.12)) > 0.6
    assert split(p.split_low(lead, 0.75)) > 0.6


FRONTAL = (
    "fppa_left", "fppa_right", "knee_ankle_separation_ratio", "knee_medial_offset_left", "knee_medial_offset_right",
    "lateral_shift", "pelvic_obliquity", "trunk_lateral_lean",
)  # fmt: skip
#: Posture, what is read, what was put in, and how far off it may be before any correction: of a lean what goes forward is not all told apart.
_ASIDE = {
    "knees in": (Posture(knee=60, shank=15, knee_in_left=0.03, knee_in_right=0.03), "knee_ankle_separation_ratio", 0.75, 0.1),
    "knees out": (Posture(knee=60, shank=15, knee_in_left=-0.03, knee_in_right=-0.03), "knee_ankle_separation_ratio", 1.25, 0.2),
    "pelvis": (Posture(knee=30, shank=10, obliquity=7.0), "pelvic_obliquity", 7.0, 1.0),
    "trunk": (Posture(knee=40, shank=15, trunk=20, lean=12.0), "trunk_lateral_lean", 12.0, 6.5),
}  # fmt: skip


@pytest.mark.parametrize("what", _ASIDE)
@pytest.mark.parametrize("yaw", [0.0, 15.0, 30.0, -30.0, 180.0, -150.0])
def test_what_goes_aside_is_read_in_the_persons_own_frontal_plane(yaw: float, what: str) -> None:
    posture, name, expected, tolerance = _ASIDE[what]
    clip = p.hold(posture, Camera(yaw, distance_m=3.0), Posture(stance=posture.stance, arm=0.0))
    prepared = prepare_poses(clip.poses)
    held = clip.poses.time_s >= 3.5
    series = compute_series(prepared, decide_clip_view(prepared, held))
    assert float(np.median(series.values[name][held])) == pytest.approx(expected, abs=tolerance)


def test_a_frontal_plane_seen_from_its_edge_is_not_read_nor_a_shift_from_behind() -> None:
    shifted = Posture(knee=60, shank=15, shift=0.03)
    from_the_edge, behind = (_series_of(shifted, view) for view in ("oblique", "back"))
    assert set(FRONTAL) <= set(from_the_edge.absent)
    assert "lateral_shift" in behind.absent
    assert "knee_ankle_separation_ratio" not in behind.absent


def test_every_registered_signal_has_a_known_answer_in_every_view_it_may_be_read_from() -> None:
    kind = {"side_right": "side", "side_left": "side"}
    seen = {(name, kind.get(view, view)) for name, view, _ in FLAT}
    wanted = {(n, v) for n, item in SIGNALS.items() for v in item.spec.views if v != "unknown"}
    turned = {(name, view) for name in FRONTAL for view in ("oblique", "back")}  # these have their own test
    assert wanted - seen - turned == {("shoulders_behind_feet", "front"), ("shoulders_behind_feet", "back")}
    assert {n for n, _ in seen} == set(SIGNALS)


def test_every_signal_is_tried_away_from_its_zero_in_both_directions_where_it_has_a_direction() -> None:
    signed = [n for n, i in SIGNALS.items() if "left" in i.spec.positive or n.startswith(("fppa", "knee_medial"))]
    for name in [*signed, "trunk_inclination", "shank_inclination_left", "shank_inclination_right"]:
        signs = {np.sign(c.expected) for c in CASES[name]}
        assert {1.0, -1.0} <= signs, name


@pytest.mark.parametrize("view", ALL_VIEWS)
def test_a_signal_that_the_view_cannot_show_is_absent_with_a_reason(view: str) -> None:
    series = _series_of(DEEP, view)
    kind = view.partition("_")[0]
    for name, item in SIGNALS.items():
        if kind in item.spec.views:
            assert name in series.values
        else:
            assert name not in series.values
            assert item.spec.views[0] in series.absent[name]
            assert f"{kind} view" in series.absent[name]


@pytest.mark.parametrize(("view", "far"), [("side_right", "left"), ("side_left", "right")])
def test_the_far_leg_of_a_squat_is_empty_and_said_to_be_hidden(view: str, far: str) -> None:
    series = _series_of(DEEP, view)
    for stem in (
        "knee_flexion",
        "hip_flexion",
        "shank_inclination",
        "thigh_elevation",
        "heel_rise",
        "shoulder_flexion",
        "arm_fall",
    ):
        name = f"{stem}_{far}"
        assert not series.has(name)
        assert np.isnan(series.values[name]).all()
        assert "hidden" in series.absent[name]


@pytest.mark.parametrize("view", ["front", "back"])
@pytest.mark.parametrize("posture", [_SEATED, DEEP])
def test_shoulders_behind_the_feet_are_never_guessed_from_the_front_or_the_back(posture: Posture, view: str) -> None:
    series = _series_of(posture, view)
    assert not series.has("shoulders_behind_feet")
    assert np.isnan(series.values["shoulders_behind_feet"]).all()
    assert series.absent["shoulders_behind_feet"]


@pytest.mark.parametrize(("turn", "read"), [(20.0, False), (40.0, True), (140.0, True), (160.0, False)])
def test_shoulders_behind_the_feet_need_a_person_who_is_turned_enough(turn: float, read: bool) -> None:
    clip = p.hold(_SEATED, Camera(turn))
    prepared = prepare_poses(clip.poses)
    series = compute_series(prepared, decide_clip_view(prepared, clip.poses.time_s >= 3.5))
    assert series.has("shoulders_behind_feet") == read
    if read:
        np.testing.assert_allclose(series.values["shoulders_behind_feet"][series.time_s >= 3.5], 0.4 / LEG_M, atol=0.05)


@pytest.mark.parametrize("shift", [0.1, -0.1])
@pytest.mark.parametrize("yaw", [35.0, -35.0])
def test_hips_shifted_to_the_side_are_not_taken_for_sitting_back(yaw: float, shift: float) -> None:
    def behind(shift_m: float) -> float:
        low = p.place_hip(Posture(knee=90.0, shank=25.0, trunk=35.0, shift=shift_m))
        clip = p.hold(low, Camera(yaw, distance_m=3.0), Posture(arm=0.0))
        prepared = prepare_poses(clip.poses)
        series = compute_series(prepared, decide_clip_view(prepared, clip.poses.time_s >= 3.5))
        return float(np.median(series.values["shoulders_behind_feet"][series.time_s >= 3.5]))

    # seen across the picture alone, a shift of that size reads as 0.2 behind or ahead
    assert behind(shift) == pytest.approx(behind(0.0), abs=0.13)


def test_who_walks_is_not_in_the_air() -> None:
    camera = Camera(90.0, 200.0, (1600, 960))
    clip = p.walk_in_and_out(p.squat(1, camera), camera)
    clearance = compute_driver(prepare_poses(clip.poses), "foot_clearance", planted=False)
    assert np.isfinite(clearance).all()
    assert clearance.max() < 0.03


def test_fppa_is_empty_where_a_segment_points_at_the_camera() -> None:
    series = _series_of(Posture(knee=115, shank=30), "front")
    held = series.time_s >= 3.5
    assert np.isnan(series.values["fppa_left"][held]).all()
    assert np.isfinite(series.values["fppa_left"][series.time_s < 2.0]).all()
    # knees against ankles still can be told
    assert np.isfinite(series.values["knee_ankle_separation_ratio"][held]).all()


def test_spine_curl_is_empty_while_the_trunk_hardly_leans() -> None:
    series = _series_of(Posture(trunk=15, curl=20), "side_right")
    assert not series.has("spine_curl")


def test_ratios_over_the_ankles_are_empty_when_the_feet_are_together() -> None:
    series = _series_of(Posture(stance=0.02), "front")
    assert not series.has("knee_ankle_separation_ratio")
    assert not series.has("lateral_shift")
    assert series.absent["lateral_shift"]


def test_heel_rise_follows_the_points_on_the_shoe_where_there_are_any() -> None:
    clip = p.hold(replace(DEEP, heel_right=0.2), Camera(90.0))
    followed = np.full(len(clip.poses), np.nan)
    followed[clip.poses.time_s >= 4.0] = 0.55 * 0.30 * p.FOOT_M * 300.0  # shoe points say 30 %, the landmark says 20 %
    poses = p.with_extras(clip.poses, heel_lift_right_px=followed)
    prepared = prepare_poses(poses)
    series = compute_series(prepared, decide_clip_view(prepared))
    heel = series.values["heel_rise_right"]
    # the landmark never speaks where a picture was looked at: it drifts as the shank tips
    assert np.isnan(heel[series.time_s < 3.9]).all()
    np.testing.assert_allclose(heel[series.time_s >= 4.1], 30.0, atol=0.5)


CONTRACT_COLUMNS = {
    *(f"{stem}_{side}_deg" for stem in ("knee_flexion", "hip_flexion", "shank_inclination", "fppa", "shoulder_flexion") for side in SIDES),
    "trunk_inclination_deg", "trunk_lateral_lean_deg", "pelvic_obliquity_deg", "knee_ankle_separation_ratio",
    "lateral_shift_pct", "heel_rise_left_pct", "heel_rise_right_pct",
}  # fmt: skip


def test_the_promised_columns_exist() -> None:
    assert {item.spec.column for item in SIGNALS.values()} >= CONTRACT_COLUMNS


@pytest.mark.parametrize("name", SIGNALS)
def test_specification_is_complete(name: str) -> None:
    spec = SIGNALS[name].spec
    assert spec.name == name
    assert (spec.side or "none") in ("left", "right", "none")
    assert (spec.side == "") == (not name.endswith(("_left", "_right")))
    assert spec.unit in ("deg", "pct", "ratio")
    assert spec.plane in Plane
    assert set(spec.landmarks) <= set(BLAZEPOSE.landmarks)
    assert all((spec.positive, spec.zero, spec.definition, spec.landmarks, spec.views))


@pytest.mark.parametrize("name", [n for n in SIGNALS if n.endswith("_left")])
def test_pairs_come_in_twos(name: str) -> None:
    left, right = SIGNALS[name].spec, SIGNALS.find(name.removesuffix("left") + "right").spec
    assert (left.unit, left.plane, left.views, left.positive) == (right.unit, right.plane, right.views, right.positive)


def test_no_two_signals_share_an_everyday_name() -> None:
    titles: dict[str, set[str]] = {}
    for each in SIGNALS.values():
        titles.setdefault(each.spec.title, set()).add(each.spec.stem)
    assert "" not in titles
    assert {title: stems for title, stems in titles.items() if len(stems) > 1} == {}
    assert title_of_signal("knee_flexion") == "Knee bend"
    assert title_of_signal("knee_bend") == "Rough bend of both knees"
    assert title_of_signal("a_signal_of_old") == "A signal of old"


def test_a_second_signal_of_the_same_everyday_name_is_refused() -> None:
    facts = {
        n: getattr(SIGNALS.find("knee_bend").spec, n)
        for n in ("unit", "plane", "views", "zero", "positive", "definition")
    }
    with pytest.raises(RuntimeError, match="knee_flexion and another are both called Knee bend"):
        signal("another", title="Knee bend", landmarks="", **facts)(lambda body: body.xy("nose"))
    assert "another" not in SIGNALS


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("knee_flexion_left", 95.4, "knee 95 deg"), ("trunk_inclination", -3.2, "trunk -3 deg"), ("trunk_inclination", -0.2, "trunk 0 deg"),
        ("fppa_right", 8.0, "knee in 8 deg"), ("fppa_right", -8.0, "knee out 8 deg"), ("fppa_right", 0.3, "knee 0 deg"),
        ("lateral_shift", -12.0, "shift 12 % right"), ("pelvic_obliquity", 4.0, "pelvis 4 deg left higher"),
        ("knee_ankle_separation_ratio", 0.824, "knees / ankles 0.82"),
    ],
)  # fmt: skip
def test_a_value_on_a_picture_in_words(name: str, value: float, words: str) -> None:
    read_out = SIGNALS.find(name).spec.read_out
    assert read_out is not None
    assert read_out.words(value) == words


def test_unknown_signals_close_ones() -> None:
    with pytest.raises(UnknownNameError) as error:
        SIGNALS.find("knee_flexion_lef")
    assert "knee_flexion_left" in error.value.hint


def test_a_difference_is_that_of_the_two_reported_numbers_also_after_correction() -> None:
    clip = p.hold(DEEP, Camera(90.0))
    prepared = prepare_poses(clip.poses)
    view = decide_clip_view(prepared)
    series = compute_series(
        prepared, view, correction=lambda name, _kind, v, _inputs: v + (5.0 if name == "trunk_inclination" else 0.0)
    )
    difference = series.values["trunk_inclination"] - series.values["shank_inclination_right"]
    np.testing.assert_allclose(series.values["trunk_shank_difference_right"], difference, atol=1e-9)
    assert abs(difference[-1] - 15.0) < 0.5
