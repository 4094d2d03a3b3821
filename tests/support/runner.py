"""Clips of a runner with an old ankle sprain, as recorded results with known numbers, for the stories."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from movescreen.model import ClipResult, Plane, Repetition, Status
from movescreen.report.formats.key_pictures import MARKED_FILE
from tests.support.results import SPECS, front_squat, make_finding, side_squat, spec

PIXEL = "/9j/4AAQSkZJRgABAQEAYABgAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAxNDQ0Hyc5PTgyPC4zNDL/wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACf/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AKp//2Q=="  # fmt: skip


def with_values(clip: ClipResult, values: dict[str, float], findings: dict[str, float]) -> ClipResult:
    """Return a clip in which signals have other values at the turn, and their checks other verdicts."""

    def changed(rep: Repetition) -> Repetition:
        return replace(rep, at_turn={**rep.at_turn, **values})

    reps = tuple(map(changed, clip.reps))
    made = []
    for check, value in findings.items():
        flagged = abs(value) > 10
        status = Status.FLAGGED if flagged else Status.CLEAR
        side = "right" if check == "heel_rise" else ""
        text = f"{check} measured {value:.0f}."
        made.append(make_finding(check, status, [value] * 5, 10.0, unit="pct", side=side, message=text))
    others = tuple(f for f in clip.findings if f.check_id not in findings)
    extra = {"thigh_elevation_right": spec("thigh_elevation_right", "deg", Plane.SAGITTAL, "higher", "level")}
    series = replace(clip.series, specs={**SPECS, **extra})
    return replace(clip, reps=reps, findings=(*made, *others), series=series)


def write_runner_clip(name: str, folder: Path, seen: Mapping[str, float]) -> ClipResult:
    """Write what an analysis leaves behind, and return its result: from the front when the clip's name says so.

    Parameters
    ----------
    seen
        ``heel``: heel rise (% of the foot); ``shift``: to the left (% of the ankle width); ``thigh``: above level (degrees).
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "result.json").write_text("{}", "utf-8")
    (folder / MARKED_FILE).write_bytes(base64.b64decode(PIXEL))
    if "front" in name:
        return with_values(front_squat(5), {"lateral_shift": seen["shift"]}, {"weight_shift": seen["shift"]})
    values = {"heel_rise_right": seen["heel"], "thigh_elevation_right": seen["thigh"]}
    return with_values(side_squat(5), values, {"heel_rise": seen["heel"]})
