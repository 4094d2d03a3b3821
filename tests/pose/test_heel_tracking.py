"""The rise of a foot is told apart from a shank that tips over a planted one."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from movescreen.model import BLAZEPOSE, Frame
from movescreen.pose.heel_tracking import (
    _ANKLE_LEVER,
    _STATION,
    _UPPER_LEVER,
    HeelTracker,
    _Floor,
    _Foot,
    _read_rise,
    _weigh_witnesses,
)

FOOT_PX = 60.0
BALL, ANKLE = 0.28, 0.86


def _points(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0.6, 1.1, 24)


@pytest.mark.parametrize("heel_share", [0.0, 0.1, 0.25])
@pytest.mark.parametrize("shank_turn", [0.0, 0.15])
def test_only_the_turn_about_the_ball_counts(heel_share: float, shank_turn: float) -> None:
    behind = _points()
    foot_turn = heel_share / (1 - BALL)
    rise = FOOT_PX * (foot_turn * (behind - BALL) + shank_turn * (behind - ANKLE))
    wanted = FOOT_PX * foot_turn * (_STATION - BALL)
    assert _read_rise(behind, rise, FOOT_PX) == pytest.approx(wanted, abs=0.01 * FOOT_PX)


def test_points_that_lost_the_foot_do_not_decide() -> None:
    behind = _points()
    rise = FOOT_PX * 0.2 * (behind - BALL)
    lost = rise.copy()
    lost[:5] += 30.0
    assert _read_rise(behind, lost, FOOT_PX) == pytest.approx(_read_rise(behind, rise, FOOT_PX), abs=0.02 * FOOT_PX)


def test_points_all_in_one_place_give_their_own_rise() -> None:
    behind = np.full(6, 0.8) + np.linspace(-1e-4, 1e-4, 6)
    assert _read_rise(behind, np.full(6, 5.0), FOOT_PX) == pytest.approx(5.0, abs=0.05)


@pytest.mark.parametrize(("edge", "share"), [((0.0, 0.07), 0.40), ((0.0, 0.0), 0.0)])
def test_the_edge_tells_whether_and_the_shoe_how_far_a_heel_rises(edge: tuple[float, float], share: float) -> None:
    """Of four points at the edge two lie on the floor and two are held back by it; or the shoe is down and a hem slid up."""
    behind = np.array([0.67, 0.73, 0.87, 1.04, *np.linspace(0.6, 1.1, 8)])
    above = np.array([0.04, 0.06, 0.09, 0.01, *np.full(8, 0.2)])
    rise = np.array([edge[0], edge[0], edge[1], edge[1], *np.full(8, 0.40 * _UPPER_LEVER)]) * FOOT_PX
    seeds = np.zeros((12, 1, 2), np.float32)
    points = seeds - np.stack([np.zeros(12), rise], axis=1)[:, None].astype(np.float32)
    crop = np.zeros((1, 1), np.uint8)
    floor = _Floor(crop, np.zeros((0, 1, 2), np.float32), 0.0)
    foot = _Foot(seeds, behind, above, points, crop, (0, 0), FOOT_PX, floor, 0, (0.0, 0.0))
    assert _weigh_witnesses(foot, 0.0) / _ANKLE_LEVER / FOOT_PX == pytest.approx(share, abs=0.02)


# --- on pictures ----------------------------------------------------------------------------------------------------

FPS, N, STAND = 15.0, 45, 12
HEEL, TOE, LEG_PX = np.array([170.0, 330.0]), np.array([230.0, 333.0]), 200.0
LENGTH = float(np.linalg.norm(HEEL - TOE))


def _texture(shape: tuple[int, int], low: int, high: int, seed: int) -> np.ndarray:
    rough = np.random.default_rng(seed).uniform(low, high, (shape[0] // 4 + 1, shape[1] // 4 + 1)).astype(np.float32)
    return cv2.resize(rough, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)


FLOOR, SHOE, HEM = (_texture((400, 400), *tones) for tones in ((150, 190, 1), (20, 110, 2), (90, 240, 3)))


def _picture(turn: float, hem_up: float, seed: int) -> np.ndarray:
    """Return a shoe on a floor; turned about its ball so that the heel rises by ``turn`` lengths, under a hem that slid up."""
    image = FLOOR.copy()
    shoe = np.array([[158, 312], [200, 308], [236, 326], [240, 342], [158, 342]], np.int32)
    mask = cv2.fillPoly(np.zeros(image.shape, np.uint8), [shoe], 255)
    ball = TOE + BALL * (HEEL - TOE) + np.array([0, 8])
    move = cv2.getRotationMatrix2D((float(ball[0]), float(ball[1])), -np.degrees(np.arctan(turn / (1 - BALL))), 1.0)
    shown = cv2.warpAffine(SHOE, move, image.shape[::-1])
    image = np.where(cv2.warpAffine(mask, move, image.shape[::-1]) > 127, shown, image)
    top, bottom = int(250 - hem_up), int(326 - hem_up)
    image[top:bottom, 160:196] = HEM[50 : 50 + bottom - top, 160:196]
    noisy = image + np.random.default_rng(seed).normal(0, 1.5, image.shape)
    return np.repeat(np.clip(noisy, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)


def _landmarks(share: float) -> np.ndarray:
    """Return landmarks of a leg over that shoe, bent by ``share`` of the way down."""
    points = np.zeros((33, 2))
    ankle, bend = HEEL + np.array([12.0, -25.0]), np.radians(100.0 * share)
    shin, thigh = np.radians(28.0 * share), np.radians(28.0 * share) - bend
    knee = ankle + LEG_PX / 2 * np.array([np.sin(shin), -np.cos(shin)])
    hip = knee + LEG_PX / 2 * np.array([np.sin(thigh), -np.cos(thigh)])
    for side in ("left", "right"):
        for name, at in (("hip", hip), ("knee", knee), ("ankle", ankle), ("heel", HEEL), ("foot_index", TOE)):
            points[BLAZEPOSE.index[f"{side}_{name}"]] = at
        points[BLAZEPOSE.index[f"{side}_shoulder"]] = hip + np.array([20.0 * share, -110.0])
    return points


def _read(heel_share: float, hem_px: float = 0.0, early: float = 1.0) -> float:
    """Return the rise of the heel at the bottom, share of the foot's length; the heel is ``early`` times ahead of the knee."""
    tracker, last = HeelTracker(), float("nan")
    for i in range(N):
        share = float(np.clip((i - STAND) / (N - STAND - 8), 0, 1))
        turn = heel_share * min(early * share, 1.0)
        picture = _picture(turn, hem_px * share + turn * LENGTH, i)
        last = tracker.push(Frame(picture, i / FPS, i), _landmarks(share))[1].rise_px
    return last / _ANKLE_LEVER / LENGTH


@pytest.mark.parametrize("hem_px", [0.0, 6.0, 14.0])
def test_a_planted_shoe_stays_down_whatever_the_hem_does(hem_px: float) -> None:
    assert abs(_read(0.0, hem_px)) < 0.03


@pytest.mark.parametrize("heel_share", [0.15, 0.30])
@pytest.mark.parametrize("early", [1.0, 4.0])
def test_a_shoe_that_turns_about_its_ball_rises_also_before_the_knee_seems_to_bend(
    heel_share: float, early: float
) -> None:
    # what holds floor in its window reads less on people than on this picture, and is scaled for people
    assert 0.7 * heel_share < _read(heel_share, early=early) < 2.2 * heel_share


def test_nothing_is_read_before_the_person_stood_still() -> None:
    tracker = HeelTracker()
    for i in range(20):
        moving = _landmarks(0.05 + 0.045 * i)
        assert all(np.isnan(foot.rise_px) for foot in tracker.push(Frame(_picture(0.0, 0.0, i), i / FPS, i), moving))
