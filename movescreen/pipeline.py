"""The one place where the stages are put together: frames, poses, signals, repetitions, findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from movescreen._version import __version__
from movescreen.catalog import Catalog, correct_reading, load_catalog, measurement_error
from movescreen.catalog.measurement import sum_terms
from movescreen.catalog.own_catalog import describe_own, load_whole
from movescreen.catalog.schema import MovementSpec
from movescreen.errors import NoPersonFound, NoRepetitions, PictureTurned, TooFewValidFrames
from movescreen.kinematics import (
    MOVING_PARTS,
    POSE_NOTICES,
    SIGNALS,
    UNSTEADY,
    Correction,
    PreparedPoses,
    SmoothingSettings,
    compute_body_tilt,
    compute_driver,
    compute_series,
    decide_clip_view,
    find_standing_view,
    prepare_poses,
)
from movescreen.kinematics.signals import title_of_signal
from movescreen.kinematics.takes import Take, split_takes
from movescreen.measures import MEASURES, MeasureContext, doubt_recording, measure_clip
from movescreen.model import (
    BLAZEPOSE,
    BoolArray,
    CameraPath,
    ClipResult,
    Finding,
    FloatArray,
    Frame,
    KinematicSeries,
    Measure,
    MovementInfo,
    MovementMatch,
    Notice,
    PoseSequence,
    Provenance,
    Repetition,
    SignalSpec,
    VideoInfo,
    View,
    ViewKind,
    read_statistic,
)
from movescreen.pose import DetectedPose, EngineInfo, MakeEstimator, collect_poses, create_estimator
from movescreen.pose.covered import CoverWatch
from movescreen.pose.heel_tracking import HeelRise, HeelTracker, rise_over_floor
from movescreen.repetitions import (
    MIN_REP_FIT,
    Candidate,
    PartMotion,
    assign_sides,
    build_candidate,
    describe_something_else,
    find_candidates,
    recognize_movement,
)
from movescreen.scene.camera import CameraWatch
from movescreen.scene.placing import notice_of_border
from movescreen.screening import ScreeningContext, screen_clip, weaken
from movescreen.settings import Settings, load_settings
from movescreen.video.keyframes import KeyFrames
from movescreen.video.picture_clock import PictureClock
from movescreen.video.picture_quality import SHARPNESS, PictureQuality
from movescreen.video.reader import VideoReader
from movescreen.words.findings import view_words
from movescreen.words.sentences import join_words, title_of

#: Notices that analyzing poses gives; all others come from reading the clip.
ANALYSIS_NOTICES = POSE_NOTICES | {
    "oblique_view", "back_view", "walking", "begins_low", "looks_like_another", "other_leg", "something_else",
    "clock_wrong", "near_border", "several_takes", "unlike_the_others", "motion_blur",
}  # fmt: skip
#: Fewer frames with a person than this cannot be filtered, let alone hold a repetition.
MIN_FRAMES = 15
#: In none of the movements is the line from feet to shoulders this far from upright for half of the clip.
MAX_BODY_TILT_DEG = 55.0


#: Poses of unknown origin.
UNKNOWN_ENGINE = EngineInfo("recorded", "", "")

#: Called with the frames read so far and the time reached in the clip, s.
OnProgress = Callable[[int, float], None]


@dataclass(frozen=True)
class AnalysisRequest:
    """What is asked of an analysis.

    Attributes
    ----------
    movement
        Name in the catalog, or ``auto``.
    view
        ``auto``, ``front`` or ``side``.
    settings
        Everything else that changes the result.
    side
        The leg that a one-sided movement is done with, ``left`` or ``right``; empty = found out for each repetition.
    person
        Who is followed when there are several: ``left``, ``middle``, ``right``, a number from the left of the picture, or a point
        ``x,y`` of the first picture, shares of its size; empty = who is large, central and moves up and down.
    """

    movement: str = "auto"
    view: str = "auto"
    settings: Settings = field(default_factory=load_settings)
    side: str = ""
    person: str = ""


@dataclass(frozen=True, eq=False)
class AnalyzedVideo:
    """A result, and what was kept of the clip for whoever draws its report.

    Attributes
    ----------
    result
        The result.
    pictures
        Number in the file -> frame, of the deepest moments.
    """

    result: ClipResult
    pictures: Mapping[int, Frame]


def analyze_video(
    path: Path | str,
    request: AnalysisRequest | None = None,
    *,
    on_progress: OnProgress | None = None,
    make_estimator: MakeEstimator | None = None,
    catalog: Catalog | None = None,
) -> ClipResult:
    """Turn a clip into a result.

    Parameters
    ----------
    path
        Video file.
    request
        Movement, view and settings; everything automatic when None.
    on_progress
        Called after every analyzed frame.
    make_estimator
        Makes a pose engine for up to so many people; MediaPipe with the model of the settings when None.
    catalog
        What is checked; the packaged catalog and those of one's own that the settings name when None.

    Raises
    ------
    VideoError
        The file cannot be read.
    AnalysisError
        It can, but there is no answer in it.
    AssetError
        The pose model is missing or damaged.
    """
    return analyze_with_pictures(
        path, request, on_progress=on_progress, make_estimator=make_estimator, catalog=catalog
    ).result


def analyze_with_pictures(
    path: Path | str,
    request: AnalysisRequest | None = None,
    *,
    on_progress: OnProgress | None = None,
    make_estimator: MakeEstimator | None = None,
    catalog: Catalog | None = None,
) -> AnalyzedVideo:
    """Turn a clip into a result and pictures of its deepest moments; parameters and errors as in :func:`analyze_video`."""
    request = request or AnalysisRequest()
    settings, catalog = request.settings, catalog or catalog_in_force(request.settings)
    make = make_estimator or (lambda people: create_estimator("mediapipe", model=settings.model, num_poses=people))

    def read(at_fps: float) -> AnalyzedVideo:
        return _read_video(path, request, at_fps, make, on_progress, catalog)

    asked = catalog.movements.get(request.movement)
    first_fps = _analyzed_fps(asked, settings)
    analyzed = read(first_fps)
    wanted = _analyzed_fps(catalog.movements.get(analyzed.result.movement.name), settings)
    if wanted > first_fps and analyzed.result.video.fps > 1.2 * first_fps:
        return read(wanted)  # it turned out to be something fast
    return analyzed


def _analyzed_fps(movement: MovementSpec | None, settings: Settings) -> float:
    return max(settings.max_fps, (movement.analysed_fps or 0.0) if movement else 0.0)


def _read_video(
    path: Path | str,
    request: AnalysisRequest,
    at_fps: float,
    make: MakeEstimator,
    on_progress: OnProgress | None,
    catalog: Catalog,
) -> AnalyzedVideo:
    """Analyze a clip at a rate, frames per second."""
    settings = request.settings
    watch = _Watch()
    with VideoReader(path, slowmo=settings.slowmo) as reader:
        tracked = collect_poses(
            lambda: reader.frames(settings.max_side_px, at_fps), make, on_progress, watch, request.person
        )
        poses, timing = watch.clock.apply(watch.readings(tracked.poses))
        seen = watch.quality.notices((reader.info.width_px, reader.info.height_px))
        notices = (*reader.notices, *tracked.notices, *timing, *seen)
        result = analyze_poses(poses, reader.info, request, notices=notices, engine=tracked.engine, catalog=catalog)
    camera = _camera_notices(watch.camera, result)
    if camera:
        known = (*result.notices, *(_name_weakened(n, catalog) for n in camera))
        result = replace(result, notices=known, findings=weaken(result.findings, known))
    return AnalyzedVideo(result, watch.pictures.kept)


def _name_weakened(notice: Notice, catalog: Catalog) -> Notice:
    """Return the notice with the checks that suffer from what it says."""
    checks = catalog.weakened_by(notice.code)
    return replace(notice, affects=checks) if checks else notice


def _camera_notices(camera: CameraWatch, result: ClipResult) -> tuple[Notice, ...]:
    """Return what the camera did while somebody moved: touching it to start and stop the recording does no harm."""
    time_s = result.poses.time_s
    start_s, end_s = (
        (result.reps[0].start_s, result.reps[-1].end_s) if result.reps else (float(time_s[0]), float(time_s[-1]))
    )
    return camera.notices(start_s, end_s, float(time_s[-1]))


class _Watch:
    """What is read from the pictures beside the poses, in the same pass: what the camera does, the heels, key pictures."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Forget all frames."""
        self.camera, self.heels, self.pictures = CameraWatch(), HeelTracker(), KeyFrames()
        self.cover, self.clock, self.quality = CoverWatch(), PictureClock(), PictureQuality()
        self.seen: list[tuple[int, tuple[HeelRise, HeelRise], FloatArray | None]] = []

    def on_cut(self) -> None:
        """Take note that nothing seen before goes on."""
        self.heels = HeelTracker()
        self.cover.on_cut()

    def on_frame(self, frame: Frame, person: DetectedPose | None) -> None:
        """Take a frame, and the pose of the person in it."""
        points = person.image_xy_px if person is not None else None
        self.clock.update(frame)
        self.quality.update(frame, points)
        self.camera.update(frame, points)
        if points is not None:
            self.pictures.update(frame, float(points[_SHOULDERS, 1].mean()))
        self.cover.push(frame, points)
        ankle = None if points is None else points[_ANKLE]
        self.seen.append((frame.index, self.heels.push(frame, points), ankle))

    def readings(self, poses: PoseSequence) -> PoseSequence:
        """Return the poses with everything that was read from the pictures beside them."""
        path = self.camera.path(poses.time_s, poses.image_size_px)
        steady = path.steady(poses)
        whole = self.camera.read_roll(path, steady, *find_standing_view(steady))
        seen = self._heel_lifts(poses, path) | self.cover.covered(poses) | {SHARPNESS: self.quality.record(poses)}
        return replace(poses, extras={**poses.extras, **seen, **whole.readings})

    def _heel_lifts(self, poses: PoseSequence, path: CameraPath) -> dict[str, FloatArray]:
        """Return the heels' rise over the floor for the frames of the followed person, px; NaN where somebody else was being watched."""
        row = {int(index): i for i, index in enumerate(poses.frame_index)}
        lifts = {}
        for k, side in enumerate(("left", "right")):
            read: list[HeelRise | None] = [None] * len(poses)
            for index, both, ankle in self.seen:
                i = row.get(index)
                if i is not None and ankle is not None and np.abs(poses.image_xy_px[i, _ANKLE] - ankle).max() < 1.0:
                    read[i] = both[k]
            lifts[f"heel_lift_{side}_px"] = rise_over_floor(read, row, path, poses.image_size_px)
        return lifts


