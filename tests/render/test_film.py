"""The small film of a clip that is made while it is analyzed."""

from __future__ import annotations

import io
from dataclasses import replace

import av
import numpy as np
import pytest

from movescreen.model import ClipResult, Frame
from movescreen.pose import DetectedPose
from movescreen.render.film import Film, FilmWatch
from tests.support.results import side_squat


@pytest.fixture(scope="module")
def result() -> ClipResult:
    """Return somebody who squats, in small pictures."""
    made = side_squat()
    width, height = made.poses.image_size_px
    small = made.poses.with_points(made.poses.image_xy_px / 4, made.poses.world_xyz_m)
    return replace(made, poses=replace(small, image_size_px=(width // 4, height // 4)))


def watch(result: ClipResult, since: int = 0) -> FilmWatch:
    """Film a result's person on gray, from one frame on, after a reading that is begun anew."""
    filming, poses = FilmWatch(), result.poses
    width, height = poses.image_size_px
    for first in (since + 40, since):
        filming.restart()
        for row in range(first, len(poses)):
            image = np.full((height, width, 3), gray_of(row), np.uint8)
            person = DetectedPose(poses.image_xy_px[row], poses.world_xyz_m[row], poses.visibility[row])
            filming.on_frame(Frame(image, float(poses.time_s[row]), int(poses.frame_index[row])), person)
    return filming


def gray_of(row: int) -> int:
    return 60 + 40 * (row % 4)


def pictures(film: Film) -> list[tuple[float, int]]:
    """Return the time in the clip and the gray of every picture of a film."""
    with av.open(io.BytesIO(film.data)) as container:
        return [(film.start_s + float(f.time or 0), int(f.to_ndarray(format="rgb24")[20, 20, 0])) for f in container.decode(video=0)]  # fmt: skip


def test_each_picture_has_its_own_time(result: ClipResult) -> None:
    film = watch(result).finish(result)
    assert film is not None
    for time_s, gray in pictures(film):
        row = int(np.argmin(np.abs(result.poses.time_s - time_s)))
        assert abs(result.poses.time_s[row] - time_s) < 1e-3
        assert abs(gray - gray_of(row)) <= 4


def test_it_holds_the_repetitions_and_little_else(result: ClipResult) -> None:
    last = replace(result, reps=result.reps[-1:])
    film = watch(result).finish(last)
    assert film is not None
    start_s, end_s = last.reps[0].start_s - 2.0, last.reps[-1].end_s + 2.0
    times = [time_s for time_s, _ in pictures(film)]
    assert start_s - 1.1 <= times[0] <= max(start_s, 0.0) + 1e-3
    assert min(end_s, result.poses.time_s[-1]) - 0.1 <= times[-1] <= end_s + 1.1


def test_the_person_is_in_it(result: ClipResult) -> None:
    film = watch(result).finish(result)
    assert film is not None
    shares = result.poses.image_xy_px / np.array(result.poses.image_size_px)
    assert (shares >= np.array(film.box[:2]) - 1e-6).all()
    assert (shares <= np.array(film.box[2:]) + 1e-6).all()


def test_somebody_who_leaves_what_was_filmed_is_filmed_anew(result: ClipResult) -> None:
    up = result.poses.image_xy_px.copy()
    up[-1, :, 1] -= up[-1, :, 1].min()
    assert watch(result).finish(replace(result, poses=replace(result.poses, image_xy_px=up))) is None


def test_what_begins_too_late_or_by_another_clock_is_filmed_anew(result: ClipResult) -> None:
    assert watch(result, since=50).finish(result) is None
    slower = replace(result, poses=replace(result.poses, time_s=result.poses.time_s * 2))
    assert watch(result).finish(slower) is None
    assert FilmWatch().finish(result) is None
