"""One clip from its file to the files of its result, and several of one person to a screening."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from movescreen.errors import MovescreenError
from movescreen.model import ClipResult, Person, ScreeningResult
from movescreen.pipeline import OnProgress, Request, analyze_video, catalog_of
from movescreen.report import write_result
from movescreen.report.documents.screening import write_screening
from movescreen.report.figures.pictures import ClipPictures, take_pictures
from movescreen.screening import merge_clips
from movescreen.video.keyframes import KeyFrames


def analyze_clip(
    video: Path,
    request: Request,
    folder: Path,
    formats: Sequence[str] | None = None,
    *,
    client: str = "",
    recorded: str = "",
    on_progress: OnProgress | None = None,
    pictures: bool = True,
) -> ClipResult:
    """Analyse a clip and write its files.

    Parameters
    ----------
    video
        The clip.
    request
        Movement, view and settings.
    folder
        Where the files go.
    formats
        Names of formats; None = the usual ones.
    client, recorded
        Printed on the report.
    on_progress
        Called after every analysed frame.
    pictures
        Write pictures of the person; False for somebody who did not agree to them.

    Raises
    ------
    MovescreenError
        When the clip cannot be read or holds no person, or the folder cannot be written to.
    """
    key_frames = KeyFrames()
    result = analyze_video(video, request, on_progress=on_progress, key_frames=key_frames)
    taken = take_pictures(result, video, kept=key_frames.kept) if pictures else ClipPictures()
    write_result(result, folder, formats, video_path=video, client=client, recorded=recorded, pictures=taken)
    return result


def merge_and_write(
    results: Mapping[str, ClipResult],
    failed: Mapping[str, MovescreenError],
    out: Path,
    *,
    client: str = "",
    recorded: str = "",
    pain: Sequence[str] = (),
    person: Person | None = None,
    pdf: bool = False,
) -> ScreeningResult:
    """Merge the clips of one person and write the screening.

    Parameters
    ----------
    results
        Folder of each clip's files below ``out`` -> its result.
    failed
        Name of each clip that gave no result, and why.
    out
        Folder of the screening.
    client, recorded
        Printed on the report.
    pain
        Names of movements that hurt.
    person
        Age and sex, for comparing with norms.
    pdf
        Write both pages as PDF, too.
    """
    merged = merge_clips(list(results.values()), catalog_of(results.values()), client, failed, pain, person)
    write_screening(merged, out, list(results), recorded=recorded, pdf=pdf)
    return merged