_ANKLE = BLAZEPOSE.index["left_ankle"]
_SHOULDERS = [BLAZEPOSE.index["left_shoulder"], BLAZEPOSE.index["right_shoulder"]]


def analyze_poses(
    poses: PoseSequence,
    video: VideoInfo,
    request: AnalysisRequest | None = None,
    *,
    notices: tuple[Notice, ...] = (),
    engine: EngineInfo = UNKNOWN_ENGINE,
    catalog: Catalog | None = None,
) -> ClipResult:
    """Turn recorded poses into a result. Everything after pose estimation happens here, for files and live alike.

    Parameters
    ----------
    poses
        Landmarks of one person.
    video
        Facts of the clip they come from.
    request
        Movement, view and settings; everything automatic when None.
    notices
        What reading the clip already found out.
    catalog
        What is checked; the packaged catalog and those of one's own that the settings name when None.

    Raises
    ------
    NoPersonFound
        Nobody in any frame.
    TooFewValidFrames
        Somebody, but in too few frames.
    PictureTurned
        The person lies across the picture.
    UnknownNameError
        A movement that is not in the catalog.
    """
    request = request or AnalysisRequest()
    catalog = catalog or catalog_in_force(request.settings)
    if request.movement != "auto":
        catalog.movement(request.movement)  # an unknown one is told before anything is looked at
    _ensure_a_person(poses)
    _ensure_upright(poses)
    takes = split_takes(poses)
    if len(takes) == 1:
        return _analyze_take(poses, video, request, notices, engine, catalog)
    judged = {
        take: _analyze_take(poses.slice(take.start, take.stop), video, request, notices, engine, catalog)
        for take in takes
        if poses.detected[take.start : take.stop].sum() >= MIN_FRAMES
    }
    return (
        _choose_take(poses, takes, judged) if judged else _analyze_take(poses, video, request, notices, engine, catalog)
    )


