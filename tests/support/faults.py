"""Stand-ins for the analysis: quick, and as bad as clips can be. Named functions, so that they travel to other processes."""

from __future__ import annotations

import math
import os
import signal
import time
from dataclasses import replace
from pathlib import Path

from movescreen.errors import NoPersonFound
from movescreen.model import Attempt, Measure, MovementMatch
from movescreen.pipeline import AnalysisRequest, AnalyzedVideo
from movescreen.video.container import hash_file
from tests.support.results import front_squat, side_squat
from tests.support.waiting import until

#: While this file is not beside them, clips with "held" in their names are not finished.
GO = "go"

#: What a clip with "jump" in its name gives.
JUMPED = (
    Measure(
        name="jump_height", side="", title="Jump height", unit="cm", digits=0, value=30.5, error=1.25, attempts=(Attempt(rep=1, value=29.0, error=1.2), Attempt(rep=2, value=32.0, error=1.3)),
        how="median", definition="from the time in the air", error_from="rendered jumps",
    ),
    Measure(name="flight_time", side="", title="Time in the air", unit="s", digits=2, value=math.nan, error=math.nan, reason="=not seen"),
)  # fmt: skip


def quick(clip: Path, request: AnalysisRequest, **_more: object) -> AnalyzedVideo:
    """Answer by the clip's name, and write down beside the clip that it was analyzed; some names do harm."""
    with (clip.parent / "analyzed.log").open("a") as log:
        log.write(f"{clip.name}\n")
    name = clip.stem
    if "nobody" in name:
        raise NoPersonFound("nobody was found in any of the 90 frames")
    if "bug" in name:
        raise ZeroDivisionError("a mistake in the code")
    if "memory" in name:
        raise MemoryError
    if "crash" in name:
        os.kill(os.getpid(), signal.SIGSEGV)
    if "exit" in name:
        os._exit(3)
    if "hang" in name:
        time.sleep(600)
    if "held" in name:
        until(lambda: (clip.parent / GO).exists())
    result = front_squat() if "front" in name else side_squat()
    if "jump" in name:
        result = replace(
            result,
            movement=MovementMatch(name="countermovement_jump", confidence=0.9, scores={}),
            findings=(),
            measures=JUMPED,
        )
    asked = {"movement": request.movement, "view": request.view, **request.settings.model_dump()}
    made = replace(
        result,
        video=replace(result.video, name=clip.name, sha256=hash_file(clip)),
        provenance=replace(result.provenance, settings=asked),
    )
    return AnalyzedVideo(made, {})


def analyzed(folder: Path) -> list[str]:
    """Return the names of the clips whose analysis began, in order, also those done twice."""
    log = folder / "analyzed.log"
    return log.read_text().split() if log.exists() else []


def let_go(folder: Path) -> None:
    """Let the clips that are held be finished, now and later."""
    (folder / GO).touch()
