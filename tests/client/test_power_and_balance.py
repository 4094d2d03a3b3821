"""Jumps, chair stands and one-leg stances in a visit: kept as measured, standing in for manual tests, and compared honestly."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from movescreen.app.page_data import make_progress_report, make_visit_report
from movescreen.catalog import load_catalog
from movescreen.catalog.norms_library import load_norms
from movescreen.client.plan.making import merge_recent
from movescreen.client.rules.gates import GateResult, GateState
from movescreen.client.rules.progress import Change, ChangeState, Trend, compare_measurements, compare_visits
from movescreen.client.visits.control import describe_control
from movescreen.client.visits.hand_tests import compare_all_sides, compare_test_sides, judge_visit
from movescreen.client.visits.visit import (
    BY_CAMERA,
    ClipRecord,
    HandMeasurement,
    Reading,
    ScreeningRecord,
    Visit,
    record_screening,
)
from movescreen.model import ClipResult, ScreeningResult
from movescreen.report.formats.person_tables import readings_table
from movescreen.report.pages.progress import render_progress
from movescreen.report.pages.visit import render_visit, write_visit
from movescreen.report.sections.person import PersonHead
from tests.report.test_measures import chair, cut_off, jumps, stances
from tests.support.clients import CARE, DAY, make_person, make_setup, make_visit, runner_with_sprain
from tests.support.plans import assess_readiness

CATALOG, NORMS = load_catalog(), load_norms()
LATER = DAY + timedelta(weeks=3)
LAST = DAY + timedelta(weeks=6)
MEASURES = {m.name: (spec.name, m) for spec in CATALOG.movements.values() for m in spec.measures}
HEAD = PersonHead("C1", 35, "female")


def reading(name: str, value: float, side: str = "", *, attempts: int = 3, **changes: Any) -> Reading:
    _, spec = MEASURES[name]
    told = {
        "signal": name, "side": side, "value": value, "unit": spec.unit, "error": 0.5, "reps": (value,) * attempts,
        "measure": True, "test": spec.hand_test, "how": spec.summary, "errors": (0.1,) * attempts,
    }  # fmt: skip
    return Reading.model_validate(told | changes)


def clip(*readings: Reading, view: str = "front", **setup: Any) -> ClipRecord:
    movement = MEASURES[readings[0].signal][0]
    told = {"movement": movement, "view": view} | ({} if view == "side" else {"near_side": "", "yaw_deg": 0.0})
    return ClipRecord(file=f"{view}.mp4", setup=make_setup(**(told | setup)), readings=readings, reps=3)


def visit(day: date, *clips: ClipRecord, by_hand: Sequence[HandMeasurement] = ()) -> Visit:
    screenings = (ScreeningRecord(clips=clips, findings=()),) if clips else ()
    return Visit(day=day, screenings=screenings, measurements=tuple(by_hand))


def both(left: float, right: float, **changes: Any) -> ClipRecord:
    return clip(reading("stance_time", left, "left", **changes), reading("stance_time", right, "right", **changes))


def hand(value: float, side: str = "left", test: str = "single_leg_stance") -> HandMeasurement:
    return HandMeasurement(test=test, side=side, value=value)  # type: ignore[arg-type]


def record(*clips: ClipResult) -> ScreeningRecord:
    return record_screening(ScreeningResult(client="P", clips=clips, findings=()), CATALOG)


# --- what is kept -------------------------------------------------------------------------------------------------------


def test_every_measure_that_stands_beside_a_test_names_one_of_the_same_unit_and_sides() -> None:
    named = {m.hand_test for _, m in MEASURES.values() if m.hand_test}
    assert named == {"jump_height", "chair_stand_5x", "single_leg_stance"}
    for name, (_, spec) in MEASURES.items():
        if spec.hand_test:
            test = CARE.hand_test(spec.hand_test)
            assert test.unit == spec.unit
            assert test.sided == (name == "stance_time")
            assert (test.concern == "low") == (spec.better == "high")


@pytest.mark.parametrize("made", [jumps, stances, chair], ids=["jumps", "stances", "chair"])
def test_a_screening_keeps_every_known_measure_as_it_was(made: Any) -> None:
    result = made()
    kept = [r for r in record(result).clips[0].readings if r.measure]
    known = [m for m in result.measures if m.known]
    assert [(r.signal, r.side, r.value, r.unit, r.error) for r in kept] == [
        (m.name, m.side, m.value, m.unit, m.error) for m in known
    ]
    assert [r.reps for r in kept] == [tuple(a.value for a in m.attempts) for m in known]
    assert [(r.test, r.at_least) for r in kept] == [(m.hand_test, m.at_least) for m in known]
    again = record(result)
    assert again == type(again).model_validate_json(again.model_dump_json())


def test_a_stance_that_was_cut_off_is_kept_as_a_lower_bound() -> None:
    kept = {(r.signal, r.side): r for r in record(cut_off()).clips[0].readings}
    assert kept["stance_time", "right"].at_least
    assert kept["stance_time", "right"].test == "single_leg_stance"
    assert not kept["stance_sway", "right"].at_least
    assert kept["stance_sway", "right"].test == ""


@pytest.mark.parametrize("made", [jumps, stances, chair], ids=["jumps", "stances", "chair"])
def test_neither_tempo_nor_key_signals_are_kept_beside_measures(made: Any) -> None:
    signals = {r.signal for r in record(made()).clips[0].readings if not r.measure}
    # what a check reads may be compared
    assert signals <= {"trunk_lateral_lean"}
    names = {r.signal for r in record(made()).clips[0].readings}
    assert not names & {"descent_s", "ascent_s", "body_rise", "foot_clearance", "hesitations", "knee_wobbles"}


# --- in place of a manual test -------------------------------------------------------------------------------------------


def test_what_was_taken_by_hand_counts_before_the_camera() -> None:
    day = visit(DAY, both(40.0, 30.0), by_hand=[hand(33.0, "right")])
    assert day.measured("single_leg_stance") == {"left": 40.0, "right": 33.0}
    assert day.measured("single_leg_stance", by_hand=True) == {"right": 33.0}
    assert [(m.side, m.value, m.note) for m in day.values] == [
        ("left", 40.0, BY_CAMERA), ("right", 30.0, BY_CAMERA), ("right", 33.0, ""),
    ]  # fmt: skip
    assert day.measured("jump_height") == {}
    assert visit(DAY).values == ()


def test_a_lower_bound_is_no_value_of_a_test() -> None:
    seen = clip(reading("stance_time", 40.0, "left", at_least=True), reading("stance_time", 30.0, "right"))
    assert visit(DAY, seen).measured("single_leg_stance") == {"right": 30.0}
    # a shorter stance that was seen to its end is not the longest one
    assert visit(DAY, both(20.0, 21.0), seen).measured("single_leg_stance") == {"right": 30.0}
    assert visit(DAY, both(50.0, 21.0), seen).measured("single_leg_stance") == {"left": 50.0, "right": 30.0}


def test_what_stands_beside_no_test_is_no_value() -> None:
    assert visit(DAY, clip(reading("stance_sway", 3.0, "left"))).values == ()


def test_the_attempts_of_a_day_are_put_together() -> None:
    day = visit(DAY, clip(reading("jump_height", 30.0)), clip(reading("jump_height", 33.0, attempts=1)))
    assert day.measured("jump_height") == {"": 30.0}, "the middle of four jumps"
    ((clips, pooled),) = day.measures
    assert (len(clips), pooled.reps) == (2, (30.0, 30.0, 30.0, 33.0))
    assert pooled.error == pytest.approx(math.hypot(0.1, 1.5 / 2))


def test_three_sets_of_chair_stands_tell_a_change() -> None:
    def day(when: date, *seconds: float) -> Visit:
        return visit(when, *(clip(reading("chair_stand_5x_time", s, attempts=1), view="side") for s in seconds))

    assert one(day(DAY, 12.0), day(LATER, 9.0)).state is ChangeState.NO_KNOWN_ERROR
    change = one(day(DAY, 12.0, 12.2, 12.4), day(LATER, 9.0, 9.2, 9.4))
    assert (change.state, change.trend) == (ChangeState.CHANGED, Trend.AWAY)
    assert change.detectable == pytest.approx(1.96 * math.sqrt(2) * math.hypot(0.1, 0.2 / math.sqrt(3)))


def test_judging_uses_the_cameras_value_and_says_so() -> None:
    seen = clip(reading("chair_stand_5x_time", 13.0, attempts=1))
    old = make_person(birth_year=1950)
    (judged,) = judge_visit(visit(DAY, seen), old, CARE, NORMS)
    assert (judged.spec.id, judged.value, judged.note, judged.limited) == ("chair_stand_5x", 13.0, BY_CAMERA, True)
    (judged,) = judge_visit(visit(DAY, seen, by_hand=[hand(7.0, "", "chair_stand_5x")]), old, CARE, NORMS)
    assert (judged.value, judged.note, judged.limited) == (7.0, "", False)


def test_sides_of_the_camera_are_compared() -> None:
    found = compare_test_sides(visit(DAY, both(40.0, 30.0)), "single_leg_stance", CARE, NORMS)
    assert found is not None
    assert (found.worse, abs(found.difference), found.lsi_pct) == ("right", 10.0, 75.0)
    assert [d.spec.id for d in compare_all_sides(visit(DAY, both(40.0, 30.0)), CARE, NORMS)] == ["single_leg_stance"]
    bound = clip(reading("stance_time", 40.0, "left", at_least=True), reading("stance_time", 30.0, "right"))
    assert compare_test_sides(visit(DAY, bound), "single_leg_stance", CARE, NORMS) is None


def balance(*visits: Visit, today: date = DAY) -> GateResult:
    sets = assess_readiness(make_person(today=today), visits, CARE, NORMS)
    (gate,) = (g for each in sets for g in each.gates if g.spec.id == "balance")
    return gate


@pytest.mark.parametrize(
    ("seen", "state", "text"),
    [
        (both(45.0, 44.0), GateState.MET, "left 45, right 44 s on 2026-03-02, by the camera, 98 percent"),
        (both(45.0, 30.0), GateState.NOT_MET, "left 45, right 30 s on 2026-03-02, by the camera, 67 percent"),
        (clip(reading("stance_time", 45.0, "left")), GateState.NOT_KNOWN, "left 45 s: the other side was not measured"),
        (both(45.0, 44.0, at_least=True), GateState.NOT_KNOWN, "not measured"),
    ],
)
def test_the_balance_gate_reads_the_camera(seen: ClipRecord, state: GateState, text: str) -> None:
    gate = balance(visit(DAY, seen))
    assert (gate.state, gate.text) == (state, text)


def test_the_balance_gate_names_the_camera_only_where_it_took_a_side() -> None:
    assert "camera" in balance(visit(DAY, both(45.0, 44.0), by_hand=[hand(44.0)])).text
    by_hand = balance(visit(DAY, both(45.0, 20.0), by_hand=[hand(44.0), hand(43.0, "right")]))
    assert by_hand.text == "left 44, right 43 s on 2026-03-02, 98 percent"
    assert by_hand.state is GateState.MET


def test_what_the_camera_saw_long_ago_is_not_known() -> None:
    gate = balance(visit(DAY, both(45.0, 44.0)), today=DAY + timedelta(weeks=9))
    assert gate.state is GateState.NOT_KNOWN
    assert gate.text.endswith("by the camera: more than eight weeks ago")


def test_a_later_value_counts_whoever_took_it() -> None:
    def merged(*visits: Visit) -> Visit:
        found = merge_recent(visits)
        assert found is not None
        return found

    camera, by_hand = both(40.0, 30.0), [hand(20.0), hand(21.0, "right")]
    test = "single_leg_stance"
    assert merged(visit(DAY, camera), visit(LATER, by_hand=by_hand)).measured(test) == {"left": 20.0, "right": 21.0}
    assert merged(visit(DAY, by_hand=by_hand), visit(LATER, camera)).measured(test) == {"left": 40.0, "right": 30.0}
    assert merged(visit(DAY, camera), visit(LATER, both(31.0, 41.0))).measured(test) == {"left": 31.0, "right": 41.0}
    # of one day the hand's
    same = merged(visit(DAY, camera, by_hand=by_hand), visit(LATER, clip(reading("jump_height", 30.0))))
    assert same.measured(test) == {"left": 20.0, "right": 21.0}
    # the camera's remark goes along
    notes = {
        m.side: m.note
        for m in judge_visit(merged(visit(DAY, by_hand=by_hand), visit(LATER, camera)), make_person(), CARE, NORMS)
    }
    assert notes == {"left": BY_CAMERA, "right": BY_CAMERA}


# --- from visit to visit ----------------------------------------------------------------------------------------------


def one(*visits: Visit) -> Change:
    (change,) = compare_visits(visits, CATALOG)
    return change


def jump(day: date, value: float, error: float = 0.5, **changes: Any) -> Visit:
    setup = {k: changes.pop(k) for k in ("view", "raw", "model_name", "catalog_sha256", "near_side") if k in changes}
    return visit(day, clip(reading("jump_height", value, error=error, **changes), **setup))


@pytest.mark.parametrize(
    ("errors", "detectable"),
    # 1.96 * sqrt(0.25 + 0.25), 1.96 * 0.5, 1.96 * 1.3
    [((0.5, 0.5), 1.385929), ((0.3, 0.4), 0.98), ((1.2, 0.5), 2.548)],
)
def test_a_change_counts_beyond_both_days_errors(errors: tuple[float, float], detectable: float) -> None:
    for size, state in (
        (detectable + 0.01, ChangeState.CHANGED),
        (detectable - 0.01, ChangeState.NO_CHANGE),
        (0.0, ChangeState.NO_CHANGE),
    ):
        for sign in (1, -1):
            change = one(jump(DAY, 30.0, errors[0]), jump(LATER, 30.0 + sign * size, errors[1]))
            assert change.state is state
            assert change.detectable == pytest.approx(detectable, abs=1e-5)
            assert change.difference == pytest.approx(sign * size)
            assert "how much somebody differs from day to day is not in it" in change.source


@pytest.mark.parametrize("attempts", [(2, 3), (3, 2), (1, 1)])
def test_it_takes_three_attempts_on_both_days(attempts: tuple[int, int]) -> None:
    change = one(jump(DAY, 20.0, attempts=attempts[0]), jump(LATER, 40.0, attempts=attempts[1]))
    assert change.state is ChangeState.NO_KNOWN_ERROR
    assert change.trend is Trend.NEITHER
    assert "it takes 3 attempts on both days" in change.reason
    assert math.isnan(change.detectable)
    assert change.source == ""


def test_an_unknown_error_says_nothing() -> None:
    assert one(jump(DAY, 20.0, error=None), jump(LATER, 40.0)).state is ChangeState.NO_KNOWN_ERROR  # type: ignore[arg-type]


@pytest.mark.parametrize("bounds", [(True, False), (False, True), (True, True)])
def test_a_lower_bound_is_not_compared(bounds: tuple[bool, bool]) -> None:
    days = zip((DAY, LATER), (10.0, 40.0), bounds, strict=True)
    change = one(*(visit(d, clip(reading("stance_time", v, "left", at_least=b))) for d, v, b in days))
    assert change.state is ChangeState.NO_KNOWN_ERROR
    assert "one of them is a lower bound" in change.reason


def test_a_lower_bound_takes_nothing_away_from_what_was_seen_to_its_end_that_day() -> None:
    exact, bound = (clip(reading("stance_time", v, "left", at_least=b)) for v, b in ((20.0, False), (15.0, True)))
    first = visit(DAY, clip(reading("stance_time", 10.0, "left")))
    for clips in ((exact, bound), (bound, exact)):
        change = one(first, visit(LATER, *clips))
        assert (change.state, change.difference) == (ChangeState.CHANGED, 10.0)
    # of two that were seen to their end the longer one counts
    assert one(first, visit(LATER, exact, clip(reading("stance_time", 12.0, "left")))).difference == 10.0


@pytest.mark.parametrize("name", [n for n in MEASURES if n != "stance_sway"])
def test_what_is_timed_compares_from_every_view(name: str) -> None:
    front, side = (clip(reading(name, v), view=view) for view, v in (("front", 30.0), ("side", 33.0)))
    for first, last in ((front, side), (side, front)):
        change = one(visit(DAY, first), visit(LATER, last))
        assert change.state is ChangeState.CHANGED
        assert change.view == ""
    turned = clip(reading(name, 33.0), view="side", near_side="left", yaw_deg=-60.0)
    assert one(visit(DAY, side), visit(LATER, turned)).state is ChangeState.NO_CHANGE


def test_sway_needs_the_same_view_and_the_same_turn() -> None:
    def sway(day: date, value: float, **setup: Any) -> Visit:
        return visit(day, clip(reading("stance_sway", value, "left"), **setup))

    assert one(sway(DAY, 3.0), sway(LATER, 6.0)).state is ChangeState.CHANGED
    for other in ({"view": "side"}, {"yaw_deg": 20.0}):
        change = one(sway(DAY, 3.0), sway(LATER, 6.0, **other))
        assert change.state is ChangeState.NOT_COMPARABLE
        assert "other camera set-up" in change.reason


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"model_name": "lite"}, "other pose model"), ({"catalog_sha256": "d" * 64}, "other catalog version")],
)
def test_what_is_timed_with_other_software_is_not_compared(changes: dict[str, Any], said: str) -> None:
    change = one(jump(DAY, 30.0), jump(LATER, 40.0, view="side", **changes))
    assert change.state is ChangeState.NOT_COMPARABLE
    assert said in change.reason
    assert "camera" not in change.reason


@pytest.mark.parametrize("name", MEASURES)
def test_the_trend_is_for_better_or_worse(name: str) -> None:
    side = "left" if name.startswith("stance") else ""
    low, high = (clip(reading(name, v, side)) for v in (10.0, 20.0))
    up = one(visit(DAY, low), visit(LATER, high))
    down = one(visit(DAY, high), visit(LATER, low))
    better = name in ("jump_height", "flight_time", "stance_time")
    assert up.trend is (Trend.AWAY if better else Trend.TOWARDS)
    assert down.trend is (Trend.TOWARDS if better else Trend.AWAY)
    assert one(visit(DAY, low), visit(LATER, low)).trend is Trend.NEITHER


def test_legs_are_followed_apart() -> None:
    changes = compare_visits([visit(DAY, both(30.0, 20.0)), visit(LATER, both(30.1, 25.0))], CATALOG)
    assert {c.side: c.state for c in changes} == {"left": ChangeState.NO_CHANGE, "right": ChangeState.CHANGED}


def test_hand_and_camera_are_never_mixed() -> None:
    camera = both(40.0, 30.0)
    assert compare_measurements([visit(DAY, camera), visit(LATER, by_hand=[hand(20.0)])], CARE, NORMS) == ()
    assert compare_measurements([visit(DAY, by_hand=[hand(20.0)]), visit(LATER, camera)], CARE, NORMS) == ()
    assert compare_measurements([visit(DAY, camera), visit(LATER, camera)], CARE, NORMS) == ()
    days = [visit(DAY, camera, by_hand=[hand(20.0)]), visit(LATER, camera), visit(LAST, camera, by_hand=[hand(25.0)])]
    (change,) = compare_measurements(days, CARE, NORMS)
    assert [(p.day, p.value) for p in change.points] == [(DAY, 20.0), (LAST, 25.0)]
    assert {c.name for c in compare_visits(days, CATALOG)} == {"stance_time"}
    assert compare_visits([visit(DAY, camera), visit(LATER, by_hand=[hand(20.0)])], CATALOG) == ()


def test_control_within_a_set_leaves_measures_out() -> None:
    other = Reading(signal="trunk_lateral_lean", side="left", value=3, unit="deg", error=2, reps=(3, 3.2, 2.9))
    made = describe_control([clip(reading("stance_time", 30.0, "left", attempts=4), other)], CATALOG)
    assert [c.reading.signal for c in made] == ["trunk_lateral_lean"]


# --- pages ----------------------------------------------------------------------------------------------------------------


def page_of(*clips: ClipRecord, by_hand: Sequence[HandMeasurement] = ()) -> str:
    made = make_visit_report(HEAD, visit(DAY, *clips, by_hand=by_hand), make_person())
    return render_visit(made).replace("\N{NO-BREAK SPACE}", " ")


def test_the_visits_page_has_a_table_of_power_and_balance() -> None:
    page = page_of(
        clip(reading("jump_height", 31.0, reps=(30.0, 31.0, 33.5)), view="side"),
        clip(reading("stance_time", 40.0, "left", at_least=True, attempts=1), reading("stance_sway", 3.25, "left")),
    )
    section = page[page.index("Power and balance") :]
    section = section[: section.index("</section>")]
    for wanted in (
        "Jump height", "side.mp4", "31.0 cm ± 0.5 cm", "30.0 cm, 31.0 cm, 33.5 cm", "Standing on one leg, left", "at least 40.0 s",
        "Sway from side to side", "3.3 % ± 0.5 %",
    ):  # fmt: skip
        assert wanted in section, wanted
    assert "40.0 s ±" not in section
    assert "Control within the set" not in page
    assert "31.0 cm (by the camera)" in page[page.index("Tests beside norms") :]
    assert "Power and balance" not in page_of(by_hand=[hand(30.0), hand(31.0, "right")])


def test_a_test_that_the_camera_made_is_not_asked_for_again() -> None:
    def asked(*clips: ClipRecord) -> str:
        page = render_visit(make_visit_report(HEAD, visit(DAY, *clips), runner_with_sprain()))
        section = page[page.index('id="worth-adding"') :]
        return section[: section.index("</section>")]

    title = CARE.hand_test("single_leg_stance").title
    assert title in asked()
    assert title not in asked(both(30.0, 31.0))
    # a lower bound is no value yet
    assert title in asked(both(30.0, 31.0, at_least=True))


def test_the_visits_table_tells_lower_bounds(tmp_path: Path) -> None:
    day = visit(DAY, clip(reading("stance_time", 40.0, "left", at_least=True), reading("stance_time", 30.0, "right")))
    write_visit(make_visit_report(HEAD, day, make_person()), tmp_path)
    table = pd.read_csv(tmp_path / "readings.csv")
    assert table[["signal", "side", "value", "unit", "error", "reps", "at_least"]].to_numpy().tolist() == [
        ["stance_time", "left", 40.0, "s", 0.5, 3, True], ["stance_time", "right", 30.0, "s", 0.5, 3, False],
    ]  # fmt: skip
    # what the hand took is another table
    assert pd.read_csv(tmp_path / "measurements.csv").empty
    assert list(readings_table([make_visit()]).columns) == list(table.columns)


def test_the_progress_page_names_measures_and_says_what_keeps_them_from_being_compared() -> None:
    days = [
        visit(DAY, clip(reading("jump_height", 30.0)), clip(reading("stance_time", 20.0, "left", at_least=True))),
        visit(LATER, clip(reading("jump_height", 34.0), view="side"), clip(reading("stance_time", 30.0, "left"))),
    ]
    page = render_progress(make_progress_report(HEAD, make_person(today=LATER), days), lambda _: None)
    page = page.replace("\N{NO-BREAK SPACE}", " ")
    assert "Jump height changed for the better by more than the error can explain." in page
    assert "+4.0 cm" in page
    assert "±1.4 cm" in page
    assert "One of them is a lower bound" in page
    assert not re.search(r"\bnan\b", page)
