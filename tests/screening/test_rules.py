"""How values become verdicts, on hand-made series: shares of repetitions, errors, company, sides, too few repetitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from movescreen.catalog import load_catalog
from movescreen.catalog.schema import (
    AttemptsCheck,
    CheckSpec,
    DifferenceCheck,
    MovementSpec,
    TempoCheck,
    ThresholdCheck,
    VariabilityCheck,
)
from movescreen.kinematics import SIGNALS
from movescreen.model import (
    Attempt,
    FilterSpec,
    Finding,
    KinematicSeries,
    Measure,
    Notice,
    Repetition,
    Status,
    View,
    ViewKind,
)
from movescreen.screening import ScreeningContext, screen_clip, weaken

FPS = 30.0
TEXTS: dict[str, Any] = {
    "title": "A check",
    "message": "Seen {value} of {limit} {unit} on the {side} in {affected} of {seen}, not the {other_side}.",
    "clear_message": "Nothing to see at {value}.",
    "why": "Because of this test.",
    "cue": "Do it well.",
    "plain": {
        "saw": "It stood out.",
        "good": "All was well.",
        "matters": "It matters a bit.",
        "practise": "Do it well.",
    },
    "source": {"citation": "This test.", "verified": "own_tolerance"},
}
FRONT = View(kind=ViewKind.FRONT, yaw_deg=0.0, confidence=0.95)
SIDE = View(kind=ViewKind.SIDE, facing="right", near_side="right", yaw_deg=90.0, confidence=0.95)


def _threshold(check_id: str = "lean", **changes: Any) -> ThresholdCheck:
    fields = {
        "kind": "threshold",
        "views": ("side",),
        "signal": "trunk_inclination",
        "direction": "above",
        "flag": 20.0,
        "note": 12.0,
    }
    return ThresholdCheck.model_validate({"id": check_id, **TEXTS, **fields, **changes})


def _difference(**changes: Any) -> DifferenceCheck:
    fields = {
        "kind": "difference",
        "views": ("side",),
        "signal": "knee_flexion",
        "between": "legs",
        "flag": 10.0,
        "note": 6.0,
    }
    return DifferenceCheck.model_validate({"id": "sides", **TEXTS, **fields, **changes})


def _attempts(**changes: Any) -> AttemptsCheck:
    fields = {
        "kind": "attempts",
        "views": ("side",),
        "measure": "jump_height",
        "min_reps": 3,
        "flag": 20.0,
        "note": 12.0,
    }
    return AttemptsCheck.model_validate({"id": "alike", **TEXTS, **fields, **changes})


def _height(
    values: Sequence[float], *, at_least: Sequence[int] = (), side: str = "", reason: str = "", error: float = 1.5
) -> Measure:
    """Return a measure whose attempts have these values, one a repetition; NaN: not read."""
    attempts = tuple(
        Attempt(rep=i, value=v, error=error, at_least=i in at_least)
        for i, v in enumerate(values, start=1)
        if np.isfinite(v)
    )
    value = float(np.median([a.value for a in attempts])) if attempts else float("nan")
    return Measure(
        name="jump_height",
        side=side,
        title="Jump height",
        unit="cm",
        digits=0,
        value=value,
        error=error if attempts else float("nan"),
        attempts=attempts,
        reason=reason,
    )


def _movement(*checks: CheckSpec) -> MovementSpec:
    reps = {"driver": "pelvis_drop", "min_excursion": 0.1}
    trait = {"signal": "pelvis_drop", "min": 0.1, "soft": 0.1}
    return MovementSpec.model_validate(
        {"name": "trial", "title": "Trial", "plain_name": "trial", "description": "A movement for this test only.", "recording": {"side": "From there."},
         "reps": reps, "recognise": (trait,), "key_signals": ("knee_flexion",), "checks": tuple(c.model_dump() for c in checks),
         "measures": tuple(m.model_dump() for m in load_catalog().movement("countermovement_jump").measures)}
    )  # fmt: skip


def _screen(
    checks: Sequence[CheckSpec], values: Mapping[str, Sequence[float]], *, view: View = SIDE, sides: Sequence[str] = (),
    lengths: Sequence[float] = (), errors: Mapping[str, float] | None = None, absent: Mapping[str, str] | None = None,
    measures: Sequence[Measure] = (), cut: Sequence[int] = (),
) -> list[Finding]:  # fmt: skip
    """Screen repetitions of which each signal has the given value throughout."""
    count = len(next(iter(values.values()))) if values else len(lengths)
    lengths = lengths or [3.0] * count
    starts = np.concatenate([[0.0], np.cumsum(lengths)])
    t = np.arange(int(starts[-1] * FPS) + 1) / FPS
    rep_of = np.clip(np.searchsorted(starts, t, side="right") - 1, 0, max(count - 1, 0))
    tracks = {name: np.asarray(v, float)[rep_of] for name, v in values.items()}
    series = KinematicSeries(
        t, tracks, {n: np.isfinite(v) for n, v in tracks.items()}, {n: s.spec for n, s in SIGNALS.items()},
        np.arange(len(t)), FilterSpec("none", 0, 0.0, 0), absent or {},
        {name: np.full(len(t), (errors or {}).get(name, 1e-9)) for name in tracks if errors != {}},
    )  # fmt: skip
    reps = tuple(
        Repetition(number=i + 1, start_s=a + 0.2, turn_s=a + 0.5 * d, end_s=a + d - 0.2, side=sides[i] if sides else "", turn_start_s=a + 0.4 * d, turn_end_s=a + 0.6 * d, complete=i + 1 not in cut)
        for i, (a, d) in enumerate(zip(starts[:-1], lengths, strict=True))
    )  # fmt: skip
    return list(screen_clip(ScreeningContext(_movement(*checks), series, reps, view, tuple(measures))))


def _one(check: CheckSpec, values: Mapping[str, Sequence[float]], **more: Any) -> Finding:
    (finding,) = _screen([check], values, **more)
    return finding


TRUNK = "trunk_inclination"


@pytest.mark.parametrize(
    ("values", "status", "affected"),
    [
        ([25, 25, 25, 5, 5], Status.FLAGGED, (1, 2, 3)),
        ([25, 25, 5, 5, 5], Status.BORDERLINE, (1, 2)),
        ([25, 5, 5, 5, 5], Status.BORDERLINE, (1,)),
        ([15, 15, 15, 5, 5], Status.BORDERLINE, (1, 2, 3)),
        ([15, 15, 5, 5, 5], Status.CLEAR, ()),
        ([5, 5, 5, 5, 5], Status.CLEAR, ()),
        # once is no habit
        ([25], Status.BORDERLINE, (1,)),
        ([25, np.nan, np.nan], Status.BORDERLINE, (1,)),
        ([25, 25], Status.FLAGGED, (1, 2)),
        ([25, 5], Status.BORDERLINE, (1,)),
        ([25, 25, 5], Status.FLAGGED, (1, 2)),
        ([20, 20, 20], Status.BORDERLINE, (1, 2, 3)),
        ([np.nan, 25, 25, 25, np.nan], Status.FLAGGED, (2, 3, 4)),
    ],
)
def test_three_of_five_repetitions_flag(values: list[float], status: Status, affected: tuple[int, ...]) -> None:
    finding = _one(_threshold(), {TRUNK: values})
    assert (finding.status, finding.reps_affected) == (status, affected)
    assert finding.reps_seen == np.isfinite(values).sum()
    assert finding.value == pytest.approx(np.nanmedian(values))
    assert [e.value for e in finding.evidence] == pytest.approx([v for v in values if np.isfinite(v)])
    assert {e.unit for e in finding.evidence} == {"deg"}


@pytest.mark.parametrize(("value", "severity"), [(5, 0), (15, 1), (22, 2), (28.1, 3)])
def test_severity(value: float, severity: int) -> None:
    assert _one(_threshold(), {TRUNK: [value] * 3}).severity == severity


@pytest.mark.parametrize(("value", "status"), [(60, Status.FLAGGED), (75, Status.BORDERLINE), (85, Status.CLEAR)])
def test_a_limit_from_below(value: float, status: Status) -> None:
    check = _threshold(signal="knee_flexion", scope="nearest", direction="below", flag=70.0, note=80.0)
    finding = _one(check, {"knee_flexion_right": [value] * 3})
    assert (finding.status, finding.direction, finding.limit) == (status, "below", 70.0)


@pytest.mark.parametrize(
    ("values", "status", "value"),
    [
        ([25, 25, 25], Status.FLAGGED, 25),
        ([-25, -25, -25], Status.FLAGGED, -25),
        # once to the left and once to the right is no habit
        ([25, -25, 25, -25], Status.CLEAR, 0),
        ([-25, -25, 25], Status.FLAGGED, -25),
    ],
)
def test_a_size_counts_whatever_its_sign_but_not_both_signs_together(
    values: list[float], status: Status, value: float
) -> None:
    finding = _one(_threshold(absolute=True), {TRUNK: values})
    assert finding.value == pytest.approx(value)
    if status is Status.CLEAR:
        assert finding.status is not Status.FLAGGED
    else:
        assert finding.status is status
        assert f"on the {'left' if value > 0 else 'right'}" in finding.message


def test_a_side_each_and_the_hidden_one_with_its_reason() -> None:
    check = _threshold(signal="heel_rise", scope="each", flag=10.0, note=6.0)
    left, right = _screen(
        [check],
        {"heel_rise_right": [15.0] * 3, "heel_rise_left": [np.nan] * 3},
        absent={"heel_rise_left": "the left side is hidden"},
    )
    assert (left.side, left.status, left.reason) == ("left", Status.NOT_ASSESSED, "the left side is hidden")
    assert (right.side, right.status) == ("right", Status.FLAGGED)


def test_the_working_side_judges_only_its_own_repetitions() -> None:
    check = _threshold(signal="knee_flexion", scope="working", direction="below", flag=70.0, note=80.0)
    values = {"knee_flexion_left": [60.0, 90, 60, 90], "knee_flexion_right": [20.0, 100, 20, 100]}
    left, right = _screen([check], values, sides=["left", "right", "left", "right"])
    assert (left.status, left.value, left.reps_affected) == (Status.FLAGGED, 60.0, (1, 3))
    assert (right.status, right.value) == (Status.CLEAR, 100.0)
    left, right = _screen([check], values, sides=["right"] * 4)
    assert left.status is Status.NOT_ASSESSED
    assert "left leg" in left.reason


def test_a_mirrored_signal_turns_its_sign_on_the_right() -> None:
    check = _threshold(signal=TRUNK, scope="working", mirror=True)
    left, right = _screen([check], {TRUNK: [25.0, -25.0] * 2}, sides=["left", "right"] * 2)
    assert (left.value, left.status) == (25.0, Status.FLAGGED)
    assert (right.value, right.status) == (25.0, Status.FLAGGED)


def test_a_check_can_be_held_to_borderline() -> None:
    finding = _one(_threshold(max_status="borderline"), {TRUNK: [40.0] * 3})
    assert (finding.status, finding.severity) == (Status.BORDERLINE, 1)


WEAK: dict[str, CheckSpec] = {
    "difference": _difference(max_status="borderline"),
    "variability": VariabilityCheck.model_validate(
        {"id": "spread", "kind": "variability", "views": ("side",), "signal": TRUNK, "flag": 8.0, "note": 5.0, **TEXTS, "max_status": "borderline"}
    ),
    "tempo": TempoCheck.model_validate(
        {"id": "tempo", "kind": "tempo", "views": ("side",), "flag": 30.0, "note": 20.0, **TEXTS, "max_status": "borderline"}
    ),
    "attempts": _attempts(max_status="borderline"),
}  # fmt: skip


@pytest.mark.parametrize("kind", WEAK)
def test_every_kind_of_check_can_be_held_to_borderline(kind: str) -> None:
    values = {TRUNK: [0.0, 30, 60], "knee_flexion_left": [100.0] * 3, "knee_flexion_right": [60.0] * 3}
    heights = [_height([20.0, 30.0, 50.0])]
    assert _one(WEAK[kind], values, lengths=[2.0, 4.0, 9.0], measures=heights).status is Status.BORDERLINE


def test_the_wrong_view_is_not_assessed_with_the_reason() -> None:
    finding = _one(_threshold(), {TRUNK: [40.0] * 3}, view=FRONT, errors={})
    assert finding.status is Status.NOT_ASSESSED
    assert finding.reason == "needs the side view; this clip shows the front view"
    assert np.isnan(finding.value)
    unknown = _one(_threshold(), {TRUNK: [40.0] * 3}, view=View(kind=ViewKind.UNKNOWN))
    assert "view could not be determined" in unknown.reason


def test_without_repetitions_nothing_is_assessed() -> None:
    finding = _one(_threshold(), {}, lengths=[])
    assert (finding.status, finding.reason) == (Status.NOT_ASSESSED, "no complete repetition was seen")


def test_too_few_repetitions_are_said_to_be_too_few() -> None:
    finding = _one(_threshold(min_reps=3), {TRUNK: [40.0, 40.0, np.nan]})
    assert finding.status is Status.NOT_ASSESSED
    assert "needs 3 repetitions" in finding.reason
    assert "2 seen" in finding.reason


def test_a_signal_never_measured_gives_its_reason() -> None:
    assert _one(_threshold(), {TRUNK: [np.nan] * 2}, absent={TRUNK: "nobody was there"}).reason == "nobody was there"
    assert "not seen well enough" in _one(_threshold(), {TRUNK: [np.nan] * 2}).reason


# --- the rule for the status ----------------------------------------------------------------------------------------

WITHIN = "within the measurement error of the limit"


@pytest.mark.parametrize(
    ("value", "error", "status", "reason"),
    [
        (22.0, 4.0, Status.BORDERLINE, WITHIN),
        (24.0, 4.0, Status.BORDERLINE, WITHIN),
        (24.1, 4.0, Status.FLAGGED, ""),
        (18.0, 4.0, Status.BORDERLINE, WITHIN),
        (13.0, 4.0, Status.BORDERLINE, ""),
        (5.0, 30.0, Status.CLEAR, ""),
        (22.0, np.nan, Status.BORDERLINE, "how far this reading may be off is not known"),
    ],
)
def test_flagged_is_only_what_is_beyond_limit_and_error(
    value: float, error: float, status: Status, reason: str
) -> None:
    for sign, check in ((1, _threshold()), (-1, _threshold(absolute=True))):
        found = _one(check, {TRUNK: [sign * value] * 3}, errors={TRUNK: error})
        assert (found.status, found.reason) == (status, reason)
        assert found.severity == {Status.FLAGGED: 2, Status.BORDERLINE: 1, Status.CLEAR: 0}[status]
    low = _threshold(direction="below", flag=-20.0, note=-12.0)
    assert _one(low, {TRUNK: [-value] * 3}, errors={TRUNK: error}).status is status


def test_one_repetition_is_never_flagged_and_says_why() -> None:
    once = _one(_threshold(), {TRUNK: [40.0]})
    assert (once.status, once.severity, once.reason) == (Status.BORDERLINE, 1, "seen in one repetition only")
    both = _one(_threshold(), {TRUNK: [40.0]}, errors={TRUNK: 30.0})
    assert both.reason == f"{WITHIN}; seen in one repetition only"
    assert _one(_difference(), {"knee_flexion_left": [100.0], "knee_flexion_right": [60.0]}).status is Status.BORDERLINE


@pytest.mark.parametrize(("affects", "weaker"), [("all", True), ("lean", True), (TRUNK, True), ("heel_rise", False)])
def test_what_a_notice_weakens_is_not_flagged_and_says_why(affects: str, weaker: bool) -> None:
    shaken = Notice("camera_moved", "The camera moved: the picture shifts by 3.1 % of its width.", (affects,))
    plain = Notice("walking", "The person walks.")
    for value, status in ((40.0, Status.FLAGGED), (15.0, Status.BORDERLINE), (5.0, Status.CLEAR)):
        finding = _one(_threshold(), {TRUNK: [value] * 3})
        (found,) = weaken([finding], [plain, shaken])
        told = Status.BORDERLINE if weaker and status is Status.FLAGGED else status
        assert (found.status, found.reason) == (told, "the camera moved" if weaker else "")
        assert found.weakened_by == (("camera_moved",) if weaker else ())
        # a notice that is found later comes on top of those before
        assert weaken([found], [plain, shaken]) == (found,)


def test_what_is_not_assessed_stays_so_whatever_the_notices() -> None:
    unseen = _one(_threshold(), {TRUNK: [np.nan] * 3})
    assert weaken([unseen], [Notice("mirrored", "Mirrored.", ("all",))]) == (unseen,)


@pytest.mark.parametrize(
    ("values", "status", "seen"),
    [
        ([-52.0] * 3, Status.NOT_ASSESSED, 0),
        ([-12.0] * 3, Status.NOT_ASSESSED, 0),
        ([-5.0] * 3, Status.CLEAR, 3),
        ([-52.0, 2.0, 3.0], Status.CLEAR, 2),
        ([120.0] * 3, Status.NOT_ASSESSED, 0),
        ([30.0] * 3, Status.FLAGGED, 3),
    ],
)
def test_a_value_that_cannot_be_is_not_assessed(values: list[float], status: Status, seen: int) -> None:
    check = _threshold(signal="heel_rise", scope="nearest", flag=8.0, note=5.0)
    found = _one(check, {"heel_rise_right": values}, errors={"heel_rise_right": 3.0})
    assert (found.status, found.reps_seen) == (status, seen)
    assert ("which cannot be" in found.reason) == (status is Status.NOT_ASSESSED)


def test_an_unsure_view_is_told_unless_the_user_named_it() -> None:
    edge = View(kind=ViewKind.SIDE, facing="right", near_side="right", yaw_deg=68.0, confidence=0.55)
    told = _one(_threshold(), {TRUNK: [30.0] * 3}, view=edge)
    assert (told.status, "68 degrees" in told.reason) == (Status.BORDERLINE, True)
    named = View(kind=ViewKind.SIDE, facing="right", near_side="right", yaw_deg=68.0, confidence=0.55, forced=True)
    found = _one(_threshold(), {TRUNK: [30.0] * 3}, view=named)
    assert (found.status, found.reason) == (Status.FLAGGED, "")


# --- left against right ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right", "error", "status"),
    [
        (100, 88, 1.0, Status.FLAGGED),
        (88, 100, 1.0, Status.FLAGGED),
        (100, 92, 1.0, Status.BORDERLINE),
        (100, 97, 1.0, Status.CLEAR),
        # smaller than the error of a difference, which is that of both sides together
        (100, 88, 10.0, Status.CLEAR),
        # larger than that, but beyond the limit by less
        (100, 80, 10.0, Status.BORDERLINE),
        (100, 75, 10.0, Status.FLAGGED),
        (100, 88, np.nan, Status.BORDERLINE),
        (100, 92, np.nan, Status.BORDERLINE),
    ],
)
def test_a_difference_counts_above_limit_and_error(left: float, right: float, error: float, status: Status) -> None:
    values = {"knee_flexion_left": [left] * 3, "knee_flexion_right": [right] * 3}
    finding = _one(_difference(), values, errors={"knee_flexion_left": error, "knee_flexion_right": error})
    assert finding.status is status
    assert finding.value == pytest.approx(left - right)
    assert finding.limit == 10.0
    if status is not Status.CLEAR:
        assert f"on the {'left' if left > right else 'right'}" in finding.message


def test_a_difference_needs_both_sides() -> None:
    finding = _one(_difference(), {"knee_flexion_right": [90.0] * 3}, absent={"knee_flexion_left": "hidden"})
    assert (finding.status, finding.reason) == (Status.NOT_ASSESSED, "hidden")
    between = _difference(between="repetitions")
    values = {"knee_flexion_left": [90.0] * 3, "knee_flexion_right": [70.0] * 3}
    finding = _one(between, values, sides=["right"] * 3)
    assert "left leg" in finding.reason
    assert _one(between, values, sides=["left", "right", "left"]).value == pytest.approx(20.0)


def test_one_knee_in_and_the_other_out_is_blamed_on_the_camera() -> None:
    check = _difference(signal="knee_medial_offset", camera_turn_guard=True, views=("front",))
    turned = _one(check, {"knee_medial_offset_left": [9.0] * 2, "knee_medial_offset_right": [-9.0] * 2}, view=FRONT)
    assert (turned.status, "camera" in turned.reason) == (Status.BORDERLINE, True)
    real = _one(check, {"knee_medial_offset_left": [17.0] * 2, "knee_medial_offset_right": [-1.0] * 2}, view=FRONT)
    assert real.status is Status.FLAGGED


@pytest.mark.parametrize(("yaw", "told"), [(3.0, False), (-14.0, True)])
def test_a_turned_person_makes_a_guarded_verdict_less_certain(yaw: float, told: bool) -> None:
    check = _threshold(signal="lateral_shift", views=("front",), absolute=True, camera_turn_guard=True)
    finding = _one(check, {"lateral_shift": [2.0] * 3}, view=replace(FRONT, yaw_deg=yaw))
    assert finding.status is Status.CLEAR
    assert ("turned by about 14 degrees" in finding.reason) is told


def test_a_difference_needs_its_least_number_of_repetitions() -> None:
    values = {"knee_flexion_left": [100.0], "knee_flexion_right": [60.0]}
    assert _one(_difference(min_reps=3), values).status is Status.NOT_ASSESSED


# --- spread and tempo -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ([50, 50, 50], Status.CLEAR),
        ([50, 56, 62], Status.BORDERLINE),
        ([50, 60, 70], Status.FLAGGED),
        ([50, 90], Status.NOT_ASSESSED),
    ],
)
def test_spread(values: list[float], status: Status) -> None:
    check = VariabilityCheck.model_validate(
        {
            "id": "spread",
            "kind": "variability",
            "views": ("side",),
            "signal": TRUNK,
            "flag": 8.0,
            "note": 5.0,
            "min_reps": 3,
            **TEXTS,
        }
    )
    finding = _one(check, {TRUNK: values})
    assert finding.status is status
    if status is not Status.NOT_ASSESSED:
        assert finding.value == pytest.approx(np.std(values, ddof=1))


@pytest.mark.parametrize(
    ("lengths", "status"),
    [
        ([3, 3, 3], Status.CLEAR),
        ([2.4, 3, 3.6], Status.BORDERLINE),
        ([2, 3, 6], Status.FLAGGED),
        ([2, 6], Status.NOT_ASSESSED),
    ],
)
def test_tempo(lengths: list[float], status: Status) -> None:
    check = TempoCheck.model_validate(
        {"id": "tempo", "kind": "tempo", "views": ("side",), "flag": 30.0, "note": 20.0, "min_reps": 3, **TEXTS}
    )
    finding = _one(check, {TRUNK: [0.0] * len(lengths)}, lengths=lengths)
    assert finding.status is status
    assert finding.unit == "pct"
    if status is not Status.NOT_ASSESSED:
        moving = np.array(lengths) - 0.4
        assert finding.value == pytest.approx(100 * moving.std(ddof=1) / moving.mean())


@pytest.mark.parametrize(
    ("heights", "status"),
    [
        ([30, 31, 32], Status.CLEAR),
        ([25, 30, 33], Status.BORDERLINE),
        ([20, 30, 40], Status.FLAGGED),
        ([20, 40], Status.NOT_ASSESSED),
        ([20, np.nan, 40], Status.NOT_ASSESSED),
    ],
)
def test_attempts(heights: list[float], status: Status) -> None:
    finding = _one(_attempts(), {TRUNK: [0.0] * len(heights)}, measures=[_height(heights)])
    assert finding.status is status
    assert finding.unit == "pct"
    if status is Status.NOT_ASSESSED:
        assert finding.reason == "needs 3 repetitions that can be measured, 2 seen"
        return
    assert finding.value == pytest.approx(100 * np.std(heights, ddof=1) / np.mean(heights))
    # an error of 1.5 cm makes equal jumps look unlike by so much
    assert finding.measurement_error == pytest.approx(100 * 1.5 / np.mean(heights))
    assert finding.reps_seen == 3
    assert finding.reps_affected == (() if status is Status.CLEAR else (1, 2, 3))


def test_attempts_near_the_limit_say_so() -> None:
    finding = _one(_attempts(), {TRUNK: [0.0] * 3}, measures=[_height([24, 30, 36.5])])
    assert (finding.status, finding.reason) == (Status.BORDERLINE, WITHIN)


def test_attempts_of_each_side_are_judged_by_themselves() -> None:
    heights = [_height([20, 30, 40], side="left"), _height([30, 30, 30], side="right")]
    findings = _screen([_attempts()], {TRUNK: [0.0] * 3}, measures=heights)
    assert [(f.side, f.status) for f in findings] == [("left", Status.FLAGGED), ("right", Status.CLEAR)]


def test_a_lower_bound_is_no_attempt_to_compare() -> None:
    values = {TRUNK: [0.0] * 3}
    for more in (
        {"measures": [_height([20, 30, 40], at_least=[3])]},
        {"measures": [_height([20, 30, 40])], "cut": [3]},
    ):
        finding = _one(_attempts(), values, **more)
        assert (finding.status, finding.reason) == (
            Status.NOT_ASSESSED,
            "needs 3 repetitions that can be measured, 2 seen",
        )


def test_a_measure_that_was_not_read_hands_on_its_reason() -> None:
    values = {TRUNK: [0.0] * 3}
    assert _one(_attempts(), values, measures=[_height([], reason="feet hidden")]).reason == "feet hidden"
    assert _one(_attempts(), values).reason == "the measure was not read"


def test_attempts_at_an_unknown_measure_are_a_mistake_in_the_file() -> None:
    with pytest.raises(ValueError, match="check alike: jump_heigth is not a measure here"):
        _movement(_attempts(measure="jump_heigth"))


# --- company --------------------------------------------------------------------------------------------------------


def test_a_check_that_counts_only_with_another_stays_quiet_alone() -> None:
    shy = _threshold(
        "shy", signal="shank_inclination", scope="nearest", direction="below", flag=20.0, note=25.0, only_with=("lean",)
    )
    values = {TRUNK: [5.0] * 3, "shank_inclination_right": [10.0] * 3}
    _, alone = _screen([_threshold(), shy], values)
    assert (alone.status, alone.severity, alone.reps_affected, alone.reason) == (
        Status.CLEAR,
        0,
        (),
        "no other sign of it",
    )
    assert alone.message == "Nothing to see at 10."
    for trunk in (15.0, 30.0):
        _, accompanied = _screen([_threshold(), shy], {**values, TRUNK: [trunk] * 3})
        assert accompanied.status is Status.FLAGGED
    _, unseen = _screen([_threshold(), shy], {**values, TRUNK: [np.nan] * 3})
    assert unseen.status is Status.CLEAR


def test_company_names_the_other_side_of_the_body_too() -> None:
    lone = _threshold("lone", signal="heel_rise", scope="each", flag=10.0, note=6.0, only_with=("lean",))
    findings = _screen(
        [_threshold(), lone], {TRUNK: [30.0] * 2, "heel_rise_left": [20.0] * 2, "heel_rise_right": [0.0] * 2}
    )
    assert [(f.check_id, f.side, f.status) for f in findings] == [
        ("lean", "", Status.FLAGGED), ("lone", "left", Status.FLAGGED), ("lone", "right", Status.CLEAR)
    ]  # fmt: skip
