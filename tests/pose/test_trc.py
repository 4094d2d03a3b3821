"""Marker files of others as poses: as Sports2D writes them, in pixels and in meters, and what is none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import movescreen
from movescreen.errors import InputError
from movescreen.model import PoseSequence
from movescreen.pose.flat import give_depth
from movescreen.pose.recorded import save_poses
from movescreen.pose.trc import load_trc
from tests.support.results import front_squat, side_squat

#: Markers of HALPE_26, in its order, and the landmark that each of them is; none for what movescreen does not know.
HALPE = {
    "Hip": "", "RHip": "right_hip", "RKnee": "right_knee", "RAnkle": "right_ankle", "RBigToe": "right_foot_index", "RSmallToe": "",
    "RHeel": "right_heel", "LHip": "left_hip", "LKnee": "left_knee", "LAnkle": "left_ankle", "LBigToe": "left_foot_index", "LSmallToe": "",
    "LHeel": "left_heel", "Neck": "", "Head": "", "Nose": "nose", "RShoulder": "right_shoulder", "RElbow": "right_elbow",
    "RWrist": "right_wrist", "LShoulder": "left_shoulder", "LElbow": "left_elbow", "LWrist": "left_wrist",
}  # fmt: skip


def as_sports2d(poses: PoseSequence, *, meters: bool = False) -> str:
    """Return a marker file as Sports2D lays it out: no blank line after the head, frames from 0, the unit always called m, z = 0."""
    names = list(HALPE)
    xy = np.stack([poses.xy(HALPE[n]) if HALPE[n] else poses.xy("mid_hip") for n in names], axis=1)
    if meters:
        xy = (xy - [100.0, 900.0]) * [0.002, -0.002]
    head = [
        "PathFileType\t4\t(X/Y/Z)\tclip_Sports2D/clip_Sports2D_px_person00.trc",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"30\t30\t{len(poses)}\t{len(names)}\tm\t30\t0\t{len(poses)}",
        "Frame#\tTime\t" + "\t\t\t".join(names) + "\t\t\t",
        "\t\t" + "\t".join(f"X{i}\tY{i}\tZ{i}" for i in range(1, len(names) + 1)),
    ]
    rows = [
        "\t".join([str(i), f"{t:.4f}", *(f"{x:.4f}\t{y:.4f}\t0.0" if np.isfinite(x) else "\t\t" for x, y in row)])
        for i, (t, row) in enumerate(zip(poses.time_s, xy, strict=True))
    ]
    return "\n".join([*head, *rows]) + "\n"


@pytest.mark.parametrize("meters", [False, True], ids=["pixels", "meters"])
@pytest.mark.parametrize("name", ["side", "front"])
def test_a_file_of_sports2d_gives_the_angles_of_its_points(name: str, meters: bool, tmp_path: Path) -> None:
    known = side_squat() if name == "side" else front_squat()
    path = tmp_path / "clip.trc"
    path.write_text(as_sports2d(known.poses, meters=meters), "utf-8")
    clip = movescreen.analyze(path)
    assert (clip.movement, clip.view) == ("squat", name)
    assert sum(rep.complete for rep in clip.data.reps) == sum(rep.complete for rep in known.reps)
    assert "tells no depth" in " ".join(clip.notices)
    assert not (clip.findings()["status"] == "flagged").any(), "whose error is not known is not flagged"
    if name == "side":
        knee, truth = (data.series.values["knee_flexion_right"] for data in (clip.data, known))
        both = np.isfinite(knee) & np.isfinite(truth)
        assert np.abs(knee[both] - truth[both]).mean() < 3.0


def test_left_stays_left_and_a_missing_marker_missing(tmp_path: Path) -> None:
    poses = front_squat().poses
    image = poses.image_xy_px.copy()
    image[5, poses.skeleton.index["left_knee"]] = np.nan
    (tmp_path / "a.trc").write_text(as_sports2d(poses.with_points(image)), "utf-8")
    read = load_trc(tmp_path / "a.trc")
    assert (read.xy("left_hip")[:, 0] > read.xy("right_hip")[:, 0]).all(), (
        "who faces the camera has the left on the picture's right"
    )
    assert np.isnan(read.xy("left_knee")[5]).all()
    assert np.isfinite(read.xy("left_knee")[6]).all()
    assert np.isnan(read.xy("left_pinky")).all()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not a marker file",
        "PathFileType\t4\n\n\nFrame#\tTime\tNose\t\t\n\nx\n",
        "PathFileType\t4\t(X/Y/Z)\tx\na\nb\nFrame#\tTime\tNose\t\t\nX1\n1\t0\t1\t2\t3\n",
    ],
    ids=["empty", "text", "no numbers", "only a nose"],
)
def test_what_is_no_marker_file_of_a_person_is_refused_in_two_lines(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.trc").write_text(text, "utf-8")
    with pytest.raises(InputError, match=r"a\.trc"):
        movescreen.analyze(tmp_path / "a.trc")


def test_depth_is_left_alone_where_there_is_some_and_not_made_up_obliquely() -> None:
    poses = side_squat().poses
    assert give_depth(poses, "auto") == (poses, ())
    flat = poses.with_points(None, np.full_like(poses.world_xyz_m, np.nan))
    given, (notice,) = give_depth(flat, "auto")
    assert np.isfinite(given.world("left_hip")[poses.detected]).all()
    assert notice.affects == ("all",)
    wide = flat.image_xy_px.copy()
    trunk = float(np.nanmedian(np.linalg.norm(flat.xy("mid_shoulder") - flat.xy("mid_hip"), axis=1)))
    for name, sign in (("left_shoulder", 1), ("right_shoulder", -1)):
        wide[:, flat.skeleton.index[name], 0] = flat.xy("mid_shoulder")[:, 0] + sign * 0.21 * trunk
    oblique, (told,) = give_depth(flat.with_points(wide), "auto")
    assert np.isnan(oblique.world_xyz_m).all()
    assert "nothing is measured" in told.message


def test_who_names_the_view_is_believed(tmp_path: Path) -> None:
    poses = side_squat().poses
    flat = poses.with_points(None, np.full_like(poses.world_xyz_m, np.nan))
    save_poses(tmp_path / "flat.npz", flat)
    assert movescreen.analyze(tmp_path / "flat.npz", view="side").movement == "squat"
