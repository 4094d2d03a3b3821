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
from movescreen.pipeline import AnalyzedVideo, Request
from movescreen.video.container import hash_file
from tests.support.results import front_squat, side_squat

#: What a clip with "jump" in its name gives.
JUMPED = (
    Measure(
        "jump_height", "", "Jump height", "cm", 0, 30.5, 1.25, (Attempt(1, 29.0, 1.2), Attempt(2, 32.0, 1.3)),
        how="median", definition="from the time in the air", error_from="rendered jumps",
    ),
    Measure("flight_time", "", "Time in the air", "s", 2, math.nan, math.nan, reason="=not seen"),
)  # fmt: skip


def quick(clip: Path, request: Request, *, on_progress: object = None) -> AnalyzedVideo:
    """Answer by the clip's name, and write down beside the clip that it was analysed; some names do harm."""
    with (clip.parent / "analysed.log").open("a") as log:
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
    if "slow" in name:
        time.sleep(0.5)
    result = front_squat() if "front" in name else side_squat()
    if "jump" in name:
        result = replace(result, movement=MovementMatch("countermovement_jump", 0.9, {}), findings=(), measures=JUMPED)
    asked = {"movement": request.movement, "view": request.view, **request.settings.model_dump()}
    made = replace(
        result,
        video=replace(result.video, name=clip.name, sha256=hash_file(clip)),
        provenance=replace(result.provenance, settings=asked),
    )
    return AnalyzedVideo(made, {})


def analysed(folder: Path) -> list[str]:
    """Return the names of the clips that were analysed, in order, also those done twice."""
    log = folder / "analysed.log"
    return log.read_text().split() if log.exists() else []