def _choose_take(poses: PoseSequence, takes: tuple[Take, ...], judged: Mapping[Take, ClipResult]) -> ClipResult:
    """Return the result of the longest take that holds an answer, as one of the whole clip, with what was left out."""

    def rank(take: Take) -> tuple[bool, float]:
        answered = missing_answer(judged[take]) is None
        return answered, float(poses.time_s[take.stop - 1] - poses.time_s[take.start])

    chosen = max(judged, key=rank)
    result = judged[chosen]
    notice = _tell_takes(poses, takes, chosen, judged)
    return replace(
        result,
        poses=poses,
        series=_widen(result.series, poses, chosen),
        notices=(notice, *result.notices),
        frames_valid_frac=float(poses.detected.mean()),
    )


def _widen(series: KinematicSeries, poses: PoseSequence, take: Take) -> KinematicSeries:
    """Return a series of a take as one of the whole clip: not measured elsewhere."""

    def fill(values: FloatArray) -> FloatArray:
        whole = np.full(len(poses), np.nan)
        whole[take.start : take.stop] = values
        return whole

    values = {name: fill(found) for name, found in series.values.items()}
    return replace(
        series,
        time_s=poses.time_s,
        values=values,
        valid={name: np.isfinite(found) for name, found in values.items()},
        frame_index=poses.frame_index,
        errors={name: fill(found) for name, found in series.errors.items()},
    )


