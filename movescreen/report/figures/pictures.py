"""Key pictures: the person at the deepest point of each repetition, cropped, with the skeleton drawn on."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from movescreen.doors import Door
from movescreen.errors import InputError, MovescreenError
from movescreen.jpeg import decode_bounded
from movescreen.model import ClipResult, FloatArray, Frame, Repetition, ranked_signals
from movescreen.report.sections.ranking import representative_rep
from movescreen.words.findings import signal_words, view_words
from movescreen.words.numbers_and_units import format_value
from movescreen.words.sentences import join_words, sentence

if TYPE_CHECKING:
    from movescreen.render.film import Film

#: How many pictures a page shows; longer sets are thinned out evenly.
MAX_PICTURES = 8
_HEIGHT_PX = 560
#: Where a picture of a result comes back, and the longest side that one can have.
_PICTURE, _LARGEST_PX = Door("picture", "analyze the clip again", 20_000_000), 8192 * 8192
_KEY_HEIGHT_PX = 760
# share of the person's size; landmarks end at the eyes and wrists, people do not
_MARGIN = 0.18
_QUALITY = 82
_MAX_ENLARGEMENT = 2.0
# the deepest picture and the turn, which is the middle of the time near the bottom, lie this close together when they belong
# together, s
_NEAR_TURN_S = 0.35
# joints that the model is less sure of are drawn hollow
_SEEN_WELL = 0.5
# so many of the first ranked signals are named first under a picture, when they are key signals and were measured
_FIRST_NAMED = 4


@dataclass(frozen=True)
class Picture:
    """A picture ready for the page: JPEG data address, size in px, caption, and words for who cannot see it."""

    uri: str
    width: int
    height: int
    caption: str
    alt: str

    @property
    def jpeg(self) -> bytes:
        """The picture's file."""
        return base64.b64decode(self.uri.partition(",")[2])


@dataclass(frozen=True)
class ClipPictures:
    """The pictures of one clip.

    Attributes
    ----------
    turns
        The turns of the repetitions, skeleton and angles drawn on.
    key
        The repetition that shows best what was found, larger; None when there is no repetition.
    key_plain
        The same with the skeleton only.
    film
        The clip made small, for the page on which it is looked at frame by frame; None where there is none.
    """

    turns: tuple[Picture, ...] = ()
    key: Picture | None = None
    key_plain: Picture | None = None
    film: Film | None = None


def take_pictures(
    result: ClipResult, video_path: Path, *, kept: Mapping[int, Frame] | None = None, film: bool = True
) -> ClipPictures:  # fmt: skip
    """Return a picture of each repetition's turn, of the one that shows best what was found, and a film of the clip.

    Empty when there is no repetition, nobody was found at a turn, or the clip cannot be read any more.

    Parameters
    ----------
    kept
        Frames that were kept while the clip was read, by number. Where each repetition has one near its turn, the pictures are made of these.
    film
        Whether a film is made.
    """
    from movescreen.render.film import make_film

    shown = _take_pictures(result, video_path, kept)
    return replace(shown, film=make_film(result, video_path)) if film else shown


def _take_pictures(result: ClipResult, video_path: Path, kept: Mapping[int, Frame] | None) -> ClipPictures:
    key = representative_rep(result)
    spread = _spread(result.reps, MAX_PICTURES)
    reps = {rep.number: rep for rep in (*spread, *((key,) if key else ()))}
    chosen = [(rep, pose) for rep in reps.values() if (pose := _pose_at(result, rep)) >= 0]
    frames = _frames_of(result, video_path, chosen, kept or {})
    if not frames:
        return ClipPictures()
    crop = _crop_of(result, [shown.pose for shown in frames])
    turns = [
        _picture(f.rep, _draw(f.frame.image, crop, result, f.pose, rep=f.rep), result)
        for f in frames
        if f.rep in spread
    ]
    shown = next((f for f in frames if f.rep is key), None)
    if shown is None:
        return ClipPictures(tuple(turns))
    close = _crop_of(result, [shown.pose])
    marked, plain = (
        _picture(
            shown.rep, _draw(shown.frame.image, close, result, shown.pose, rep=rep, height_px=_KEY_HEIGHT_PX), result
        )
        for rep in (shown.rep, None)
    )
    return ClipPictures(tuple(turns), marked, plain)


