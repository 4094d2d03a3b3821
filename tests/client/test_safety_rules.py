"""Tendon, bone, head, children, pregnancy, birth, age: each rule must hold where it belongs, and must not where it does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from movescreen.catalog.client_schema import STAGES
from movescreen.catalog.norms_library import load_norms
from movescreen.client.intake.model import Clearance, Consent, Injury, Pain
from movescreen.client.intake.questions import CONSENT, GUARDIAN, PAIN, fill, sections_for
from movescreen.client.person import Person
from movescreen.client.plan.making import find_bars
from movescreen.client.plan.model import Plan
from movescreen.client.rules.conditions import check_any
from movescreen.client.rules.gates import GateState
from movescreen.client.rules.profiles import find_impact_ban, find_profiles, offer_tests
from movescreen.client.rules.red_flags import Decision, is_asked, review_red_flags
from movescreen.client.visits.visit import HandMeasurement, Visit
from movescreen.errors import NeedsReferral
from tests.support.clients import CARE, DAY, QUESTIONS, make_intake, make_person, make_record, make_visit, ready_visits
from tests.support.plans import assess_readiness, make_plan

NORMS = load_norms()


def plan_of(person: Person, *visits: Visit) -> Plan:
    return make_plan(person, visits or (make_visit(),), CARE, NORMS)


def ids(plan: Plan) -> list[str]:
    return [each.exercise for each in plan.exercises]


def asked_of(person: Person) -> set[str]:
    return {spec.id for spec in CARE.red_flags.values() if is_asked(spec, person)}


def hurting(place: Any, now: int = 1, week: int = 2, **more: Any) -> Pain:
    return Pain(place=place, side="left", now=now, week=max(now, week), **more)


def stops(flag: str, **told: Any) -> Decision:
    return review_red_flags(make_person(symptoms=QUESTIONS | {flag: True}, **told), CARE).decision


def readiness(person: Person, *visits: Visit) -> dict[str, Any]:
    return {each.spec.id: each for each in assess_readiness(person, visits, CARE, NORMS)}


# --- a torn tendon -------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["calf", "achilles", "ankle", "hamstring", "knee"])
def test_a_snap_is_asked_about_where_tendons_tear(place: str) -> None:
    assert "tendon_rupture" in asked_of(make_person(pains=(hurting(place),)))


def test_a_fresh_strain_is_asked_for_a_snap_and_a_healthy_person_is_not() -> None:
    strain = Injury(kind="muscle_strain", place="calf", side="left", when="2026-02")
    assert "tendon_rupture" in asked_of(make_person(injuries=(strain,)))
    assert "tendon_rupture" not in asked_of(make_person(injuries=(strain.model_copy(update={"when": "2020"}),)))
    assert "tendon_rupture" not in asked_of(make_person())
    assert "tendon_rupture" not in asked_of(make_person(pains=(hurting("shoulder"),)))


def test_a_snap_goes_to_a_doctor_today() -> None:
    assert stops("tendon_rupture", pains=(hurting("calf"),)) is Decision.REFER
    assert CARE.red_flags["tendon_rupture"].urgency == "now"


# --- bone stress ---------------------------------------------------------------------------

RUNNER: dict[str, Any] = {"goals": ("run",), "sports": ("running",)}


@pytest.mark.parametrize("place", ["groin", "hip", "shin", "foot"])
def test_pain_where_bones_give_in_is_asked_on(place: str) -> None:
    assert {"bone_stress_signs", "low_energy"} <= asked_of(make_person(pains=(hurting(place),), **RUNNER))


@pytest.mark.parametrize("place", ["shoulder", "hand", "neck", "low_back"])
def test_pain_elsewhere_is_not_asked_for_bone_stress(place: str) -> None:
    assert not {"bone_stress_signs", "low_energy"} & asked_of(make_person(pains=(hurting(place),), **RUNNER))


def test_a_runner_whose_groin_hurts_to_hop_gets_no_plan_but_a_doctor() -> None:
    told = {"pains": (hurting("groin"),), "symptoms": QUESTIONS | {"bone_stress_signs": True}, **RUNNER}
    with pytest.raises(NeedsReferral) as error:
        plan_of(make_person(**told))
    assert "no running, no hopping, no heel raises" in error.value.hint


def test_a_groin_that_nobody_asked_further_neither_runs_nor_hops() -> None:
    unasked = {flag: no for flag, no in QUESTIONS.items() if flag != "bone_stress_signs"}
    person = make_person(pains=(hurting("groin"),), symptoms=unasked, **RUNNER)
    assert find_impact_ban(person, CARE)
    plan = plan_of(person, *ready_visits())
    assert not any(CARE.exercise(name).impact for name in ids(plan))
    assert not any("easy running" in caution for caution in plan.cautions)


def test_a_groin_that_was_asked_and_is_quiet_may_run_and_a_louder_one_not() -> None:
    quiet = make_person(pains=(hurting("groin", 1, 2),), **RUNNER)
    assert not find_impact_ban(quiet, CARE)
    assert any("easy running" in caution for caution in plan_of(quiet).cautions)
    assert find_impact_ban(make_person(pains=(hurting("groin", 2, 4),), **RUNNER), CARE)


def test_heel_raises_wait_with_pain_of_shin_or_foot() -> None:
    for place in ("shin", "foot"):
        sore = make_person(pains=(hurting(place, 3, 4),), **RUNNER)
        assert not {"double_heel_raise", "single_leg_heel_raise", "slow_heel_raise"} & set(ids(plan_of(sore)))
    assert {"double_heel_raise", "single_leg_heel_raise"} & set(ids(plan_of(make_person(**RUNNER))))


# --- head ----------------------------------------------------------------------------------


def test_everybody_is_asked_about_the_head_and_a_blow_stops() -> None:
    assert "head_injury" in asked_of(make_person())
    assert stops("head_injury", goals=("return_to_sport",)) is Decision.REFER
    fresh = Injury(kind="other", place="head", when=(DAY - timedelta(days=3)).isoformat())
    review = review_red_flags(make_person(injuries=(fresh,)), CARE)
    assert [flag.spec.id for flag in review.stopping] == ["recent_head_injury"]
    assert "no sport on the same day" in review.stopping[0].spec.refer_to
    old = fresh.model_copy(update={"when": "2019"})
    assert review_red_flags(make_person(injuries=(old,)), CARE).decision is Decision.GO_ON


# --- children ------------------------------------------------------------------------------

WITH_GUARDIAN = Consent(records=True, pictures=False, on=DAY, guardian="mother")


def child(born: int = 2014, **told: Any) -> Person:
    return make_person(birth_year=born, **({"consent": WITH_GUARDIAN} | told))


def test_nobody_under_18_is_screened_without_a_guardian() -> None:
    alone = child(consent=Consent(records=True, pictures=True, on=DAY))
    assert [flag.spec.id for flag in review_red_flags(alone, CARE).stopping] == ["no_guardian"]
    assert review_red_flags(child(consent=None), CARE).decision is Decision.REFER, "not asked is nobody"
    assert review_red_flags(child(), CARE).decision is Decision.GO_ON
    assert review_red_flags(make_person(birth_year=2007), CARE).decision is Decision.GO_ON, "19 years"


def test_the_guardian_is_asked_for_under_18_only() -> None:
    def consent(born: int | None) -> tuple[Any, ...]:
        return sections_for(Person(DAY, born), {}, CARE)[-1].questions

    assert consent(2014) == (*CONSENT, GUARDIAN)
    assert consent(2000) == consent(None) == CONSENT


def test_a_child_that_limps_sees_a_doctor_today() -> None:
    assert "child_limp" in asked_of(child())
    assert "child_limp" not in asked_of(make_person(birth_year=1990))
    limping = child(pains=(hurting("knee", 3, 4),), symptoms=QUESTIONS | {"child_limp": True})
    with pytest.raises(NeedsReferral, match="limps") as error:
        plan_of(limping)
    assert "no weight on that leg" in error.value.hint


def test_a_growth_plate_that_hurts_is_neither_loaded_nor_jumped_on() -> None:
    sore = child(born=2013, pains=(hurting("knee", 2, 3),), goals=("jump_and_turn",), sports=("jumping_and_turning",))
    assert {"child", "growing_pain"} <= {p.id for p in find_profiles(sore, CARE)}
    assert find_impact_ban(sore, CARE)
    plan = plan_of(sore, *ready_visits())
    assert all(STAGES.index(each.stage) <= STAGES.index("integration") for each in plan.exercises)
    assert any("hours of sport" in caution for caution in plan.cautions)
    grown = make_person(pains=(hurting("knee", 2, 3),), goals=("jump_and_turn",))
    assert "growing_pain" not in {p.id for p in find_profiles(grown, CARE)}
    assert "growing_pain" not in {p.id for p in find_profiles(child(), CARE)}


# --- pregnancy -----------------------------------------------------------------------------

ON_THE_BACK = {"heel_slide_breath", "hamstring_slider", "glute_bridge", "single_leg_bridge", "dead_bug"}


def pregnant(week: int | None, **told: Any) -> Person:
    return make_person(pregnant=True, pregnancy_week=week, **{"goals": ("daily_life",), "sitting_hours": 8, **told})


@pytest.mark.parametrize(("week", "on_the_back"), [(10, True), (19, True), (20, False), (30, False), (None, False)])
def test_from_mid_pregnancy_nothing_is_on_the_back(week: int | None, on_the_back: bool) -> None:
    visit = make_visit(findings=(make_record("limited_hip_flexion"),))
    plan = plan_of(pregnant(week), visit)
    assert bool(ON_THE_BACK - set(find_bars(pregnant(week), (visit,), CARE, NORMS))) is on_the_back
    assert on_the_back or not ON_THE_BACK & set(ids(plan))
    assert any("trunk_control" in CARE.exercise(name).serves for name in ids(plan)), "something takes its place"
    for each in plan.exercises:
        assert on_the_back or "on the back" not in f"{each.how} {each.easier}".lower()


def test_the_week_goes_on_after_the_intake() -> None:
    later = pregnant(18)
    assert replace(later, today=DAY + timedelta(weeks=3)).pregnancy_week == 21
    assert make_person().pregnancy_week is None


def test_pregnancy_is_dosed_and_not_cut() -> None:
    plan, usual = plan_of(pregnant(12)), plan_of(make_person(sitting_hours=8))
    assert not any("One set fewer" in caution for caution in plan.cautions)
    assert any("150 minutes" in caution for caution in plan.cautions)
    sets = {e.exercise: e.sets for e in usual.exercises}
    assert all(e.sets == sets[e.exercise] for e in plan.exercises if e.exercise in sets)


def test_the_warning_signs_are_complete() -> None:
    question = CARE.red_flags["pregnancy_warning"].question.lower()
    for sign in (
        "bleeding",
        "fluid",
        "contractions",
        "headache",
        "seeing",
        "chest",
        "breath",
        "dizziness",
        "calf",
        "moving less",
    ):
        assert sign in question, sign


def test_who_is_pregnant_has_a_set_for_activity_and_none_towards_jumping() -> None:
    sets = readiness(pregnant(24, **RUNNER))
    assert sets["lower_limb"].gates == ()
    assert sets["active_in_pregnancy"].gates
    assert "150 minutes" in sets["active_in_pregnancy"].headline
    assert "active_in_pregnancy" not in readiness(make_person())


# --- after a birth -------------------------------------------------------------------------


@pytest.mark.parametrize("weeks", [0, 1, 2])
def test_walking_breathing_and_pelvic_floor_from_the_first_day(weeks: int) -> None:
    person = make_person(weeks_postpartum=weeks, goals=("run",), sports=("running",))
    assert review_red_flags(person, CARE).decision is Decision.REFER, "the screening waits"
    assert set(ids(plan_of(person))) == {"easy_walk", "breath_pelvic_floor"}


def test_from_the_third_week_on_there_is_more() -> None:
    assert len(ids(plan_of(make_person(weeks_postpartum=4, goals=("run",))))) > 2


def after_birth(strength: float | None, impact: float | None) -> tuple[Visit, ...]:
    (ready,) = ready_visits()
    given = {"strength_tasks_birth": strength, "impact_tasks_birth": impact}
    tasks = tuple(HandMeasurement(test=test, value=value) for test, value in given.items() if value is not None)
    return (ready.model_copy(update={"measurements": (*ready.measurements, *tasks)}),)


@pytest.mark.parametrize(
    ("weeks", "strength", "impact", "runs"),
    [(13, 4, 7, True), (13, 4, 6, False), (13, 3, 7, False), (13, None, None, False), (60, None, None, False), (11, 4, 7, False)],
)  # fmt: skip
def test_running_after_a_birth_goes_by_what_was_done_and_not_by_the_date_alone(
    weeks: int, strength: float | None, impact: float | None, runs: bool
) -> None:
    person = make_person(weeks_postpartum=weeks, **RUNNER)
    plan = plan_of(person, *after_birth(strength, impact))
    assert any(CARE.exercise(name).impact for name in ids(plan)) is runs
    assert any("easy running" in caution for caution in plan.cautions) is runs


def test_leaking_without_a_birth_has_consequences() -> None:
    assert "pelvic_floor" in asked_of(make_person(**RUNNER))
    assert "pelvic_floor" not in asked_of(make_person(goals=("daily_life",), sports=("walking",)))
    leaks = make_person(symptoms=QUESTIONS | {"pelvic_floor": True}, **RUNNER)
    assert find_impact_ban(leaks, CARE)
    plan = plan_of(leaks, *ready_visits())
    assert "breath_pelvic_floor" in ids(plan)
    assert not any(CARE.exercise(name).impact for name in ids(plan))
    seen = Clearance(flag="pelvic_floor", by="pelvic-health physiotherapist", on=DAY)
    assert not find_impact_ban(
        make_person(symptoms=QUESTIONS | {"pelvic_floor": True}, clearances=(seen,), **RUNNER), CARE
    )


# --- tendons -------------------------------------------------------------------------------


def tendon(week: int, spot: Any = "middle", **told: Any) -> Person:
    return make_person(pains=(hurting("achilles", min(week, 3), week, spot=spot),), **RUNNER, **told)


@pytest.mark.parametrize("week", [2, 4, 5])
def test_a_sore_tendon_is_loaded(week: int) -> None:
    plan = plan_of(tendon(week))
    assert plan.needs[0].need == "achilles_load"
    assert {"heel_raise_hold", "slow_heel_raise"} <= set(ids(plan))
    by_id = {each.exercise: each for each in plan.exercises}
    assert by_id["heel_raise_hold"].sets == CARE.exercise("heel_raise_hold").dose.sets, "never fewer"
    assert plan.pain_rule.startswith("Achilles tendon: pain up to 5 of 10")
    assert "next morning" in plan.pain_rule
    assert "2 of 10" not in plan.pain_rule, "one number"


def test_a_tendon_that_is_too_loud_is_held_only_or_left_alone() -> None:
    assert "slow_heel_raise" not in ids(plan_of(tendon(6)))
    assert "heel_raise_hold" not in ids(plan_of(tendon(9)))


def test_without_a_tendon_the_general_rule_stands_alone() -> None:
    assert plan_of(make_person(**RUNNER)).pain_rule.startswith("Pain up to 2 of 10")


@pytest.mark.parametrize(("spot", "below"), [("insertion", False), (None, False), ("middle", True)])
def test_at_the_heel_bone_nothing_goes_below_the_step(spot: Any, below: bool) -> None:
    plan = plan_of(tendon(2, spot), make_visit(findings=(make_record("heel_rise", side="left", severity=3),)))
    text = " ".join(f"{e.how} {e.harder} {e.easier}" for e in plan.exercises).lower()
    assert ("under the step" in text or "over a step" in text) <= below
    barred = check_any(CARE.exercise("calf_stretch_eccentric").not_with, tendon(2, spot)).holds
    assert bool(barred) is not below


def test_the_spot_is_asked_of_the_achilles_tendon_only() -> None:
    def asked(place: str) -> set[str]:
        seen: set[str] = set()
        fill(PAIN, lambda q: (seen.add(q.key), {"place": place, "side": "left"}.get(q.key, 1))[1], DAY)
        return seen

    assert "spot" in asked("achilles")
    assert "spot" not in asked("knee")


def test_a_kneecap_tendon_is_loaded_too() -> None:
    sore = Injury(kind="tendon_pain", place="knee", side="left", when="2026-01")
    plan = plan_of(make_person(injuries=(sore,), pains=(hurting("knee", 3, 4),), goals=("jump_and_turn",)))
    assert "wall_sit_hold" in ids(plan)
    assert plan.pain_rule.startswith("Knee: pain up to 5 of 10")
    assert "wall_sit_hold" not in ids(plan_of(make_person(pains=(hurting("knee", 3, 4),))))


# --- age, falls, bones ---------------------------------------------------------------------


def test_age_alone_bars_nothing() -> None:
    marathon = make_person(birth_year=1960, **RUNNER)
    assert not find_impact_ban(marathon, CARE)
    assert any(CARE.exercise(name).impact for name in ids(plan_of(marathon, *ready_visits())))
    assert any("easy running" in caution for caution in plan_of(marathon).cautions)
    assert "single_leg_hop" in {test.id for test in offer_tests(marathon, CARE)}


FALLS = {"falls", "unsteady", "falls_many"}


def test_falls_are_asked_from_65_on() -> None:
    assert {"falls", "unsteady"} <= asked_of(make_person(birth_year=1961))
    assert not FALLS & asked_of(make_person(birth_year=1962))
    assert "falls_many" not in asked_of(make_person(birth_year=1961))
    assert "falls_many" in asked_of(make_person(birth_year=1961, symptoms={"falls": True}))


def test_two_falls_or_one_that_hurt_see_the_doctor_first() -> None:
    assert stops("falls_many", birth_year=1956) is Decision.REFER
    assert stops("falls", birth_year=1956) is Decision.GO_ON


@pytest.mark.parametrize("flag", ["falls", "unsteady"])
def test_after_a_fall_a_hand_is_on_something(flag: str) -> None:
    told = {"birth_year": 1956, "goals": ("balance",)}
    plan = plan_of(make_person(symptoms=QUESTIONS | {flag: True}, **told), *ready_visits())
    assert {"tandem_stance", "count_and_stand"} & set(ids(plan)), "both at a counter, the harder one for strong legs"
    assert not {"star_reach", "split_squat", "single_leg_box_squat", "step_down", "stance_support"} & set(ids(plan))
    assert not any(CARE.exercise(name).impact for name in ids(plan))
    assert any("two hours a week" in caution for caution in plan.cautions)
    steady = plan_of(make_person(**told))
    assert {"stance_support", "star_reach"} & set(ids(steady))


@pytest.mark.parametrize(
    ("test", "good", "bad", "gate"),
    [
        ("timed_up_and_go", 9, 14, "up_and_go"), ("chair_stand_30s", 14, 7, "chair_stands_30s"),
        ("tandem_stance", 20, 5, "tandem"),
    ],
)  # fmt: skip
def test_steadiness_is_measured(test: str, good: float, bad: float, gate: str) -> None:
    person = make_person(birth_year=1954)

    def state(value: float | None) -> GateState:
        taken = () if value is None else (HandMeasurement(test=test, value=value),)
        found = readiness(person, make_visit(measurements=taken))["steady_in_daily_life"]
        return next(g.state for g in found.gates if g.spec.id == gate)

    assert (state(good), state(bad), state(None)) == (GateState.MET, GateState.NOT_MET, GateState.NOT_KNOWN)
    assert "steady_in_daily_life" not in readiness(make_person(birth_year=1980))


def test_thin_bones_wait_for_the_doctors_word() -> None:
    assert "brittle_bones" in asked_of(make_person(birth_year=1970))
    assert "brittle_bones" not in asked_of(make_person(birth_year=1990))
    told: dict[str, Any] = {"birth_year": 1962, "symptoms": QUESTIONS | {"brittle_bones": True}, "goals": ("lift",)}
    assert find_impact_ban(make_person(**told), CARE)
    waiting = plan_of(make_person(**told), *ready_visits())
    assert not any(each.stage in ("load", "speed") for each in waiting.exercises)
    word = Clearance(flag="brittle_bones", by="endocrinologist", on=DAY, allows="load")
    heard = plan_of(make_person(**told, clearances=(word,)), *ready_visits())
    assert any(each.stage == "load" for each in heard.exercises)


# --- any pain, and old answers -------------------------------------------------------------


@pytest.mark.parametrize("place", ["hip", "shoulder", "knee", "foot", "neck"])
def test_night_pain_of_any_place_sees_a_doctor(place: str) -> None:
    person = make_person(pains=(hurting(place, 5, 7),), symptoms=QUESTIONS | {"night_pain": True})
    assert review_red_flags(person, CARE).decision is Decision.REFER
    assert "night_pain" in asked_of(make_person(pains=(hurting(place),)))


@pytest.mark.parametrize(("days", "counts"), [(0, True), (365, True), (366, False)])
def test_a_no_to_a_question_of_health_counts_for_a_year(days: int, counts: bool) -> None:
    person = replace(make_person(), today=DAY + timedelta(days=days))
    review = review_red_flags(person, CARE)
    assert (review.decision is Decision.GO_ON) is counts
    assert ("chest_pain" in {spec.id for spec in review.open_questions}) is not counts


def test_a_yes_never_expires() -> None:
    told = make_intake(symptoms=QUESTIONS | {"heart_condition": True})
    person = Person(DAY + timedelta(days=900), 1991, "female", told)
    assert review_red_flags(person, CARE).decision is Decision.REFER


@pytest.mark.parametrize("symptoms", [{}, {flag: no for flag, no in QUESTIONS.items() if flag != "heart_condition"}])
def test_whose_health_was_not_asked_about_is_not_loaded(symptoms: dict[str, bool]) -> None:
    lifter: dict[str, Any] = {"goals": ("lift",), "sports": ("strength",)}
    plan = plan_of(make_person(symptoms=symptoms, **lifter), *ready_visits())
    assert not any(each.stage in ("load", "speed") for each in plan.exercises)
    assert any("questions about health" in left.reason for left in plan.left_out)
    assert any(each.stage == "load" for each in plan_of(make_person(**lifter), *ready_visits()).exercises)
