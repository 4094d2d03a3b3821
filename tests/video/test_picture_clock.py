"""Pictures that stand, are doubled or in the wrong order are told from the pictures alone; who stands still or turns round is not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from movescreen.model import FloatArray, Frame
from movescreen.video.picture_clock import DIFFERENT_PICTURES, PictureClock, PictureTiming
from tests.support import figure as p

FPS = 30.0


def _picture(place: float, noise: float, rng: np.random.Generator) -> np.ndarray:
    """Return a picture of somebody whose body, a bright block, is so far down, 0..1."""
    image = np.full((240, 160, 3), 90.0)
    top = 40 + 100 * place
    rows = np.arange(240)
    cover = np.clip(rows - top + 0.5, 0, 1) * np.clip(top + 70 - rows + 0.5, 0, 1)
    image[:, 50:110] += 120 * cover[:, None, None]
    return np.clip(image + rng.normal(0, noise, image.shape), 0, 255).astype(np.uint8)


def _places(seconds: float = 9.0, fps: float = FPS) -> FloatArray:
    """Return squats: down, a held bottom, up, a rest."""
    t = np.arange(0, seconds, 1 / fps)
    return p.ease(t % 3.0, [0.0, 0.6, 1.4, 1.8, 2.6, 3.0], [0, 0, 1, 1, 0, 0])


def _judge(
    places: Sequence[float] | FloatArray, fps: float = FPS, noise: float = 0.0, repeats: int = 1
) -> PictureTiming:
    rng, clock = np.random.default_rng(0), PictureClock()
    pictures = [_picture(float(place), noise, rng) for place in places]
    for i, image in enumerate(image for image in pictures for _ in range(repeats)):
        clock.update(Frame(image, i / fps, i))
    return clock.judge()


def _codes(timing: PictureTiming) -> list[str]:
    return [n.code for n in timing.notices(FPS)]


@pytest.mark.parametrize("noise", [0.0, 3.0])
@pytest.mark.parametrize("fps", [10.0, 30.0, 60.0])
def test_somebody_who_rests_and_holds_is_no_standing_picture(fps: float, noise: float) -> None:
    timing = _judge(_places(fps=fps), fps, noise)
    assert _codes(timing) == []
    assert not timing.stands.any()
    assert timing.share == 1.0


def test_a_picture_that_stands_while_the_person_goes_on_is_found() -> None:
    places = _places()
    places[30:70] = places[30]
    timing = _judge(places)
    assert timing.spans_s == ((pytest.approx(30 / FPS), pytest.approx(70 / FPS)),)
    assert np.flatnonzero(timing.stands).tolist() == list(range(31, 70))
    (notice,) = timing.notices(FPS)
    assert notice.code == "picture_stands"
    assert "stands for 1.3 s at 1.0 s" in notice.message


def test_a_picture_that_stands_while_only_the_clock_goes_on_is_found() -> None:
    places = _places()
    timing = _judge(np.concatenate([places[:32], np.full(60, places[31]), places[32:]]))
    assert timing.spans_s == ((pytest.approx(31 / FPS), pytest.approx(92 / FPS)),)


@pytest.mark.parametrize("noise", [0.0, 3.0])
@pytest.mark.parametrize("repeats", [2, 3])
def test_doubled_pictures_are_told_with_the_true_rate(repeats: int, noise: float) -> None:
    timing = _judge(_places(), 30.0 * repeats, noise, repeats)
    assert timing.share == pytest.approx(1 / repeats, abs=0.08)
    assert _codes(timing) == ["pictures_doubled"]


def test_pictures_in_the_wrong_order_are_told() -> None:
    places = _places()
    pairs = places[: len(places) // 2 * 2].reshape(-1, 2)[:, ::-1].ravel()
    assert _codes(_judge(pairs)) == ["pictures_exchanged"]


def test_a_fast_bounce_is_in_the_right_order() -> None:
    t = np.arange(0, 6, 1 / FPS)
    assert _codes(_judge(0.3 + 0.3 * np.sin(2 * np.pi * 2.5 * t))) == []


@pytest.mark.parametrize("count", [0, 1, 4])
def test_a_few_pictures_say_nothing(count: int) -> None:
    timing = _judge(np.zeros(count))
    assert (_codes(timing), timing.share) == ([], 1.0)


def test_poses_of_a_standing_picture_are_left_out() -> None:
    clip = p.squat(2)
    rng, clock = np.random.default_rng(0), PictureClock()
    places = _places(len(clip.poses) / FPS + 1)[: len(clip.poses)]
    places[30:70] = places[30]
    for i, place in enumerate(places):
        clock.update(Frame(_picture(float(place), 0.0, rng), i / FPS, i))
    poses, notices = clock.apply(clip.poses)
    assert [n.code for n in notices] == ["picture_stands"]
    assert np.flatnonzero(~poses.detected).tolist() == list(range(31, 70))
    assert poses.extras[DIFFERENT_PICTURES].shape == (len(poses),)
