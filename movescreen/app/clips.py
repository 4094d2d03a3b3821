"""The clips of one person, analyzed one after the other and merged into one screening."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from movescreen.app.screening import FinishedScreening, Screening
from movescreen.app.tasks import ClipTask
from movescreen.errors import AssetError, MovescreenError
from movescreen.files import staged_folder
from movescreen.model import ClipResult
from movescreen.pipeline import AnalysisRequest
from movescreen.report import formats_of_clips
from movescreen.report.documents.registry import LAST_FILE
from movescreen.report.documents.screening import older_files


@dataclass(frozen=True, kw_only=True)
class ClipsToScreen:
    """What is to be screened.

    Attributes
    ----------
    clips
        Name of each clip's folder -> the clip.
    pain
        Names of the movements that hurt.
    formats
        Names of output formats beside the usual ones.
    """

    clips: Mapping[str, Path]
    request: AnalysisRequest
    pain: Sequence[str] = ()
    formats: Sequence[str] = ()


def screen_clips(
    screening: Screening, asked: ClipsToScreen, out: Path, *,
    run: Callable[[ClipTask], ClipResult] = ClipTask.run,
    on_failed: Callable[[Path, MovescreenError], None] = lambda clip, error: None,
) -> FinishedScreening:  # fmt: skip
    """Analyze the clips, write them and what they come to, and keep it with the client.

    Parameters
    ----------
    screening
        Who is screened, once nothing stops it.
    out
        Folder of the screening; it takes the place of an older one whole, or not at all.
    run
        Analyzes one clip and writes its files.
    on_failed
        Called for every clip without a result.

    Raises
    ------
    AssetError
        When the pose model is missing or damaged.
    MovescreenError
        When no clip gave a result: that of the first one.
    """
    formats = formats_of_clips(asked.formats)
    with staged_folder(out, last=LAST_FILE, drop=older_files(out)) as stage:
        results, failed = analyze_each(
            asked.clips,
            lambda folder, clip: run(screening.clip_task(clip, asked.request, stage / folder, formats)),
            on_failed,
        )
        if not results:
            screening.note_pain(asked.pain)
            raise next(iter(failed.values()))
        merged = screening.write(
            results, failed, stage, pain=asked.pain, formats=asked.formats,
            videos={Path(folder): clip for folder, clip in asked.clips.items()},
        )  # fmt: skip
    return screening.keep(merged, out, [out / folder for folder in results])


def analyze_each(
    clips: Mapping[str, Path], analyze: Callable[[str, Path], ClipResult],
    on_failed: Callable[[Path, MovescreenError], None] = lambda clip, error: None,
) -> tuple[dict[Path, ClipResult], dict[str, MovescreenError]]:  # fmt: skip
    """Return the results of the clips by their folders, and the errors of those without one; a missing model ends it."""
    results: dict[Path, ClipResult] = {}
    failed: dict[str, MovescreenError] = {}
    for folder, clip in clips.items():
        try:
            results[Path(folder)] = analyze(folder, clip)
        except AssetError:
            raise
        except MovescreenError as error:
            failed[str(clip)] = error
            on_failed(clip, error)
    return results, failed