class _Shown(NamedTuple):
    """A repetition, the pose and the frame near its turn."""

    rep: Repetition
    pose: int
    frame: Frame


def _frames_of(
    result: ClipResult, video_path: Path, chosen: list[tuple[Repetition, int]], kept: Mapping[int, Frame]
) -> list[_Shown]:
    from movescreen.video.reader import read_frames_at

    if not chosen:
        return []
    near = [(rep, _kept_near(result, rep, kept)) for rep, _ in chosen] if kept else []
    if near and all(pose >= 0 for _, pose in near):
        return [_Shown(rep, pose, kept[int(result.poses.frame_index[pose])]) for rep, pose in near]
    numbers = [int(result.poses.frame_index[pose]) for _, pose in chosen]
    try:
        frames = read_frames_at(video_path, numbers)
    except MovescreenError:
        return []
    return [_Shown(rep, pose, frame) for (rep, pose), frame in zip(chosen, frames, strict=True)]


def picture_from_file(path: Path, result: ClipResult) -> Picture | None:
    """Return a key picture that was written beside a clip's other files; None when there is none."""
    rep = representative_rep(result)
    try:
        data = _PICTURE.read_bytes(path)
    except InputError:
        return None
    image = decode_bounded(data, _LARGEST_PX)
    if image is None or rep is None:
        return None
    return _describe(rep, jpeg_address(data), (image.shape[1], image.shape[0]), result)


def plain_picture(data: bytes) -> Picture | None:
    """Return a kept JPEG with its size and no words about a repetition; None when it is no picture."""
    image = decode_bounded(data, _LARGEST_PX)
    if image is None:
        return None
    return Picture(jpeg_address(data), image.shape[1], image.shape[0], "", "")


