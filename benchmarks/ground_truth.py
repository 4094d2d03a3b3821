"""Clips with exact ground truth: what the geometry says, and what a check should say.

A clip is ``NAME.mp4`` with ``NAME.csv`` (a row a frame: phase 0..1, repetition, true angles, joint centers in meters) and
``NAME.json`` (movement, view, turn of the person).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

#: Share of a repetition's depth above which a frame belongs to its turn.
TURN_SHARE = 0.98
SIDES = {"left": "L", "right": "R"}
#: Signals whose truth the clips hold, by view.
SIGNALS = {
    "side": (
        "knee_flexion",
        "hip_flexion",
        "shank_inclination",
        "trunk_inclination",
        "thigh_elevation",
        "trunk_shank_difference",
        "heel_rise",
        "shoulder_flexion",
    ),
    "front": (
        "fppa",
        "knee_ankle_separation_ratio",
        "knee_medial_offset",
        "lateral_shift",
        "pelvic_obliquity",
        "trunk_lateral_lean",
    ),
}
#: Signals that mean nothing in some movements.
NOT_FOR = {
    "trunk_lateral_lean": ("bend",),
    "knee_ankle_separation_ratio": ("lunge", "bend", "single_leg_squat"),
    "lateral_shift": ("lunge", "bend", "single_leg_squat"),
}


@dataclass(frozen=True)
class Clip:
    """One clip and its truth."""

    video: Path

    @property
    def name(self) -> str:
        return self.video.stem

    @cached_property
    def meta(self) -> dict:
        return json.loads(self.video.with_suffix(".json").read_text())

    @cached_property
    def frames(self) -> pd.DataFrame:
        return pd.read_csv(self.video.with_suffix(".csv"))

    @property
    def movement(self) -> str:
        """Name in movescreen's catalog; ``none`` when nothing that counts as a movement was done."""
        if self.frames.phase.max() < 0.5 or self.meta["params"].get("pelvis", 90) < 10:
            return "none"
        if self.meta["move"] == "squat" and self.meta["params"].get("arms") == "overhead":
            return "overhead_squat"
        return self.meta["move"]

    @property
    def view(self) -> str:
        return self.meta["view"].split("_")[0]

    @property
    def near_side(self) -> str:
        """The side next to the camera in a side view: the right one when the person faces image right."""
        return "right" if self.meta["subject_yaw_deg"] > 0 else "left"

    @cached_property
    def at_turn(self) -> np.ndarray:
        """Frames at the turn of any repetition."""
        peak = self.frames.groupby("rep").phase.transform("max")
        return ((self.frames.rep > 0) & (self.frames.phase > TURN_SHARE * peak)).to_numpy()

    def turn_times(self) -> list[float]:
        """Middle of each repetition's turn, s; empty when there is no movement."""
        if self.movement == "none":
            return []
        turn = self.frames[self.at_turn]
        return [float(g.time_s.mean()) for _, g in turn.groupby("rep")]

    def holds(self, name: str) -> bool:
        """Return True when a signal means something in this clip and its view can show it."""
        stem = name.removesuffix("_left").removesuffix("_right")
        return stem in SIGNALS.get(self.view, ()) and self.movement not in NOT_FOR.get(stem, ())

    def signal(self, name: str) -> np.ndarray | None:
        """Return the true value of one of movescreen's signals in every frame; None when the truth does not hold it."""
        stem, _, side = name.rpartition("_")
        if side in SIDES:
            return self._sided(stem, SIDES[side])
        f = self.frames
        if name == "trunk_inclination":
            return f.trunk_inclination_sagittal.to_numpy()
        if name == "trunk_lateral_lean":
            return np.where(f.trunk_lateral_lean.abs() < 90, f.trunk_lateral_lean, np.nan)
        if name == "knee_ankle_separation_ratio":
            return np.abs(self._across("knee") / self._across("ankle")).to_numpy()
        column = {"lateral_shift": "lateral_shift_pct", "pelvic_obliquity": "pelvic_obliquity"}.get(name)
        return f[column].to_numpy() if column else None

    def _sided(self, stem: str, s: str) -> np.ndarray | None:
        f = self.frames
        if stem in ("knee_flexion", "hip_flexion", "shank_inclination", "fppa"):
            return f[f"{stem}_{s}"].to_numpy()
        if stem == "thigh_elevation":
            flat = np.hypot(f[f"hip_{s}_X"] - f[f"knee_{s}_X"], f[f"hip_{s}_Y"] - f[f"knee_{s}_Y"])
            return np.degrees(np.arctan2(f[f"hip_{s}_Z"] - f[f"knee_{s}_Z"], flat)).to_numpy()
        if stem == "trunk_shank_difference":
            return (f.trunk_inclination_sagittal - f[f"shank_inclination_{s}"]).to_numpy()
        if stem == "knee_medial_offset" and self.meta["move"] == "squat":
            leg = self._length(f"hip_{s}", f"knee_{s}") + self._length(f"knee_{s}", f"ankle_{s}")
            inward = self._toward_left(f"ankle_{s}", f"knee_{s}") * (-1 if s == "L" else 1)
            return (100 * inward / leg.iloc[0]).to_numpy()
        if stem == "shoulder_flexion":
            # in the sagittal plane: an arm held out to the side is abducted, not flexed
            arm, down = (self._in_sagittal_plane(f"shoulder_{s}", f"{end}_{s}") for end in ("elbow", "hip"))
            cosine = (arm * down).sum(1) / np.linalg.norm(arm, axis=1) / np.linalg.norm(down, axis=1)
            return np.degrees(np.arccos(np.clip(cosine, -1, 1)))
        if stem == "heel_rise" and self.meta["move"] != "lunge":
            foot = self._length(f"heel_{s}", f"toe_{s}").iloc[0]
            return (100 * (f[f"heel_{s}_Z"] - f[f"heel_{s}_Z"].iloc[0]) / foot).to_numpy()
        return None

    def _across(self, joint: str) -> pd.Series:
        """Distance from the right to the left joint along the person's own left-right axis, m."""
        return self._toward_left(f"{joint}_R", f"{joint}_L")

    def _toward_left(self, start: str, end: str) -> pd.Series:
        yaw = np.radians(self.meta["subject_yaw_deg"])
        f = self.frames
        return (f[f"{end}_X"] - f[f"{start}_X"]) * np.cos(yaw) + (f[f"{end}_Y"] - f[f"{start}_Y"]) * np.sin(yaw)

    def _vector(self, start: str, end: str) -> np.ndarray:
        return np.column_stack([self.frames[f"{end}_{c}"] - self.frames[f"{start}_{c}"] for c in "XYZ"])

    def _in_sagittal_plane(self, start: str, end: str) -> np.ndarray:
        yaw = np.radians(self.meta["subject_yaw_deg"])
        left = np.array([np.cos(yaw), np.sin(yaw), 0.0])
        vector = self._vector(start, end)
        return vector - np.outer(vector @ left, left)

    def _length(self, start: str, end: str) -> pd.Series:
        return pd.Series(np.linalg.norm(self._vector(start, end), axis=1))

    def true_at_turn(self, name: str) -> float:
        """Median of a true signal over the frames at the turn."""
        values = self.signal(name)
        return float(np.nanmedian(values[self.at_turn])) if values is not None and self.at_turn.any() else float("nan")

    def pelvis_share(self) -> float:
        """Share of the pelvis in a forward bend."""
        turn = self.frames[self.at_turn]
        total = turn.nom_pelvis_tilt + turn.nom_lumbar_flex + turn.nom_thoracic_flex
        return float((turn.nom_pelvis_tilt / total).median())


