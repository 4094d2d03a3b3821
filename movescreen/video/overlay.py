"""The annotated video: what was found in a clip, drawn over its original pictures."""

from __future__ import annotations

from pathlib import Path

from movescreen.model import ClipResult
from movescreen.video.annotation import ClipAnnotator
from movescreen.video.reader import VideoReader
from movescreen.video.render import AngleLabel, FlagBanner, render_overlay
from movescreen.video.writer import VideoWriter

__all__ = ["AngleLabel", "FlagBanner", "render_overlay", "write_overlay_video"]

#: Name of the annotated video beside a clip's other files.
OVERLAY_FILE = "overlay.mp4"
#: Longest side and highest rate of an annotated video, px and Hz.
MAX_SIDE_PX = 1280
MAX_FPS = 60.0


def write_overlay_video(
    video: str | Path | VideoReader,
    result: ClipResult,
    out_path: str | Path,
    *,
    max_side_px: int = MAX_SIDE_PX,
    max_fps: float = MAX_FPS,
) -> None:
    """Draw a result over its clip and write the annotated video.

    Pictures between two analysed ones get landmarks in between; across gaps nothing is made up. Times are real seconds, so that a
    slow-motion clip plays at life's pace.

    Parameters
    ----------
    video
        The clip that was analysed, or a reader of it.
    result
        What was found in it.
    out_path
        Video to write (MP4); it appears only when it is complete.
    max_side_px, max_fps
        Longest side and highest rate of the annotated video.

    Raises
    ------
    VideoError
        When the clip cannot be read or the video cannot be written.
    AssetError
        When there is no H.264 encoder.
    """
    if not isinstance(video, VideoReader):
        with VideoReader(video, slowmo=result.video.slow_motion_factor) as reader:
            write_overlay_video(reader, result, out_path, max_side_px=max_side_px, max_fps=max_fps)
        return
    annotator = ClipAnnotator(result, video.frame_size_px(max_side_px))
    with VideoWriter(out_path, fps=min(video.info.fps, max_fps)) as writer:
        for frame in video.frames(max_side_px=max_side_px, max_fps=max_fps):
            note = annotator.at(frame.time_s)
            picture = render_overlay(
                frame.image, note.points_xy_px, skeleton=result.poses.skeleton, seen_well=note.seen_well,
                near_side=result.view.near_side, labels=note.labels, title=note.title, rep_text=note.rep_text,
                banners=note.banners,
            )  # fmt: skip
            writer.write(picture, frame.time_s)
