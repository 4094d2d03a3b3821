"""A study as a BIDS dataset with motion data (Motion-BIDS: Jeung et al., Sci Data 2024;11:716): one recording a clip, angles as channels."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from movescreen.errors import InputError
from movescreen.files import make_folder, write_text
from movescreen.model import ClipResult, SignalSpec, resample
from movescreen.report.formats.opensim import equal_steps

#: Version of the standard that is followed.
BIDS_VERSION = "1.10.0"
_SYSTEM = "video"
_README = "Angles read from video by movescreen. A cell n/a could not be measured. What each channel is stands in channels.tsv.\n"


@dataclass(frozen=True)
class BidsClip:
    """A clip, whose it is, and which day; the names that BIDS allows are made of them."""

    subject: str
    session: str
    result: ClipResult


def write_bids(clips: Iterable[BidsClip], folder: Path) -> list[Path]:
    """Write a dataset into a folder that is new or empty.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    InputError
        When the folder is not empty, or cannot be written to.
    """
    if folder.is_dir() and any(folder.iterdir()):
        raise InputError(f"{folder} is not empty", "name a new folder: a dataset is written whole")
    written, runs, software, people = list[Path](), dict[str, int](), set[str](), set[str]()
    for clip in clips:
        subject, session = _label(clip.subject), _label(clip.session)
        place = f"sub-{subject}" + (f"_ses-{session}" if session else "")
        stem = f"{place}_task-{_label(clip.result.movement.name)}_tracksys-{_SYSTEM}"
        runs[stem] = runs.get(stem, 0) + 1
        software.add(clip.result.provenance.software)
        people.add(f"sub-{subject}")
        home = folder / f"sub-{subject}" / (f"ses-{session}" if session else "") / "motion"
        written += _write_clip(clip.result, home, f"{stem}_run-{runs[stem]}")
    about = {
        "Name": "movescreen", "BIDSVersion": BIDS_VERSION, "DatasetType": "raw", "License": "n/a",
        "GeneratedBy": [{"Name": name} for name in sorted(software)],
    }  # fmt: skip
    listed = "\n".join(["participant_id", *sorted(people)]) + "\n"
    top = {"dataset_description.json": json.dumps(about, indent=2), "participants.tsv": listed, "README": _README}
    return written + [write_text(folder / name, text) for name, text in top.items()]


def _write_clip(result: ClipResult, home: Path, stem: str) -> list[Path]:
    make_folder(home)
    series = result.series
    specs = [series.specs[name] for name in series.values if series.has(name)]
    time_s = equal_steps(series.time_s)
    read = pd.DataFrame({spec.name: resample(series.time_s, series.values[spec.name], time_s) for spec in specs})
    rate_hz = 1.0 / float(np.median(np.diff(time_s))) if len(time_s) > 1 else result.video.fps
    about = {
        "TaskName": result.movement_info.title, "SamplingFrequency": rate_hz, "RecordingDuration": float(time_s[-1] - time_s[0]),
        "RecordingType": "continuous", "TrackedPointsCount": 0, "MotionChannelCount": len(specs), "TrackingSystemName": _SYSTEM,
        "SoftwareVersions": result.provenance.software, "MISCChannelCount": sum(_kind(spec) == "MISC" for spec in specs),
        "JNTANGChannelCount": sum(_kind(spec) == "JNTANG" for spec in specs),
        "TaskDescription": f"{result.movement_info.title}, filmed: {result.view.kind.value}", "DeviceSerialNumber": "n/a",
    }  # fmt: skip
    channels = pd.DataFrame(
        [
            (s.name, "n/a", _kind(s), s.landmarks[0], {"deg": "deg", "pct": "%"}.get(s.unit, "n/a"), s.definition)
            for s in specs
        ],
        columns=["name", "component", "type", "tracked_point", "units", "description"],
    )
    files = {
        "motion.tsv": read.to_csv(
            sep="\t", index=False, header=False, na_rep="n/a", float_format="%.4f", lineterminator="\n"
        ),
        "motion.json": json.dumps(about, indent=2),
        "channels.tsv": channels.to_csv(sep="\t", index=False, lineterminator="\n"),
    }
    return [write_text(home / f"{stem}_{name}", text) for name, text in files.items()]


def _kind(spec: SignalSpec) -> str:
    return "JNTANG" if spec.unit == "deg" else "MISC"


def _label(text: str) -> str:
    """Return what BIDS allows of a text: letters and digits."""
    return re.sub(r"[^0-9a-zA-Z]", "", text)
