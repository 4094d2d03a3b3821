"""Clips that come in: checked while they arrive, analyzed in a process of their own, merged into one screening."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import secrets
import shutil
import threading
import time
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from pathlib import Path

from movescreen.app import Records, Screening
from movescreen.batch import BatchItem, name_folders
from movescreen.batch.executors import ProcessExecutor
from movescreen.encryption import create
from movescreen.errors import AnalysisError, InputError, MovescreenError, TimedOut, WorkerLost
from movescreen.files import make_folder, marked_folder
from movescreen.live import name_folder
from movescreen.model import ClipResult
from movescreen.pipeline import AnalysisRequest
from movescreen.pose.person.choice import check_asked_person
from movescreen.report import check_formats, formats_of_clips
from movescreen.video.probe import probe_clip
from movescreen.web.clip_files import analyze_upload, file_name, looks_like_video, shown_name
from movescreen.web.config import WebConfig
from movescreen.web.errors import Busy, NotAVideo, NotThere, TooLarge

#: Where clips wait, inside the folder of the results; they are deleted after their analysis.
WAITING_FOLDER = ".uploads"
#: Clips that may arrive at a time, and how long one may say nothing, s.
_ARRIVING = 6
_SILENCE_S = 30.0
_TIMEOUT_S = 1800.0
#: An upload that nobody asks about is forgotten after this long, s.
_FORGOTTEN_S = 3600.0
_SNIFFED = 256


@dataclass
class UploadedClip:
    """A clip, and how far it is.

    Attributes
    ----------
    name
        As the user calls it.
    state
        ``waiting``, ``analysing``, ``done`` or ``failed``.
    error
        Why there is no result.
    result
        The result.
    folder
        Folder of its files below that of the screening.
    """

    name: str
    path: Path
    progress_path: Path
    folder: str = ""
    person: str = ""
    state: str = "waiting"
    error: MovescreenError | None = None
    result: ClipResult | None = None
    work: Future[ClipResult | MovescreenError] | None = None

    def progress(self) -> float:
        """Return the share that is analyzed, 0..1."""
        if self.state in ("done", "failed"):
            return 1.0
        try:
            return min(1.0, max(0.0, float(self.progress_path.read_text("ascii"))))
        except (OSError, ValueError):
            return 0.0


@dataclass
class Upload:
    """The clips of one person.

    Attributes
    ----------
    id
        Unguessable.
    screening
        Who is screened.
    formats
        Names of output formats beside the usual ones.
    folder
        Of the screening.
    clips
        In the order in which they came.
    state
        ``open``, ``merging``, ``done`` or ``failed``.
    note
        Why a finished screening could not be kept with the client.
    """

    screening: Screening
    formats: tuple[str, ...]
    folder: Path
    waiting: Path
    id: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    clips: list[UploadedClip] = field(default_factory=list)
    state: str = "open"
    note: str = ""
    error: MovescreenError | None = None
    used_s: float = field(default_factory=time.monotonic)


class UploadService:
    """Takes clips in and sees to it that they are analyzed.

    Parameters
    ----------
    config
        Limits, folder of the results, settings.
    records
        Keeps the screenings of clients.
    executor
        Analyzes clips; a process of its own when None, made with the first one.
    """

    def __init__(self, config: WebConfig, records: Records, executor: Executor | None = None) -> None:
        self._config, self._records, self._executor = config, records, executor
        self._uploads: dict[str, Upload] = {}
        self._lock = threading.Lock()
        self._arriving = 0

    def open(self, client: str, recorded: str, formats: Sequence[str] = ()) -> Upload:
        """Begin an upload.

        Raises
        ------
        Busy
            When too many are open.
        InputError
            When the day of recording does not exist.
        NeedsReferral
            When a red flag of the client stops the screening.
        UnknownNameError
            When there is no such format.
        """
        wanted = check_formats(formats)
        screening = Screening.open(self._records, client, recorded)
        self.tidy()
        with self._lock:
            if len(self._uploads) >= self._config.limits.uploads:
                raise Busy("too many uploads are open", "wait until some are done")
            folder = name_folder(self._config.results, client)
            # taken at once, so that two uploads of one second do not share it
            _make_folder(folder)
            upload = Upload(screening, wanted, folder, Path())
            upload.waiting = self._config.results / WAITING_FOLDER / upload.id
            self._uploads[upload.id] = upload
        return upload

    def find(self, upload_id: str) -> Upload:
        """Return an upload.

        Raises
        ------
        NotThere
            When there is none of that id (any more).
        """
        try:
            upload = self._uploads[upload_id]
        except KeyError:
            raise NotThere("this upload is not open any more", "begin a new one") from None
        upload.used_s = time.monotonic()
        for clip in upload.clips:
            _update(clip)
        return upload

    async def receive(
        self, upload_id: str, name: str, parts: AsyncIterator[bytes], stated_bytes: int | None, person: str = ""
    ) -> UploadedClip:
        """Take one clip in; nothing of a refused one stays on the disk.

        Parameters
        ----------
        upload_id
            Of an open upload.
        name
            What the user calls the clip.
        parts
            Its bytes as they arrive.
        stated_bytes
            How many are to come, when the sender says so.
        person
            Who is followed when there are several, as an analysis takes it.

        Raises
        ------
        TooLarge, NotAVideo, VideoError
            When it is refused.
        Busy
            When too many arrive at once.
        """
        upload = self.find(upload_id)
        if not check_asked_person(person):
            raise InputError("nobody can be meant by that", "click on the person in the picture")
        limits = self._config.limits
        if upload.state != "open":
            raise InputError("this upload is finished", "begin a new one")
        if len(upload.clips) >= limits.clips:
            raise TooLarge(f"an upload holds {limits.clips} clips at most", "begin a second one")
        if self._arriving >= _ARRIVING:
            raise Busy("too many clips arrive at once", "wait until some are here")
        self._ensure_room(name, stated_bytes or 0)
        number = secrets.token_hex(4)
        folder = upload.waiting / number
        hidden = marked_folder(folder) is not None  # names can be read where what is in the files is encrypted
        path = folder / (f"clip{Path(file_name(name)).suffix[:8]}" if hidden else file_name(name))
        self._arriving += 1
        try:
            await asyncio.to_thread(_make_folder, folder)
            await self._write(path, name, parts)
            await asyncio.to_thread(self._ensure_short, path, name)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        finally:
            self._arriving -= 1
        clip = UploadedClip(shown_name(name), path, upload.waiting / f"{number}.progress", person=person)
        self._start(upload, clip)
        return clip

    def finish(self, upload_id: str) -> Upload:
        """Make the screening as soon as all clips are analyzed.

        Raises
        ------
        InputError
            When there are no clips.
        """
        upload = self.find(upload_id)
        with self._lock:
            if upload.state != "open":
                return upload
            if not upload.clips:
                raise InputError("there are no clips yet", "add some first")
            upload.state = "merging"
        here = contextvars.copy_context()  # who is at work stands in the trail
        threading.Thread(target=here.run, args=(_merge, upload), name="merge", daemon=True).start()
        return upload

    def cancel(self, upload_id: str) -> None:
        """Forget an upload and delete its clips; a finished screening stays."""
        upload = self.find(upload_id)
        for clip in upload.clips:
            if clip.work is not None:
                clip.work.cancel()
        shutil.rmtree(upload.waiting, ignore_errors=True)
        if upload.state != "done":
            shutil.rmtree(upload.folder, ignore_errors=True)
        self._uploads.pop(upload_id, None)

    def tidy(self) -> None:
        """Forget uploads that nobody asked about for long."""
        now_s = time.monotonic()
        for upload in list(self._uploads.values()):
            busy = upload.state == "merging" or any(c.state in ("waiting", "analysing") for c in upload.clips)
            if now_s - upload.used_s > _FORGOTTEN_S and not busy:
                self.cancel(upload.id)

    def close(self) -> None:
        """End everything and delete the clips."""
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)
        for upload in self._uploads.values():
            shutil.rmtree(upload.waiting, ignore_errors=True)
            with contextlib.suppress(OSError):
                upload.folder.rmdir()
        with contextlib.suppress(OSError):
            (self._config.results / WAITING_FOLDER).rmdir()

    async def _write(self, path: Path, name: str, parts: AsyncIterator[bytes]) -> None:
        limit, seen, head = self._config.limits.upload_bytes, 0, b""
        with create(path) as file:
            while True:
                try:
                    part = await asyncio.wait_for(anext(parts), _SILENCE_S)
                except StopAsyncIteration:
                    break
                except TimeoutError:
                    raise InputError(f"“{shown_name(name)}” stopped arriving", "try again") from None
                seen += len(part)
                if seen > limit:
                    raise _too_large(name, limit)
                if len(head) < _SNIFFED:
                    head += part[: _SNIFFED - len(head)]
                    if len(head) >= _SNIFFED and not looks_like_video(head):
                        raise _no_video(name)
                await asyncio.to_thread(file.write, part)
        if not looks_like_video(head):
            raise _no_video(name)

    def _ensure_room(self, name: str, coming: int) -> None:
        limits = self._config.limits
        if coming > limits.upload_bytes:
            raise _too_large(name, limits.upload_bytes, coming)
        root = next(p for p in (self._config.results, *self._config.results.parents) if p.exists())
        if shutil.disk_usage(root).free < coming + limits.spare_disk_bytes:
            raise TooLarge(
                f"there is not enough room on the disk for “{shown_name(name)}”", "free some, or delete old results"
            )

    def _ensure_short(self, path: Path, name: str) -> None:
        longest_s = self._config.limits.upload_s
        duration_s = probe_clip(path).info.duration_s
        if duration_s > longest_s:
            raise TooLarge(
                f"“{shown_name(name)}” lasts {duration_s / 60:.1f} minutes; {longest_s / 60:g} are allowed",
                "cut out the movement, a clip of a minute is plenty",
            )

    def _start(self, upload: Upload, clip: UploadedClip) -> None:
        with self._lock:
            if self._executor is None:
                self._executor = ProcessExecutor(1, _TIMEOUT_S)
            upload.clips.append(clip)
            hidden = marked_folder(clip.path) is not None
            items = name_folders(BatchItem("clip" if hidden else c.name, f"/{i}") for i, c in enumerate(upload.clips))
            taken = {c.folder for c in upload.clips}
            clip.folder = next(f for f in _candidates(items[-1].folder) if f not in taken)
            request = AnalysisRequest(settings=self._config.settings, person=clip.person)
            task = upload.screening.clip_task(
                clip.path, request, upload.folder / clip.folder, formats_of_clips(upload.formats)
            )
            clip.work = self._executor.submit(
                analyze_upload, replace(task, name=clip.name if hidden else ""), clip.progress_path
            )


def _merge(upload: Upload) -> None:
    results: dict[Path, ClipResult] = {}
    failed: dict[str, MovescreenError] = {}
    try:
        for clip in upload.clips:
            _update(clip, wait=True)
            if clip.result is not None:
                results[Path(clip.folder)] = clip.result
            elif clip.error is not None:
                failed[clip.name] = clip.error
        if not results:
            reasons = "; ".join(error.message for error in failed.values())
            raise AnalysisError(f"none of the clips could be analyzed: {reasons}", "see how to record, and try again")
        finished = upload.screening.finish(results, failed, upload.folder, formats=upload.formats)
        if finished.not_kept is not None:  # the report is there all the same
            upload.note = f"It could not be kept with the client: {finished.not_kept.message}. It is under Results."
        upload.state = "done"
    except MovescreenError as error:
        upload.error, upload.state = error, "failed"
    finally:
        if upload.state != "done":
            upload.state = "failed"
            shutil.rmtree(upload.folder, ignore_errors=True)
        shutil.rmtree(upload.waiting, ignore_errors=True)


def _update(clip: UploadedClip, *, wait: bool = False) -> None:
    """Look at how far the work is."""
    work = clip.work
    if work is None or clip.state in ("done", "failed"):
        return
    if not wait and not work.done():
        clip.state = "analysing" if clip.progress_path.exists() else "waiting"
        return
    try:
        made: ClipResult | MovescreenError = work.result()
    except TimeoutError:
        made = TimedOut("it took longer than it may", "cut the clip")
    except Exception as error:
        made = WorkerLost(f"its analysis ended unexpectedly: {error}", "try again")
    if isinstance(made, MovescreenError):
        clip.error, clip.state = made, "failed"
    else:
        clip.result, clip.state = made, "done"


def _candidates(folder: str) -> list[str]:
    return [folder, *(f"{folder}_{n}" for n in range(2, 100))]


def _make_folder(folder: Path) -> None:
    try:
        make_folder(folder)
    except OSError as error:
        raise InputError(
            f"cannot write {folder}: {error.strerror or error}", "choose another folder with --out"
        ) from error


def _too_large(name: str, limit: int, size: int = 0) -> TooLarge:
    stated = f"has {size / 1e6:.0f} MB" if size else "is too large"
    return TooLarge(
        f"“{shown_name(name)}” {stated}; {limit / 1e6:.0f} MB are allowed",
        "cut out the movement, or record in a lower quality",
    )


def _no_video(name: str) -> NotAVideo:
    return NotAVideo(f"“{shown_name(name)}” is not a video", "take an MP4, MOV, MKV, WebM or AVI file")
