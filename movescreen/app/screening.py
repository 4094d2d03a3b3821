"""The act of screening: open it, have clips and recordings analyzed, finish it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypedDict, Unpack

from movescreen.app.records import Records
from movescreen.app.red_flag_gate import Subject, admit, readmit
from movescreen.app.tasks import ClipTask, RecordingTask
from movescreen.client.dates import read_past_day
from movescreen.client.visits.corrections import CORRECTIONS_FILE
from movescreen.client.visits.visit import ScreeningRecord
from movescreen.errors import AnalysisError, InputError, MovescreenError, UnknownNameError
from movescreen.model import ClipResult, Demographics, Frame, Notice, PoseSequence, ScreeningResult
from movescreen.pipeline import AnalysisRequest, catalog_of
from movescreen.pose import EngineInfo
from movescreen.render.film import Film
from movescreen.screening import merge_clips


class ToldOfClips(TypedDict, total=False):
    """What may be said beside the clips of a screening.

    Attributes
    ----------
    pain
        Names of movements that hurt; they are noted with the client, also when no clip gave a result.
    formats
        Names of output formats beside the usual ones.
    folders
        Where the clips' files lie now; at their names when left out.
    videos
        Names of the clips -> the clip, for front beside side with the format ``overlay``.
    """

    pain: Sequence[str]
    formats: Sequence[str]
    folders: Sequence[Path]
    videos: Mapping[Path, Path]


@dataclass(frozen=True, kw_only=True)
class FinishedScreening:
    """What a screening came to.

    Attributes
    ----------
    clips
        Folder of each clip's files, in the order of the result's clips.
    kept
        What the records hold of it; None for somebody who is no client, or when it could not be kept.
    not_kept
        Why it could not be kept with the client, although its files are written; None when nothing went wrong.
    """

    result: ScreeningResult
    folder: Path
    clips: tuple[Path, ...]
    kept: ScreeningRecord | None = None
    not_kept: MovescreenError | None = None


class Screening:
    """One person on one day, from the gate to what is kept. Made by :meth:`open` only.

    Attributes
    ----------
    subject
        Who is screened: name, age and sex, consent to pictures, what to mind.
    recorded
        The same as reports print it; empty when nobody named a day.
    """

    def __init__(self, subject: Subject, day: date, recorded: str, records: Records) -> None:
        self.subject, self.day, self.recorded = subject, day, recorded
        self._records = records

    @classmethod
    def open(
        cls, records: Records, client: str = "", day: str = "", *, person: Demographics | None = None,
        pictures: bool = True,
    ) -> Screening:  # fmt: skip
        """Open a screening, once nothing stops it.

        Parameters
        ----------
        records
            The clients; somebody who is none of them is screened all the same, and nothing is kept.
        client
            A client's code, or a name for the reports; may be empty.
        day
            Of the recording, ``2026-03-12``; today when empty.
        person
            Age and sex, where they are not in the records.
        pictures
            Whether pictures are wanted; a client must have agreed to them as well.

        Raises
        ------
        NeedsReferral
            When a red flag of the client stops the screening. Nothing was written.
        UnknownNameError
            When it looks like a client's code with a slip.
        InputError
            When the day does not exist or lies ahead, or the name is also a client's.
        """
        when = read_past_day(day)
        subject = admit(records, client, when, person or Demographics(), pictures)
        return cls(subject, when, when.isoformat() if day else "", records)

    @classmethod
    def reopen(cls, records: Records, client: str, day: str, person: Demographics | None = None) -> Screening:
        """Open the screening of an earlier day, for what is made again of it; parameters and errors as in :meth:`open`.

        A day that is none, as older results may say, counts as today. Of red flags those of today count: one that a clinician has
        cleared since the day does not stop any more.
        """
        try:
            when = read_past_day(day)
        except InputError:
            when = date.today()
        return cls(readmit(records, client, when, person or Demographics()), when, day, records)

    def clip_task(self, video: Path, request: AnalysisRequest, folder: Path, formats: Sequence[str] = ()) -> ClipTask:
        """Return the work of analyzing one clip, for this or another process."""
        return ClipTask(
            video=video, request=request, folder=folder, client=self.subject.name, recorded=self.recorded,
            formats=tuple(formats), pictures=self.subject.pictures, films=self.subject.films,
            label=self.subject.label,
        )  # fmt: skip

    def recording_task(
        self, title: str, poses: PoseSequence | None, request: AnalysisRequest, engine: EngineInfo, folder: Path, *,
        notices: Sequence[Notice] = (), frames: Mapping[int, Frame] | None = None, film: Film | None = None,
    ) -> RecordingTask:  # fmt: skip
        """Return the work of analyzing a recording of a guided session, for this or another process.

        Parameters are those of :class:`RecordingTask`; without consent to pictures ``frames`` are dropped, without consent to films the ``film``.
        """
        return RecordingTask(
            title=title, poses=poses, request=request, engine=engine, folder=folder, client=self.subject.name,
            recorded=self.day.isoformat(), notices=tuple(notices), label=self.subject.label,
            frames=dict(frames or {}) if self.subject.pictures else {}, film=film if self.subject.films else None,
        )  # fmt: skip

    def finish(
        self,
        clips: Mapping[Path, ClipResult],
        failed: Mapping[str, MovescreenError],
        out: Path,
        **told: Unpack[ToldOfClips],
    ) -> FinishedScreening:
        """Merge the clips, write the screening, and keep it with the client.

        Parameters
        ----------
        clips
            Folder of each clip's files, as the screening's pages name it: below ``out``, or relative to it -> its result.
        failed
            Name of each clip that gave no result, and why.

        Raises
        ------
        AnalysisError
            When there is no result at all.
        InputError
            When the folder cannot be written to.
        """
        merged = self.write(clips, failed, out, **told)
        return self.keep(merged, out, told.get("folders") or [out / folder for folder in clips])

    def write(
        self,
        clips: Mapping[Path, ClipResult],
        failed: Mapping[str, MovescreenError],
        out: Path,
        **told: Unpack[ToldOfClips],
    ) -> ScreeningResult:
        """Merge the clips and write the screening, as :meth:`finish` does; :meth:`keep` keeps it with the client."""
        from movescreen.app.pairs import remove_pairs, write_pairs  # the pages of several clips: not needed for one
        from movescreen.report.documents.screening import write_screening

        pain, formats, videos = told.get("pain", ()), told.get("formats", ()), told.get("videos")
        if not clips:
            self.note_pain(pain)
            reasons = "; ".join(f"{name}: {error.message}" for name, error in failed.items())
            raise AnalysisError(f"nothing was recorded that could be judged{f' ({reasons})' if reasons else ''}", "")
        merged = self.merge(list(clips.values()), failed, pain)
        sources = told.get("folders") or [out / folder for folder in clips]
        remove_pairs(out)
        if videos and self.subject.pictures and "overlay" in formats:
            write_pairs(clips, videos, out)
        write_screening(
            merged, out, [folder.as_posix() for folder in clips], recorded=self.recorded, pictures_from=sources,
            formats=formats, anew=True, watch=self.watch(), label=self.subject.label,
        )  # fmt: skip
        return merged

    def keep(self, merged: ScreeningResult, out: Path, folders: Sequence[Path]) -> FinishedScreening:
        """Keep a screening that is written with the client."""
        return self._keep(merged, out, folders, own=out)

    def watch(self) -> tuple[str, ...]:
        """Return when the client gets help and when to stop, a line each; empty for somebody without records, of whom nothing is known."""
        if not self.subject.code:
            return ()
        from movescreen.app.page_data import tell_watch  # most of what is known about clients: needed for them only

        store, code = self._records.store, self.subject.code
        try:
            return tell_watch(store.person(code, self.day), store.visits(code), store.catalog)
        except UnknownNameError:  # deleted meanwhile: the report is written all the same
            return ()

    def finish_clip(self, result: ClipResult, folder: Path) -> FinishedScreening:
        """Keep a single clip with the client; of one clip no page beside its own is written."""
        return self._keep(self.merge([result], {}, ()), folder, [folder])

    def merge(
        self, results: Sequence[ClipResult], failed: Mapping[str, MovescreenError], pain: Sequence[str]
    ) -> ScreeningResult:
        """Return the clips of this person as one result: age and sex choose the norms."""
        return merge_clips(
            list(results), catalog_of(results), self.subject.name, failed, pain, self.subject.demographics
        )

    def _keep(
        self, merged: ScreeningResult, out: Path, folders: Sequence[Path], own: Path | None = None
    ) -> FinishedScreening:
        kept, problem = None, None
        if self.subject.code:
            from movescreen.app.visit_keeping import keep_visit  # for clients only

            try:
                kept = keep_visit(self._records.store, self.subject.code, self.day, merged, folders, own)
            except MovescreenError as error:  # the files are there all the same
                problem = error
        if (out / CORRECTIONS_FILE).is_file() or kept is not None:
            from movescreen.app.correcting import apply_again  # which opens screenings itself

            apply_again(self._records, out)
        return FinishedScreening(result=merged, folder=out, clips=tuple(folders), kept=kept, not_kept=problem)

    def note_pain(self, pain: Sequence[str]) -> None:
        """Note with the client which movements hurt; what :meth:`finish` does by itself."""
        if self.subject.code and pain:
            from movescreen.app.visit_keeping import note_pain

            note_pain(self._records.store, self.subject.code, self.day, pain)