def _tell_takes(
    poses: PoseSequence, takes: tuple[Take, ...], chosen: Take, judged: Mapping[Take, ClipResult]
) -> Notice:
    when = {
        kind: [f"{poses.time_s[t.start]:.1f} s" for t in takes if t.begins_with == kind] for kind in ("cut", "turn")
    }
    why = [f"it is cut at {join_words(when['cut'])}"] if when["cut"] else []
    why += [f"the person turns to another side at {join_words(when['turn'])}"] if when["turn"] else []
    text = f"The clip holds {len(takes)} takes ({'; '.join(why)}). Each was judged for itself; what is said is about the one {_span(poses, chosen)}."
    left_out = [_sum_up(judged[take], _span(poses, take)) for take in judged if take != chosen and judged[take].reps]
    return Notice("several_takes", f"{text} Left out: {'; '.join(left_out)}." if left_out else text)


def _sum_up(result: ClipResult, span: str) -> str:
    count = sum(rep.complete for rep in result.reps) or len(result.reps)
    return f"{count} repetition{'' if count == 1 else 's'} of the {result.movement_info.plain_name}, {view_words(result.view)}, {span}"


def _span(poses: PoseSequence, take: Take) -> str:
    return f"from {poses.time_s[take.start]:.1f} to {poses.time_s[take.stop - 1]:.1f} s"


def _analyze_take(
    poses: PoseSequence, video: VideoInfo, request: AnalysisRequest, notices: tuple[Notice, ...], engine: EngineInfo, catalog: Catalog
) -> ClipResult:  # fmt: skip
    """Analyze a stretch of poses in which nothing was cut."""
    smoothing = SmoothingSettings(cutoff_hz=request.settings.cutoff_hz, max_gap_s=request.settings.max_gap_s)
    prepared = prepare_poses(poses, smoothing)
    candidates = _find_candidates(prepared, tuple(catalog.movements.values()))
    movement, doubt = _choose(candidates, request.movement)
    chosen = next((c for c in candidates if c.spec.name == movement.name), None)
    reps, unlike = _fitting(chosen, forced=movement.forced)
    doubt += unlike
    view = decide_clip_view(prepared, _inside(prepared.smooth.time_s, reps), request.view)
    correction = None if request.settings.raw else known_correction(catalog)
    errors = known_errors(catalog, movement.name, raw=request.settings.raw)
    series = compute_series(prepared, view, smoothing, correction, errors)
    if chosen is None:
        doubt += _something_else(series)
    else:
        seen = len(reps)
        reps = assign_sides(chosen.spec, reps, series.time_s, series.values, request.side)
        if len(reps) < seen:
            doubt += _other_leg(seen - len(reps), request.side)
    filled = tuple(_fill_values(rep, series) for rep in reps)
    findings: tuple[Finding, ...] = ()
    measures: tuple[Measure, ...] = ()
    if chosen is not None:
        # a posture can be judged however long it was held before and after
        judged = tuple(r for r in filled if r.complete or chosen.spec.reps.kind == "hold")
        recording = _recording(chosen.spec, prepared, series, filled, view)
        measures = measure_clip(recording)
        doubt += doubt_recording(recording) if chosen.spec.impact else ()
        findings = screen_clip(ScreeningContext(chosen.spec, series, judged, view, measures))
    seat = () if chosen is None or movement.forced else _ask_for_seat(chosen.spec, catalog, series, prepared.locomotion)
    border = notice_of_border(poses)
    known = (
        *(_name_weakened(n, catalog) for n in notices), *prepared.notices, *doubt, *_view_notices(view, prepared, chosen), *seat,
        *((border,) if border else ()),
    )  # fmt: skip
    return ClipResult(
        video=video,
        movement=movement,
        movement_info=chosen.spec.info() if chosen else MovementInfo(),
        view=view,
        poses=poses,
        series=series,
        reps=filled,
        findings=weaken(findings, known),
        notices=known,
        measures=measures,
        provenance=_provenance(catalog, request, engine, video),
        frames_valid_frac=float(poses.detected.mean()),
    )


