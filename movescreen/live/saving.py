"""From recordings to files: every part through the batch path, then one screening of all.

What was counted and cued live is provisional; nothing of it enters the result but what the person said (pain).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Mapping
from concurrent.futures import CancelledError, Executor, Future
from datetime import datetime
from pathlib import Path
from typing import Any

from movescreen.app import FinishedScreening, RecordingTask, Screening, attempt
from movescreen.codec import to_plain
from movescreen.errors import AnalysisError, MovescreenError
from movescreen.files import marked_folder
from movescreen.live.states import PartOutcome
from movescreen.model import ClipResult, Frame, Notice
from movescreen.pipeline import AnalysisRequest
from movescreen.pose import EngineInfo
from movescreen.render.film import Film
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


def make_task(
    outcome: PartOutcome, engine: EngineInfo, settings: Settings, folder: Path, screening: Screening,
    frames: Mapping[int, Frame] | None = None, film: Film | None = None,
) -> RecordingTask:  # fmt: skip
    """Return the work of analyzing a recorded part, for this or another process."""
    part = outcome.part
    request = AnalysisRequest(part.movement, "auto", settings, part.side)
    return screening.recording_task(
        part.title, outcome.poses, request, engine, folder, notices=(_PAIN,) if outcome.pain else (), frames=frames,
        film=film,
    )  # fmt: skip


class SessionFiles:
    """Writes a session's files while it goes on.

    Parameters
    ----------
    executor
        Does the work; it gets one call a part.
    """

    def __init__(
        self, folder: Path, screening: Screening, protocol: str, settings: Settings, executor: Executor
    ) -> None:
        self.folder, self.screening = folder, screening
        self.recorded = datetime.now().astimezone()
        self._protocol, self._settings, self._executor = protocol, settings, executor
        self._outcomes: list[PartOutcome] = []
        self._work: dict[str, tuple[RecordingTask, Future[ClipResult | MovescreenError]]] = {}

    def add(
        self,
        outcome: PartOutcome,
        engine: EngineInfo,
        pictures: Mapping[int, Frame] | None = None,
        film: Film | None = None,
    ) -> None:
        """Take what became of a part; a recording is analyzed at once."""
        self._outcomes.append(outcome)
        if outcome.status != "recorded":
            return
        task = make_task(outcome, engine, self._settings, self.folder / outcome.part.id, self.screening, pictures, film)
        self._work[outcome.part.id] = task, self._executor.submit(attempt, task)

    @property
    def hurt(self) -> tuple[str, ...]:
        """Names of the movements that hurt."""
        return tuple(dict.fromkeys(outcome.part.movement for outcome in self._outcomes if outcome.pain))

    def finish(self) -> FinishedScreening:
        """Wait for all parts, write the screening, and keep it with the client.

        Raises
        ------
        AnalysisError
            When no part holds an answer. ``session.json`` is written all the same, unless nothing was recorded or said.
        InputError
            When the folder cannot be written to.
        """
        results: dict[Path, ClipResult] = {}
        failed: dict[str, MovescreenError] = {}
        if not any(o.status == "recorded" or o.pain for o in self._outcomes):
            raise AnalysisError("nothing was recorded", "begin a new session when everybody is ready")
        for outcome in self._outcomes:
            if outcome.part.id in self._work:
                made = _result_of(*self._work[outcome.part.id])
                if isinstance(made, MovescreenError):
                    failed[outcome.part.title] = made
                else:
                    results[Path(outcome.part.id)] = made
            elif outcome.pain:
                failed[outcome.part.title] = AnalysisError(
                    "pain was reported, so it was not done: it scores 0, and a clinician should look at it before training goes on"
                )
        write_json_file(self.folder / SESSION_FILE, self._told(results, failed))
        return self.screening.finish(results, failed, self.folder, pain=self.hurt)

    def _told(self, results: Mapping[Path, ClipResult], failed: Mapping[str, MovescreenError]) -> dict[str, Any]:
        parts = []
        for outcome in self._outcomes:
            result = results.get(Path(outcome.part.id))
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
            "client": self.screening.subject.name,
            "protocol": self._protocol,
            "recorded": self.recorded.isoformat(timespec="seconds"),
            "refer": any(o.pain for o in self._outcomes),
            "parts": to_plain(parts),
        }


def _result_of(task: RecordingTask, work: Future[ClipResult | MovescreenError]) -> ClipResult | MovescreenError:
    """Return what became of a task; when the process that had it is gone, do it here: a recording cannot be made again."""
    try:
        return work.result()
    except (Exception, CancelledError):
        log.warning("the analysis of %s ended unexpectedly and is done again", task.title, exc_info=True)
        return attempt(task)


def name_folder(root: Path, client: str, taken: Collection[Path] = ()) -> Path:
    """Return a folder for a new screening that neither exists nor is taken: day, time and client."""
    stamp = f"{datetime.now():%Y-%m-%d_%H%M%S}"
    # the names of folders can be read where what is in them is encrypted
    slug = "" if marked_folder(root / "x") else re.sub(r"[^\w]+", "-", client).strip("-_")[:40]
    name = f"{stamp}_{slug}" if slug else stamp
    folder, number = root / name, 2
    while folder.exists() or folder in taken:
        folder, number = root / f"{name}_{number}", number + 1
    return folder