def make_thumbnail(picture: Picture, height_px: int = 120) -> str:
    """Return a picture made small, as a data address."""
    import cv2

    image = cv2.imdecode(np.frombuffer(picture.jpeg, dtype=np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise ValueError("not a JPEG picture")
    width_px = max(1, round(picture.width * height_px / picture.height))
    return _encode(cv2.resize(image, (width_px, height_px), interpolation=cv2.INTER_AREA).astype(np.uint8), quality=70)


def jpeg_address(data: bytes) -> str:
    """Return a JPEG file as a data address."""
    return "data:image/jpeg;base64," + base64.b64encode(data).decode("ascii")


def _encode(bgr: NDArray[np.uint8], quality: int = _QUALITY) -> str:
    import cv2

    done, jpeg = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise RuntimeError("a picture could not be encoded as JPEG")
    return jpeg_address(jpeg.tobytes())


def _spread(reps: Sequence[Repetition], most: int) -> list[Repetition]:
    if len(reps) <= most:
        return list(reps)
    return [reps[round(i)] for i in np.linspace(0, len(reps) - 1, most)]


def _pose_at(result: ClipResult, rep: Repetition) -> int:
    """Return the pose nearest to the turn in which the person was found; -1 when the repetition has none."""
    time_s = result.poses.time_s
    usable = result.poses.detected & (time_s >= rep.start_s) & (time_s < rep.end_s)
    if not usable.any():
        return -1
    return int(np.argmin(np.where(usable, np.abs(time_s - rep.turn_s), np.inf)))


def _kept_near(result: ClipResult, rep: Repetition, kept: Mapping[int, Frame]) -> int:
    """Return the pose nearest to the turn whose picture was kept; -1 when there is none near it."""
    poses = result.poses
    far = np.where(np.isin(poses.frame_index, list(kept)) & poses.detected, np.abs(poses.time_s - rep.turn_s), np.inf)
    nearest = int(np.argmin(far))
    return nearest if far[nearest] <= _NEAR_TURN_S else -1


def _crop_of(result: ClipResult, poses: Sequence[int]) -> FloatArray:
    """Return ``(2, 2)`` left, top and right, bottom as shares of the picture: one cut for all, so that they compare."""
    size_px = np.array(result.poses.image_size_px, dtype=np.float64)
    points = result.poses.image_xy_px[list(poses)]
    low, high = np.nanmin(points, axis=(0, 1)), np.nanmax(points, axis=(0, 1))
    margin = _MARGIN * float(np.max(high - low))
    return np.clip(np.array([low - margin, high + margin]) / size_px, 0.0, 1.0)


def _draw(
    image: NDArray[np.uint8], crop: FloatArray, result: ClipResult, pose: int, *, rep: Repetition | None = None,
    height_px: int = _HEIGHT_PX,
) -> NDArray[np.uint8]:  # fmt: skip
    """Cut the person out, bring the cut to the page's size, and draw the skeleton on it; with a repetition, its angles too."""
    import cv2

    from movescreen.render.annotation import ClipAnnotator
    from movescreen.render.overlay import render_overlay

    size_px = np.array(image.shape[1::-1], dtype=np.float64)
    start, end = np.floor(crop[0] * size_px).astype(int), np.ceil(crop[1] * size_px).astype(int)
    end = np.maximum(end, start + 2)
    cut = np.ascontiguousarray(image[start[1] : end[1], start[0] : end[0]])
    scale = min(_MAX_ENLARGEMENT, height_px / cut.shape[0])
    width, height = (max(1, round(n * scale)) for n in cut.shape[1::-1])
    small = cv2.resize(cut, (width, height), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    # the analyzed picture may have been smaller than the original one
    points = result.shown_poses.image_xy_px[pose] / np.array(result.poses.image_size_px) * size_px
    return render_overlay(
        np.asarray(small, dtype=np.uint8),
        (points - start) * scale,
        skeleton=result.poses.skeleton,
        seen_well=result.poses.visibility[pose] >= _SEEN_WELL,
        near_side=result.view.near_side,
        labels=ClipAnnotator(result, result.poses.image_size_px).label_turn(rep) if rep else (),
    )


def _picture(rep: Repetition, image: NDArray[np.uint8], result: ClipResult) -> Picture:
    import cv2

    uri = _encode(np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2BGR), dtype=np.uint8))
    return _describe(rep, uri, (image.shape[1], image.shape[0]), result)


def _describe(rep: Repetition, uri: str, size_px: tuple[int, int], result: ClipResult) -> Picture:
    values = _values_words(rep, result)
    caption = f"Repetition {rep.number}, {format_value(rep.turn_s, 's')}" + (f": {values}" if values else "")
    alt = f"The person at {result.movement_info.turn_words} of repetition {rep.number}, {view_words(result.view)}, skeleton drawn on."
    return Picture(uri, *size_px, caption, f"{alt} {sentence(values)}".strip())


def _values_words(rep: Repetition, result: ClipResult) -> str:
    """Return ``knee bend 108°, forward lean of the trunk 54°``; of a pair, the side next to the camera."""
    found = []
    first = ranked_signals(result.series.specs.values())[:_FIRST_NAMED]
    wanted = result.movement_info.key_signals or first
    for key in dict.fromkeys([*(key for key in first if key in wanted), *wanted]):
        side = rep.side or result.view.near_side
        names = [f"{key}_{side}", key] if side else [key]
        name = next((n for n in names if n in rep.at_turn and n in result.series.specs), "")
        if name and np.isfinite(rep.at_turn[name]):
            spec = result.series.specs[name]
            found.append(f"{signal_words(spec).lower()} {format_value(rep.at_turn[name], spec.unit)}")
    return join_words(found[:2])