def _recording(
    spec: MovementSpec, prepared: PreparedPoses, series: KinematicSeries, reps: tuple[Repetition, ...], view: View
) -> MeasureContext:
    body = prepared.body(view)
    return MeasureContext(
        spec=spec,
        poses=prepared.repaired,
        smooth=prepared.smooth,
        standing=body.standing,
        leg_length_px=body.leg_length_px,
        series=series,
        reps=reps,
        view=view,
        at_rest=prepared.at_rest,
        why_unsteady=UNSTEADY,
    )


def _ensure_a_person(poses: PoseSequence) -> None:
    seen = int(poses.detected.sum())
    if not seen:
        raise NoPersonFound(
            f"nobody was found in any of the {len(poses)} frames", "is the whole person in the picture, in good light?"
        )
    if seen < MIN_FRAMES:
        raise TooFewValidFrames(
            f"a person was found in {seen} of {len(poses)} frames; at least {MIN_FRAMES} are needed",
            "record a few seconds with the whole person in the picture",
        )


def _ensure_upright(poses: PoseSequence) -> None:
    tilt = compute_body_tilt(poses)
    if tilt > MAX_BODY_TILT_DEG:
        raise PictureTurned(
            f"the person lies across the picture ({tilt:.0f} degrees from upright): the clip is turned, or this is an exercise on the floor, of which movescreen knows none",
            "if it is turned: turn it upright in the phone's gallery and save it, or record again with the phone held still while recording starts",
        )


def _find_candidates(prepared: PreparedPoses, specs: tuple[MovementSpec, ...]) -> tuple[Candidate, ...]:
    """Find the repetitions of every movement's driver, then compare them with its traits."""
    time_s = prepared.smooth.time_s
    reps: dict[str, tuple[Repetition, ...]] = {}
    for jumps in (False, True):
        chosen = [s for s in specs if (s.reps.kind == "jump") is jumps]
        names = {name for s in chosen for name in s.reps.drivers}
        reps |= find_candidates(time_s, {n: compute_driver(prepared, n, planted=not jumps) for n in names}, chosen)
    # the traits need the direction the person faces: judge it over everything that may be a repetition
    view = decide_clip_view(prepared, _inside(time_s, [r for rs in reps.values() for r in rs]))
    traits = compute_series(prepared, view, believe_camera=True).values
    seen = prepared.repaired.detected
    return tuple(build_candidate(s, reps[s.name], time_s, traits, seen) for s in specs)


def _choose(candidates: tuple[Candidate, ...], asked: str) -> tuple[MovementMatch, tuple[Notice, ...]]:
    """Return which movement it is, with a notice when it looks like another one than the user named."""
    found = recognize_movement(candidates)
    if asked == "auto":
        return found, ()
    match = MovementMatch(name=asked, confidence=1.0, scores=found.scores, forced=True)
    if found.name in ("none", asked) or found.scores[asked] >= _NAMED_FITS:
        return match, ()
    titles = {c.spec.name: c.spec.title.lower() for c in candidates}
    text = f"This looks like {titles[found.name]}; it was analyzed as {titles[asked]} because that was named."
    # from the front a seat is not seen: who names it knows better
    sits = next(c.spec.seated_form for c in candidates if c.spec.name == found.name) == asked
    return match, (Notice("looks_like_another", text, () if sits else ("all",)),)


