"""One clip or one recording to the files of its result: work that can be done in another process or on another machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from movescreen.ahead import load_ahead
from movescreen.errors import AnalysisError, MovescreenError
from movescreen.model import ClipResult, Frame, Notice, PoseSequence
from movescreen.pipeline import AnalysisRequest, AnalyzedVideo, OnProgress, analyze_poses, analyze_with_pictures
from movescreen.pipeline.recorded import is_recording, video_of
from movescreen.pose import EngineInfo
from movescreen.render.film import Film, FilmWatch
from movescreen.report import usual_formats, write_result
from movescreen.report.documents.registry import without_pictures
from movescreen.report.figures.pictures import ClipPictures, take_pictures

#: What comes after the pictures of a clip: loaded while the pose network is at work.
_LATER = (
    "movescreen.report.formats.html",
    "movescreen.report.formats.csv",
    "matplotlib.backends.backend_svg",
)

#: Turns a clip and a request into a result with pictures; tests put something else in its place.
Analyze = Callable[..., AnalyzedVideo]


class Task(Protocol):
    """Work that gives the result of one clip and writes its files."""

    def run(self) -> ClipResult:
        """Return the result; its files are written by then."""


@dataclass(frozen=True, kw_only=True)
class ClipTask:
    """A video, or poses recorded before, to analyze. Made by :meth:`movescreen.app.Screening.clip_task`.

    Attributes
    ----------
    video
        A file that :func:`movescreen.pipeline.analyze_with_pictures` reads.
    client, recorded, label
        Printed on the report; ``label`` is how the page names the client.
    formats
        Names of output formats beside the usual ones.
    pictures
        Whether pictures of the person may be kept; without consent no format that shows them is written, and what an
        earlier analysis left of them in the folder is removed.
    films
        Whether a small film of the clip may be kept as well.
    name
        What the clip is called, when its file is called otherwise.
    """

    video: Path
    request: AnalysisRequest
    folder: Path
    client: str = ""
    recorded: str = ""
    formats: tuple[str, ...] = ()
    pictures: bool = True
    films: bool = True
    label: str = ""
    name: str = ""

    def run(self, on_progress: OnProgress | None = None) -> ClipResult:
        """Analyze the clip and write its files.

        Raises
        ------
        MovescreenError
            When the clip cannot be read or holds no person, or the folder cannot be written to.
        """
        return self.write(*self.analyze(on_progress))

    def analyze(
        self, on_progress: OnProgress | None = None, analyze: Analyze | None = None
    ) -> tuple[ClipResult, ClipPictures]:
        """Return the result of the clip and the pictures for its report; writes nothing."""
        load_ahead(*_LATER)
        filming = FilmWatch() if self.pictures and self.films else None
        analyzed = (analyze or analyze_with_pictures)(
            self.video, self.request, on_progress=on_progress, observer=filming
        )
        result = analyzed.result
        if self.name:
            result = replace(result, video=replace(result.video, name=self.name))
        if not self.pictures or is_recording(self.video):
            return result, ClipPictures()
        film = filming.finish(result) if filming is not None else None
        shown = take_pictures(result, self.video, kept=analyzed.pictures, film=self.films and film is None)
        return result, shown if film is None else replace(shown, film=film)

    def write(self, result: ClipResult, pictures: ClipPictures) -> ClipResult:
        """Write the files of the result, and return it."""
        formats = usual_formats(*self.formats)
        write_result(
            result, self.folder, formats if self.pictures else without_pictures(formats), video_path=None if is_recording(self.video) else self.video, client=self.client,
            recorded=self.recorded, pictures=pictures, anew=True, label=self.label,
        )  # fmt: skip
        return result


@dataclass(frozen=True, kw_only=True, eq=False)
class RecordingTask:
    """Recorded poses of a guided session to analyze, as a file's poses would be.

    Attributes
    ----------
    folder, client, recorded, label
        As in :class:`ClipTask`.
    notices
        What the reader of the result must know beside what analyzing it finds out.
    frames
        Number of the frame -> picture of a deepest moment; empty without consent.
    film
        Of the recording; None without consent.
    """

    title: str
    poses: PoseSequence | None
    request: AnalysisRequest
    engine: EngineInfo
    folder: Path
    client: str = ""
    recorded: str = ""
    notices: tuple[Notice, ...] = ()
    frames: Mapping[int, Frame] = field(default_factory=dict)
    film: Film | None = None
    label: str = ""

    def analyze(self) -> ClipResult:
        """Return the result of the recording; writes nothing.

        Raises
        ------
        AnalysisError
            When there is no answer in it.
        """
        if self.poses is None or not len(self.poses):
            raise AnalysisError(f"{self.title}: nothing was recorded", "record it again")
        video = video_of(self.title, self.poses)
        return analyze_poses(self.poses, video, self.request, notices=self.notices, engine=self.engine)

    def run(self) -> ClipResult:
        """Analyze the recording and write its files; raises as :meth:`analyze` does."""
        result = self.analyze()
        pictures = take_pictures(result, Path(), kept=self.frames, film=False) if self.frames else ClipPictures()
        pictures = replace(pictures, film=self.film)
        write_result(
            result,
            self.folder,
            client=self.client,
            recorded=self.recorded,
            pictures=pictures,
            anew=True,
            label=self.label,
        )
        return result


def attempt(task: Task) -> ClipResult | MovescreenError:
    """Run a task; return its result, or the reason why there is none. What a worker process is asked to do."""
    try:
        return task.run()
    except MovescreenError as error:
        return error
