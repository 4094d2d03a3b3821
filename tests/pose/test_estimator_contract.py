"""What every pose engine must do. A new engine needs an entry in ``MAKERS``; the first test says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import av
import numpy as np
import pytest

from movescreen.errors import UnknownNameError
from movescreen.model import BLAZEPOSE, Frame
from movescreen.pose import ENGINES, DetectedPose, PoseEstimator, create_estimator
from tests.conftest import SAMPLES

#: Frames of the sample clip that the engines see.
FRAMES = 6


#: Engine -> how to make one that can be shown the given frames.
MAKERS: dict[str, Callable[[list[Frame]], PoseEstimator]] = {
    "mediapipe": lambda people: create_estimator("mediapipe", model="lite"),
}


def test_every_engine_is_under_contract() -> None:
    assert set(MAKERS) == set(ENGINES)


@pytest.fixture(scope="module")
def people() -> list[Frame]:
    """A few frames with one person."""
    with av.open(str(SAMPLES / "squat_front.mp4")) as container:
        pictures = [picture for picture, _ in zip(container.decode(video=0), range(FRAMES), strict=False)]
        return [
            Frame(np.ascontiguousarray(picture.to_ndarray(format="rgb24")), float(picture.time), number)
            for number, picture in enumerate(pictures)
        ]


@pytest.fixture(params=sorted(MAKERS))
def engine(request: pytest.FixtureRequest, people: list[Frame]) -> Iterator[PoseEstimator]:
    made = MAKERS[request.param](people)
    yield made
    made.close()


def empty(frame: Frame, index: int) -> Frame:
    return Frame(np.full_like(frame.image, 128), frame.time_s, index)


@pytest.mark.network
def test_a_pose_is_complete_finite_and_in_pixels_of_the_frame(engine: PoseEstimator, people: list[Frame]) -> None:
    k = len(BLAZEPOSE.landmarks)
    height, width = people[0].image.shape[:2]
    for frame in people:
        found = engine.detect(frame)
        assert isinstance(found, tuple)
        (pose,) = found
        assert isinstance(pose, DetectedPose)
        assert (pose.image_xy_px.shape, pose.world_xyz_m.shape, pose.visibility.shape) == ((k, 2), (k, 3), (k,))
        for values in (pose.image_xy_px, pose.world_xyz_m, pose.visibility):
            assert values.dtype == np.float64
            assert np.isfinite(values).all()
        assert (pose.visibility >= 0).all()
        assert (pose.visibility <= 1).all()
        assert (pose.image_xy_px >= 0).all()
        assert (pose.image_xy_px <= (width, height)).all()
        shoulders, ankles = (
            pose.image_xy_px[BLAZEPOSE.indices([f"left_{j}", f"right_{j}"])] for j in ("shoulder", "ankle")
        )
        assert 0.3 * height < ankles[:, 1].mean() - shoulders[:, 1].mean() < 0.6 * height
        # this person faces the camera: their left is on the right of the picture, in both kinds of landmarks
        left, right = BLAZEPOSE.index["left_shoulder"], BLAZEPOSE.index["right_shoulder"]
        assert pose.image_xy_px[left, 0] > pose.image_xy_px[right, 0]
        assert pose.world_xyz_m[left, 0] > pose.world_xyz_m[right, 0]
        assert pose.world_xyz_m[left, 1] < 0 < pose.world_xyz_m[BLAZEPOSE.index["left_ankle"], 1]


@pytest.mark.network
def test_an_empty_picture_has_nobody_and_no_coordinates(engine: PoseEstimator, people: list[Frame]) -> None:
    assert engine.detect(empty(people[0], 1000)) == ()


@pytest.mark.network
def test_frames_at_one_and_the_same_time_are_all_answered(engine: PoseEstimator, people: list[Frame]) -> None:
    for frame in people:
        assert len(engine.detect(Frame(frame.image, 7.25, frame.index))) == 1


@pytest.mark.network
def test_it_says_what_it_is(engine: PoseEstimator) -> None:
    assert engine.info.engine
    assert all(
        isinstance(value, str) for value in (engine.info.engine, engine.info.model_name, engine.info.model_sha256)
    )


@pytest.mark.network
def test_closing_twice_is_fine_and_a_closed_engine_is_not_used(engine: PoseEstimator, people: list[Frame]) -> None:
    with engine as same:
        assert same is engine
        engine.detect(people[0])
    engine.close()
    with pytest.raises(RuntimeError, match="closed"):
        engine.detect(people[1])


def test_an_unknown_engine_is_answered_with_close_names() -> None:
    with pytest.raises(UnknownNameError) as caught:
        create_estimator("mediapip")
    assert caught.value.hint == "did you mean mediapipe?"


def test_a_name_is_registered_once() -> None:
    with pytest.raises(RuntimeError, match="registered twice"):
        ENGINES.register("mediapipe")(lambda: create_estimator("mediapipe"))
