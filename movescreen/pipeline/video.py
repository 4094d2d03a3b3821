"""A clip to a result: its frames are read once, or twice when it shows something fast."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import cv2

from movescreen.catalog import Catalog
from movescreen.catalog.schema import MovementSpec
from movescreen.model import ClipResult, Frame, Notice
from movescreen.pipeline.analysis import AnalysisRequest, analyze_poses
from movescreen.pipeline.catalogs import catalog_in_force
from movescreen.pipeline.notices import name_weakened
from movescreen.pipeline.recorded import is_recording, read_recording
from movescreen.pipeline.watch import PictureWatch
from movescreen.pose import MakeEstimator, Observer, collect_poses, create_estimator
from movescreen.scene.camera import CameraWatch
from movescreen.screening import weaken
from movescreen.settings import Settings
from movescreen.video.reader import VideoReader

#: Called with the frames read so far and the time reached in the clip, s.
OnProgress = Callable[[int, float], None]


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
        Video file; or poses that were recorded before (:mod:`movescreen.pipeline.recorded`), of which there are no pictures.
    request
        Movement, view and settings; everything automatic when None.
    on_progress
        Called after every analyzed frame.
    make_estimator
        Makes a pose engine for up to so many people; that of the settings when None.
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
    observer: Observer | None = None,
) -> AnalyzedVideo:
    """Turn a clip into a result and pictures of its deepest moments.

    Parameters and errors are those of :func:`analyze_video`; an ``observer`` is given every frame as well, in the same pass.
    """
    request = request or AnalysisRequest()
    settings, catalog = request.settings, catalog or catalog_in_force(request.settings)
    if is_recording(path):
        kept = read_recording(path)
        return AnalyzedVideo(analyze_poses(kept.poses, kept.video, request, engine=kept.engine, catalog=catalog), {})
    make = make_estimator or (lambda people: create_estimator(settings.engine, model=settings.model, num_poses=people))

    def read(at_fps: float) -> AnalyzedVideo:
        return _read_video(path, request, at_fps, make, on_progress, catalog, PictureWatch(observer))

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
    watch: PictureWatch,
) -> AnalyzedVideo:
    """Analyze a clip at a rate, frames per second."""
    settings = request.settings
    with _one_thread_each(), VideoReader(path, slowmo=settings.slowmo) as reader:
        tracked = collect_poses(
            lambda: reader.frames(settings.max_side_px, at_fps), make, on_progress, watch, request.person
        )
        poses, timing = watch.clock.apply(watch.readings(tracked.poses))
        seen = watch.quality.notices((reader.info.width_px, reader.info.height_px))
        notices = (*reader.notices, *tracked.notices, *timing, *seen)
        result = analyze_poses(poses, reader.info, request, notices=notices, engine=tracked.engine, catalog=catalog)
    camera = _camera_notices(watch.camera, result)
    if camera:
        known = (*result.notices, *(name_weakened(n, catalog) for n in camera))
        result = replace(result, notices=known, findings=weaken(result.findings, known))
    return AnalyzedVideo(result, watch.pictures.kept)


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Keep OpenCV to the thread it is called in: sharing out work on small pictures costs twice what the work takes."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(threads)


def _camera_notices(camera: CameraWatch, result: ClipResult) -> tuple[Notice, ...]:
    """Return what the camera did while somebody moved: touching it to start and stop the recording does no harm."""
    time_s = result.poses.time_s
    start_s, end_s = (
        (result.reps[0].start_s, result.reps[-1].end_s) if result.reps else (float(time_s[0]), float(time_s[-1]))
    )
    return camera.notices(start_s, end_s, float(time_s[-1]))