def _something_else(series: KinematicSeries) -> tuple[Notice, ...]:
    """Return what a clip without any movement of the catalog looks like, when something in it repeats."""
    parts = [PartMotion(words, np.abs(series.values[n]), least) for n, (words, least) in MOVING_PARTS.items()]
    notice = describe_something_else(series.time_s, parts)
    return () if notice is None else (notice,)


#: From this score on a movement that the user named is believed, whatever fits better.
_NAMED_FITS = 0.5


def _other_leg(count: int, asked: str) -> tuple[Notice, ...]:
    other = "right" if asked == "left" else "left"
    text = f"{count} of the stances {'was' if count == 1 else 'were'} on the {other} leg and not on the {asked} one that was named: left out."
    return (Notice("other_leg", text),)


def _fitting(candidate: Candidate | None, *, forced: bool) -> tuple[list[Repetition], tuple[Notice, ...]]:
    """Return the repetitions that are this movement's, and what to tell of the others. When the user named it, all that its driver shows."""
    if candidate is None:
        return [], ()
    fit = [forced or fit >= MIN_REP_FIT for fit in candidate.fits]
    kept = [rep for rep, fits in zip(candidate.reps, fit, strict=True) if fits]
    lost = [rep for rep, fits in zip(candidate.reps, fit, strict=True) if not fits and rep.complete]
    if not lost or not kept:
        return kept, ()
    when = join_words(f"{rep.turn_s:.1f} s" for rep in lost)
    traits = dict.fromkeys(title_of_signal(candidate.worst[candidate.reps.index(rep)]).lower() for rep in lost)
    text = (
        f"{len(lost)} of {len(lost) + len(kept)} repetitions (at {when}) did not look like the {candidate.spec.plain_name} "
        f"and {'was' if len(lost) == 1 else 'were'} left out: {join_words(traits)}."
    )
    return kept, (Notice("unlike_the_others", text),)


def _inside(time_s: FloatArray, reps: list[Repetition]) -> BoolArray:
    use = np.zeros(len(time_s), dtype=bool)
    for rep in reps:
        use |= (time_s >= rep.start_s) & (time_s < rep.end_s)
    return use


def _fill_values(rep: Repetition, series: KinematicSeries) -> Repetition:
    turn, extreme = {}, {}
    for name, values in series.values.items():
        turn[name] = read_statistic("turn", rep, series.time_s, values)
        low, high = (read_statistic(s, rep, series.time_s, values) for s in ("min", "max"))
        start = read_statistic("start", rep, series.time_s, values)
        reference = start if np.isfinite(start) else 0.0
        extreme[name] = high if abs(high - reference) >= abs(low - reference) else low
    return replace(rep, at_turn=turn, extreme=extreme)


def known_correction(catalog: Catalog) -> Correction:
    """Return the correction of known bias that the catalog holds."""

    def correct(name: str, view: View, values: FloatArray, inputs: Mapping[str, FloatArray]) -> FloatArray:
        return correct_reading(catalog, name, view, values, inputs)

    return correct


def known_errors(
    catalog: Catalog, movement: str, *, raw: bool
) -> Callable[[str, View, FloatArray, Mapping[str, FloatArray] | None], FloatArray]:
    """Return what tells the error of a signal's readings in a view; without inputs only that of movement and reading."""

    def find(name: str, view: View, values: FloatArray, inputs: Mapping[str, FloatArray] | None) -> FloatArray:
        error = measurement_error(catalog, name, view, movement, values, inputs)
        row = catalog.measurement_row(name, view)
        if row is None or not raw:
            return error
        # without the correction its size belongs to the error: at worst what the line takes out at either end, and the terms
        bias = max(abs(row.offset + (row.gain - 1.0) * x) for x in (row.low, row.high))
        terms = row.limit if inputs is None else sum_terms(row, inputs) if row.terms else 0.0
        return np.asarray(np.hypot(error, bias + np.abs(terms)))

    return find


