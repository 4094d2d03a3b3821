"""Which movement it is, in every view; standing and walking are none; sides of lunges and single-leg squats."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from movescreen.catalog import load_catalog
from movescreen.catalog.schema import FeatureSpec
from movescreen.errors import UnknownNameError
from movescreen.model import BLAZEPOSE, ClipResult, Repetition, ViewKind
from movescreen.pipeline import AnalysisRequest, analyze_poses
from movescreen.repetitions import Candidate, assign_sides, recognize_movement
from movescreen.repetitions.recognition import compute_fit
from movescreen.settings import Settings
from tests.support import figure as p
from tests.support.figure import YAWS, Camera, Clip

MAKERS: dict[str, Callable[..., Clip]] = {
    "squat": p.squat,
    "overhead_squat": p.overhead_squat,
    "lunge": p.lunge,
    "bend": p.bend,
    "single_leg_squat": p.single_leg_squat,
    "countermovement_jump": p.jump,
    "sit_to_stand": p.chair_stands,
    "single_leg_stance": p.one_leg_stance,
}
#: A seat behind the feet is not seen by a camera in front of it or behind it.
FROM_THE_SIDE_ONLY = {"sit_to_stand"}
VIEWS = [
    (name, view)
    for name in MAKERS
    for view in YAWS
    if view != "back" and not (name in FROM_THE_SIDE_ONLY and view == "front")
]
WIDE = {"px_per_m": 200.0, "size_px": (1600, 960)}


def _analyze(clip: Clip, movement: str = "auto", view: str = "auto") -> ClipResult:
    return analyze_poses(clip.poses, clip.video, AnalysisRequest(movement, view, Settings(raw=True)))


def _check_reps(result: ClipResult, clip: Clip, within_s: float = 0.1) -> None:
    assert all(r.complete for r in result.reps)
    assert len(result.reps) == len(clip.turns_s)
    np.testing.assert_allclose([r.turn_s for r in result.reps], clip.turns_s, atol=within_s)


def test_every_movement_of_the_catalog_has_a_figure() -> None:
    assert set(MAKERS) == set(load_catalog().movements)


@pytest.mark.parametrize(("name", "view"), VIEWS)
def test_every_movement_is_recognized_in_every_view_that_shows_it(name: str, view: str) -> None:
    clip = MAKERS[name](2, Camera(YAWS[view]))
    result = _analyze(clip)
    assert result.movement.name == name
    assert result.movement.confidence > 0.6
    assert result.movement.scores[name] == max(result.movement.scores.values())
    assert result.view.kind.value == view.partition("_")[0]
    assert result.view.facing == {"side_right": "right", "side_left": "left", "oblique": "right"}.get(view, "")
    _check_reps(result, clip)


@pytest.mark.parametrize("name", MAKERS)
def test_noise_and_perspective_change_nothing(name: str) -> None:
    for yaw in (90.0,) if name in FROM_THE_SIDE_ONLY else (0.0, 90.0):
        clip = MAKERS[name](2, Camera(yaw, distance_m=3.0))
        noisy = Clip(p.with_noise(clip.poses, 3.0), clip.turns_s, clip.depth, clip.posture)
        result = _analyze(noisy)
        assert result.movement.name == name
        _check_reps(result, noisy)


@pytest.mark.parametrize("name", ["squat", "lunge", "bend"])
@pytest.mark.parametrize("yaw", [0.0, 90.0])
def test_hands_outside_the_picture_do_not_hide_the_movement(name: str, yaw: float) -> None:
    clip = MAKERS[name](2, Camera(yaw))
    hands = [
        i
        for i, n in enumerate(BLAZEPOSE.landmarks)
        if n.endswith(("wrist", "pinky", "index", "thumb")) and "foot" not in n
    ]
    image, world = clip.poses.image_xy_px.copy(), clip.poses.world_xyz_m.copy()
    image[:, hands], world[:, hands] = np.nan, np.nan
    result = _analyze(replace(clip, poses=clip.poses.with_points(image, world)))
    assert result.movement.name == name
    _check_reps(result, clip)


@pytest.mark.parametrize("yaw", YAWS.values(), ids=YAWS)
def test_standing_and_walking_are_no_movement(yaw: float) -> None:
    clips = [p.standing(5.0, Camera(yaw)), p.walking(4.0, Camera(yaw, **WIDE))]
    for clip in clips:
        result = _analyze(clip)
        assert (result.movement.name, result.reps, result.findings) == ("none", (), ())


@pytest.mark.parametrize("name", [n for n in MAKERS if n != "sit_to_stand"])  # nobody walks in seated
@pytest.mark.parametrize(
    ("yaw", "turn"), [(90.0, 0.0), (-90.0, 0.0), (0.0, 90.0)], ids=["side_right", "side_left", "front"]
)
def test_walking_in_and_out_adds_nothing(name: str, yaw: float, turn: float) -> None:
    camera = Camera(yaw, **WIDE)
    clip = p.walk_in_and_out(MAKERS[name](2, camera), camera, turn_deg=turn)
    result = _analyze(clip)
    assert result.movement.name == name
    assert result.view.kind is (ViewKind.FRONT if yaw == 0 else ViewKind.SIDE)
    _check_reps(result, clip)
    # somebody who jumps is not planted either: the notice would mean nothing
    assert ("walking" in [n.code for n in result.notices]) == (name != "countermovement_jump")


@pytest.mark.parametrize("name", ["squat", "overhead_squat", "bend"])
def test_walking_up_to_the_camera_and_back_adds_nothing(name: str) -> None:
    camera = Camera(0.0, distance_m=3.5, **WIDE)
    clip = p.walk_in_and_out(MAKERS[name](2, camera), camera, back_out=True)
    result = _analyze(clip)
    assert result.movement.name == name
    assert result.view.kind is ViewKind.FRONT
    _check_reps(result, clip)


@pytest.mark.parametrize("count", [1, 2, 5])
@pytest.mark.parametrize("yaw", [0.0, 180.0])
def test_chair_stands_from_the_front_are_never_guessed(count: int, yaw: float) -> None:
    result = _analyze(p.chair_stands(count, Camera(yaw)))
    assert result.movement.name != "sit_to_stand"
    assert result.movement.scores["sit_to_stand"] == 0.0
    told = "begins_low" in [n.code for n in result.notices]
    assert told == (result.movement.name == "squat") == (count > 1)


@pytest.mark.parametrize("yaw", [0.0, 90.0, -90.0, 45.0, 180.0])
def test_a_squat_that_begins_low_is_told_from_every_view_unless_it_was_named(yaw: float) -> None:
    clip = p.squat(3, Camera(yaw))
    low = p.trim(clip, start_s=clip.turns_s[0])
    told = [n for n in _analyze(low).notices if n.code == "begins_low"]
    assert [n.message.endswith("--movement sit_to_stand.") for n in told] == [True]
    for quiet in (_analyze(clip), _analyze(low, "squat")):
        assert quiet.movement.name == "squat"
        assert "begins_low" not in [n.code for n in quiet.notices]


def test_chair_stands_that_are_named_are_found_from_the_front() -> None:
    clip = p.chair_stands(5, Camera(0.0))
    result = _analyze(clip, "sit_to_stand")
    _check_reps(result, clip)
    assert "begins_low" not in [n.code for n in result.notices]


SEATS = {
    "low": {"seat_up_m": 0.30, "seat_behind_m": 0.42},
    "high": {"seat_up_m": 0.55, "seat_behind_m": 0.32},
    "feet under the seat": {"seat_behind_m": 0.25},
    "hurried": {"lean_s": 0.2, "rise_s": 0.45, "stand_s": 0.05, "sit_s": 0.6},
    "slow": {"lean_s": 0.8, "rise_s": 2.0, "stand_s": 1.0, "sit_s": 2.0},
    "with a far lean": {"lean": 60.0},
}


@pytest.mark.parametrize("seat", SEATS)
@pytest.mark.parametrize("yaw", [90.0, -90.0, 45.0])
def test_chair_stands_of_all_sorts(seat: str, yaw: float) -> None:
    clip = p.chair_stands(3, Camera(yaw), **SEATS[seat])
    result = _analyze(clip)
    assert result.movement.name == "sit_to_stand"
    _check_reps(result, clip)


JUMPS = {
    "low": {"flight_s": 0.3, "dip_m": 0.15},
    "high": {"flight_s": 0.7, "dip_m": 0.35},
    "at 30 frames": {"fps": 30.0},
    "one after the other": {"wait_s": 0.3},
    "flat-footed": {"tip_m": 0.03},
}


@pytest.mark.parametrize("style", JUMPS)
@pytest.mark.parametrize("yaw", [0.0, 90.0])
def test_jumps_of_all_sorts(style: str, yaw: float) -> None:
    clip = p.jump(3, Camera(yaw), **JUMPS[style])
    result = _analyze(clip)
    assert result.movement.name == "countermovement_jump"
    _check_reps(result, clip)


@pytest.mark.parametrize("lead", ["left", "right"])
@pytest.mark.parametrize("changes", [{"lift_m": 0.12}, {"lift_m": 0.4}, {"held_s": 3.0}, {"held_s": 45.0}], ids=str)
def test_stances_of_all_sorts(changes: dict[str, float], lead: str) -> None:
    clip = p.one_leg_stance(1, Camera(0.0), lead=lead, **changes)
    result = _analyze(clip)
    assert result.movement.name == "single_leg_stance"
    assert [r.side for r in result.reps] == [lead]
    _check_reps(result, clip)


SQUATS = {
    "pause at the bottom": {"hold_s": 2.5},
    "pause at the top": {"top_s": 4.0},
    "fast": {"down_s": 0.5, "up_s": 0.5, "hold_s": 0.05, "top_s": 0.15},
    "slow": {"down_s": 4.0, "up_s": 4.0},
    "quarter": {"knee": 55.0, "shank": 18.0, "trunk": 20.0},
    "deep": {"knee": 135.0, "shank": 38.0, "trunk": 45.0},
    "leaning": {"trunk": 70.0},
    "upright": {"trunk": 5.0},
    "shallow and leaning": {"knee": 50.0, "shank": 14.0, "trunk": 60.0},
    "wide": {"stance": 0.3},
}


@pytest.mark.parametrize("style", SQUATS)
@pytest.mark.parametrize("yaw", [0.0, 90.0])
def test_squats_of_all_sorts(style: str, yaw: float) -> None:
    changes = SQUATS[style]
    clip = p.squat(2, Camera(yaw), standing=p.Posture(stance=changes.get("stance", 0.12)), **changes)
    result = _analyze(clip)
    assert result.movement.name == "squat"
    _check_reps(result, clip)


@pytest.mark.parametrize("changes", [{"knee": 30.0}, {"trunk": 60.0}, {"knee": 25.0, "trunk": 110.0}], ids=str)
@pytest.mark.parametrize("yaw", [0.0, 90.0])
def test_bends_of_all_sorts(changes: dict[str, float], yaw: float) -> None:
    clip = p.bend(2, Camera(yaw), **changes)
    result = _analyze(clip)
    assert result.movement.name == "bend"
    assert result.movement.scores["squat"] < 0.5
    _check_reps(result, clip)


@pytest.mark.parametrize("yaw", [0.0, 90.0])
@pytest.mark.parametrize("lift", [0.1, 0.22])
def test_a_lunge_whose_rear_foot_seems_high_is_no_squat_on_one_leg(lift: float, yaw: float) -> None:
    clip = p.lunge(2, Camera(yaw), lead="right", lift_left=lift)
    result = _analyze(clip)
    assert result.movement.name == "lunge"
    assert result.movement.scores["single_leg_squat"] < 0.5
    _check_reps(result, clip)


@pytest.mark.parametrize("yaw", [0.0, 40.0, 90.0])
@pytest.mark.parametrize("arm", [0.0, 90.0, 160.0])
def test_the_arms_may_be_anywhere_in_a_lunge(arm: float, yaw: float) -> None:
    assert _analyze(p.lunge(2, Camera(yaw), arm=arm)).movement.name == "lunge"


def test_one_repetition_is_enough() -> None:
    for name, make in MAKERS.items():
        clip = make(1, Camera(90.0))
        result = _analyze(clip)
        assert result.movement.name == name
        _check_reps(result, clip)


def test_a_half_repetition_in_between_is_still_one() -> None:
    reps = [p.Rep(p.SQUAT), p.Rep(p.SQUAT, depth=0.5), p.Rep(p.SQUAT)]
    clip = p.film_reps(reps, Camera(90.0))
    result = _analyze(clip)
    _check_reps(result, clip)
    assert result.reps[1].excursion < 0.6 * result.reps[0].excursion


@pytest.mark.parametrize(
    "last", [p.Rep(p.SQUAT, hold_s=1.0, up_s=0.0), p.Rep(p.SQUAT, left_over=0.8)], ids=["at the bottom", "a little up"]
)
def test_an_unfinished_last_repetition_is_listed_but_not_judged(last: p.Rep) -> None:
    clip = p.film_reps([p.Rep(p.SQUAT), p.Rep(p.SQUAT), last], Camera(90.0), tail_s=0.0)
    result = _analyze(clip)
    assert [r.complete for r in result.reps] == [True, True, False]
    assert max(f.reps_seen for f in result.findings) == 2


def test_a_bounce_at_the_bottom_is_one_repetition() -> None:
    mid = p.mix(p.Posture(), p.SQUAT, 0.75)
    knots = [0.0, 1.0, 2.2, 2.5, 2.8, 4.0, 4.8]
    postures = [p.Posture(), p.Posture(), p.SQUAT, mid, p.SQUAT, p.Posture(), p.Posture()]
    clip = p.film_knots(knots, postures, [0, 0, 1, 0.75, 1, 0, 0], [2.5], Camera(90.0))
    (rep,) = _analyze(clip).reps
    assert rep.complete
    assert 2.1 < rep.turn_s < 2.9


@pytest.mark.parametrize("yaw", [0.0, 90.0, -90.0, 45.0])
@pytest.mark.parametrize("lead", ["left", "right"])
@pytest.mark.parametrize("make", [p.lunge, p.single_leg_squat, p.one_leg_stance])
def test_the_side_is_the_front_leg_or_the_leg_on_the_ground(make: Callable[..., Clip], lead: str, yaw: float) -> None:
    result = _analyze(make(2, Camera(yaw), lead=lead))
    assert [r.side for r in result.reps] == [lead, lead]


def test_squats_have_no_side() -> None:
    assert {r.side for name in ("squat", "bend") for r in _analyze(MAKERS[name](1)).reps} == {""}


def test_a_named_movement_is_taken_at_its_word() -> None:
    clip = p.squat(2)
    result = _analyze(clip, "single_leg_squat")
    assert (result.movement.name, result.movement.forced, result.movement.confidence) == ("single_leg_squat", True, 1.0)
    assert (result.movement.scores["single_leg_squat"], result.movement.scores["squat"]) == (0.0, 1.0)
    (notice,) = [n for n in result.notices if n.code == "looks_like_another"]
    assert notice.message == "This looks like squat; it was analyzed as single-leg squat because that was named."
    assert not [n for n in _analyze(clip, "squat").notices if n.code == "looks_like_another"]
    assert len(result.reps) == 2
    assert {f.movement for f in result.findings} == {"single_leg_squat"}


def test_an_unknown_movement_names_close_ones() -> None:
    with pytest.raises(UnknownNameError) as error:
        _analyze(p.squat(1), "squatt")
    assert "squat" in error.value.hint


# --- the parts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "fit"), [(5.0, 1.0), (10.0, 1.0), (0.0, 0.0), (2.5, 0.5), (12.0, 0.6), (20.0, 0.0), (np.nan, 0.0)]
)
def test_a_trait_fades_beyond_its_borders(value: float, fit: float) -> None:
    t = np.arange(60) / 30
    rep = Repetition(number=1, start_s=0.2, turn_s=1.0, end_s=1.8, turn_start_s=0.9, turn_end_s=1.1)
    feature = FeatureSpec(signal="x", min=5.0, max=10.0, soft=5.0)
    assert compute_fit(feature, rep, t, np.full(60, value)) == pytest.approx(fit)


def _candidate(name: str, *fits: float) -> Candidate:
    rep = Repetition(number=1, start_s=0.2, turn_s=1.0, end_s=1.8)
    return Candidate(load_catalog().movement(name), (rep,) * len(fits), fits)


@pytest.mark.parametrize(
    ("squat", "lunge", "name", "confidence"),
    [
        ((1.0, 1.0), (), "squat", 1.0),
        ((1.0, 1.0), (0.8, 0.8), "squat", 0.6),
        ((0.6,), (0.9,), "lunge", 0.6),
        ((0.4,), (), "none", 0.6),
        ((), (), "none", 1.0),
        # half of the repetitions are something else
        ((1.0, 1.0, 0.0, 0.0), (), "squat", 0.707),
        # a single one that fits is not enough beside others that do not, nor when it fits in part
        ((1.0, 0.0), (), "none", 0.293),
        ((0.7,), (), "none", 0.3),
        ((0.8,), (), "squat", 0.8),
        # nor are few among many
        ((1.0, 1.0, 0.0, 0.0, 0.0, 0.0), (), "none", 1.0),
    ],
)
def test_the_best_fit_wins_and_a_near_second_lowers_the_confidence(
    squat: tuple[float, ...], lunge: tuple[float, ...], name: str, confidence: float
) -> None:
    match = recognize_movement([_candidate("squat", *squat), _candidate("lunge", *lunge)])
    assert match.name == name
    assert match.confidence == pytest.approx(confidence, abs=0.002)


def test_no_candidates_give_none() -> None:
    assert recognize_movement([]).name == "none"


@pytest.mark.parametrize(("movement", "side"), [("lunge", "left"), ("single_leg_squat", "left"), ("squat", "")])
def test_a_side_that_the_user_names_is_believed_where_a_movement_has_sides(movement: str, side: str) -> None:
    t, rep = np.arange(60) / 30, Repetition(number=1, start_s=0.2, turn_s=1.0, end_s=1.8)
    looks_right = {"stance_split": np.full(60, -0.5), "foot_lift": np.full(60, 0.5)}
    spec = load_catalog().movement(movement)
    assert [r.side for r in assign_sides(spec, [rep], t, looks_right, "left")] == [side]
    assert [r.side for r in assign_sides(spec, [rep], t, looks_right)] == [side and "right"]


def test_a_stance_on_the_other_leg_than_named_is_left_out_and_told() -> None:
    clip = p.one_leg_stance(2, lead="both", held_s=5.0)
    result = analyze_poses(clip.poses, clip.video, AnalysisRequest("single_leg_stance", side="left"))
    assert [rep.side for rep in result.reps] == ["left"]
    assert {m.side for m in result.measures} == {"left"}
    (notice,) = [n for n in result.notices if n.code == "other_leg"]
    assert notice.message.startswith("1 of the stances was on the right leg and not on the left one")


def test_hands_behind_the_head_make_no_overhead_squat() -> None:
    clip = p.squat(2, Camera(0.0))
    index = clip.poses.skeleton.index
    image, world = clip.poses.image_xy_px.copy(), clip.poses.world_xyz_m.copy()
    for points in (image, world):
        for side in ("left", "right"):
            shoulder, hip = points[:, index[f"{side}_shoulder"]], points[:, index[f"{side}_hip"]]
            out = 0.35 * (shoulder - points[:, index["right_shoulder" if side == "left" else "left_shoulder"]])
            points[:, index[f"{side}_elbow"]] = shoulder + 0.55 * (shoulder - hip) + 2 * out
            points[:, index[f"{side}_wrist"]] = shoulder + 0.45 * (shoulder - hip) - out
    result = _analyze(replace(clip, poses=clip.poses.with_points(image, world)))
    assert result.movement.name == "squat"


@pytest.mark.parametrize(("flight_s", "name"), [(0.22, "countermovement_jump"), (0.13, "none")])
def test_stretched_ankles_alone_are_no_jump(flight_s: float, name: str) -> None:
    """Of a dip and a push over the toes into the air for 6 cm, and for 2 cm: the ankles' part is as large in both."""
    assert _analyze(p.jump(2, Camera(0.0), flight_s=flight_s)).movement.name == name


def test_a_movement_that_is_only_just_recognized_gets_no_flags() -> None:
    clip = p.bend(3, Camera(90.0), knee=32.0, trunk=60.0)
    result = _analyze(clip)
    assert (result.movement.name, result.movement.confidence < 0.75) == ("bend", True)
    (notice,) = [n for n in result.notices if n.code == "movement_unsure"]
    assert "--movement bend" in notice.message
    assert "flagged" not in [f.status.value for f in result.findings]
    named = _analyze(clip, "bend")
    assert "movement_unsure" not in [n.code for n in named.notices]
    assert "flagged" in [f.status.value for f in named.findings]
