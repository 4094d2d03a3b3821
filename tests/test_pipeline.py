"""The stages together: posed figures and, once, the sample clips through the real network."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

import movescreen
from movescreen.catalog import correct_reading, load_catalog
from movescreen.errors import MovescreenError, NoPersonFound, PictureTurned, TooFewValidFrames, VideoError
from movescreen.model import ClipResult, Finding, Frame, Notice, PoseSequence, Status, ViewKind, read_statistic
from movescreen.pipeline import (
    ANALYSIS_NOTICES,
    AnalysisRequest,
    analyze_poses,
    analyze_video,
    known_signals,
    missing_answer,
)
from movescreen.pipeline.watch import PictureWatch
from movescreen.pose import DetectedPose, EngineInfo, load_poses, save_poses
from movescreen.settings import Settings
from tests.support import figure as p
from tests.support.figure import Camera, Clip, Posture, Rep

RAW = AnalysisRequest(settings=Settings(raw=True))


def _analyze(clip: Clip, request: AnalysisRequest | None = None) -> ClipResult:
    return analyze_poses(clip.poses, clip.video, request)


def _verdicts(result: ClipResult) -> list[tuple[str, str, Status]]:
    return [(f.check_id, f.side, f.status) for f in result.findings]


def _find(result: ClipResult, check: str, side: str = "") -> Finding:
    return next(f for f in result.findings if f.check_id == check and f.side == side)


# --- posed figures --------------------------------------------------------------------------------------------------


def test_nobody_and_too_little_of_somebody() -> None:
    clip = p.squat(1)
    with pytest.raises(NoPersonFound, match=str(len(clip.poses))):
        analyze_poses(p.with_gap(clip.poses, -1, 99), clip.video)
    with pytest.raises(TooFewValidFrames, match="14 of"):
        analyze_poses(p.with_gap(clip.poses, 13.5 / 30, 99), clip.video)


def test_a_result_records_what_made_it() -> None:
    clip = p.squat(2)
    settings = Settings(cutoff_hz=5.0, model="lite")
    engine = EngineInfo("engine 1", "lite", "f" * 64)
    video = replace(clip.video, sha256="a" * 64)
    told = (Notice("camera_moved", "It moved."),)
    result = analyze_poses(clip.poses, video, AnalysisRequest("squat", "side", settings), notices=told, engine=engine)
    made = result.provenance
    assert (made.pose_engine, made.model_name, made.model_sha256, made.video_sha256) == (
        "engine 1",
        "lite",
        "f" * 64,
        "a" * 64,
    )
    assert made.catalog_sha256 == load_catalog().sha256
    assert made.software.startswith("movescreen ")
    assert made.settings == {"movement": "squat", "view": "side", **settings.model_dump(mode="json")}
    assert (result.notices[0].code, result.notices[0].message) == ("camera_moved", "It moved.")
    assert result.series.filter.cutoff_hz == 5.0
    assert result.view.forced
    assert result.movement.forced


def test_a_notice_about_the_recording_names_the_checks_that_suffer_from_it() -> None:
    clip = p.squat(2)
    told = (
        Notice("camera_moved", "It moved."),
        Notice("times_missing", "No times."),
        Notice("mirrored", "!", ("all",)),
    )
    moved, untimed, mirrored = analyze_poses(clip.poses, clip.video, AnalysisRequest("squat"), notices=told).notices[:3]
    assert set(moved.affects) == {
        "heel_rise", "weight_shift", "excessive_trunk_lean", "lateral_trunk_lean", "pelvic_drop", "shallow_depth",
        "limited_ankle_dorsiflexion", "spine_dominant_bend",
    }  # fmt: skip
    assert untimed.affects == ("tempo",)
    assert mirrored.affects == ("all",)


def test_every_notice_of_the_analysis_is_registered_and_no_other() -> None:
    package = Path(movescreen.__file__).parent
    folders = ("kinematics", "repetitions", "measures", "pipeline")
    made = [path for folder in folders for path in (package / folder).glob("*.py")]
    made += [package / "scene/placing.py", package / "pose/flat.py"]
    calls = [n for path in made for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)]
    codes = {c.args[0].value for c in calls if isinstance(c.func, ast.Name) and c.func.id == "Notice"}  # type: ignore[attr-defined]
    assert codes == ANALYSIS_NOTICES


def test_the_same_poses_give_the_same_result_also_from_a_file(tmp_path: Path) -> None:
    clip = p.squat(2)
    poses = p.with_noise(clip.poses, 2.0)
    save_poses(tmp_path / "poses.npz", poses)
    a, b = analyze_poses(poses, clip.video), analyze_poses(load_poses(tmp_path / "poses.npz"), clip.video)
    assert _verdicts(a) == _verdicts(b)
    for x, y in zip(a.reps, b.reps, strict=True):
        assert (x.start_s, x.turn_s, x.end_s) == pytest.approx((y.start_s, y.turn_s, y.end_s), abs=1e-3)


def test_readings_are_corrected_unless_raw_ones_are_asked_for() -> None:
    clip = p.squat(1)
    plain, corrected = _analyze(clip, RAW).series, _analyze(clip).series
    catalog = load_catalog()
    wanted = correct_reading(catalog, "pelvis_drop", "side", plain.values["pelvis_drop"])
    np.testing.assert_allclose(corrected.values["pelvis_drop"], wanted)
    for name in ("knee_flexion_right", "shank_inclination_right"):  # by the whole posture, too
        assert not np.allclose(corrected.values[name], plain.values[name])
    for name in ("knee_flexion_right", "hip_flexion_right", "trunk_inclination", "thigh_elevation_right"):
        row = catalog.measurement_row(name, "side")
        assert row is not None
        assert row.terms
        line = correct_reading(catalog, name, "side", plain.values[name])
        assert np.abs(corrected.values[name] - line).max() <= row.limit + 1e-9


def test_raw_readings_carry_a_larger_error() -> None:
    clip = p.squat(3)
    plain, corrected = (_find(_analyze(clip, r), "limited_knee_flexion") for r in (RAW, None))
    assert plain.measurement_error > corrected.measurement_error > 0


def test_each_repetition_carries_its_values() -> None:
    clip = p.squat(2)
    result = _analyze(clip, RAW)
    for rep in result.reps:
        assert rep.at_turn["knee_flexion_right"] == pytest.approx(112, abs=1.0)
        assert rep.at_turn["trunk_inclination"] == pytest.approx(42, abs=1.0)
        assert rep.extreme["knee_flexion_right"] == pytest.approx(112, abs=2.0)
        # it falls from 90 in standing: its extreme is the lowest value
        assert rep.extreme["thigh_elevation_right"] == pytest.approx(10, abs=3.0)
        assert np.isnan(rep.at_turn["knee_flexion_left"])
        values = result.series.values["shank_inclination_right"]
        assert rep.at_turn["shank_inclination_right"] == read_statistic("turn", rep, result.series.time_s, values)


def test_an_oblique_clip_says_that_angles_are_less_certain_unless_the_view_is_forced() -> None:
    clip = p.squat(2, Camera(55.0))
    free, forced = _analyze(clip), _analyze(clip, AnalysisRequest(view="side"))
    assert "oblique_view" in [n.code for n in free.notices]
    assert free.series.has("knee_flexion_right")
    assert not free.series.has("heel_rise_right")
    assert forced.view.kind is ViewKind.SIDE
    assert forced.series.has("knee_flexion_right")
    assert "oblique_view" not in [n.code for n in forced.notices]


def test_what_was_not_seen_lowers_the_share_of_valid_frames_and_is_never_measured() -> None:
    clip = p.squat(3)
    holed = p.with_gap(clip.poses, 5.0, 6.2)
    result = analyze_poses(holed, clip.video, RAW)
    assert result.frames_valid_frac == pytest.approx(1 - 36 / len(holed))
    assert [round(r.turn_s) for r in result.reps if r.complete] == [2, 9]
    inside = (holed.time_s >= 5.0) & (holed.time_s < 6.2)
    assert not any(valid[inside].any() for valid in result.series.valid.values())


def test_stepping_into_a_stance_is_no_part_of_the_first_lunge() -> None:
    feet_together, tall, low = Posture(hip_z=0.0, hip_up=p.LEG_M), p.split_standing("right"), p.split_low("right")
    start = Rep(tall, down_s=0.8, hold_s=0.0, up_s=0.0, top_s=1.0)
    knots, postures, _, turns = p.plan_reps(feet_together, [start], tail_s=3.0)
    for _ in range(3):
        for seconds, posture in ((1.2, low), (0.3, low), (1.2, tall), (0.8, tall)):
            knots.append(knots[-1] + seconds)
            postures.append(posture)
        turns.append(knots[-1] - 2.15)
    clip = p.film_knots(knots, postures, [0.0] * len(knots), turns[1:], Camera(90.0))
    result = _analyze(clip, RAW)
    assert result.movement.name == "lunge"
    np.testing.assert_allclose([r.turn_s for r in result.reps], clip.turns_s, atol=0.1)
    assert max(r.end_s - r.start_s for r in result.reps) < 3.0
    assert _find(result, "tempo").status is Status.CLEAR


GARBAGE: dict[str, Callable[[PoseSequence, np.random.Generator], PoseSequence]] = {
    "one point": lambda q, _: q.with_points(np.full_like(q.image_xy_px, 7.0), np.zeros_like(q.world_xyz_m)),
    "noise": lambda q, r: q.with_points(r.normal(300, 200, q.image_xy_px.shape), r.normal(0, 1, q.world_xyz_m.shape)),
    "huge": lambda q, _: q.with_points(q.image_xy_px * 1e6, q.world_xyz_m * 1e6),
    "tiny": lambda q, _: q.with_points(q.image_xy_px * 1e-6, q.world_xyz_m * 1e-6),
    "no world": lambda q, _: q.with_points(None, np.full_like(q.world_xyz_m, np.nan)),
    "every third frame": lambda q, _: q.with_points(np.where(np.arange(len(q))[:, None, None] % 3, np.nan, q.image_xy_px)),
    "flickering": lambda q, r: q.with_points(np.where(r.random((len(q), 1, 1)) < 0.5, np.nan, q.image_xy_px)),
    "no ankles": lambda q, _: q.with_points(np.where(np.isin(np.arange(33), [27, 28])[None, :, None], np.nan, q.image_xy_px)),
    "upside down": lambda q, _: q.with_points(q.image_xy_px * [1, -1], q.world_xyz_m * [1, -1, 1]),
    "one second": lambda q, _: q.slice(0, 30),
    "five a second": lambda q, _: replace(q, time_s=np.arange(len(q)) / 5),
}  # fmt: skip


@pytest.mark.parametrize("kind", GARBAGE)
def test_garbage_gives_an_answer_or_a_plain_error_but_never_a_crash(kind: str) -> None:
    clip = p.squat(1)
    poses = GARBAGE[kind](clip.poses, np.random.default_rng(2))
    try:
        result = analyze_poses(poses, clip.video)
    except MovescreenError:
        return
    assert all(f.reason for f in result.findings if f.status is Status.NOT_ASSESSED)
    for name, values in result.series.values.items():
        np.testing.assert_array_equal(np.isfinite(values), result.series.valid[name])


def test_a_stance_that_the_clip_cuts_off_is_an_answer() -> None:
    result = _analyze(p.trim(p.one_leg_stance(1), end_s=8.0))
    assert [r.complete for r in result.reps] == [False]
    assert missing_answer(result) is None


def test_a_missing_answer_is_put_in_words() -> None:
    assert missing_answer(_analyze(p.squat(1))) is None
    nothing = missing_answer(_analyze(p.standing()))
    assert nothing is not None
    assert "no squat, overhead squat, lunge, bend, single leg squat" in nothing.message
    half = p.film_reps([Rep(p.SQUAT, hold_s=1.0, up_s=0.0)], Camera(90.0), tail_s=0.0)
    asked = missing_answer(_analyze(half, AnalysisRequest("squat")))
    assert asked is not None
    assert "complete repetition" in asked.message
    assert asked.exit_code == 3


def test_signal_names_are_all_known() -> None:
    assert {"knee_flexion_left", "pelvis_drop"} <= set(known_signals())


# --- a clip without the network -------------------------------------------------------------------------------------


class _Figure:
    """A pose engine that knows what every frame shows."""

    def __init__(self, poses: PoseSequence) -> None:
        self.poses = poses
        self.info = EngineInfo("figure", "stick", "e" * 64)

    def detect(self, frame: Frame) -> tuple[DetectedPose, ...]:
        i = min(frame.index, len(self.poses) - 1)
        return (DetectedPose(self.poses.image_xy_px[i], self.poses.world_xyz_m[i], self.poses.visibility[i]),)

    def close(self) -> None:
        pass

    def __enter__(self) -> _Figure:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _wallpaper(size: tuple[int, int]) -> NDArray[np.uint8]:
    """Return a picture with enough on it to see that the camera stands still."""
    noise = np.random.default_rng(0).integers(0, 255, (size[1] // 8, size[0] // 8, 3), dtype=np.uint8)
    return np.ascontiguousarray(noise.repeat(8, axis=0).repeat(8, axis=1))


def _gray_clip(
    path: Path, frames: int, size: tuple[int, int], rate: int = 30, wall: NDArray[np.uint8] | None = None
) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=rate)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for i in range(frames):
            image = np.full((size[1], size[0], 3), 90 + i % 3, np.uint8) if wall is None else wall
            for packet in stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return path


def test_a_clip_is_read_frame_by_frame_with_any_engine(tmp_path: Path) -> None:
    clip = p.squat(2, Camera(90.0, 75.0, (192, 256)))
    path = _gray_clip(tmp_path / "gray.mp4", len(clip.poses), (192, 256))
    seen: list[tuple[int, float]] = []
    result = analyze_video(
        path, RAW, on_progress=lambda n, t: seen.append((n, t)), make_estimator=lambda _n: _Figure(clip.poses)
    )
    assert result.movement.name == "squat"
    assert [r.turn_s for r in result.reps] == pytest.approx(clip.turns_s, abs=0.1)
    assert result.provenance.pose_engine == "figure"
    assert len(result.provenance.video_sha256) == 64
    assert (result.video.name, result.video.width_px, result.video.height_px) == ("gray.mp4", 192, 256)
    assert [n for n, _ in seen] == list(range(1, len(clip.poses) + 1))
    assert all(b[1] > a[1] for a, b in pairwise(seen))


def _read_at(tmp_path: Path, clip: Clip, rate: int, movement: str = "auto") -> tuple[ClipResult, list[int]]:
    """Return the result of a clip before wallpaper, and how many pictures each reading of it had."""
    size = clip.poses.image_size_px
    path = _gray_clip(tmp_path / "gray.mp4", len(clip.poses), size, rate, _wallpaper(size))
    readings: list[int] = []

    def count(seen: int, _time_s: float) -> None:
        if seen == 1:
            readings.append(0)
        readings[-1] = seen

    request = AnalysisRequest(movement, settings=Settings(raw=True))
    result = analyze_video(path, request, on_progress=count, make_estimator=lambda _n: _Figure(clip.poses))
    return result, readings


SMALL = Camera(90.0, 75.0, (192, 256))


def test_a_jump_at_60_frames_a_second_is_read_again_at_60(tmp_path: Path) -> None:
    clip = p.jump(1, SMALL)
    result, readings = _read_at(tmp_path, clip, 60)
    assert result.movement.name == "countermovement_jump"
    assert np.median(np.diff(result.series.time_s)) == pytest.approx(1 / 60, abs=1e-4)
    assert len(result.poses) == len(clip.poses)
    assert readings == [pytest.approx(len(clip.poses) / 2, abs=1), len(clip.poses)]
    assert result.measures[1].attempts[0].error < 0.016, "at 30 frames per second it would be 0.021"


def test_a_jump_before_nothing_has_no_height_because_the_camera_may_have_moved(tmp_path: Path) -> None:
    clip = p.jump(1, SMALL, fps=30.0)
    path = _gray_clip(tmp_path / "gray.mp4", len(clip.poses), SMALL.size_px)
    result = analyze_video(path, RAW, make_estimator=lambda _n: _Figure(clip.poses))
    assert result.movement.name == "countermovement_jump"
    assert len(result.reps) == 1
    for measure in result.measures:
        assert not measure.known
        assert "whether the camera itself moved could not be judged" in measure.reason
    assert "whether the camera itself moved" in result.series.absent["body_rise"]
    assert np.isfinite(result.series.values["pelvis_drop"]).any(), "what is read within one picture stays"


def test_a_jump_that_is_named_is_read_once(tmp_path: Path) -> None:
    clip = p.jump(1, SMALL)
    result, readings = _read_at(tmp_path, clip, 60, "countermovement_jump")
    assert readings == [len(clip.poses)]
    assert len(result.poses) == len(clip.poses)


def test_a_jump_at_30_frames_a_second_has_no_more_to_give(tmp_path: Path) -> None:
    clip = p.jump(1, SMALL, fps=30.0)
    result, readings = _read_at(tmp_path, clip, 30)
    assert result.movement.name == "countermovement_jump"
    assert readings == [len(clip.poses)]


def test_a_squat_at_60_frames_a_second_is_read_at_30(tmp_path: Path) -> None:
    clip = p.film_reps([p.Rep(p.SQUAT)], SMALL, fps=60.0)
    result, readings = _read_at(tmp_path, clip, 60)
    assert result.movement.name == "squat"
    assert np.median(np.diff(result.series.time_s)) == pytest.approx(1 / 30, abs=1e-4)
    assert readings == [pytest.approx(len(clip.poses) / 2, abs=1)]


def test_what_is_no_video_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "words.mp4").write_text("not a video")
    for name in ("words.mp4", "missing.mp4"):
        with pytest.raises(VideoError):
            analyze_video(tmp_path / name)


# --- the sample clips -----------------------------------------------------------------------------------------------

SAMPLES = {
    "squat_side": ("squat", ViewKind.SIDE), "squat_front": ("squat", ViewKind.FRONT), "squat_valgus_front": ("squat", ViewKind.FRONT),
    "squat_heelrise_side": ("squat", ViewKind.SIDE), "lunge_side": ("lunge", ViewKind.SIDE), "bend_side": ("bend", ViewKind.SIDE),
}  # fmt: skip
UNREMARKABLE = ("knee_valgus", "weight_shift", "heel_rise", "excessive_trunk_lean", "shallow_depth")


@pytest.mark.network
@pytest.mark.parametrize("stem", SAMPLES)
def test_sample_clips_end_to_end(stem: str, sample_result: Callable[[str], ClipResult]) -> None:
    result = sample_result(stem)
    movement, view = SAMPLES[stem]
    assert (result.movement.name, result.view.kind) == (movement, view)
    assert sum(r.complete for r in result.reps) == 3
    if view is ViewKind.SIDE:
        assert (result.view.facing, result.view.near_side) == ("right", "right")
    if movement == "lunge":
        assert {r.side for r in result.reps} == {"right"}
    assert {f.check_id for f in result.findings} == {c.id for c in load_catalog().movement(movement).checks}
    made = result.provenance
    assert all(len(h) == 64 for h in (made.video_sha256, made.model_sha256, made.catalog_sha256))
    assert result.frames_valid_frac > 0.95
    for finding in result.findings:
        if finding.status is Status.NOT_ASSESSED:
            assert finding.reason
        else:
            assert finding.reps_seen == 3
            assert np.isfinite(finding.value)


@pytest.mark.network
def test_knees_falling_in_are_flagged(sample_result: Callable[[str], ClipResult]) -> None:
    result = sample_result("squat_valgus_front")
    assert _find(result, "knee_valgus").status is Status.FLAGGED
    assert _find(result, "weight_shift").status is not Status.FLAGGED


@pytest.mark.network
def test_a_rising_heel_is_flagged(sample_result: Callable[[str], ClipResult]) -> None:
    result = sample_result("squat_heelrise_side")
    assert _find(result, "heel_rise", "right").status is Status.FLAGGED
    assert _find(result, "heel_rise", "left").status is Status.NOT_ASSESSED


@pytest.mark.network
@pytest.mark.parametrize("stem", ["squat_front", "squat_side"])
def test_sound_squats_are_not_flagged(stem: str, sample_result: Callable[[str], ClipResult]) -> None:
    flagged = [f.check_id for f in sample_result(stem).findings if f.status is Status.FLAGGED]
    assert not set(flagged) & set(UNREMARKABLE)


@pytest.mark.network
@pytest.mark.parametrize(
    ("stem", "signal", "truth", "within"),
    [
        ("squat_side", "knee_flexion_right", 115, 10), ("squat_side", "thigh_elevation_right", 6, 9),
        ("squat_front", "knee_ankle_separation_ratio", 1.39, 0.2), ("squat_valgus_front", "knee_ankle_separation_ratio", 0.59, 0.2),
        ("lunge_side", "knee_flexion_right", 92, 10), ("lunge_side", "trunk_inclination", 7, 6), ("bend_side", "trunk_inclination", 93, 8),
    ],
)  # fmt: skip
def test_sample_clips_read_about_what_was_drawn(
    stem: str, signal: str, truth: float, within: float, sample_result: Callable[[str], ClipResult]
) -> None:
    read = np.median([r.at_turn[signal] for r in sample_result(stem).reps])
    assert read == pytest.approx(truth, abs=within)


@pytest.mark.parametrize("quarter_turns", [1, 2, 3])
def test_a_clip_that_is_turned_is_refused_rather_than_measured(quarter_turns: int) -> None:
    clip = p.squat(1)
    width, height = clip.poses.image_size_px
    image = clip.poses.image_xy_px
    for _ in range(quarter_turns):
        image = np.stack([height - image[..., 1], image[..., 0]], axis=-1)
        width, height = height, width
    turned = replace(clip.poses, image_xy_px=image, image_size_px=(width, height))
    with pytest.raises(PictureTurned, match="turned"):
        analyze_poses(turned, clip.video)


def test_a_clip_that_is_read_again_is_watched_from_its_first_frame() -> None:
    poses = p.squat(2).poses
    watch = PictureWatch()

    def read(rows: range) -> None:
        for i in rows:
            frame = Frame(np.zeros((960, 540, 3), np.uint8), float(poses.time_s[i]), i)
            watch.on_frame(frame, DetectedPose(poses.image_xy_px[i], poses.world_xyz_m[i], poses.visibility[i]))

    read(range(len(poses)))
    pictures, lifts = set(watch.pictures.kept), watch.readings(poses).extras
    assert pictures
    watch.restart()
    assert not watch.pictures.kept
    assert np.isnan(watch.readings(poses).extras["heel_lift_left_px"]).all()
    read(range(len(poses)))
    assert set(watch.pictures.kept) == pictures
    for name, again in watch.readings(poses).extras.items():
        np.testing.assert_array_equal(again, lifts[name])
