"""Poses to a result: signals, repetitions, findings. Everything after pose estimation, for files and live alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from movescreen._version import __version__
from movescreen.catalog import Catalog
from movescreen.catalog.own_catalog import describe_own
from movescreen.catalog.schema import MovementSpec
from movescreen.codec import to_plain
from movescreen.errors import NoPersonFound, PictureTurned, TooFewValidFrames
from movescreen.kinematics import (
    UNSTEADY,
    PreparedPoses,
    SmoothingSettings,
    compute_body_tilt,
    compute_driver,
    compute_series,
    decide_clip_view,
    prepare_poses,
)
from movescreen.kinematics.signals import title_of_signal
from movescreen.kinematics.takes import split_takes
from movescreen.measures import MeasureContext, doubt_recording, measure_clip
from movescreen.model import (
    BoolArray,
    ClipResult,
    Finding,
    FloatArray,
    KinematicSeries,
    Measure,
    MovementInfo,
    MovementMatch,
    Notice,
    PoseSequence,
    Provenance,
    Repetition,
    VideoInfo,
    View,
    read_statistic,
)
from movescreen.model.moved import MovedJoint
from movescreen.pipeline.catalogs import catalog_in_force, known_correction, known_errors
from movescreen.pipeline.moved import analyze_moved
from movescreen.pipeline.notices import (
    ask_for_seat,
    leave_out,
    name_weakened,
    tell_doubt,
    tell_other_leg,
    tell_something_else,
    tell_view,
)
from movescreen.pipeline.takes import choose_take
from movescreen.pose import EngineInfo
from movescreen.pose.flat import give_depth
from movescreen.repetitions import (
    MIN_REP_FIT,
    Candidate,
    assign_sides,
    build_candidate,
    find_candidates,
    recognize_movement,
)
from movescreen.scene.placing import notice_of_border
from movescreen.screening import ScreeningContext, screen_clip, weaken
from movescreen.settings import Settings, load_settings
from movescreen.words.sentences import join_words

#: Fewer frames with a person than this cannot be filtered, let alone hold a repetition.
MIN_FRAMES = 15


#: In none of the movements is the line from feet to shoulders this far from upright for half of the clip.
MAX_BODY_TILT_DEG = 55.0


#: Poses of unknown origin.
UNKNOWN_ENGINE = EngineInfo("recorded", "", "")


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
    left_out
        A moment (s) inside of each repetition that the trainer leaves out, and why.
    moved
        Joints that the trainer moved at the turn of a repetition.
    """

    movement: str = "auto"
    view: str = "auto"
    settings: Settings = field(default_factory=load_settings)
    side: str = ""
    person: str = ""
    left_out: tuple[tuple[float, str], ...] = ()
    moved: tuple[MovedJoint, ...] = ()


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
    if request.moved:
        return analyze_moved(
            poses, request.moved, lambda each: _analyze(each, video, request, notices, engine, catalog)
        )
    return _analyze(poses, video, request, notices, engine, catalog)


def _analyze(
    poses: PoseSequence, video: VideoInfo, request: AnalysisRequest, notices: tuple[Notice, ...], engine: EngineInfo, catalog: Catalog
) -> ClipResult:  # fmt: skip
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
        choose_take(poses, takes, judged) if judged else _analyze_take(poses, video, request, notices, engine, catalog)
    )


def _analyze_take(
    poses: PoseSequence, video: VideoInfo, request: AnalysisRequest, notices: tuple[Notice, ...], engine: EngineInfo, catalog: Catalog
) -> ClipResult:  # fmt: skip
    """Analyze a stretch of poses in which nothing was cut."""
    smoothing = SmoothingSettings(cutoff_hz=request.settings.cutoff_hz, max_gap_s=request.settings.max_gap_s)
    standing, told = give_depth(poses, request.view)
    prepared = prepare_poses(standing, smoothing)
    candidates = _find_candidates(prepared, tuple(catalog.movements.values()))
    movement, doubt = _choose(candidates, request.movement)
    doubt += told
    chosen = next((c for c in candidates if c.spec.name == movement.name), None)
    reps, unlike = _fitting(chosen, forced=movement.forced)
    doubt += unlike
    view = decide_clip_view(prepared, _inside(prepared.smooth.time_s, reps), request.view)
    correction = None if request.settings.raw else known_correction(catalog)
    errors = known_errors(catalog, movement.name, raw=request.settings.raw)
    series = compute_series(prepared, view, smoothing, correction, errors)
    if chosen is None:
        doubt += tell_something_else(series, prepared.notices, candidates)
    else:
        seen = len(reps)
        reps = assign_sides(chosen.spec, reps, series.time_s, series.values, request.side)
        if len(reps) < seen:
            doubt += tell_other_leg(seen - len(reps), request.side)
    reps, out = leave_out(reps, request.left_out)
    doubt += out
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
    seat = () if chosen is None or movement.forced else ask_for_seat(chosen.spec, catalog, series, prepared.locomotion)
    border = notice_of_border(poses)
    known = (
        *(name_weakened(n, catalog) for n in notices), *prepared.notices, *doubt, *tell_view(view, prepared, chosen), *seat,
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
        sure = found.name == "none" or found.confidence >= _SURE
        return found, () if sure else (tell_doubt(next(c.spec for c in candidates if c.spec.name == found.name)),)
    match = MovementMatch(name=asked, confidence=1.0, scores=found.scores, forced=True)
    if found.name in ("none", asked) or found.scores[asked] >= _NAMED_FITS:
        return match, ()
    titles = {c.spec.name: c.spec.title.lower() for c in candidates}
    text = f"This looks like {titles[found.name]}; it was analyzed as {titles[asked]} because that was named."
    # from the front a seat is not seen: who names it knows better
    sits = next(c.spec.seated_form for c in candidates if c.spec.name == found.name) == asked
    return match, (Notice("looks_like_another", text, () if sits else ("all",)),)


#: A movement that is recognized less surely than this gets no flags.
_SURE = 0.75
#: From this score on a movement that the user named is believed, whatever fits better.
_NAMED_FITS = 0.5


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
    traits = dict.fromkeys(title_of_signal(candidate.unlike[candidate.reps.index(rep)][0]).lower() for rep in lost)
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


def _provenance(catalog: Catalog, request: AnalysisRequest, engine: EngineInfo, video: VideoInfo) -> Provenance:
    named = {
        "side": request.side,
        "person": request.person,
        "left_out": [list(each) for each in request.left_out],
        "moved": to_plain(request.moved),
    }
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
