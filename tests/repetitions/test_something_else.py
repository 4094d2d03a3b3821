"""What is no movement of the catalog is never taken for one: it is described, and nothing in it is judged."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from movescreen.errors import PictureTurned
from movescreen.model import ClipResult
from movescreen.pipeline import AnalysisRequest, analyze_poses, missing_answer
from movescreen.repetitions import PartMotion, describe_something_else
from movescreen.settings import Settings
from tests.support import figure as p
from tests.support import something_else
from tests.support.figure import Camera, Clip

WIDE = {"px_per_m": 200.0, "size_px": (1600, 960)}
#: A wall behind the back is not seen from the front, one before the hands from the side only.
LOOKS_LIKE_ANOTHER = {
    ("wall slide", 0.0): "squats",
}


def _analyze(clip: Clip, movement: str = "auto") -> ClipResult:
    return analyze_poses(clip.poses, clip.video, AnalysisRequest(movement, "auto", Settings(raw=True)))


@pytest.mark.parametrize("name", something_else.VARIANTS)
@pytest.mark.parametrize("yaw", [0.0, 90.0, -40.0])
def test_something_else_is_no_movement_and_has_no_findings(name: str, yaw: float) -> None:
    if taken_for := LOOKS_LIKE_ANOTHER.get((name, yaw)):
        pytest.xfail(f"taken for {taken_for}")
    clip = something_else.draw(name, Camera(yaw, **WIDE))
    try:
        result = _analyze(clip)
    except PictureTurned:
        assert name.startswith(("push-up", "plank"))
        return
    assert (result.movement.name, result.reps, result.findings, result.measures) == ("none", (), (), ())


@pytest.mark.parametrize(
    ("name", "times", "every_s", "words"),
    [
        ("side lunge", 3, 2.8, "one knee bends more than the other"),
        ("jumping jack", 5, 1.0, "the feet go apart"),
        ("swing", 4, 1.5, "the arms rise"),
        ("rope, slow", 8, 0.6, "the knees bend"),
        ("high knees", 11, 0.6, "a foot leaves the floor"),
    ],
)
def test_what_repeats_is_described(name: str, times: int, every_s: float, words: str) -> None:
    result = _analyze(something_else.draw(name, Camera(0.0, **WIDE)))
    (notice,) = [n for n in result.notices if n.code == "something_else"]
    assert f"about {times} times, once every {every_s:.1f} s" in notice.message
    assert words in notice.message
    error = missing_answer(result)
    assert error is not None
    assert "A movement that repeats, but none that movescreen knows" in str(error)


@pytest.mark.parametrize(
    ("name", "nearest", "why"),
    [
        ("good morning", "forward bend", "raise of both arms"),
        ("wall slide", "squat", "shoulders behind the feet"),
        ("step-up, low", "lunge", "drop of the hips over the standing foot"),
        ("jumping jack", "jump on the spot", "distance between the feet"),
        ("step-up", "", ""),
    ],
)
def test_something_else_is_told_what_it_comes_nearest_to_and_why_it_is_not_that(
    name: str, nearest: str, why: str
) -> None:
    result = _analyze(something_else.draw(name, Camera(90.0, **WIDE)))
    (notice,) = [n for n in result.notices if n.code == "something_else"]
    _, said, after = notice.message.partition("It comes nearest to the ")
    assert bool(said) == bool(nearest)
    assert after.startswith(nearest)
    assert why in after


def test_a_refused_exercise_on_the_floor_is_named_as_such() -> None:
    with pytest.raises(PictureTurned, match="exercise on the floor"):
        _analyze(something_else.draw("push-up", Camera(90.0, **WIDE)))


@pytest.mark.parametrize("name", ["wall sit", "sitting down", "plank"])
def test_what_happens_once_or_is_held_does_not_repeat(name: str) -> None:
    result = _analyze(something_else.draw(name, Camera(0.0, **WIDE)))
    assert "something_else" not in [n.code for n in result.notices]


def test_a_known_movement_is_not_described_as_something_else() -> None:
    for named in ("auto", "squat"):
        assert "something_else" not in [n.code for n in _analyze(p.squat(3), named).notices]


def test_a_named_movement_is_taken_at_its_word_also_when_it_is_something_else() -> None:
    clip = something_else.draw("side lunge", Camera(0.0, **WIDE))
    result = _analyze(clip, "squat")
    assert (result.movement.name, len(result.reps)) == ("squat", 3)


@pytest.mark.parametrize("arm", [110.0, 140.0])
def test_hands_at_the_head_are_no_raised_arms(arm: float) -> None:
    clip = something_else.film(_squat_with_hands_at_the_head(arm), 9.0, Camera(90.0, **WIDE))
    assert _analyze(clip).movement.name == "squat"


def _squat_with_hands_at_the_head(bent: float) -> something_else.Moves:
    def moves(t: float) -> something_else.Stance:
        s, _ = something_else.cycle(t, 2.8)
        arms = ((60.0, 10.0, bent), (60.0, 10.0, bent))
        return something_else.Stance(something_else.hip_over(5 + 95 * s, 0.18 * s), 40 * s, arms=arms)

    return moves


@pytest.mark.parametrize("name", ["swing", "swing, knees bent", "swing, hinge", "deadlift", "deadlift, deep"])
@pytest.mark.parametrize("hidden", ["left", "right"])
def test_one_arm_that_is_seen_tells_a_swing_and_a_lift_from_a_squat(name: str, hidden: str) -> None:
    clip = something_else.without_arm(something_else.draw(name, Camera(90.0, **WIDE)), hidden)
    assert _analyze(clip).movement.name == "none"


@pytest.mark.parametrize("hidden", ["left", "right"])
def test_a_squat_with_one_arm_hidden_stays_a_squat(hidden: str) -> None:
    clip = something_else.film(_squat_that_raises_the_arms(85.0, 80.0), 9.0, Camera(90.0, **WIDE))
    assert _analyze(something_else.without_arm(clip, hidden)).movement.name == "squat"


@pytest.mark.parametrize("yaw", [0.0, 90.0])
@pytest.mark.parametrize(("up", "name"), [(85.0, "squat"), (150.0, "none")])
def test_arms_may_come_forward_in_a_squat_but_do_not_fly_up(up: float, name: str, yaw: float) -> None:
    clip = something_else.film(_squat_that_raises_the_arms(5.0, up), 9.0, Camera(yaw, **WIDE))
    assert _analyze(clip).movement.name == name


def _squat_that_raises_the_arms(before: float, down: float) -> something_else.Moves:
    def moves(t: float) -> something_else.Stance:
        s, _ = something_else.cycle(t, 2.8)
        raised = before + (down - before) * s
        arms = ((raised, 6.0, 5.0), (raised, 6.0, 5.0))
        return something_else.Stance(something_else.hip_over(5 + 95 * s, 0.18 * s), 40 * s, arms=arms)

    return moves


@pytest.mark.parametrize(("trunk", "name"), [(10.0, "single_leg_stance"), (75.0, "none")])
@pytest.mark.parametrize("yaw", [0.0, -45.0, 90.0])
def test_who_stands_on_one_leg_is_upright(trunk: float, name: str, yaw: float) -> None:
    def moves(t: float) -> something_else.Stance:
        s = something_else.ease((t - 1.0) / 0.8) * (1 - something_else.ease((t - 7.0) / 0.8))
        lifted = something_else.Foot(-0.11, 0.25 * s)
        return something_else.Stance((0.0, something_else.TALL_M, 0.0), trunk * s, right=lifted)

    assert _analyze(something_else.film(moves, 9.0, Camera(yaw, **WIDE))).movement.name == name


@pytest.mark.parametrize(("share", "name"), [(0.2, "none"), (0.9, "bend")])
def test_a_person_who_is_hardly_seen_does_not_move_in_a_known_way(share: float, name: str) -> None:
    clip = p.bend(3)
    seen = np.random.default_rng(1).permutation(len(clip.poses)) < share * len(clip.poses)
    seen[[0, -1]] = True
    lost = ~seen[:, None, None]
    poses = clip.poses.with_points(
        np.where(lost, np.nan, clip.poses.image_xy_px), np.where(lost, np.nan, clip.poses.world_xyz_m)
    )
    assert _analyze(replace(clip, poses=poses)).movement.name == name


# --- the description by itself ----------------------------------------------------------------------------------------

TIME_S = np.arange(0, 10, 1 / 30)


def _part(period_s: float, size: float = 60.0, words: str = "the arms rise", least: float = 45.0) -> PartMotion:
    return PartMotion(words, size * (1 - np.cos(2 * np.pi * TIME_S / period_s)) / 2, least)


def test_the_part_that_moves_most_says_how_often() -> None:
    notice = describe_something_else(TIME_S, [_part(2.0, 90.0), _part(1.0, 30.0, "the knees bend", 25.0)])
    assert notice is not None
    assert "about 5 times, once every 2.0 s, the arms rise and the knees bend" in notice.message
    assert notice.affects == ("all",)


def test_small_or_single_motions_are_no_repeating() -> None:
    assert describe_something_else(TIME_S, [_part(2.0, 40.0)]) is None
    assert describe_something_else(TIME_S, [_part(10.0)]) is None
    assert describe_something_else(TIME_S, [PartMotion("the arms rise", np.full(300, np.nan), 45.0)]) is None
    assert describe_something_else(TIME_S, []) is None


def test_a_body_that_is_cut_off_is_not_called_something_else() -> None:
    clip = p.squat(3, Camera(0.0))
    image = clip.poses.image_xy_px.copy()
    image[..., 1] += 0.98 * clip.poses.image_size_px[1] - np.nanmin(clip.poses.xy("left_knee")[:, 1])
    result = _analyze(replace(clip, poses=clip.poses.with_points(image, clip.poses.world_xyz_m)))
    error = missing_answer(result)
    assert error is not None
    assert "could not be told. Not the whole body is in the picture" in str(error)
