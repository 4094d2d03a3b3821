"""``overlay.mp4``: the clip with skeleton and angles drawn on it, the most telling repetition again in slow motion."""

from __future__ import annotations

from pathlib import Path

from movescreen.errors import InputError
from movescreen.render.overlay import OVERLAY_FILE, write_overlay_video
from movescreen.report.documents.registry import ReportJob, register_writer
from movescreen.report.sections.ranking import telling_rep


@register_writer(
    "overlay",
    files={OVERLAY_FILE: "the clip with skeleton, angles and repetitions drawn on it"},
    on_request=True,
    shows_person=True,
)
def write_overlay(job: ReportJob, folder: Path) -> None:
    """Write the annotated video.

    Raises
    ------
    InputError
        When the clip is not at hand.
    """
    if job.video_path is None:
        raise InputError("the annotated video needs the clip", "name it with --video")
    write_overlay_video(job.video_path, job.result, folder / OVERLAY_FILE, replay=telling_rep(job.result))
