"""Films the drawn people of the catalogue: a movement's own drawing, changed as a check's figure says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from movescreen.catalog.figure_schema import Drawing, DrawnRep, Performance
from movescreen.catalog.schema import MovementSpec
from tests.support import figure as p
from tests.support.figure import Camera, Clip, Posture, Rep

YAW = {"front": 0.0, "side": 90.0}
_OTHER = {"left": "right", "right": "left"}
#: Values that are positive to the person's left.
_SIGNED = ("lean", "obliquity", "shift")

Shape = dict[str, Any]


def film_performance(spec: MovementSpec, performance: Performance, view: str, *, mirrored: bool = False) -> Clip:
    """Return the clip of a movement done as a figure says.

    Parameters
    ----------
    view
        ``front``, or ``side`` with the right side next to the camera.
    mirrored
        Left and right exchanged, the side next to the camera included.
    """
    assert spec.drawn is not None, f"{spec.name} has no drawing"
    drawn = spec.drawn
    reps = performance if isinstance(performance, tuple) else (performance,) * drawn.repetitions
    shapes = [_shape(drawn.plain) | _shape(rep) for rep in reps]
    if mirrored:
        shapes = [mirror_shape(shape) for shape in shapes]
    return _FILM[drawn.how](shapes, Camera(-YAW[view] if mirrored else YAW[view]))


def mirror_shape(shape: Shape) -> Shape:
    """Return what the person in the mirror does."""
    out = {}
    for name, value in shape.items():
        stem, _, side = name.rpartition("_")
        if name == "lead":
            out[name] = _OTHER[value]
        else:
            out[f"{stem}_{_OTHER[side]}" if side in _OTHER else name] = -value if name in _SIGNED else value
    return out


def _shape(rep: DrawnRep) -> Shape:
    return rep.model_dump(exclude_none=True)


def _part(shape: Shape) -> tuple[float, Shape]:
    """Return the seconds down and up, and the posture."""
    return shape.get("seconds", 1.0), {k: v for k, v in shape.items() if k not in ("seconds", "lead")}


def _film_both_feet(shapes: Sequence[Shape], camera: Camera) -> Clip:
    lows = [(seconds, Posture(**posture)) for seconds, posture in map(_part, shapes)]
    first = lows[0][1]
    reps = [Rep(low, down_s=seconds, up_s=seconds, top_s=0.6) for seconds, low in lows]
    return p.film_reps(reps, camera, Posture(arm=first.arm, stance=first.stance))


def _film_leg_by_leg(
    shapes: Sequence[Shape], camera: Camera, low_of: Callable[..., Posture], top_of: Callable[[str], Posture]
) -> Clip:
    reps: list[Rep] = []
    for shape in shapes:
        seconds, posture = _part(shape)
        if reps and reps[-1].posture.lead != shape["lead"]:
            reps.append(Rep(top_of(shape["lead"]), down_s=0.8, hold_s=0.4, up_s=0.0, top_s=0.4))
        reps.append(Rep(low_of(shape["lead"], **posture), down_s=seconds, up_s=seconds, top_s=0.6))
    return p.film_reps(reps, camera, top_of(shapes[0]["lead"]))


def _one_leg_top(lead: str) -> Posture:
    sign = 1.0 if lead == "left" else -1.0
    return Posture(**{f"lift_{_OTHER[lead]}": 0.28}, split=sign * 0.12, lead=lead, stance=0.08)  # type: ignore[arg-type]


def _one_leg_low(lead: str, **posture: float) -> Posture:
    return replace(_one_leg_top(lead), **posture)  # type: ignore[arg-type]


#: Kind of drawing -> what films it.
_FILM: Mapping[Drawing, Callable[[Sequence[Shape], Camera], Clip]] = {
    "both_feet": _film_both_feet,
    "split": lambda shapes, camera: _film_leg_by_leg(shapes, camera, p.split_low, p.split_standing),
    "one_leg": lambda shapes, camera: _film_leg_by_leg(shapes, camera, _one_leg_low, _one_leg_top),
    "jump": lambda shapes, camera: p.jump(len(shapes), camera, flight_s=[s["flight_s"] for s in shapes]),
    "chair": lambda shapes, camera: p.chair_stands(len(shapes), camera, rise_s=[s["rise_s"] for s in shapes]),
    "balance": lambda shapes, camera: p.one_leg_stance(1, camera, lead=shapes[0]["lead"], lean=shapes[0]["lean"]),
}
