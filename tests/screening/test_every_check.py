"""Every check of every movement fires on a figure that does it, and stays quiet on one that does not.

To add a check to the catalogue, add its two figures here: :func:`test_every_check_has_both_figures` asks for them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

import pytest

from movescreen.catalog import load_catalog
from movescreen.model import ClipResult, Finding, Status
from movescreen.pipeline import Request, analyze_poses
from movescreen.settings import Settings
from tests.support import figure as p
from tests.support.figure import Camera, Clip, Posture, Rep

Side = Literal["", "left", "right"]
STANDING = Posture()
YAW = {"front": 0.0, "side": 90.0, "side_left": -90.0}


@dataclass(frozen=True)
class Figure:
    """Repetitions from one side of the camera, and what the check must say about one side of the body."""

    reps: tuple[Rep, ...]
    view: str
    status: Status
    side: Side = ""
    standing: Posture = STANDING


@dataclass(frozen=True)
class Filmed:
    """A clip with a maker of its own, and what the check must say about it."""

    make: Callable[..., Clip]
    changes: tuple[tuple[str, object], ...]
    view: str
    status: Status
    side: Side = ""

    def film(self) -> Clip:
        """Return the clip."""
        return self.make(camera=Camera(YAW[self.view]), **dict(self.changes))


KEY = tuple[str, str]
FIRES: dict[KEY, list[Figure | Filmed]] = {}
QUIET: dict[KEY, list[Figure | Filmed]] = {}


def _add(movement: str, check: str, fires: Sequence[Figure | Filmed], quiet: Sequence[Figure | Filmed]) -> None:
    FIRES.setdefault((movement, check), []).extend(fires)
    QUIET.setdefault((movement, check), []).extend(quiet)


def _timed(postures: Sequence[Posture], seconds: Sequence[float] = (1.0, 1.0, 1.0)) -> tuple[Rep, ...]:
    return tuple(Rep(q, down_s=s, up_s=s, top_s=0.6) for q, s in zip(postures, seconds, strict=True))


STEADY, UNEVEN = (1.0, 1.0, 1.0), (0.6, 1.0, 2.4)

# --- squat, and the overhead squat, which takes over its checks ------------------------------------------------------

for _name, _arm in (("squat", 0.0), ("overhead_squat", 172.0)):
    _base = replace(p.SQUAT, arm=_arm)
    _up = Posture(arm=_arm)

    def _squat(
        status: Status, view: str, side: Side = "", base: Posture = _base, up: Posture = _up, **changes: float
    ) -> Figure:
        low = replace(base, **changes)
        return Figure(_timed((low,) * 3), view, status, side, replace(up, stance=low.stance))

    def _pair(
        check: str, view: str, bad: dict[str, float], good: dict[str, float], side: Side = "", name: str = _name
    ) -> None:
        _add(name, check, [_squat(Status.FLAGGED, view, side, **bad)], [_squat(Status.CLEAR, view, side, **good)])

    _pair("knee_valgus", "front", {"knee_in_left": 0.03, "knee_in_right": 0.03}, {})
    _pair("knee_valgus", "front", {"knee_in_left": 0.045}, {"knee_in_left": -0.05, "knee_in_right": -0.05})
    _pair("excessive_trunk_lean", "side", {"trunk": 60.0}, {"trunk": 40.0})
    _pair("excessive_trunk_lean", "side_left", {"trunk": 55.0}, {"trunk": 30.0})
    _pair("heel_rise", "side", {"heel_right": 0.15}, {"heel_left": 0.15}, "right")
    _pair("heel_rise", "side_left", {"heel_left": 0.15}, {}, "left")
    _pair("shallow_depth", "side", {"knee": 85.0, "shank": 25.0}, {"knee": 118.0, "shank": 30.0})
    _pair("limited_knee_flexion", "side", {"knee": 68.0, "shank": 20.0}, {"knee": 105.0})
    _stiff = {"shank": 14.0, "knee": 90.0, "trunk": 50.0}
    _pair("limited_ankle_dorsiflexion", "side", _stiff, {"shank": 34.0, "trunk": 65.0})
    _pair("limited_ankle_dorsiflexion", "side", {"shank": 16.0, "knee": 105.0, "heel_right": 0.15, "trunk": 25.0},
          {"shank": 16.0, "knee": 102.0, "trunk": 25.0})  # fmt: skip
    for _sign in (1.0, -1.0):
        _pair("weight_shift", "front", {"shift": _sign * 0.04}, {"shift": _sign * 0.008})
        _pair("pelvic_drop", "front", {"obliquity": _sign * 10.0}, {"obliquity": _sign * 3.0})
        _pair("lateral_trunk_lean", "front", {"lean": _sign * 17.0}, {"lean": _sign * 6.0})
    _wide = {"stance": 0.2}
    _pair("asymmetry", "front", {"knee_in_left": 0.12, "knee_in_right": 0.005, **_wide},
          {"knee_in_left": 0.05, "knee_in_right": 0.04, **_wide})  # fmt: skip
    _pair("asymmetry", "front", {"knee_in_right": 0.13, "knee_in_left": 0.02, **_wide}, {})
    _depths = tuple(replace(_base, knee=k, shank=s) for k, s in ((112, 32), (90, 26), (75, 22)))
    _same = (_base,) * 3
    _add(_name, "inconsistent_reps", [Figure(_timed(_depths), "side", Status.FLAGGED, standing=_up)],
         [Figure(_timed(_same), "side", Status.CLEAR, standing=_up)])  # fmt: skip
    for _view in ("front", "side"):
        _add(_name, "tempo", [Figure(_timed(_same, UNEVEN), _view, Status.FLAGGED, standing=_up)],
             [Figure(_timed(_same, STEADY), _view, Status.CLEAR, standing=_up)])  # fmt: skip

for _view in ("side", "side_left"):
    _overhead = {arm: Figure(_timed((replace(p.SQUAT, arm=arm),) * 3), _view, s, standing=Posture(arm=175.0))
                 for arm, s in ((145.0, Status.FLAGGED), (172.0, Status.CLEAR))}  # fmt: skip
    _add("overhead_squat", "arms_fall_forward", [_overhead[145.0]], [_overhead[172.0]])

# --- lunge ----------------------------------------------------------------------------------------------------------


def _lunge(status: Status, view: str, side: Side, lead: str = "right", **changes: float) -> Figure:
    low = p.split_low(lead, 0.7, **changes)
    return Figure(_timed((low,) * 3), view, status, side, p.split_standing(lead))


def _lunges(
    check: str, view: str, bad: dict[str, float], good: dict[str, float], side: Side = "", lead: str = "right"
) -> None:
    bad_figure, good_figure = (
        _lunge(s, view, side, lead, **c) for s, c in ((Status.FLAGGED, bad), (Status.CLEAR, good))
    )
    _add("lunge", check, [bad_figure], [good_figure])


# from the front the thigh must not point at the camera, or its projection has no angle
_HALF = {"knee": 62.0, "shank": 8.0}
for _lead in ("left", "right"):
    _lunges(
        "knee_valgus", "front", {**_HALF, f"knee_in_{_lead}": 0.075}, {**_HALF, f"knee_in_{_lead}": -0.01}, _lead, _lead
    )
    _lunges("heel_rise", f"side{'_left' if _lead == 'left' else ''}", {f"heel_{_lead}": 0.18}, {}, _lead, _lead)
    _lunges("limited_knee_flexion", "side", {"knee": 60.0, "shank": 5.0}, {"knee": 95.0}, _lead, _lead)
    _lunges(
        "limited_ankle_dorsiflexion", "side", {"knee": 62.0, "shank": 3.0}, {"knee": 72.0, "shank": 20.0}, _lead, _lead
    )
_lunges("limited_ankle_dorsiflexion", "side", {"knee": 62.0, "shank": 3.0}, {"knee": 92.0, "shank": 3.0}, "right")
_lunges("excessive_trunk_lean", "side", {"trunk": 45.0}, {"trunk": 12.0})
for _sign in (1.0, -1.0):
    _lunges("pelvic_drop", "front", {"obliquity": _sign * 13.0}, {"obliquity": _sign * 4.0})
    _lunges("lateral_trunk_lean", "front", {"lean": _sign * 16.0}, {"lean": _sign * 4.0})
_deep_right = p.split_low("right")
_add(
    "lunge", "inconsistent_reps",
    [Figure(_timed([p.split_low("right", knee=k) for k in (95, 80, 66)]), "side", Status.FLAGGED, "right", p.split_standing("right"))],
    [Figure(_timed([_deep_right] * 3), "side", Status.CLEAR, "right", p.split_standing("right"))],
)  # fmt: skip
_add(
    "lunge", "tempo",
    [Figure(_timed([_deep_right] * 3, UNEVEN), "side", Status.FLAGGED, standing=p.split_standing("right"))],
    [Figure(_timed([_deep_right] * 3), "front", Status.CLEAR, standing=p.split_standing("right"))],
)  # fmt: skip


def _alternate(lows: Sequence[Posture], tops: dict[str, Posture], view: str, status: Status) -> Figure:
    """Return repetitions with the left leg, then, after changing legs, with the right one."""
    reps: list[Rep] = []
    for low in lows:
        lead = low.lead
        if reps and reps[-1].posture.lead != lead:
            reps.append(Rep(tops[lead], down_s=0.8, hold_s=0.4, up_s=0.0, top_s=0.4))
        reps.append(Rep(low, down_s=1.0, up_s=1.0, top_s=0.6))
    return Figure(tuple(reps), view, status, standing=tops[lows[0].lead])


def _both_lunges(left: float, right: float, status: Status) -> Figure:
    lows = [
        p.split_low(lead, knee=knee)
        for lead, knee in (("left", left), ("left", left), ("right", right), ("right", right))
    ]
    return _alternate(lows, {s: p.split_standing(s) for s in ("left", "right")}, "side", status)


_add(
    "lunge", "asymmetry", [_both_lunges(95.0, 68.0, Status.FLAGGED), _both_lunges(70.0, 95.0, Status.FLAGGED)],
    [_both_lunges(92.0, 88.0, Status.CLEAR)],
)  # fmt: skip

# --- single-leg squat -----------------------------------------------------------------------------------------------


def _one_leg_top(lead: str) -> Posture:
    free, sign = ("left", -1.0) if lead == "right" else ("right", 1.0)
    return Posture(**{f"lift_{free}": 0.28}, split=sign * 0.12, lead=lead, stance=0.08)  # type: ignore[arg-type]


def _one_leg_low(lead: str, **changes: float) -> Posture:
    return replace(_one_leg_top(lead), **{"knee": 62.0, "shank": 22.0, "trunk": 22.0, **changes})  # type: ignore[arg-type]


def _one_leg(
    check: str, view: str, bad: dict[str, float], good: dict[str, float], side: Side = "", lead: str = "right"
) -> None:
    figures = [
        Figure(_timed([_one_leg_low(lead, **c)] * 3), view, s, side, _one_leg_top(lead))
        for s, c in ((Status.FLAGGED, bad), (Status.CLEAR, good))
    ]
    _add("single_leg_squat", check, figures[:1], figures[1:])


for _lead, _sign in (("left", 1.0), ("right", -1.0)):
    _one_leg("knee_valgus", "front", {f"knee_in_{_lead}": 0.08}, {f"knee_in_{_lead}": 0.0}, _lead, _lead)
    # the free side dropping and the trunk going over the standing leg count; the other way round they do not
    _one_leg("pelvic_drop", "front", {"obliquity": _sign * 11.0}, {"obliquity": -_sign * 11.0}, _lead, _lead)
    _one_leg("lateral_trunk_lean", "front", {"lean": _sign * 14.0}, {"lean": -_sign * 14.0}, _lead, _lead)
    _one_leg("heel_rise", f"side{'_left' if _lead == 'left' else ''}", {f"heel_{_lead}": 0.18}, {}, _lead, _lead)
_one_leg("excessive_trunk_lean", "side", {"trunk": 52.0}, {"trunk": 15.0})
_one_leg("limited_knee_flexion", "side", {"knee": 38.0, "shank": 14.0}, {"knee": 65.0}, "right")
_one_leg("limited_knee_flexion", "side_left", {"knee": 38.0, "shank": 14.0}, {"knee": 65.0}, "left", "left")
_steady_leg = [_one_leg_low("right")] * 3
_add(
    "single_leg_squat", "inconsistent_reps",
    [Figure(_timed([_one_leg_low("right", knee=k) for k in (70, 55, 42)]), "side", Status.FLAGGED, "right", _one_leg_top("right"))],
    [Figure(_timed(_steady_leg), "side", Status.CLEAR, "right", _one_leg_top("right"))],
)  # fmt: skip
_add(
    "single_leg_squat", "tempo",
    [Figure(_timed(_steady_leg, UNEVEN), "front", Status.FLAGGED, standing=_one_leg_top("right"))],
    [Figure(_timed(_steady_leg), "side", Status.CLEAR, standing=_one_leg_top("right"))],
)  # fmt: skip


def _both_legs(left_in: float, right_in: float, status: Status) -> Figure:
    left, right = _one_leg_low("left", knee_in_left=left_in), _one_leg_low("right", knee_in_right=right_in)
    return _alternate([left, left, right, right], {s: _one_leg_top(s) for s in ("left", "right")}, "front", status)


_add(
    "single_leg_squat", "asymmetry", [_both_legs(0.08, 0.0, Status.FLAGGED), _both_legs(0.0, 0.08, Status.FLAGGED)],
    [_both_legs(0.03, 0.03, Status.CLEAR)],
)  # fmt: skip

# --- forward bend ---------------------------------------------------------------------------------------------------


def _bend(check: str, bad: dict[str, float], good: dict[str, float], status: Status = Status.FLAGGED) -> None:
    for view in ("side", "side_left"):
        figures = [
            Figure(_timed([replace(p.BEND, **c)] * 3), view, s) for s, c in ((status, bad), (Status.CLEAR, good))
        ]
        _add("bend", check, figures[:1], figures[1:])


_bend("limited_hip_flexion", {"trunk": 62.0}, {"trunk": 100.0})
# at most borderline: the low back cannot be seen
_bend("spine_dominant_bend", {"curl": 26.0}, {"curl": 6.0}, Status.BORDERLINE)
_add(
    "bend", "inconsistent_reps",
    [Figure(_timed([replace(p.BEND, trunk=t) for t in (100, 80, 65)]), "side", Status.FLAGGED)],
    [Figure(_timed([p.BEND] * 3), "side", Status.CLEAR)],
)  # fmt: skip
_add(
    "bend", "tempo", [Figure(_timed([p.BEND] * 3, UNEVEN), "front", Status.FLAGGED)],
    [Figure(_timed([p.BEND] * 3), "side", Status.CLEAR)],
)  # fmt: skip

# --- power and balance ----------------------------------------------------------------------------------------------


def _filmed(
    movement: str, check: str, view: str, bad: dict[str, object], good: dict[str, object], side: Side = ""
) -> None:
    figures = [
        Filmed(MADE[movement], tuple(changes.items()), view, status, side)
        for status, changes in ((Status.FLAGGED, bad), (Status.CLEAR, good))
    ]
    _add(movement, check, figures[:1], figures[1:])


MADE: dict[str, Callable[..., Clip]] = {
    "countermovement_jump": p.jump,
    "sit_to_stand": p.chair_stands,
    "single_leg_stance": p.one_leg_stance,
}
for _view in ("front", "side"):
    _filmed("countermovement_jump", "inconsistent_reps", _view, {"flight_s": (0.5, 0.42, 0.36)}, {"flight_s": 0.5})
    _filmed("sit_to_stand", "inconsistent_reps", _view, {"rise_s": (0.6, 0.8, 1.0, 1.3, 1.8)}, {"rise_s": 0.7})
for _lead, _sign in (("left", 1.0), ("right", -1.0)):
    # the trunk going over the standing leg counts; the other way round it does not
    _filmed(
        "single_leg_stance", "lateral_trunk_lean", "front",
        {"lead": _lead, "lean": _sign * 13.0}, {"lead": _lead, "lean": -_sign * 13.0}, _lead,
    )  # fmt: skip

# --------------------------------------------------------------------------------------------------------------------


@cache
def _analyze(movement: str, figure: Figure | Filmed) -> ClipResult:
    if isinstance(figure, Filmed):
        clip = figure.film()
    else:
        clip = p.film_reps(figure.reps, Camera(YAW[figure.view]), figure.standing)
    return analyze_poses(clip.poses, clip.video, Request(movement, settings=Settings(raw=True)))


def _find(result: ClipResult, check: str, side: str) -> Finding:
    return next(f for f in result.findings if f.check_id == check and f.side == side)


ALL_CHECKS = [(name, check.id) for name, spec in load_catalog().movements.items() for check in spec.checks]
FIGURES = [
    (key, kind, i, f)
    for kind, table in (("fires", FIRES), ("quiet", QUIET))
    for key, fs in table.items()
    for i, f in enumerate(fs)
]


@pytest.mark.parametrize(
    ("key", "kind", "number", "figure"), FIGURES, ids=["-".join((*k, kind, str(i))) for k, kind, i, _ in FIGURES]
)
def test_a_check_fires_and_stays_quiet(key: KEY, kind: str, number: int, figure: Figure | Filmed) -> None:
    result = _analyze(key[0], figure)
    assert all(r.complete for r in result.reps)
    finding = _find(result, key[1], figure.side)
    assert finding.status is figure.status, finding
    assert (finding.severity > 0) == (kind == "fires")
    assert (len(finding.reps_affected) > 0) == (kind == "fires")
    assert finding.message
    assert "{" not in finding.message


@pytest.mark.parametrize(("movement", "check"), ALL_CHECKS)
def test_every_check_has_both_figures(movement: str, check: str) -> None:
    assert FIRES.get((movement, check)), f"no figure makes {check} of {movement} fire: add one here"
    assert QUIET.get((movement, check)), f"no figure leaves {check} of {movement} quiet: add one here"


def test_no_figure_is_left_over_from_a_check_that_is_gone() -> None:
    assert set(FIRES) | set(QUIET) == set(ALL_CHECKS)


@pytest.mark.parametrize("movement", load_catalog().movements)
def test_a_sound_movement_flags_nothing(movement: str) -> None:
    sound = replace(p.SQUAT, knee=118.0, arm=172.0, knee_in_left=-0.02, knee_in_right=-0.02)
    figures = {
        "squat": Figure(_timed([replace(sound, arm=0.0)] * 3), "side", Status.CLEAR),
        "overhead_squat": Figure(_timed([sound] * 3), "side", Status.CLEAR, standing=Posture(arm=175.0)),
        "lunge": _lunge(Status.CLEAR, "side", "right"),
        "single_leg_squat": Figure(_timed(_steady_leg), "side", Status.CLEAR, standing=_one_leg_top("right")),
        "bend": Figure(_timed([p.BEND] * 3), "side", Status.CLEAR),
        **{name: Filmed(make, (), "side", Status.CLEAR) for name, make in MADE.items()},
    }
    for view in ("side", "front"):
        result = _analyze(movement, replace(figures[movement], view=view))
        assert [f.check_id for f in result.findings if f.status in (Status.FLAGGED, Status.BORDERLINE)] == []


@pytest.mark.parametrize("view", ["front", "side", "side_left"])
@pytest.mark.parametrize("movement", load_catalog().movements)
def test_a_finding_exists_for_every_check_and_side_and_the_wrong_view_says_so(movement: str, view: str) -> None:
    figure = next(
        f for (name, check), fs in QUIET.items() for f in fs if name == movement and (check == "tempo" or name in MADE)
    )
    result = _analyze(movement, replace(figure, view=view))
    kind = view.partition("_")[0]
    for check in load_catalog().movement(movement).checks:
        sides = ["left", "right"] if check.scope in ("each", "working") else [""]
        found = [f for f in result.findings if f.check_id == check.id]
        assert [f.side for f in found] == sides
        for finding in found:
            if kind not in check.views:
                assert finding.status is Status.NOT_ASSESSED
                assert f"needs the {' or '.join(check.views)} view" in finding.reason
            if finding.status is Status.NOT_ASSESSED:
                assert finding.reason
                assert (finding.severity, finding.reps_affected, finding.evidence) == (0, (), ())
            assert finding.source.citation
            assert finding.movement == movement
    assert len({(f.check_id, f.side) for f in result.findings}) == len(result.findings)


@pytest.mark.parametrize("yaw", [45.0, 180.0])
def test_an_oblique_or_back_view_answers_tempo_only(yaw: float) -> None:
    clip = p.squat(3, Camera(yaw))
    result = analyze_poses(clip.poses, clip.video, Request(settings=Settings(raw=True)))
    assert {f.check_id for f in result.findings if f.status is not Status.NOT_ASSESSED} == {"tempo"}
    assert all(f.reason for f in result.findings if f.status is Status.NOT_ASSESSED)


def test_the_far_heel_is_not_assessed_for_being_hidden() -> None:
    clip = p.squat(3, Camera(90.0), heel_left=0.3, heel_right=0.3)
    result = analyze_poses(clip.poses, clip.video, Request(settings=Settings(raw=True)))
    assert _find(result, "heel_rise", "right").status is Status.FLAGGED
    far = _find(result, "heel_rise", "left")
    assert far.status is Status.NOT_ASSESSED
    assert "hidden" in far.reason
