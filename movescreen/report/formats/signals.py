"""``signals.npz``: every signal in every frame with its error, all digits, so that a result can be loaded as it was written.

==============  =============  ======================================================================
``format``      text           ``movescreen-signals``
``version``     integer        version of the layout
``time_s``      ``(n,)``       rising times, s
``frame_index`` ``(n,)``       number of the frame in the file
``signals``     ``(s,)`` text  names of the signals that were read
``values``      ``(s, n)``     in the unit of the signal; NaN where it could not be measured
``with_error``  ``(e,)`` text  names of the signals whose error is known
``errors``      ``(e, n)``     standard deviation of the error in every frame
``about``       text           JSON object: specifications of all signals, why others are absent, the filter
==============  =============  ======================================================================
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from movescreen.archives import ArchiveKind, hash_content, read_text
from movescreen.codec import from_plain, to_plain
from movescreen.model import FilterSpec, FloatArray, KinematicSeries, SignalSpec
from movescreen.report.documents.registry import ReportJob, register_writer

SIGNALS_FILE = "signals.npz"
_FILE = ArchiveKind(
    "movescreen-signals", 1, "signal file", "make it again from the poses beside it: 'movescreen report DIR'"
)


@dataclass(frozen=True)
class _About:
    """What a series says beside its numbers."""

    specs: Mapping[str, SignalSpec]
    absent: Mapping[str, str]
    filter: FilterSpec


@register_writer("signals", files={SIGNALS_FILE: "every signal with its error, all digits, for movescreen.load"})
def write_signals(job: ReportJob, folder: Path) -> None:
    """Write ``signals.npz`` into a folder."""
    _FILE.write(folder / SIGNALS_FILE, _content(job.result.series))


def hash_series(series: KinematicSeries) -> str:
    """Return a hash over all of a series, by which a result knows its own."""
    return hash_content(_content(series))


def load_series(path: Path) -> KinematicSeries:
    """Read a signal file.

    Raises
    ------
    InputError
        When there is no such file, or it is not a signal file, damaged, or of a later version.
    """
    return _FILE.read(path, _parse)


def _content(series: KinematicSeries) -> dict[str, Any]:
    about = _About(specs=series.specs, absent=series.absent, filter=series.filter)
    return {
        "time_s": series.time_s.astype(np.float64),
        "frame_index": series.frame_index.astype(np.int64),
        "signals": _names(series.values),
        "values": _stack(series.values, len(series.time_s)),
        "with_error": _names(series.errors),
        "errors": _stack(series.errors, len(series.time_s)),
        "about": np.array(json.dumps(to_plain(about), allow_nan=False)),
    }


def _names(signals: Mapping[str, FloatArray]) -> Any:
    return np.array(list(signals), dtype=np.str_)


def _stack(signals: Mapping[str, FloatArray], frames: int) -> FloatArray:
    return np.array(list(signals.values()), dtype=np.float64).reshape(len(signals), frames)


def _parse(archive: Any) -> KinematicSeries:
    about = from_plain(_About, read_text(archive, "about"), "about", whole=True)
    values = _unstack(archive["signals"], archive["values"])
    return KinematicSeries(
        time_s=archive["time_s"].astype(np.float64),
        values=values,
        valid={name: np.isfinite(signal) for name, signal in values.items()},
        specs=about.specs,
        frame_index=archive["frame_index"].astype(np.int64),
        filter=about.filter,
        absent=about.absent,
        errors=_unstack(archive["with_error"], archive["errors"]),
    )


def _unstack(names: Any, rows: Any) -> dict[str, FloatArray]:
    return dict(zip(names.tolist(), rows.astype(np.float64), strict=True))
