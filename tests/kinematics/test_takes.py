"""Takes: cuts, fades and changes of view are found in the poses; each take is judged for itself, and what is left out is told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from movescreen.catalog import load_catalog
from movescreen.kinematics.takes import split_takes
from movescreen.model import ClipResult, PoseSequence, Repetition
from movescreen.pipeline import analyze_poses
from movescreen.pipeline.analysis import _fitting
from movescreen.repetitions import Candidate
from tests.support import figure as p
from tests.support.figure import FPS, Camera, Clip


def _join(*parts: PoseSequence) -> PoseSequence:
    first = parts[0]
    count = sum(len(part) for part in parts)

    def all_of(name: str) -> np.ndarray:
        return np.concatenate([getattr(part, name) for part in parts])

    return replace(
        first, time_s=np.arange(count) / FPS, frame_index=np.arange(count), extras={}, image_xy_px=all_of("image_xy_px"),
        world_xyz_m=all_of("world_xyz_m"), visibility=all_of("visibility"),
    )  # fmt: skip


def _analyze(poses: PoseSequence) -> ClipResult:
    return analyze_poses(poses, replace(p.squat(1).video, duration_s=float(poses.time_s[-1])))


def _moved(poses: PoseSequence, x_px: float) -> PoseSequence:
    return poses.with_points(poses.image_xy_px + np.array([x_px, 0.0]))


FRONT, SIDE = p.squat(3, Camera(0.0)).poses, p.squat(2, Camera(90.0)).poses


@pytest.mark.parametrize(("parts", "view", "reps"), [((FRONT, SIDE), "front", 3), ((SIDE, FRONT), "front", 3)])
def test_of_two_views_the_longest_take_is_judged_and_the_other_one_is_told(
    parts: tuple[PoseSequence, ...], view: str, reps: int
) -> None:
    poses = _join(*parts)
    found = _analyze(poses)
    assert (found.view.kind.value, sum(rep.complete for rep in found.reps)) == (view, reps)
    (notice,) = [n for n in found.notices if n.code == "several_takes"]
    cut_s = len(parts[0]) / FPS
    assert f"it is cut at {cut_s:.1f} s" in notice.message
    assert "Left out: 2 repetitions of the squat, seen from the side" in notice.message
    # the whole clip stays there, measured only where it was judged
    assert found.poses == poses
    assert len(found.series.time_s) == len(poses)
    inside = (poses.time_s >= cut_s) == (parts[0] is SIDE)
    assert not found.series.valid["pelvis_drop"][~inside].any()
    assert found.series.valid["pelvis_drop"][inside].mean() > 0.9
    assert all(inside[np.searchsorted(poses.time_s, rep.turn_s)] for rep in found.reps)


def test_a_piece_cut_out_parts_two_takes() -> None:
    low = int(np.argmax(FRONT.xy("mid_hip")[:, 1]))
    poses = _join(FRONT.slice(0, low), FRONT.slice(low + 45, len(FRONT)))
    takes = split_takes(poses)
    assert [(t.start, t.begins_with) for t in takes] == [(0, ""), (low, "cut")]
    assert sum(rep.complete for rep in _analyze(poses).reps) == 2


def test_a_person_who_is_suddenly_elsewhere_was_cut() -> None:
    assert [t.start for t in split_takes(_join(FRONT, _moved(FRONT, 150.0)))] == [0, len(FRONT)]


def test_what_the_pictures_told_counts() -> None:
    told = np.where(np.arange(len(FRONT)) < 200, 0.0, 1.0)
    assert [t.start for t in split_takes(p.with_extras(FRONT, take=told))] == [0, 200]


@pytest.mark.parametrize(
    "clip",
    [
        p.squat(2, Camera(0.0)), p.squat(2, Camera(90.0)), p.lunge(2, Camera(0.0)), p.bend(2, Camera(90.0)), p.jump(2, Camera(0.0)), p.walk_in_and_out(p.squat(2, Camera(0.0)), Camera(0.0)),
        p.chair_stands(3, Camera(90.0)), p.one_leg_stance(1), p.walking(4.0),
    ],
)  # fmt: skip
def test_nothing_that_people_do_is_a_cut(clip: Clip) -> None:
    for poses in (clip.poses, p.with_noise(clip.poses, 2.0)):
        assert [t.begins_with for t in split_takes(poses) if t.begins_with == "cut"] == []


def test_a_frame_that_slipped_is_no_cut() -> None:
    image = FRONT.image_xy_px.copy()
    image[120] += 300.0
    assert len(split_takes(FRONT.with_points(image))) == 1


def test_repetitions_that_do_not_fit_are_counted_and_named_with_the_reason() -> None:
    reps = tuple(Repetition(number=i, start_s=3.0 * i, turn_s=3.0 * i + 1, end_s=3.0 * i + 2) for i in (1, 2, 3))
    spec = load_catalog().movement("squat")
    candidate = Candidate(spec, reps, (1.0, 0.1, 1.0), (("pelvis_drop",), ("stance_split",), ("pelvis_drop",)))
    kept, (notice,) = _fitting(candidate, forced=False)
    assert kept == [reps[0], reps[2]]
    assert (
        notice.message
        == "1 of 3 repetitions (at 7.0 s) did not look like the squat and was left out: one leg ahead of the other."
    )
    assert _fitting(candidate, forced=True) == (list(reps), ())
    assert _fitting(replace(candidate, fits=(1.0, 1.0, 1.0)), forced=False) == (list(reps), ())
