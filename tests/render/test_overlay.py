"""The annotated video of a result: right place, right time, right words, nothing across gaps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from movescreen.errors import VideoError
from movescreen.model import BLAZEPOSE, ClipResult, Frame, MovementInfo, Plane, PoseSequence, SignalSpec
from movescreen.render.annotation import ClipAnnotator, to_ascii
from movescreen.render.drawing import LEFT, RIGHT
from movescreen.render.overlay import SideBySide, write_overlay_video, write_side_by_side
from movescreen.video.reader import VideoReader
from tests.support.clips import even_times, make_clip
from tests.support.results import front_squat, side_squat

KNEE = BLAZEPOSE.index["right_knee"]


def _thin(poses: PoseSequence, every: int) -> PoseSequence:
    """Return the poses as if only every n-th frame had been analysed."""
    keep = slice(None, None, every)
    return replace(
        poses,
        time_s=poses.time_s[keep],
        image_xy_px=poses.image_xy_px[keep],
        world_xyz_m=poses.world_xyz_m[keep],
        visibility=poses.visibility[keep],
        frame_index=poses.frame_index[keep],
    )


def _texts(result: ClipResult, time_s: float) -> list[str]:
    return [label.text for label in ClipAnnotator(result, (540, 960)).at(time_s).labels]


def test_landmarks_are_scaled_to_the_drawn_picture() -> None:
    result = side_squat()
    note = ClipAnnotator(result, (270, 480)).at(result.poses.time_s[30])
    np.testing.assert_allclose(note.points_xy_px, result.poses.image_xy_px[30] / 2)


def test_between_analysed_frames_landmarks_lie_between() -> None:
    full = side_squat()
    thin = replace(full, poses=_thin(full.poses, 2))
    note = ClipAnnotator(thin, (540, 960)).at(full.poses.time_s[41])
    middle = (full.poses.image_xy_px[40] + full.poses.image_xy_px[42]) / 2
    np.testing.assert_allclose(note.points_xy_px, middle)


def test_nothing_is_made_up_across_a_gap_or_outside() -> None:
    full = side_squat()
    keep = np.r_[0:40, 46 : len(full.poses)]
    poses = full.poses
    holed = replace(
        full,
        poses=PoseSequence(
            poses.time_s[keep],
            poses.image_xy_px[keep],
            poses.world_xyz_m[keep],
            poses.visibility[keep],
            poses.frame_index[keep],
            poses.image_size_px,
        ),
    )
    annotator = ClipAnnotator(holed, (540, 960))
    assert np.isfinite(annotator.at(poses.time_s[39]).points_xy_px).all()
    assert np.isnan(annotator.at(poses.time_s[42]).points_xy_px).all()
    assert np.isfinite(annotator.at(poses.time_s[46]).points_xy_px).all()
    assert np.isnan(annotator.at(-0.1).points_xy_px).all()
    assert np.isnan(annotator.at(poses.time_s[-1] + 0.1).points_xy_px).all()


def test_a_frame_without_a_person_does_not_lend_to_its_neighbours() -> None:
    full = side_squat()
    xy = full.poses.image_xy_px.copy()
    xy[50] = np.nan
    thin = replace(full, poses=_thin(full.poses.with_points(xy), 2))
    annotator = ClipAnnotator(thin, (540, 960))
    for i in (49, 50, 51):
        assert np.isnan(annotator.at(full.poses.time_s[i]).points_xy_px).all()
    assert np.isfinite(annotator.at(full.poses.time_s[47]).points_xy_px).all()


def test_side_view_reads_out_the_near_knee_trunk_and_hip() -> None:
    result = side_squat()
    turn = result.reps[1].turn_s
    # at the turn: knee 108, trunk 54, hip 108 - 28 + 54
    assert _texts(result, turn) == ["knee 108 deg", "trunk 54 deg", "hip 134 deg"]
    labels = ClipAnnotator(result, (540, 960)).at(turn).labels
    assert labels[0].at == ("right_knee",)
    # the figure faces image right: the knee's number is in front of it, the hip's behind
    assert [label.side for label in labels] == [1, -1, -1]


def test_only_what_was_measured_is_printed() -> None:
    result = side_squat()
    # frames 20 to 24 are missing
    assert _texts(result, result.series.time_s[22]) == []
    assert len(_texts(result, result.series.time_s[19])) == 3
    without_hip = {k: v for k, v in result.series.values.items() if not k.startswith("hip")}
    series = replace(result.series, values=without_hip, valid={k: result.series.valid[k] for k in without_hip})
    assert _texts(replace(result, series=series), result.reps[0].turn_s) == ["knee 108 deg", "trunk 54 deg"]


def test_front_view_reads_out_knees_and_shift() -> None:
    result = front_squat()
    texts = _texts(result, result.reps[0].turn_s)
    at = int(np.argmin(np.abs(result.series.time_s - result.reps[0].turn_s)))
    assert texts[0] == f"knees / ankles {result.series.values['knee_ankle_separation_ratio'][at]:.2f}"
    assert texts[1].startswith("shift ")


def test_a_signal_that_nobody_writes_on_pictures_is_left_out() -> None:
    base = front_squat()
    asked = {"front": ("made_up", "knee_medial_offset", "trunk_lateral_lean")}
    specs = {**base.series.specs, "knee_medial_offset": SignalSpec(
        "knee_medial_offset", "pct", "", Plane.FRONTAL, "", "", (), ("front",), "One of a catalogue of one's own.",
    )}  # fmt: skip
    values = {**base.series.values, "knee_medial_offset": np.ones(len(base.series.time_s))}
    series = replace(base.series, values=values, valid={n: np.isfinite(v) for n, v in values.items()}, specs=specs)
    texts = _texts(replace(base, series=series, movement_info=MovementInfo(read_outs=asked)), base.reps[0].turn_s)
    assert [text.split()[0] for text in texts] == ["lean"]
    assert _texts(replace(base, movement_info=MovementInfo(read_outs={"front": ()})), base.reps[0].turn_s) == []


def test_one_leg_movements_read_out_the_working_leg() -> None:
    base = front_squat()
    reps = tuple(replace(r, side="left") for r in base.reps)
    values = {**base.series.values, "fppa_left": np.full(len(base.series.time_s), -4.2)}
    valid = {name: np.isfinite(v) for name, v in values.items()}
    asked = {"front": ("fppa", "trunk_lateral_lean")}
    result = replace(
        base,
        reps=reps,
        series=replace(base.series, values=values, valid=valid),
        movement_info=MovementInfo(read_outs=asked),
    )
    assert _texts(result, reps[0].turn_s)[0] == "knee out 4 deg"
    assert ClipAnnotator(result, (540, 960)).at(reps[0].turn_s).rep_text == f"Rep 1 of {len(reps)}, left"


def test_the_counter_counts() -> None:
    result = side_squat(reps=3)
    annotator = ClipAnnotator(result, (540, 960))
    first, second = result.reps[:2]
    assert annotator.at(0.0).rep_text == "0 of 3 done"
    assert annotator.at(first.turn_s).rep_text == "Rep 1 of 3"
    assert annotator.at((first.end_s + second.start_s) / 2).rep_text == "1 of 3 done"
    assert annotator.at(second.start_s).rep_text == "Rep 2 of 3"
    assert annotator.at(first.turn_s).title == f"Squat  {first.turn_s:.1f} s"
    assert ClipAnnotator(replace(result, reps=()), (540, 960)).at(1.0).rep_text == ""


def test_flags_light_up_in_their_repetitions() -> None:
    # excessive trunk lean is flagged in repetitions 1 and 3; nothing else is
    result = side_squat(reps=3)
    annotator = ClipAnnotator(result, (540, 960))
    banners = [annotator.at(rep.turn_s).banners for rep in result.reps]
    assert [[b.text for b in row] for row in banners] == [["Excessive forward trunk lean"]] * 3
    assert [row[0].lit for row in banners] == [True, False, True]
    assert not annotator.at(0.0).banners[0].lit


@pytest.mark.parametrize(
    ("text", "plain"), [("Knee 95°", "Knee 95 deg"), ("Bein–Höhe", "Bein-Hohe"), ("it’s", "it's"), ("plain", "plain")]
)
def test_letters_that_every_font_has(text: str, plain: str) -> None:
    assert to_ascii(text) == plain


def _near(image: np.ndarray, at: np.ndarray, color: tuple[int, int, int]) -> int:
    x, y = at.round().astype(int)
    patch = image[y - 6 : y + 7, x - 6 : x + 7].astype(int)
    return int((np.abs(patch - color).max(axis=2) < 60).sum())


@pytest.mark.slow
def test_the_video_shows_the_skeleton_where_the_person_was(tmp_path: Path) -> None:
    result = side_squat(reps=1)
    n = len(result.poses)
    clip = make_clip(
        tmp_path / "clip.mp4",
        even_times(n, 30),
        size=(540, 960),
        picture=lambda i: np.full((960, 540, 3), 118, np.uint8),
    )
    out = tmp_path / "overlay.mp4"
    write_overlay_video(clip, result, out)
    with VideoReader(out) as reader:
        frames = list(reader.frames())
    assert len(frames) == n
    np.testing.assert_allclose([f.time_s for f in frames], result.poses.time_s, atol=1e-3)
    for i in (0, 40, 60):
        at = result.poses.image_xy_px[i, KNEE]
        assert _near(frames[i].image, at, RIGHT) > 15
        assert _near(frames[i].image, at + np.array([0, 150]), LEFT) == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["clip.mp4", "overlay.mp4"]


def test_faster_clips_and_larger_pictures(tmp_path: Path) -> None:
    """A 120 Hz clip, analysed at 30 Hz on small pictures: drawn at 60 Hz on its own pixels, capped."""
    result = side_squat(reps=1)
    n = 4 * 30
    clip = make_clip(
        tmp_path / "clip.mp4",
        even_times(n, 120),
        size=(270, 480),
        fps=120,
        picture=lambda i: np.full((480, 270, 3), 118, np.uint8),
    )
    out = tmp_path / "overlay.mp4"
    with VideoReader(clip) as reader:
        write_overlay_video(reader, result, out, max_side_px=320)
    with VideoReader(out) as reader:
        frames = list(reader.frames())
    assert len(frames) == n // 2
    assert frames[0].image.shape == (320, 180, 3)
    # a frame between two analysed ones
    between = (result.poses.image_xy_px[14, KNEE] + result.poses.image_xy_px[15, KNEE]) / 2 / 3
    assert frames[29].time_s == pytest.approx(14.5 / 30, abs=1e-3)
    assert _near(frames[29].image, between, RIGHT) >= 3


def test_slow_motion_plays_at_lifes_pace(tmp_path: Path) -> None:
    result = side_squat(reps=1)
    result = replace(result, video=replace(result.video, slow_motion_factor=4.0))
    clip = make_clip(
        tmp_path / "clip.mp4",
        even_times(40, 30),
        size=(90, 160),
        picture=lambda i: np.full((160, 90, 3), 118, np.uint8),
    )
    write_overlay_video(clip, result, tmp_path / "overlay.mp4")
    with VideoReader(tmp_path / "overlay.mp4") as reader:
        times = [f.time_s for f in reader.frames()]
    # 40 pictures of a third of a second, at 60 a second
    np.testing.assert_allclose(times, np.arange(20) / 60, atol=1e-3)


def test_no_video_is_left_when_the_clip_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(VideoError):
        write_overlay_video(tmp_path / "missing.mp4", side_squat(reps=1), tmp_path / "overlay.mp4")
    assert list(tmp_path.iterdir()) == []


def _grey_clip(path: Path, result: ClipResult, level: Callable[[int], int] = lambda i: 118) -> Path:
    n = len(result.poses)
    return make_clip(
        path, even_times(n, 30), size=(270, 480), picture=lambda i: np.full((480, 270, 3), level(i), np.uint8)
    )


def _read(path: Path) -> list[Frame]:
    with VideoReader(path) as reader:
        return list(reader.frames())


@pytest.mark.slow
def test_one_repetition_is_shown_again_three_times_slower(tmp_path: Path) -> None:
    result = side_squat(reps=2)
    rep = result.reps[1]
    clip = _grey_clip(tmp_path / "clip.mp4", result)
    write_overlay_video(clip, result, tmp_path / "overlay.mp4", replay=rep)
    frames = _read(tmp_path / "overlay.mp4")
    again = frames[len(result.poses) :]
    assert len(again) == pytest.approx((rep.end_s - rep.start_s + 0.5) * 30, abs=2)
    steps = np.diff([frame.time_s for frame in again])
    np.testing.assert_allclose(steps, 0.1, atol=2e-3)
    # the deepest moment is the same picture, but for the words on it
    turn = round((rep.turn_s - rep.start_s + 0.3) * 30)
    at = result.poses.image_xy_px[int(np.argmin(np.abs(result.poses.time_s - rep.turn_s))), KNEE] / 2
    assert _near(again[turn].image, at, RIGHT) >= 2


@pytest.mark.slow
def test_front_beside_side_goes_repetition_by_repetition(tmp_path: Path) -> None:
    front, side = front_squat(reps=3), side_squat(reps=2)
    # the repetitions from the front take longer: the other panel waits
    late = replace(
        front,
        reps=tuple(replace(r, start_s=r.start_s, end_s=r.end_s + 0.5) for r in front.reps),
    )
    clips = [_grey_clip(tmp_path / f"{name}.mp4", r) for name, r in (("front", front), ("side", side))]
    out = tmp_path / "pair.mp4"
    write_side_by_side(SideBySide(clips[0], late), SideBySide(clips[1], side), out, replay=1)
    frames = _read(out)
    assert frames[0].image.shape == (480, 540, 3)
    lasts = [max(a.end_s - a.start_s, b.end_s - b.start_s) + 0.5 for a, b in zip(late.reps, side.reps, strict=False)]
    assert frames[-1].time_s == pytest.approx(sum(lasts) + 3 * lasts[1], abs=0.2)
    # both panels show their own person at the turn of the first repetition
    rep = side.reps[0]
    shown = frames[round((0.3 + rep.turn_s - rep.start_s) * 30)].image
    at = side.poses.image_xy_px[int(np.argmin(np.abs(side.poses.time_s - rep.turn_s))), KNEE] / 2
    assert _near(shown[:, 270:], at, RIGHT) >= 2
    assert (np.abs(shown[:, :270].astype(int) - 118).max(axis=2) > 40).any()


def test_clips_without_a_repetition_cannot_stand_beside_each_other(tmp_path: Path) -> None:
    result = side_squat(reps=1)
    clip = _grey_clip(tmp_path / "clip.mp4", result)
    with pytest.raises(VideoError, match="no repetitions to show"):
        write_side_by_side(SideBySide(clip, result), SideBySide(clip, replace(result, reps=())), tmp_path / "pair.mp4")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["clip.mp4"]
