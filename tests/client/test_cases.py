"""People as they come in: who is stopped and by whom they are seen, how far a plan goes, what is banned, what comes first, and why.

Each expectation was written before the plan was looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pytest

from movescreen.catalog.client_schema import STAGES
from movescreen.catalog.norms_library import load_norms
from movescreen.client.intake.model import Clearance, Consent, Injury, Operation, Pain
from movescreen.client.person import Person
from movescreen.client.plan.making import make_plan as make_unread
from movescreen.client.rules.danger_words import find_hints, find_unread_words
from movescreen.client.rules.profiles import find_impact_ban
from movescreen.client.rules.red_flags import review_red_flags
from movescreen.client.visits.visit import HandMeasurement, SessionNote, Visit
from movescreen.errors import NeedsReferral, WordsUnread
from tests.support.clients import CARE, DAY, QUESTIONS, by_hand, make_person, make_record, make_visit, ready_visits
from tests.support.plans import make_plan

NORMS = load_norms()
GUARDED = Consent(records=True, pictures=False, on=DAY, guardian="mother")
RUN: dict[str, Any] = {"sports": ("running",), "goals": ("run",)}
SPORT: dict[str, Any] = {"sports": ("jumping_and_turning",), "goals": ("return_to_sport", "jump_and_turn")}
LIFT: dict[str, Any] = {"sports": ("strength",), "goals": ("lift",)}
DAILY: dict[str, Any] = {"sports": ("walking",), "goals": ("daily_life",)}
VALGUS = make_record("knee_valgus", side="left", severity=3)
LEAN = make_record("excessive_trunk_lean")
HEEL = make_record("heel_rise", side="left", severity=3)
BEND = make_record("spine_dominant_bend", movement="bend", severity=3)


def said(**yes: bool) -> dict[str, Any]:
    return {"symptoms": QUESTIONS | yes}


def pain(place: Any, now: int, week: int, side: Any = "left", **more: Any) -> Pain:
    return Pain(place=place, side=side, now=now, week=week, **more)


def operation(what: str, weeks: int, place: Any = "knee", **word: Any) -> Operation:
    when = (DAY - timedelta(weeks=weeks)).isoformat()
    return Operation.model_validate({"what": what, "place": place, "side": "left", "when": when, **word})


def word(stage: str, phase: str = "") -> dict[str, Any]:
    return {"cleared": True, "cleared_by": "surgeon", "cleared_on": (DAY - timedelta(days=2)).isoformat(), "allowed": stage, "phase": phase}  # fmt: skip


def quiet_knee() -> tuple[Visit, ...]:
    """Strong legs, and a knee that is straight and not swollen."""
    tests = {"knee_effusion": 0.0, "knee_extension_deficit": 0.0}
    return (*ready_visits(), make_visit(measurements=tuple(HandMeasurement(test=t, value=v) for t, v in tests.items())))


@dataclass(frozen=True)
class Case:
    """Somebody, and what has to come of it.

    Attributes
    ----------
    stopped_by, seen_by
        Red flags that stop, and words about whom to see; a case with them has no plan.
    words
        Danger words that are hinted at while the plan waits.
    ends
        The last stage of the plan.
    banned
        Whether running and jumping are banned.
    holds, lacks
        Exercises that must, and must not, be in it.
    first
        The need that comes first; empty = of no interest.
    says, silent
        Words that the plan must say, in cautions, rules or what was left out; and must not say.
    """

    told: dict[str, Any]
    visits: tuple[Visit, ...] = ()
    born: int | None = 1991
    sex: Any = "female"
    today: date = DAY
    stopped_by: tuple[str, ...] = ()
    seen_by: str = ""
    words: tuple[str, ...] = ()
    ends: str = ""
    banned: bool = False
    holds: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    first: str = ""
    says: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    standing: dict[str, date] = field(default_factory=dict)

    @property
    def person(self) -> Person:
        return replace(make_person(self.today, self.born, **self.told), sex=self.sex, standing=self.standing)


def noted(*notes: SessionNote, findings: tuple[Any, ...] = ()) -> Visit:
    return make_visit(findings=findings, notes=notes)


CASES: dict[str, Case] = {
    # --- knee ligament ---
    "ACL, 3 weeks, only a yes": Case(
        {"operations": (operation("ACL reconstruction", 3, cleared=True),), **SPORT},
        stopped_by=("recent_operation",), seen_by="surgeon",
    ),
    "ACL, 3 weeks, allowed everything but no phase": Case(
        {"operations": (operation("ACL reconstruction", 3, **word("speed")),), **SPORT}, (make_visit(findings=(VALGUS,)),),
        ends="activation", banned=True, holds=("easy_walk", "thigh_squeeze"), lacks=("easy_start", "single_leg_bridge", "side_steps", "leg_swings"), says=("less than 12 weeks after an operation",),
    ),
    "ACL, 4 months, strong, allowed weights": Case(
        {"operations": (operation("ACL reconstruction", 17, **word("load")),), **SPORT}, quiet_knee(),
        ends="load", banned=True, holds=("slow_leg_press",), lacks=("jump_squat", "hop_and_hold", "double_heel_raise", "box_squat"), says=("the surgeon allowed weights",),
    ),
    "ACL, 7 months, allowed everything, thigh never measured": Case(
        {"operations": (operation("ACL reconstruction", 31, **word("speed")),), **SPORT}, quiet_knee(),
        ends="load", banned=False, holds=("slow_leg_press",), lacks=("jump_squat", "hop_and_hold"), says=("thigh strength",),
    ),
    "meniscus, 8 weeks, phase typed in, weights allowed": Case(
        {"operations": (operation("meniscus trimmed", 8, **word("load", "phase 3: weights")),), **LIFT}, ready_visits(),
        ends="load", banned=True,
    ),
    "back operated two weeks ago, a yes, lifter": Case(
        {"operations": (operation("disc", 2, "low_back", cleared=True),), **LIFT}, (make_visit(findings=(BEND,)),),
        stopped_by=("recent_operation",), seen_by="how far",
    ),
    # --- tendon ---
    "calf snapped yesterday": Case(
        {"pains": (pain("calf", 2, 4, with_movement="felt a pop yesterday"),), **said(tendon_rupture=True)},
        stopped_by=("tendon_rupture",), seen_by="a doctor, today",
    ),
    "calf, the pop only typed": Case(
        {"pains": (pain("calf", 2, 4, with_movement="felt a pop yesterday"),), **RUN}, words=("pop",),
    ),
    "Achilles above the heel, 5 of 10, runner": Case(
        {"pains": (pain("achilles", 3, 5, spot="middle"),), **RUN},
        ends="load", holds=("heel_raise_hold", "slow_heel_raise"), lacks=("single_leg_heel_raise", "pogo_hops"), first="achilles_load",
        says=("pain up to 5 of 10", "back to its usual by the next morning", "Achilles tendon may have it by its own pain rule"),
    ),
    "Achilles at the heel bone, 2 of 10, stiff ankle": Case(
        {"pains": (pain("achilles", 1, 2, spot="insertion"),), **RUN}, (make_visit(findings=(HEEL,)),),
        holds=("heel_raise_hold",), lacks=("calf_stretch_eccentric", "knee_to_wall_drill"), first="achilles_load", says=("never below the level",),
    ),
    "ciprofloxacin and an Achilles tendon": Case(
        {"pains": (pain("achilles", 1, 3, spot="middle"),), "medication": "ciprofloxacin until last week", **RUN}, words=("ciprofloxacin",),
    ),
    "kneecap tendon, jumper": Case(
        {"pains": (pain("knee", 2, 4),), "injuries": (Injury(kind="tendon_pain", place="knee", side="left", when="2026-01"),), **SPORT},
        ends="load", holds=("wall_sit_hold", "slow_leg_press"), lacks=("jump_squat", "pogo_hops", "knee_bend_heel_slide", "straight_leg_raise"), says=("Knee: pain up to 5 of 10",),
    ),
    "ankle sprained ten days ago, 4 of 10": Case(
        {"injuries": (Injury(kind="ankle_sprain", place="ankle", side="left", when="2026-02-20"),), "pains": (pain("ankle", 2, 4),), **SPORT},
        ends="integration", holds=("knee_to_wall_drill",), lacks=("calf_stretch_eccentric", "single_leg_heel_raise", "hop_and_hold"), first="ankle_range",
    ),
    "hamstring strained three weeks ago": Case(
        {"injuries": (Injury(kind="muscle_strain", place="hamstring", side="left", when="2026-02-10"),), "pains": (pain("hamstring", 1, 3),), **SPORT},
        ends="integration", holds=("hamstring_bridge_hold",), lacks=("long_lever_bridge", "single_leg_bridge", "leg_swings", "jump_squat", "nordic_curl"), first="hamstring_load",
    ),
    "new hip, 16 weeks, body weight allowed": Case(
        {"operations": (operation("hip replacement", 16, "hip", **word("integration")),), **DAILY}, born=1955,
        ends="integration", banned=True, says=("turning in after a new hip",),
    ),
    # --- bone ---
    "runner, groin hurts to hop": Case(
        {"pains": (pain("groin", 1, 2),), **RUN, **said(bone_stress_signs=True)},
        stopped_by=("bone_stress_signs",), seen_by="MRI",
    ),
    "runner, groin, nobody asked about hopping": Case(
        {"pains": (pain("groin", 1, 2),), **RUN, "symptoms": {f: n for f, n in QUESTIONS.items() if f != "bone_stress_signs"}},
        ready_visits(), ends="activation", banned=True, holds=("adductor_squeeze",), lacks=("run_walk", "pogo_hops", "hip_hike", "copenhagen_short"), says=("bone stress signs", "pain where bones give in"),
    ),
    "runner, shin 1 of 10, asked and quiet, strong": Case(
        {"pains": (pain("shin", 0, 1),), **RUN}, ready_visits(), ends="speed", banned=False,
    ),
    "runner, shin 4 of 10": Case(
        {"pains": (pain("shin", 2, 4),), **RUN}, ready_visits(),
        ends="integration", lacks=("run_walk", "pogo_hops", "double_heel_raise", "slow_heel_raise", "single_leg_heel_raise", "heel_raise_hold"),
    ),
    # --- head, heart, nerves ---
    "head hit on Saturday, wants to play": Case(
        {**SPORT, "injuries": (Injury(kind="other", place="head", when="2026-02-28"),)},
        stopped_by=("recent_head_injury",), seen_by="no sport on the same day",
    ),
    "heart attack in spring, only typed": Case({**LIFT, "medication": "since the heart attack in spring: ramipril"}, words=("heart", "ramipril")),
    "hip and thigh at night, numb between the legs": Case(
        {"pains": (pain("hip", 5, 7), pain("hamstring", 5, 7)), **said(night_pain=True, saddle_numbness=True)},
        stopped_by=("saddle_numbness", "night_pain"), seen_by="emergency department, today",
    ),
    "hip 7 of 10, constant at night": Case(
        {"pains": (pain("hip", 5, 7),), **said(night_pain=True)}, stopped_by=("night_pain",), seen_by="a doctor",
    ),
    # --- children ---
    "12 years, knee, limps": Case(
        {"pains": (pain("knee", 3, 5),), "consent": GUARDED, **SPORT, **said(child_limp=True)}, born=2014,
        stopped_by=("child_limp",), seen_by="no weight on that leg",
    ),
    "14 years, came alone": Case({**SPORT}, born=2012, stopped_by=("no_guardian",), seen_by="parent or guardian"),
    "14 years, kneecap 3 of 10, volleyball": Case(
        {"pains": (pain("knee", 2, 3),), "consent": GUARDED, **SPORT}, ready_visits(), born=2012,
        ends="integration", banned=True, says=("hours of sport", "turn both hips inward"),
    ),
    "16 years, nothing hurts, strong": Case({"consent": GUARDED, **SPORT}, ready_visits(), born=2010, ends="speed"),
    # --- pregnancy and birth ---
    "pregnant, week 30, runner, leans": Case(
        {"pregnant": True, "pregnancy_week": 30, **RUN}, (make_visit(findings=(LEAN,)),),
        ends="load", banned=True, holds=("wall_knee_lift",), lacks=("dead_bug", "glute_bridge", "heel_slide_breath", "hamstring_slider", "hip_hike", "star_reach"),
        says=("150 minutes", "baby moves less"),
    ),
    "pregnant, headache and flicker": Case(
        {"pregnant": True, "pregnancy_week": 34, **said(pregnancy_warning=True)},
        stopped_by=("pregnancy_warning",), seen_by="midwife or doctor, today",
    ),
    "five days after a birth": Case({"weeks_postpartum": 0, **RUN}, ends="activation", banned=True, holds=("breath_pelvic_floor",), lacks=("glute_bridge", "bird_dog")),
    "10 weeks after a birth, leaks, runner": Case(
        {"weeks_postpartum": 10, **RUN, **said(pelvic_floor=True)}, (make_visit(findings=(LEAN,)),),
        banned=True, holds=("breath_pelvic_floor",), lacks=("pogo_hops", "run_walk"), first="trunk_control", says=("pelvic-health physiotherapist",),
    ),
    "13 weeks after a caesarean, five heel raises": Case(
        {"weeks_postpartum": 13, "operations": (operation("section", 13, "abdomen", **word("speed")),), **RUN},
        ready_visits(single_leg_heel_raise=(5, 5)), ends="load", lacks=("pogo_hops", "run_walk"), says=("load and impact tasks without signs",), silent=("easy running",),
    ),
    "never gave birth, leaks when jumping": Case(
        {**SPORT, **said(pelvic_floor=True)}, ready_visits(), ends="load", banned=True, holds=("breath_pelvic_floor",), says=("pelvic-health physiotherapist",),
    ),
    # --- age ---
    "66, marathon, nothing the matter": Case({**RUN}, ready_visits(), born=1960, ends="speed", banned=False, says=("Age bars nothing",)),
    "70, one fall, wants to walk safely": Case(
        {"sports": ("walking",), "goals": ("balance",), **said(falls=True)}, (make_visit(measurements=by_hand("single_leg_stance", 8, 9)),), born=1956,
        banned=True, holds=("feet_together_stance",), lacks=("tandem_stance", "star_reach", "split_squat", "stance_support", "goblet_squat", "single_leg_heel_raise", "carry", "squat_mirror", "step_up"), first="balance", says=("two hours a week", "A hand on a counter"),
    ),
    "70, two falls": Case({**DAILY, **said(falls=True, falls_many=True)}, born=1956, stopped_by=("falls_many",), seen_by="family doctor"),
    "70, fell twice only in the goal": Case({**DAILY, "goal_words": "walk safely again, fell twice this year"}, born=1956, words=("fell",)),
    "62, thin bones, wants to lift": Case(
        {**LIFT, **said(brittle_bones=True)}, ready_visits(), born=1964, ends="integration", banned=True, says=("rounding of the back",),
    ),
    # --- pain after training ---
    "8 of 10 under the bar": Case(
        {**LIFT}, (noted(SessionNote(pain_during=8, pain_next_day=7), findings=(BEND,)),), ends="activation", lacks=("romanian_deadlift",), says=("no load, talk first",),
    ),
    "back tweak, asked, afraid, 2 of 10": Case(
        {"pains": (pain("low_back", 1, 2, ""),), **LIFT}, (make_visit(findings=(BEND,)),), ends="load", holds=("dowel_hinge", "short_walks"), lacks=("walk_plan",), first="hip_hinge",
    ),
    # --- health ---
    "blood pressure, no doctor's word": Case({**LIFT, **said(high_blood_pressure=True)}, ready_visits(), ends="integration", banned=True),
    "blood pressure, the doctor allows weights": Case(
        {**LIFT, **said(high_blood_pressure=True), "clearances": (Clearance(flag="high_blood_pressure", by="physician", on=DAY, allows="load"),)},
        ready_visits(), ends="load", banned=False, says=("the physician allowed weights",),
    ),
    "asked 13 months ago": Case(
        {**LIFT}, (make_visit(DAY + timedelta(days=395), notes=(SessionNote(pain_now=0, pain_during=0, pain_next_day=0),)),),
        today=DAY + timedelta(days=396), ends="integration", says=("questions about health",),
    ),
    "chest pain a month ago, no today": Case({**LIFT}, standing={"chest_pain": DAY - timedelta(days=30)}, stopped_by=("chest_pain",), seen_by="a doctor, today"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_case(name: str) -> None:
    case = CASES[name]
    person, visits = case.person, case.visits or (make_visit(),)
    review = review_red_flags(person, CARE)
    if case.stopped_by:
        assert tuple(flag.spec.id for flag in review.stopping) == case.stopped_by
        with pytest.raises(NeedsReferral) as error:
            make_unread(person, visits, CARE, NORMS)
        assert case.seen_by in error.value.hint
        return
    if case.words:
        hints = [hint for each in find_unread_words(person, visits, CARE) for hint in find_hints(each, CARE)]
        assert {word for hint in hints for word in hint.words} >= set(case.words)
        with pytest.raises(WordsUnread):
            make_unread(person, visits, CARE, NORMS)
        assert make_plan(person, visits, CARE, NORMS).exercises, "read, it goes on"
        return
    plan = make_plan(person, visits, CARE, NORMS)
    ids = [each.exercise for each in plan.exercises]
    for words in case.silent:
        assert words not in " ".join([*plan.cautions, plan.pain_rule, *plan.rules]), words
    signs = [sign for each in plan.urgent for sign in each.signs]
    text = " ".join(
        [*plan.cautions, plan.pain_rule, *plan.rules, *plan.stops, *signs, *(left.reason for left in plan.left_out)]
    )
    if case.ends:
        assert max((each.stage for each in plan.exercises), key=STAGES.index) == case.ends, ids
    assert bool(find_impact_ban(person, CARE)) is case.banned
    assert set(case.holds) <= set(ids), ids
    assert not set(case.lacks) & set(ids), ids
    assert not case.first or plan.needs[0].need == case.first, [need.need for need in plan.needs]
    for words in case.says:
        assert words in text, words


def test_there_are_cases_enough_and_of_each_kind() -> None:
    assert len(CASES) >= 30
    assert sum(bool(case.stopped_by) for case in CASES.values()) >= 10
    assert sum(bool(case.ends or case.holds) for case in CASES.values()) >= 15
    assert all(HandMeasurement(test=test, value=1) for test in CARE.hand_tests)
