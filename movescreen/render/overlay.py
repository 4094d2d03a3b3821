"""The annotated video: what was found in a clip, drawn over its original pictures; one view alone, or front beside side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from movescreen.errors import VideoError
from movescreen.model import ClipResult, Frame, Repetition
from movescreen.render.annotation import ClipAnnotator
from movescreen.render.frames import AngleLabel, FlagBanner, render_overlay
from movescreen.render.writer import VideoWriter
from movescreen.video.reader import VideoReader

__all__ = ["AngleLabel", "FlagBanner", "SideBySide", "render_overlay", "write_overlay_video", "write_side_by_side"]

#: Name of the annotated video beside a clip's other files.
OVERLAY_FILE = "overlay.mp4"
#: Longest side and highest rate of an annotated video, px and Hz.
MAX_SIDE_PX = 1280
MAX_FPS = 60.0
#: How many times slower than life the repetition at the end is shown.
REPLAY_FACTOR = 3.0
#: Height and rate of front beside side.
PANEL_HEIGHT_PX = 720
PANEL_FPS = 30.0
# shown before and after a repetition, s
_LEAD_S, _TRAIL_S = 0.3, 0.2


def write_overlay_video(
    video: str | Path | VideoReader,
    result: ClipResult,
    out_path: str | Path,
    *,
    max_side_px: int = MAX_SIDE_PX,
    max_fps: float = MAX_FPS,
    replay: Repetition | None = None,
) -> None:
    """Draw a result over its clip and write the annotated video.

    Pictures between two analyzed ones get landmarks in between; across gaps nothing is made up. Times are real seconds, so that a
    slow-motion clip plays at life's pace.

    Parameters
    ----------
    video
        The clip that was analyzed, or a reader of it.
    result
        What was found in it.
    out_path
        Video to write (MP4); it appears only when it is complete.
    max_side_px, max_fps
        Longest side and highest rate of the annotated video.
    replay
        A repetition to show once more at the end, three times slower.

    Raises
    ------
    VideoError
        When the clip cannot be read or the video cannot be written.
    AssetError
        When there is no H.264 encoder.
    """
    if not isinstance(video, VideoReader):
        with VideoReader(video, slowmo=result.video.slow_motion_factor) as reader:
            write_overlay_video(reader, result, out_path, max_side_px=max_side_px, max_fps=max_fps, replay=replay)
        return
    panel = _Panel(video, result, max_side_px, max_fps)
    fps = min(video.info.fps, max_fps)
    with VideoWriter(out_path, fps=fps) as writer:
        end_s = 0.0
        for frame in panel.frames():
            writer.write(panel.draw(frame), frame.time_s)
            end_s = frame.time_s
        if replay is None:
            return
        start_s = replay.start_s - _LEAD_S
        for frame in panel.frames():
            if start_s <= frame.time_s < replay.end_s + _TRAIL_S:
                time_s = end_s + 1.0 / fps + REPLAY_FACTOR * (frame.time_s - start_s)
                writer.write(panel.draw(frame, note=_SLOWLY), time_s)


_SLOWLY = f"slow motion x 1/{REPLAY_FACTOR:g}"


class _Panel:
    """One clip's pictures with its result drawn on them."""

    def __init__(self, video: VideoReader, result: ClipResult, max_side_px: int | None, max_fps: float) -> None:
        self._video, self._result = video, result
        self._max_side_px, self._max_fps = max_side_px, max_fps
        self._annotator = ClipAnnotator(result, video.frame_size_px(max_side_px))

    def frames(self) -> Iterator[Frame]:
        return self._video.frames(max_side_px=self._max_side_px, max_fps=self._max_fps)

    def draw(self, frame: Frame, note: str = "") -> NDArray[np.uint8]:
        at = self._annotator.at(frame.time_s)
        return render_overlay(
            frame.image, at.points_xy_px, skeleton=self._result.poses.skeleton, seen_well=at.seen_well,
            near_side=self._result.view.near_side, labels=at.labels, title=f"{at.title}  {note}".strip(),
            rep_text=at.rep_text, banners=at.banners,
        )  # fmt: skip


