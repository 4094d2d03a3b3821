"""Several clips of one person: who answers which check, and what is still to be recorded."""

from __future__ import annotations

from dataclasses import replace

from movescreen.catalog import load_catalog
from movescreen.errors import VideoError
from movescreen.model import ClipResult, Finding, Status
from movescreen.screening import merge_clips
from tests.support.results import as_movement, front_squat, side_squat

CATALOG = load_catalog()


def by_check(findings: tuple[Finding, ...]) -> dict[tuple[str, str], Finding]:
    found = {(f.check_id, f.side): f for f in findings}
    assert len(found) == len(findings), "a check is answered twice"
    return found


def sure(clip: ClipResult, confidence: float) -> ClipResult:
    return replace(clip, view=replace(clip.view, confidence=confidence))


def with_side(clip: ClipResult, side: str) -> ClipResult:
    reps = tuple(replace(rep, side=side) for rep in clip.reps)
    known = {check.id for check in CATALOG.movement("lunge").checks}
    findings = tuple(replace(f, movement="lunge") for f in clip.findings if f.check_id in known)
    return as_movement(clip, "lunge", reps=reps, findings=findings)


def test_each_check_is_answered_by_the_view_that_sees_it() -> None:
    front, side = front_squat(), side_squat()
    for order in ((front, side), (side, front)):
        found = by_check(merge_clips(order, CATALOG).findings)
        assert found["knee_valgus", ""].status is Status.FLAGGED
        assert found["excessive_trunk_lean", ""].status is Status.FLAGGED
        assert found["knee_valgus", ""] in front.findings
        assert found["excessive_trunk_lean", ""] in side.findings


def test_the_surer_view_answers_and_then_the_one_with_more_repetitions() -> None:
    three, five = front_squat(3), front_squat(5)
    unsure = sure(five, 0.5)
    assert by_check(merge_clips([unsure, three], CATALOG).findings)["knee_valgus", ""].reps_seen == 3
    assert by_check(merge_clips([three, five], CATALOG).findings)["knee_valgus", ""].reps_seen == 5
    assert by_check(merge_clips([five, three], CATALOG).findings)["knee_valgus", ""].reps_seen == 5


def test_a_clip_that_cannot_answer_never_hides_one_that_can() -> None:
    front = front_squat()
    blind = replace(
        front,
        view=replace(front.view, confidence=1.0),
        findings=tuple(replace(f, status=Status.NOT_ASSESSED, reason="hidden", evidence=()) for f in front.findings),
    )
    assert by_check(merge_clips([blind, front], CATALOG).findings)["knee_valgus", ""].status is Status.FLAGGED


def test_when_nobody_can_answer_the_right_view_says_why() -> None:
    front, side = sure(front_squat(), 1.0), sure(side_squat(), 0.7)
    (heel,) = (f for f in front.findings if f.check_id == "heel_rise")
    assert heel.status is Status.NOT_ASSESSED
    hidden = replace(side, findings=(replace(heel, side="left", reason="the left side is hidden"),))
    wrong = replace(front, findings=(replace(heel, side="left", reason="needs the side view"),))
    (finding,) = merge_clips([wrong, hidden], CATALOG).findings
    assert finding.reason == "the left side is hidden"


def test_sides_stay_apart_and_take_the_place_of_a_check_without_one() -> None:
    side = side_squat()
    base = next(f for f in side.findings if f.status is Status.FLAGGED)
    left, right = (replace(base, check_id="heel_rise", side=s) for s in ("left", "right"))
    nothing = replace(
        base, check_id="heel_rise", side="", status=Status.NOT_ASSESSED, reason="needs the side view", evidence=()
    )
    merged = merge_clips(
        [replace(side, findings=(nothing,)), replace(side, findings=(left,)), replace(side, findings=(right,))], CATALOG
    )
    assert [(f.check_id, f.side) for f in merged.findings] == [("heel_rise", "left"), ("heel_rise", "right")]


def test_what_is_missing_is_said_as_a_recording_to_make() -> None:
    (text,) = merge_clips([front_squat()], CATALOG).missing
    assert text.startswith("the squat from the side, to judge ")
    assert "heel rise" in text
    (text,) = merge_clips([side_squat()], CATALOG).missing
    assert text.startswith("the squat from the front, to judge ")
    assert merge_clips([front_squat(), side_squat()], CATALOG).missing == ()


def test_a_lunge_wants_the_other_leg() -> None:
    right = with_side(side_squat(), "right")
    assert "the lunge with the left leg" in merge_clips([right], CATALOG).missing
    both = merge_clips([right, with_side(side_squat(), "left")], CATALOG).missing
    assert not [text for text in both if text.endswith("leg")]


def test_movements_stay_apart_and_an_unknown_one_adds_nothing() -> None:
    squat, lunge = side_squat(), with_side(side_squat(), "right")
    nothing = as_movement(squat, "none", findings=(), reps=())
    merged = merge_clips([squat, nothing, lunge], CATALOG, "Client 3", {"broken.mp4": VideoError("not a video")})
    assert [f.movement for f in merged.findings] == ["squat"] * len(squat.findings) + ["lunge"] * len(lunge.findings)
    assert len(merged.clips) == 3
    assert (merged.client, merged.failed) == ("Client 3", (("broken.mp4", "not a video"),))
