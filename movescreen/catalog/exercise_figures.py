"""Drawn figures of the exercises, as data: a pose at the start, one at the end, what stands around, and what moves."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from movescreen.catalog.entries import Entry, check_entry, packaged_folder
from movescreen.catalog.overlay import catalog_error, read_toml
from movescreen.catalog.strict import Strict

#: Parts of a limb, from the trunk outward; a key without a side means both sides.
LIMB_PARTS = ("thigh", "shank", "foot", "arm", "fore")
#: What a figure has two of: the side next to the reader and the one behind it, or the person's own left and right.
SIDES = {"side": ("near", "far"), "front": ("left", "right"), "back": ("left", "right")}
_TRUNK_NUMBERS = ("trunk", "head", "curl", "turn", "lift", "pelvis", "mirror")
#: What a hand or a foot reaches for.
REACHES = ("hand", "sole", "toe", "ankle")

View = Literal["side", "front", "back"]
#: Numbers are degrees (``lift``: meters; ``mirror``: a partner who looks the other way); texts are places, and ``bend`` says which way a joint bends.
Pose = Mapping[str, float | str]


def _pose_keys() -> frozenset[str]:
    sides = ("", "near_", "far_", "left_", "right_")
    keys = {f"{side}{part}{end}" for side in sides for part in LIMB_PARTS for end in ("", "_out")}
    keys |= {f"{side}{part}" for side in sides for part in (*REACHES, "elbow_bends", "knee_bends", "knee_in")}
    return frozenset(keys | set(_TRUNK_NUMBERS) | {"pose", "at", "hip"})


_POSE_KEYS = _pose_keys()


class BasePose(Strict):
    """A pose that figures begin from.

    Attributes
    ----------
    words
        What it is called in the text for who cannot see the drawing.
    base
        Another pose that it changes.
    set
        Its angles and places.
    """

    words: str
    base: str = ""
    set: dict[str, float | int | str]

    @model_validator(mode="after")
    def _keys_are_known(self) -> BasePose:
        _check_keys(self.set)
        return self


class ExerciseFigure(Strict):
    """How one exercise is drawn.

    Attributes
    ----------
    view
        ``side`` looks at somebody who faces right.
    start, end
        Poses: the name of a base pose and what is changed about it. Without an end it is held.
    things
        What stands around or is held: its kind, then numbers (meters) and places; ``end`` before the kind: only at the end.
    arrows
        What moves: a landmark, whose way from start to end is drawn, or ``A > B``; ``A <> B`` goes both ways, and ``turn A`` around;
        ``press A > B`` is a push against what does not move, the only kind beside a clock.
    floor
        Whether the floor is drawn.
    together
        Start and end are drawn into one picture, for who gets from one place to another.
    rise
        How high the body goes on its way from start to end, m.
    close
        What is shown of the picture, x and y from and to, m; all of it when None.
    partner
        A second person, drawn lighter.
    mirror
        Where a mirror stands that shows the body, m.
    words
        What moves, in words; made from the arrows when empty.
    pose_words
        What start and end are called; filled in when the figures are loaded.
    """

    view: View = "side"
    start: dict[str, float | int | str]
    end: dict[str, float | int | str] | None = None
    things: tuple[tuple[float | int | str, ...], ...] = ()
    arrows: tuple[str, ...] = ()
    floor: bool = True
    together: bool = False
    rise: float = 0.0
    close: tuple[float, float, float, float] | None = None
    partner: dict[str, float | int | str] | None = None
    mirror: float | None = None
    words: str = ""
    pose_words: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _keys_are_known(self) -> ExerciseFigure:
        for pose in filter(None, (self.start, self.end, self.partner)):
            _check_keys(pose)
        return self


class _File(Strict):
    poses: dict[str, BasePose] = Field(default_factory=dict)
    figures: dict[str, ExerciseFigure] = Field(default_factory=dict)


def _check_keys(pose: Mapping[str, Any]) -> None:
    unknown = sorted(set(pose) - _POSE_KEYS)
    if unknown:
        raise ValueError(f"a pose has no {', '.join(unknown)}")


@cache
def load_exercise_figures() -> Mapping[str, ExerciseFigure]:
    """Return the figure of each exercise, with every pose whole: nothing of the base poses is left to look up but its name.

    Raises
    ------
    CatalogError
        Lists every mistake of every file.
    """
    mistakes: list[str] = []
    poses: dict[str, BasePose] = {}
    figures: dict[str, ExerciseFigure] = {}
    for path in sorted((packaged_folder() / "exercise_figures").glob("*.toml")):
        read = _read(path, mistakes)
        if read is None:
            continue
        mistakes += [f"{path.name}: {name} is there twice" for name in figures.keys() & read.figures.keys()]
        poses |= read.poses
        figures |= read.figures
    whole = {name: _complete(figure, poses, f"figures.{name}", mistakes) for name, figure in figures.items()}
    if mistakes:
        raise catalog_error(mistakes)
    return whole


def _read(path: Path, mistakes: list[str]) -> _File | None:
    label = f"exercise_figures/{path.name}"
    return check_entry(_File, Entry("file", None, read_toml(path, label, mistakes) or {}, label), mistakes)


def _complete(figure: ExerciseFigure, poses: Mapping[str, BasePose], where: str, mistakes: list[str]) -> ExerciseFigure:
    changed = {
        key: _spread(pose, figure.view, poses, f"{where}.{key}", mistakes)
        for key in ("start", "end", "partner")
        if (pose := getattr(figure, key)) is not None
    }
    named = dict.fromkeys(
        poses[name].words
        for pose in (figure.start, figure.end)
        if pose and (name := str(pose.get("pose", ""))) in poses
    )
    return figure.model_copy(update={**changed, "pose_words": tuple(named)})


def _spread(
    pose: Mapping[str, Any], view: View, poses: Mapping[str, BasePose], where: str, mistakes: list[str]
) -> dict[str, Any]:
    """Return a pose with what its base says, each limb by itself."""
    name = str(pose.get("pose", ""))
    if name not in poses:
        mistakes.append(f"{where}: there is no pose called {name!r}")
        return dict(pose)
    base = poses[name]
    own = _each_side(pose, view)
    lower = {"pose": base.base, **base.set} if base.base else None
    known = _spread(lower, view, poses, where, mistakes) if lower else _each_side(base.set, view)
    return {**_not_overruled(known, own), **own}


def _each_side(pose: Mapping[str, Any], view: View) -> dict[str, Any]:
    """Return a pose in which every limb has a side; what names the side counts more than what names both."""
    both = (
        *(f"{part}{end}" for part in LIMB_PARTS for end in ("", "_out")),
        *REACHES,
        "elbow_bends",
        "knee_bends",
        "knee_in",
    )
    spread = {f"{side}_{key}": value for key, value in pose.items() if key in both for side in SIDES[view]}
    return spread | {key: value for key, value in pose.items() if key not in both}


def _not_overruled(known: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a base pose still says: who turns a limb does not reach for anything with it."""
    turned = {"arm": ("hand",), "fore": ("hand",), "thigh": REACHES[1:], "shank": REACHES[1:]}
    dropped = set()
    for key in own:
        side, _, part = key.partition("_")
        dropped |= {f"{side}_{reach}" for reach in turned.get(part, ())}
        if part in REACHES[1:]:
            dropped |= {f"{side}_{reach}" for reach in REACHES[1:]}
    if {"at", "hip"} & set(own):
        dropped |= {"at", "hip"}
    return {key: value for key, value in known.items() if key not in dropped}
