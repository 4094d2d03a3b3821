"""From recordings to files: every part through the batch path, then one screening of all.

What was counted and cued live is provisional; nothing of it enters the result but what the person said (pain).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import CancelledError, Executor, Future
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from movescreen.app.clip import merge_and_write
from movescreen.codec import to_plain
from movescreen.errors import AnalysisError, MovescreenError
from movescreen.live.states import PartOutcome
from movescreen.model import ClipResult, Frame, Notice, ScreeningResult, VideoInfo
from movescreen.pipeline import Request, analyze_poses
from movescreen.pose import EngineInfo
from movescreen.report import write_result
from movescreen.report.figures.pictures import ClipPictures, take_pictures
from movescreen.report.formats.json import write_json_file
from movescreen.settings import Settings

log = logging.getLogger("movescreen.live")

#: What was done in a session, beside the screening's own files.
SESSION_FILE = "session.json"
_PAIN = Notice(
    "pain",
    "Pain was reported here: this movement scores 0, and a clinician should look at it before training goes on.",
    ("all",),
)


@dataclass(frozen=True, eq=False)
class PartJob:
    """A recorded part, ready to be analysed in whichever process.

    Attributes
    ----------
    outcome
        What was recorded.
    engine
        What found the poses.
    settings
        Settings of the analysis.
    folder
        Where its files go.
    client, recorded
        Printed on the report.
    pictures
        Number of the picture -> picture of a deepest moment; may be empty.
    """

    outcome: PartOutcome
    engine: EngineInfo
    settings: Settings
    folder: Path
    client: str = ""
    recorded: str = ""
    pictures: Mapping[int, Frame] = field(default_factory=dict)


def analyze_part(outcome: PartOutcome, engine: EngineInfo, settings: Settings) -> ClipResult:
    """Turn a recorded part into a result, as a file's poses would be.

    Raises
    ------
    AnalysisError
        When there is no answer in it.
    """
    poses = outcome.poses
    if poses is None or not len(poses):
        raise AnalysisError(f"{outcome.part.title}: nothing was recorded", "record it again")
    width, height = poses.image_size_px
    steps = np.diff(poses.time_s)
    fps = float(1.0 / np.median(steps)) if len(steps) else 0.0
    uneven = bool(len(steps) and np.any(np.abs(steps - np.median(steps)) > 0.1 * np.median(steps)))
    video = VideoInfo(
        outcome.part.title, width, height, round(fps, 2), float(poses.time_s[-1]), codec="camera",
        variable_frame_rate=uneven, frames=len(poses),
    )  # fmt: skip
    part = outcome.part
    request = Request(part.movement, "auto", settings, part.side)
    return analyze_poses(poses, video, request, notices=(_PAIN,) if outcome.pain else (), engine=engine)


def write_part(job: PartJob) -> ClipResult | MovescreenError:
    """Analyse a part and write its files; return the result, or the reason why there is none."""
    try:
        result = analyze_part(job.outcome, job.engine, job.settings)
        pictures = take_pictures(result, Path(), kept=job.pictures) if job.pictures else ClipPictures()
        write_result(result, job.folder, client=job.client, recorded=job.recorded, pictures=pictures)
    except MovescreenError as error:
        return error
    return result


@dataclass(frozen=True, eq=False)
class SavedSession:
    """What was written.

    Attributes
    ----------
    folder
        Holds ``report.html`` and the rest.
    screening
        The merged result.
    outcomes
        What became of each part.
    clips
        Folder of each clip's files below ``folder``, in the order of the screening's clips.
    """

    folder: Path
    screening: ScreeningResult
    outcomes: Sequence[PartOutcome]
    clips: tuple[str, ...] = ()


class SessionFiles:
    """Writes a session's files while it goes on.

    Parameters
    ----------
    folder
        Of the screening.
    client
        Name or id; may be empty.
    protocol
        Name of the protocol.
    settings
        Settings of the analysis.
    executor
        Does the work; it gets one call a part.
    """

    def __init__(self, folder: Path, client: str, protocol: str, settings: Settings, executor: Executor) -> None:
        self.folder, self.client = folder, client
        self.recorded = datetime.now().astimezone()
        self._protocol, self._settings, self._executor = protocol, settings, executor
        self._outcomes: list[PartOutcome] = []
        self._work: dict[str, tuple[PartJob, Future[ClipResult | MovescreenError]]] = {}

    def add(self, outcome: PartOutcome, engine: EngineInfo, pictures: Mapping[int, Frame] | None = None) -> None:
        """Take what became of a part; a recording is analysed at once."""
        self._outcomes.append(outcome)
        if outcome.status != "recorded":
            return
        job = PartJob(
            outcome, engine, self._settings, self.folder / outcome.part.id, self.client,
            self.recorded.date().isoformat(), dict(pictures or {}),
        )  # fmt: skip
        self._work[outcome.part.id] = job, self._executor.submit(write_part, job)

    @property
    def hurt(self) -> tuple[str, ...]:
        """Names of the movements that hurt."""
        return tuple(dict.fromkeys(outcome.part.movement for outcome in self._outcomes if outcome.pain))

    def finish(self) -> SavedSession:
        """Wait for all parts and write the screening.

        Raises
        ------
        AnalysisError
            When no part holds an answer. ``session.json`` is written all the same, unless nothing was recorded or said.
        InputError
            When the folder cannot be written to.
        """
        results: dict[str, ClipResult] = {}
        failed: dict[str, MovescreenError] = {}
        if not any(o.status == "recorded" or o.pain for o in self._outcomes):
            raise AnalysisError("nothing was recorded", "begin a new session when everybody is ready")
        for outcome in self._outcomes:
            if outcome.part.id in self._work:
                made = _result_of(*self._work[outcome.part.id])
                if isinstance(made, MovescreenError):
                    failed[outcome.part.title] = made
                else:
                    results[outcome.part.id] = made
            elif outcome.pain:
                failed[outcome.part.title] = AnalysisError(
                    "pain was reported, so it was not done: it scores 0, and a clinician should look at it before training goes on"
                )
        write_json_file(self.folder / SESSION_FILE, self._told(results, failed))
        if not results:
            reasons = "; ".join(f"{name}: {error.message}" for name, error in failed.items())
            raise AnalysisError(f"nothing was recorded that could be judged{f' ({reasons})' if reasons else ''}", "")
        day = self.recorded.date().isoformat()
        merged = merge_and_write(results, failed, self.folder, client=self.client, recorded=day, pain=self.hurt)
        return SavedSession(self.folder, merged, tuple(self._outcomes), tuple(results))

    def _told(self, results: Mapping[str, ClipResult], failed: Mapping[str, MovescreenError]) -> dict[str, Any]:
        parts = []
        for outcome in self._outcomes:
            result = results.get(outcome.part.id)
            error = failed.get(outcome.part.title)
            parts.append(
                {
                    "id": outcome.part.id,
                    "title": outcome.part.title,
                    "status": outcome.status,
                    "pain": outcome.pain,
                    # a part scores 0 with pain and has no score otherwise: findings say more than a number would
                    "score": 0 if outcome.pain else None,
                    "refer": outcome.pain,
                    "reps": sum(r.complete for r in result.reps) if result else None,
                    "reps_live": len(outcome.reps),
                    "error": error.message if error else "",
                }
            )
        return {
            "kind": "session",
            "client": self.client,
            "protocol": self._protocol,
            "recorded": self.recorded.isoformat(timespec="seconds"),
            "refer": any(o.pain for o in self._outcomes),
            "parts": to_plain(parts),
        }


def _result_of(job: PartJob, work: Future[ClipResult | MovescreenError]) -> ClipResult | MovescreenError:
    """Return what became of a job; when the process that had it is gone, do it here: a recording cannot be made again."""
    try:
        return work.result()
    except (Exception, CancelledError):
        log.warning("the analysis of %s ended unexpectedly and is done again", job.outcome.part.title, exc_info=True)
        return write_part(job)


def name_folder(root: Path, client: str, taken: Collection[Path] = ()) -> Path:
    """Return a folder for a new screening that neither exists nor is taken: day, time and client."""
    stamp = f"{datetime.now():%Y-%m-%d_%H%M%S}"
    slug = re.sub(r"[^\w]+", "-", client).strip("-_")[:40]
    name = f"{stamp}_{slug}" if slug else stamp
    folder, number = root / name, 2
    while folder.exists() or folder in taken:
        folder, number = root / f"{name}_{number}", number + 1
    return folder
