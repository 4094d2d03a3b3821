"""The rise of a foot is told apart from a shank that tips over a planted one."""

from __future__ import annotations

import numpy as np
import pytest

from movescreen.pose.heel_tracking import _STATION, _read_rise

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