def _view_notices(view: View, prepared: PreparedPoses, chosen: Candidate | None) -> list[Notice]:
    notices = []
    if view.kind is ViewKind.OBLIQUE:
        text = f"The camera looks from an angle (about {abs(view.yaw_deg):.0f} degrees off the front): angles are read in three dimensions, with a larger error. Square from the front or the side is surer."
        notices.append(Notice("oblique_view", text))
    if view.kind is ViewKind.BACK:
        text = "The person is seen from behind: angles are read in three dimensions, with a larger error. The side is surer."
        notices.append(Notice("back_view", text))
    if prepared.locomotion.any() and chosen is not None and chosen.spec.reps.kind != "jump":
        share = prepared.locomotion.mean()
        notices.append(
            Notice(
                "walking",
                f"The person walks or turns in {share:.0%} of the clip; those frames count for no repetition.",
            )
        )
    return notices


def _ask_for_seat(
    spec: MovementSpec, catalog: Catalog, series: KinematicSeries, locomotion: BoolArray
) -> tuple[Notice, ...]:
    """Return a notice when a clip begins low and the movement may be the one from a seat that looks like it."""
    seated = catalog.movements.get(spec.seated_form)
    if seated is None or not _begins_low(series, locomotion):
        return ()
    text = f"The clip begins with the body low. If these are {seated.plain_name}, name the movement: --movement {seated.name}."
    return (Notice("begins_low", text, ("all",)),)


#: Share of the leg's length by which somebody who sits is lower than standing.
_SEATED = -0.2


def _begins_low(series: KinematicSeries, locomotion: BoolArray) -> bool:
    rise = series.values["body_rise"]
    first = rise[(series.time_s <= series.time_s[0] + 0.5) & ~locomotion & np.isfinite(rise)]
    return bool(first.size and np.median(first) < _SEATED)


def _provenance(catalog: Catalog, request: AnalysisRequest, engine: EngineInfo, video: VideoInfo) -> Provenance:
    named = {"side": request.side, "person": request.person}
    asked = {"movement": request.movement, "view": request.view} | {key: said for key, said in named.items() if said}
    settings: Mapping[str, Any] = asked | request.settings.model_dump(mode="json") | {"catalog": list(catalog.paths)}
    return Provenance(
        software=f"movescreen {__version__}",
        pose_engine=engine.engine,
        model_name=engine.model_name,
        model_sha256=engine.model_sha256,
        catalog_sha256=catalog.sha256,
        settings=settings,
        video_sha256=video.sha256,
        created_utc=datetime.now(UTC).isoformat(timespec="seconds"),
        own_catalogs=describe_own(catalog.paths),
    )


def missing_answer(result: ClipResult) -> NoRepetitions | None:
    """Return why a result holds no answer, or None when it holds a complete repetition or a measured part of one."""
    if any(rep.complete for rep in result.reps) or any(measure.known for measure in result.measures):
        return None
    name = result.movement.name
    hint = "name the movement with --movement if there is one; the angles were written all the same"
    if result.movement.forced:
        hint = "is it another movement, or cut short? Leave --movement out to find out; the angles were written all the same"
    told = next((notice.message for notice in result.notices if notice.code == "something_else"), None)
    if told is not None:
        return NoRepetitions(f"{result.video.name} shows something else. {told}", hint)
    known = join_words((title_of(each).lower() for each in result.movement.scores), "or")
    what = known if name == "none" else f"complete repetition of the movement {name}"
    return NoRepetitions(
        f"no {what} was found in {result.video.name} ({result.video.duration_s:.1f} s, a person in "
        f"{result.frames_valid_frac:.0%} of the frames)",
        hint,
    )


def catalog_in_force(settings: Settings) -> Catalog:
    """Return the packaged catalog with those of one's own that the settings name laid over it.

    Those of one's own are checked as a whole, against what can be measured, too.

    Raises
    ------
    CatalogError
        Lists every mistake of every file.
    """
    return load_whole(settings.catalog, known_signals(), MEASURES)[0] if settings.catalog else load_catalog()


def catalog_of(results: Iterable[ClipResult]) -> Catalog:
    """Return the catalog that clips were analyzed with, as the first one says."""
    return load_catalog(next((tuple(r.provenance.settings.get("catalog", ())) for r in results), ()))


def known_signals() -> dict[str, SignalSpec]:
    """Return the specifications of all registered signals, for checking the catalog against them."""
    return {name: item.spec for name, item in SIGNALS.items()}