def find_clips(folders: list[Path]) -> Iterator[Clip]:
    """Return the clips of some folders that have their truth beside them."""
    for folder in folders:
        for video in sorted(folder.glob("*.mp4")):
            if video.with_suffix(".csv").is_file() and video.with_suffix(".json").is_file():
                yield Clip(video)


@dataclass(frozen=True)
class Demand:
    """What a check must say, by the true quantity at the turn."""

    check_id: str
    movements: tuple[str, ...]
    view: str
    truth: str
    must_flag: float
    must_not_flag: float
    #: Statuses that satisfy ``must_flag``.
    loud: tuple[str, ...] = ("flagged",)

    def wanted(self, clip: Clip) -> bool | None:
        """True: must flag; False: must not; None: may say anything, or does not apply."""
        if clip.movement not in self.movements or clip.view != self.view:
            return None
        return self.asks(self.value(clip))

    def asks(self, value: float) -> bool | None:
        """Return what a true value asks for: True, must flag; False, must not; None, may say anything."""
        high = self.must_flag > self.must_not_flag
        if value > self.must_flag if high else value < self.must_flag:
            return True
        if value < self.must_not_flag if high else value > self.must_not_flag:
            return False
        return None

    def value(self, clip: Clip) -> float:
        if self.truth == "pelvis_share":
            return clip.pelvis_share()
        value = clip.true_at_turn(self.truth.replace("{near}", clip.near_side))
        return abs(value) if self.truth == "lateral_shift" else value


_SQUATS = ("squat", "overhead_squat")
DEMANDS = (
    Demand("knee_valgus", _SQUATS, "front", "knee_ankle_separation_ratio", 0.75, 1.05),
    Demand("weight_shift", _SQUATS, "front", "lateral_shift", 14.0, 4.0),
    Demand("excessive_trunk_lean", _SQUATS, "side", "trunk_shank_difference_{near}", 26.0, 14.0),
    Demand("heel_rise", _SQUATS, "side", "heel_rise_{near}", 14.0, 3.0),
    Demand("shallow_depth", _SQUATS, "side", "thigh_elevation_{near}", 21.0, 9.0),
    Demand("spine_dominant_bend", ("bend",), "side", "pelvis_share", 0.4, 0.55, ("flagged", "borderline")),
)