@dataclass(frozen=True)
class SideBySide:
    """A clip that stands beside another one.

    Attributes
    ----------
    video
        The clip.
    result
        What was found in it.
    """

    video: Path
    result: ClipResult


def write_side_by_side(left: SideBySide, right: SideBySide, out_path: str | Path, *, replay: int | None = None) -> None:
    """Write two clips of one movement beside each other, repetition by repetition.

    Both begin each repetition together and run at life's pace; the one that is done waits in its last picture. Repetitions that
    only one of them has are left out. They are two recordings, not one moment from two sides.

    Parameters
    ----------
    left, right
        The clips.
    out_path
        Video to write (MP4); it appears only when it is complete.
    replay
        Position (from 0) of a repetition to show once more at the end, three times slower.

    Raises
    ------
    VideoError
        When a clip cannot be read, one has no complete repetition, or the video cannot be written.
    AssetError
        When there is no H.264 encoder.
    """
    pairs = _pair_reps(left, right)
    # (repetitions, how many times slower, what to write on the pictures)
    passes: list[tuple[list[tuple[Repetition, Repetition]], float, str]] = [(pairs, 1.0, "")]
    if replay is not None and replay < len(pairs):
        passes.append(([pairs[replay]], REPLAY_FACTOR, _SLOWLY))
    clock_s = 0.0
    with (
        VideoReader(left.video, slowmo=left.result.video.slow_motion_factor) as left_video,
        VideoReader(right.video, slowmo=right.result.video.slow_motion_factor) as right_video,
        VideoWriter(out_path, fps=PANEL_FPS) as writer,
    ):
        panels = [
            _Panel(video, clip.result, _side_for_height(video), MAX_FPS)
            for video, clip in ((left_video, left), (right_video, right))
        ]
        for reps, slower, note in passes:
            streams = [_Held(panel, note) for panel in panels]
            for pair in reps:
                last_s = max(rep.end_s - rep.start_s for rep in pair) + _LEAD_S + _TRAIL_S
                for step in range(int(last_s * slower * PANEL_FPS)):
                    since_s = step / PANEL_FPS / slower - _LEAD_S
                    pictures = [
                        stream.at(min(rep.start_s + since_s, rep.end_s + _TRAIL_S))
                        for stream, rep in zip(streams, pair, strict=True)
                    ]
                    writer.write(_beside(pictures), clock_s)
                    clock_s += 1.0 / PANEL_FPS


def _pair_reps(left: SideBySide, right: SideBySide) -> list[tuple[Repetition, Repetition]]:
    whole = [[rep for rep in clip.result.reps if rep.complete] for clip in (left, right)]
    pairs = list(zip(*whole, strict=False))
    if not pairs:
        raise VideoError(
            f"{left.video.name} and {right.video.name} have no repetitions to show beside each other",
            "both clips need at least one complete repetition",
        )
    return pairs


def _side_for_height(video: VideoReader) -> int:
    """Return the longest side that gives a picture of the panel's height, px; small clips keep their size."""
    width, height = video.frame_size_px()
    return round(max(width, height) * min(1.0, PANEL_HEIGHT_PX / height))


class _Held:
    """A clip that is read forward once and holds its picture until the next one is due."""

    def __init__(self, panel: _Panel, note: str) -> None:
        self._panel, self._note = panel, note
        self._frames = panel.frames()
        self._next = next(self._frames, None)
        self._picture: NDArray[np.uint8] | None = None

    def at(self, time_s: float) -> NDArray[np.uint8]:
        """Return the picture that shows at a time, s; times must not fall."""
        due: Frame | None = None
        while self._next is not None and (self._next.time_s <= time_s or (self._picture is None and due is None)):
            due, self._next = self._next, next(self._frames, None)
        if due is not None:
            self._picture = self._panel.draw(due, self._note)
        assert self._picture is not None  # the first picture is due at any time
        return self._picture


def _beside(pictures: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Put pictures beside each other on black, each at its own size, feet on one line."""
    height = max(picture.shape[0] for picture in pictures)
    padded = [np.pad(p, ((height - p.shape[0], 0), (0, 0), (0, 0))) for p in pictures]
    return np.ascontiguousarray(np.concatenate(padded, axis=1))
