"""The plan: the same for the same person, with a reason for everything, and never beyond what is safe to say."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from movescreen.catalog.client_schema import STAGES
from movescreen.catalog.norms_library import load_norms
from movescreen.client.intake.model import Clearance, Consent, Injury, Operation, Pain
from movescreen.client.person import Person
from movescreen.client.plan.choosing import MOST
from movescreen.client.plan.editing import (
    add_exercise,
    annotate_plan,
    change_exercise,
    remove_exercise,
    swap_exercise,
    withhold,
)
from movescreen.client.plan.making import MAX_NEEDS, find_bars, merge_recent
from movescreen.client.plan.model import Plan
from movescreen.client.plan.needs import Grounds, weigh_need
from movescreen.client.plan.parts import find_parts
from movescreen.client.rules.history import link_findings
from movescreen.client.rules.profiles import find_profiles
from movescreen.client.visits.hand_tests import compare_all_sides, judge_visit
from movescreen.client.visits.visit import HandMeasurement, SessionNote, Visit
from movescreen.errors import InputError, NeedsReferral, UnknownNameError
from movescreen.model import Status
from tests.support.clients import (
    CARE,
    DAY,
    HEEL,
    QUESTIONS,
    SPRAIN,
    STRONG_LEGS,
    WEAK_LEGS,
    by_hand,
    make_person,
    make_record,
    make_visit,
    ready_visits,
    runner_with_sprain,
)
from tests.support.plans import make_plan

NORMS = load_norms()
SHIFT = make_record("weight_shift", value=19.0, message="The pelvis moved 19 percent to the left.")


def plan_for(person: Person, *visits: Visit) -> Plan:
    return make_plan(person, visits, CARE, NORMS)


def names(plan: Plan, stage: str = "") -> list[str]:
    return [e.exercise for e in plan.exercises if stage in ("", e.stage)]


RUNNER = runner_with_sprain()
RUNNER_VISIT = make_visit(findings=(HEEL, SHIFT), measurements=by_hand("knee_to_wall", 11, 7))


def test_the_runner_with_a_sprain() -> None:
    plan = plan_for(RUNNER, RUNNER_VISIT)
    assert [need.need for need in plan.needs] == [
        "ankle_range",
        "even_weight",
        "calf_capacity",
        "balance",
        "hip_control",
    ]
    assert plan.profiles == ("After an ankle sprain", "Runner")
    assert plan.needs[0].reasons[0] == HEEL.message
    assert any("2023 right ankle sprain" in reason for reason in plan.needs[0].reasons)
    assert any("right 4 cm behind" in reason for reason in plan.needs[0].reasons)
    served = {need for e in plan.exercises for need in CARE.exercise(e.exercise).serves}
    assert {need.need for need in plan.needs} <= served
    assert names(plan, "speed") == []
    assert any("speed waits for these gates" in left.reason for left in plan.left_out)
    assert names(plan, "mobility")[0] == "knee_to_wall_drill", "the step of the pathway goes first"
    drill = next(e for e in plan.exercises if e.exercise == "knee_to_wall_drill")
    assert drill.side == "right"
    assert "Begin with the right side" in drill.how
    assert plan.retest_on == DAY + timedelta(weeks=4)
    assert plan.based_on == DAY


def test_the_same_person_gets_the_same_plan() -> None:
    assert plan_for(RUNNER, RUNNER_VISIT) == plan_for(RUNNER, RUNNER_VISIT)


PEOPLE: dict[str, tuple[Person, tuple[Visit, ...]]] = {
    "runner": (RUNNER, (RUNNER_VISIT,)),
    "nobody": (Person(DAY), ()),
    "nothing": (make_person(goals=(), sports=()), ()),
    "after birth": (make_person(weeks_postpartum=8, goals=("run",), sports=("running",)), ()),
    "pregnant": (make_person(pregnant=True), ()),
    "older": (make_person(birth_year=1950, goals=("balance",)), (make_visit(findings=(make_record("shallow_depth"),)),)),
    "desk": (make_person(sitting_hours=9, pains=(Pain(place="low_back", now=2, week=4),)), (make_visit(findings=(make_record("spine_dominant_bend", movement="bend"),)),)),
    "knee": (make_person(injuries=(Injury(kind="meniscus", place="knee", side="left", when="2024"),)), (make_visit(findings=(make_record("knee_valgus"),)),)),
    "everything": (RUNNER, (make_visit(findings=tuple(make_record(c, severity=3) for need in CARE.needs.values() for c in {x.rpartition(":")[2] for x in need.checks})),)),
}  # fmt: skip


@pytest.mark.parametrize("who", PEOPLE)
def test_a_plan_is_small_ordered_and_explained(who: str) -> None:
    person, visits = PEOPLE[who]
    plan = plan_for(person, *visits)
    assert len(plan.needs) <= MAX_NEEDS
    assert len(plan.exercises) <= sum(MOST.values()) + 1
    order = [STAGES.index(e.stage) for e in plan.exercises]
    assert order == sorted(order)
    assert len(set(names(plan))) == len(plan.exercises)
    for e in plan.exercises:
        assert e.why
        assert e.why_here
        assert e.feel
        assert e.dose_words
    assert Plan.model_validate_json(plan.model_dump_json()) == plan


@pytest.mark.parametrize("who", PEOPLE)
def test_every_plan_begins_with_getting_warm(who: str) -> None:
    person, visits = PEOPLE[who]
    plan = plan_for(person, *visits)
    assert not plan.needs or names(plan, "warm_up")[0] == "easy_start"


@pytest.mark.parametrize("who", PEOPLE)
def test_no_sentence_promises_diagnoses_or_frightens(who: str) -> None:
    person, visits = PEOPLE[who]
    text = plan_for(person, *visits).model_dump_json().lower()
    for word in (
        "dysfunction",
        "weak muscle",
        "will injure",
        "prevents injur",
        "overactive",
        "underactive",
        "cleared for",
        "diagnos",
    ):
        assert word not in text


def test_a_red_flag_makes_no_plan() -> None:
    with pytest.raises(NeedsReferral):
        plan_for(make_person(symptoms=QUESTIONS | {"chest_pain": True}))


@pytest.mark.parametrize(
    ("told", "latest", "reason"),
    [
        ({"pains": None}, "integration", "nobody asked about pain"),
        ({"pains": (Pain(place="knee", side="left", now=2, week=6),)}, "activation", "quiet it first"),
        (
            {"pains": (Pain(place="knee", side="left", now=2, week=3),)},
            "integration",
            "weight on the knee comes at 2 or less",
        ),
        ({"pains": (Pain(place="knee", side="left", now=1, week=2),)}, "load", "speed waits"),
    ],
)
def test_pain_decides_how_far_the_plan_goes(told: dict[str, Any], latest: str, reason: str) -> None:
    person = make_person(**{"goals": ("run", "lift"), "sports": ("running",), **told})
    plan = plan_for(person, make_visit(findings=(HEEL, make_record("knee_valgus"))))
    sore = [
        e
        for e in plan.exercises
        if person.intake is None
        or not person.intake.pains
        or "knee" in (find_parts(CARE.exercise(e.exercise), CARE) or "knee")
    ]
    assert max(STAGES.index(e.stage) for e in sore) <= STAGES.index(latest)  # type: ignore[arg-type]
    assert any(reason in left.reason for left in plan.left_out)


def test_speed_comes_when_its_gates_are_met_and_not_before() -> None:
    person = make_person(goals=("run",), sports=("running",))
    assert names(plan_for(person, *ready_visits()), "speed")
    assert not names(plan_for(person, *ready_visits(single_leg_heel_raise=(25, 15))), "speed")


@pytest.mark.parametrize(
    "legs", [WEAK_LEGS, {"single_leg_heel_raise": (5, 5)}, *({t: WEAK_LEGS[t]} for t in STRONG_LEGS)]
)
def test_legs_that_are_alike_but_weak_lead_to_no_jumps(legs: dict[str, tuple[float, float]]) -> None:
    for goals in (("run",), ("jump_and_turn",), ("return_to_sport",)):
        plan = plan_for(make_person(goals=goals, sports=("running",)), *ready_visits(**legs))
        assert not any(CARE.exercise(name).impact for name in names(plan))
        assert not names(plan, "speed")


def test_a_heel_raise_leads_on_to_hops_only_when_hops_are_open() -> None:
    def onwards(*visits: Visit) -> str:
        person = make_person(goals=("run",), sports=("running",), injuries=(SPRAIN,))
        return " ".join(e.harder for e in plan_for(person, *visits).exercises)

    assert "Then: small hops" in onwards(*ready_visits())
    assert "hop" not in onwards(*ready_visits(single_leg_heel_raise=(5, 5)))


def test_jumps_wait_for_the_length_of_the_leg() -> None:
    (ready,) = ready_visits()
    without = ready.model_copy(update={"measurements": tuple(m for m in ready.measurements if m.test != "leg_length")})
    assert not names(plan_for(make_person(goals=("run",), sports=("running",)), without), "speed")


@pytest.mark.parametrize(
    "told",
    [
        {"weeks_postpartum": 8},
        {"weeks_postpartum": 30, "symptoms": QUESTIONS | {"pelvic_floor": True}},
        {"pregnant": True},
        {"birth_year": 1955, "symptoms": QUESTIONS | {"unsteady": True}},
    ],
)
def test_nobody_jumps_who_should_not(told: dict[str, Any]) -> None:
    person = make_person(**{"goals": ("run", "jump_and_turn"), "sports": ("running",), **told})
    planned = [CARE.exercise(name) for name in names(plan_for(person, *ready_visits()))]
    assert planned
    assert not any(spec.impact for spec in planned)


def test_half_a_year_after_a_birth_without_symptoms_jumping_is_fine() -> None:
    (ready,) = ready_visits()
    done = tuple(HandMeasurement(test=f"{what}_tasks_birth", value=n) for what, n in (("strength", 4), ("impact", 7)))
    ready = ready.model_copy(update={"measurements": (*ready.measurements, *done)})
    person = make_person(goals=("run",), sports=("running",), weeks_postpartum=30)
    assert any(CARE.exercise(n).impact for n in names(plan_for(person, ready)))
    unasked = {flag: no for flag, no in QUESTIONS.items() if flag != "pelvic_floor"}
    person = make_person(goals=("run",), sports=("running",), weeks_postpartum=30, symptoms=unasked)
    assert not any(CARE.exercise(n).impact for n in names(plan_for(person, ready))), "a question was forgotten"


def test_what_would_have_fitted_is_listed_with_the_reason() -> None:
    person = make_person(pains=(Pain(place="shoulder", side="left", now=1, week=5),))
    plan = plan_for(person, make_visit(findings=(make_record("arms_fall_forward", movement="overhead_squat"),)))
    left = {each.exercise: each.reason for each in plan.left_out}
    assert any(why.startswith("not with pain in the left shoulder") for why in left.values())
    assert not set(left) & set(names(plan))


def test_pain_and_birth_take_a_set_away() -> None:
    hand, head = (make_person(pains=(Pain(place=place, side="", now=1, week=3),)) for place in ("hand", "head"))
    sets = [
        {e.exercise: e.sets for e in plan_for(p, make_visit(findings=(HEEL,))).exercises}
        for p in (make_person(), hand, head)
    ]
    assert sets[1] == sets[0], "the plan loads no hand"
    assert all(sets[2][name] == max(1, sets[0][name] - 1) for name in sets[0].keys() & sets[2].keys())
    assert any("One set fewer" in caution for caution in plan_for(head, make_visit(findings=(HEEL,))).cautions)


ALLOWED = Operation(
    what="meniscus", place="knee", side="left", when="2025-11-20", cleared=True, cleared_by="surgeon", cleared_on="2026-03-01", allowed="speed",
)  # fmt: skip
NEW_LIGAMENT = ALLOWED.model_copy(update={"what": "ACL reconstruction"})
GUARDED = Consent(records=True, pictures=False, on=DAY, guardian="father")
PROFILED: dict[str, dict[str, Any]] = {
    "postpartum": {"weeks_postpartum": 20},
    "pregnant": {"pregnant": True},
    "after_ankle_sprain": {"injuries": (SPRAIN,)},
    "runner": {"goals": ("run",)},
    "runner_sore_shin": {"sports": ("running",), "pains": (Pain(place="shin", side="left", now=1, week=2),)},
    "desk_worker": {"sitting_hours": 7},
    "older_adult": {"birth_year": 1955},
    "health_condition": {"symptoms": QUESTIONS | {"high_blood_pressure": True}},
    "operation_under_12_weeks": {"operations": (ALLOWED.model_copy(update={"when": "2026-01-20"}),)},
    "operation_in_a_year": {"operations": (ALLOWED,)},
    "hip_operation_in_a_year": {"operations": (ALLOWED.model_copy(update={"place": "hip"}),)},
    "first_weeks_after_birth": {"weeks_postpartum": 1},
    "pelvic_floor_signs": {"symptoms": QUESTIONS | {"pelvic_floor": True}},
    "bone_stress": {"pains": (Pain(place="shin", side="left", now=0, week=1),)},
    "falls": {"birth_year": 1955, "symptoms": QUESTIONS | {"falls": True}},
    "thin_bones": {"birth_year": 1965, "symptoms": QUESTIONS | {"brittle_bones": True}},
    "child": {"birth_year": 2012, "consent": GUARDED},
    "growing_pain": {
        "birth_year": 2012,
        "consent": GUARDED,
        "pains": (Pain(place="knee", side="left", now=0, week=2),),
    },
    "achilles_tendon": {"pains": (Pain(place="achilles", side="left", now=0, week=2),)},
    "patellar_tendon": {"injuries": (Injury(kind="tendon_pain", place="knee", side="left", when="2026-01"),)},
    "fresh_leg_injury": {"injuries": (Injury(kind="muscle_strain", place="calf", side="left", when="2026-02-12"),)},
    "leg_pain_from_back": {
        "pains": tuple(Pain(place=place, side="left", now=0, week=1) for place in ("low_back", "calf"))
    },
    "hamstring_graft": {"operations": (NEW_LIGAMENT.model_copy(update={"graft": "hamstring"}),)},
    "front_of_knee_graft": {"operations": (NEW_LIGAMENT.model_copy(update={"graft": "patellar"}),)},
    "word_with_condition": {"operations": (ALLOWED.model_copy(update={"phase": "all when the tests are passed"}),)},
    "no_impact_by_word": {"operations": (ALLOWED.model_copy(update={"phase": "no running"}),)},
    "no_turning_by_word": {"operations": (ALLOWED.model_copy(update={"phase": "no pivoting"}),)},
    "no_kneeling_by_word": {"operations": (ALLOWED.model_copy(update={"phase": "no kneeling"}),)},
    "bend_limit_by_word": {"operations": (ALLOWED.model_copy(update={"phase": "bends to 90 degrees"}),)},
    "small_bend_by_word": {"operations": (ALLOWED.model_copy(update={"phase": "bends to 60 degrees"}),)},
    "shin_growth_plate": {
        "birth_year": 2012,
        "consent": GUARDED,
        "note": "Osgood-Schlatter",
        "pains": (Pain(place="knee", side="left", now=0, week=2),),
    },
    "heel_growth_plate": {"birth_year": 2014, "consent": GUARDED, "note": "Sever's"},
    "pelvis_growth_plate": {"birth_year": 2011, "consent": GUARDED, "note": "pelvic apophysitis"},
    "stress_of_the_back_arch": {"note": "spondylolysis"},
    "stiff_shoulder": {"note": "frozen shoulder"},
    "hypermobile": {"note": "hypermobile"},
    "parkinson": {"note": "Parkinson's disease"},
    "torn_knee_ligament": {
        "injuries": (Injury(kind="knee_ligament", place="knee", side="left", when="2025-01"),),
    },
    "pinched_hip": {"note": "hip impingement"},
    "outer_hip_tendon": {"note": "gluteal tendinopathy"},
}


def test_every_profile_is_tested() -> None:
    assert set(PROFILED) == set(CARE.profiles)


@pytest.mark.parametrize("profile", PROFILED)
def test_profiles_hold_for_those_they_are_for(profile: str) -> None:
    person = make_person(**PROFILED[profile])
    assert profile in {p.id for p in find_profiles(person, CARE)}
    assert find_profiles(make_person(), CARE) == ()
    spec = CARE.profiles[profile]
    plan = plan_for(person)
    assert spec.title in plan.profiles
    assert {*spec.notes, *spec.notes_with_impact} <= set(plan.cautions)
    assert not spec.needs or set(spec.needs) & {need.need for need in plan.needs}
    (safety,) = (row for row in CARE.safety.values() if row.profile == profile)
    signs = {sign for each in plan.urgent for sign in each.signs}
    assert {sign for each in safety.urgent if not each.when for sign in each.signs} <= signs
    assert set(safety.stop) <= signs | set(plan.stops)


#: Need -> something that speaks for it, beside its checks and tests.
@pytest.mark.parametrize("need", CARE.needs)
def test_every_need_is_spoken_for_by_each_of_its_grounds(need: str) -> None:
    spec = CARE.needs[need]
    nobody = make_person(sports=("other",), goals=())
    assert weigh_need(spec, Grounds(nobody)).weight == 0
    for check in spec.checks:
        movement, _, name = check.rpartition(":")
        record = make_record(name, movement=movement or "squat")
        assert weigh_need(spec, Grounds(nobody, (record,))).weight == 3
        assert weigh_need(spec, Grounds(nobody, (replace(record, severity=3),))).weight == 4
        near = replace(record, status=Status.BORDERLINE)
        assert weigh_need(spec, Grounds(nobody, (near,))).weight == 1
        assert weigh_need(spec, Grounds(nobody, (replace(record, status=Status.CLEAR),))).weight == 0
        if movement:
            other = replace(record, movement="lunge")
            assert weigh_need(spec, Grounds(nobody, (other,))).weight == 0
    for check in spec.hints:
        movement, _, name = check.rpartition(":")
        record = make_record(name, movement=movement or "squat", severity=3)
        assert weigh_need(spec, Grounds(nobody, (record,))).weight == 1
        near = replace(record, status=Status.BORDERLINE)
        assert weigh_need(spec, Grounds(nobody, (near,))).weight == 0
    assert any(need in exercise.serves for exercise in CARE.exercises.values())
    assert any(need == exercise.serves[0] for exercise in CARE.exercises.values()), "some exercise serves it best"


def test_tests_by_hand_and_history_add_weight() -> None:
    visit = make_visit(measurements=(*by_hand("knee_to_wall_angle", 38, 28), *by_hand("single_leg_heel_raise", 25, 24)))
    person = make_person(birth_year=1991)
    grounds = Grounds(
        person, readings=judge_visit(visit, person, CARE, NORMS), differences=compare_all_sides(visit, CARE, NORMS)
    )
    ankle = weigh_need(CARE.needs["ankle_range"], grounds)
    assert (ankle.weight, ankle.side) == (3 + 2, "right")
    assert weigh_need(CARE.needs["calf_capacity"], grounds).weight == 0, "96 percent is alike"
    links = link_findings([SHIFT], RUNNER, CARE)
    assert len(links) == 2
    even = weigh_need(CARE.needs["even_weight"], Grounds(RUNNER, (SHIFT,), links))
    assert even.weight == 3 + 1, "several events count once"
    assert even.side == "right", "the leg that is left out"


def test_only_the_last_four_weeks_count() -> None:
    old = make_visit(DAY - timedelta(weeks=10), findings=(make_record("knee_valgus"),))
    assert merge_recent([]) is None
    plan = plan_for(make_person(), old, make_visit(findings=(HEEL,)))
    assert "knee_control" not in {need.need for need in plan.needs}


def test_a_trainer_edits() -> None:
    plan = plan_for(RUNNER, RUNNER_VISIT)
    added = add_exercise(plan, "hamstring_slider", CARE, "likes it")
    mobility = names(added, "mobility")
    assert mobility[-1] == "hamstring_slider"
    assert [STAGES.index(e.stage) for e in added.exercises] == sorted(STAGES.index(e.stage) for e in added.exercises)
    assert added.edited
    assert not plan.edited
    assert next(e for e in added.exercises if e.exercise == "hamstring_slider").chosen_by == "trainer"
    assert names(remove_exercise(added, "hamstring_slider")) == names(plan)
    swapped = swap_exercise(plan, names(plan, "mobility")[0], "hamstring_slider", CARE)
    assert swapped.exercises[2].why == plan.exercises[2].why
    changed = change_exercise(plan, "stance_support", sets=3, duration_s=25, pace="slow")
    stance = next(e for e in changed.exercises if e.exercise == "stance_support")
    assert stance.dose_words == "3 sets of 25 s on each side, every day"
    assert annotate_plan(plan, "after the race").note == "after the race"
    for wrong in (
        lambda: add_exercise(plan, "stance_support", CARE),
        lambda: change_exercise(plan, "stance_support", sets=99),
        lambda: change_exercise(plan, "stance_support", color="blue"),
        lambda: swap_exercise(plan, "stance_support", names(plan)[0], CARE),
    ):
        with pytest.raises(InputError):
            wrong()
    with pytest.raises(UnknownNameError):
        remove_exercise(plan, "star_reech")
    with pytest.raises(UnknownNameError):
        add_exercise(plan, "star_reech", CARE)


def test_dose_in_words() -> None:
    plan = plan_for(RUNNER, RUNNER_VISIT)
    words = {e.exercise: e.dose_words for e in plan.exercises}
    assert words["easy_start"] == "5 min, 3 times a week"
    daily = change_exercise(plan, "easy_start", duration_s=45, per_week=7, hold_s=2)
    assert daily.exercises[0].dose_words == "45 s, held 2 s, every day"


def test_ladders_lead_somewhere() -> None:
    for spec in CARE.exercises.values():
        for name, rises in ((spec.progress, True), (spec.regress, False)):
            if name:
                step = STAGES.index(CARE.exercise(name).stage) - STAGES.index(spec.stage)
                assert step >= 0 if rises else step <= 0, f"{spec.id} and {name}"


def test_an_operation_weighs_like_an_injury() -> None:
    operated = make_person(operations=(Operation(what="hip", place="hip", side="left", when="2022", cleared=True),))
    assert weigh_need(CARE.needs["even_weight"], Grounds(operated)).weight == 2


@pytest.mark.parametrize("side", ["left", "right"])
def test_training_begins_with_the_operated_side(side: str) -> None:
    knee = Operation(what="cruciate ligament", place="knee", side=side, when="2025-06", cleared=True)  # type: ignore[arg-type]
    plan = plan_for(make_person(operations=(knee,)), make_visit())
    sided = [e for e in plan.exercises if e.side]
    assert sided, "an operation of one knee leaves one side behind"
    assert {e.side for e in sided} == {side}
    assert all(f"Begin with the {side} side." in e.how for e in sided)


@pytest.mark.parametrize(
    ("moved_to", "operated", "first"),
    [
        (19.0, "", "right"),
        (-19.0, "", "left"),
        # away from the operated leg: both speak for it
        (-19.0, "left", "left"),
        (19.0, "right", "right"),
        # onto the operated leg: what was seen weighs more than the history
        (19.0, "left", "right"),
    ],
)
def test_a_shift_names_the_leg_that_it_leaves_out(moved_to: float, operated: str, first: str) -> None:
    shift = replace(SHIFT, value=moved_to)
    knee = (Operation(what="meniscus", place="knee", side=operated, when="2024", cleared=True),) if operated else ()  # type: ignore[arg-type]
    person = make_person(operations=knee)
    assert weigh_need(CARE.needs["even_weight"], Grounds(person, (shift,))).side == first
    near = replace(shift, status=Status.BORDERLINE)
    assert weigh_need(CARE.needs["even_weight"], Grounds(person, (near,))).side == (operated or first), (
        "less than the history"
    )


def test_no_other_finding_is_turned_round() -> None:
    assert weigh_need(CARE.needs["ankle_range"], Grounds(make_person(), (HEEL,))).side == "right"
    drop = make_record("pelvic_drop", movement="single_leg_squat", side="left")
    assert weigh_need(CARE.needs["hip_control"], Grounds(make_person(), (drop,))).side == "left"


LIFTER: dict[str, Any] = {"goals": ("lift", "run"), "sports": ("strength",)}


def plan_of_lifter(**told: Any) -> Plan:
    return plan_for(make_person(**LIFTER, **told), *ready_visits())


def test_after_a_heart_attack_there_is_no_deadlift_until_a_doctor_has_spoken() -> None:
    lifter: dict[str, Any] = {"goals": ("lift",), "sports": ("strength",)}
    assert "deadlift_from_blocks" in names(plan_for(make_person(**lifter)))
    lifter["symptoms"] = QUESTIONS | {"heart_condition": True}
    with pytest.raises(NeedsReferral, match="heart"):
        plan_for(make_person(**lifter))
    word = Clearance(flag="heart_condition", by="cardiologist", on=DAY)
    assert names(plan_for(make_person(**lifter, clearances=(word,))))


@pytest.mark.parametrize("flag", ["high_blood_pressure", "chronic_condition", "chronic_medicine", "joint_problem"])
def test_a_condition_keeps_the_plan_light_until_the_doctors_word_is_noted(flag: str) -> None:
    free = plan_of_lifter()
    assert names(free, "load")
    assert names(free, "speed")
    symptoms = QUESTIONS | {flag: True}
    plan = plan_of_lifter(symptoms=symptoms)
    assert names(plan)
    assert not names(plan, "load")
    assert not names(plan, "speed")
    assert not any(CARE.exercise(name).impact for name in names(plan))
    assert any(caution.startswith("Ask the doctor") for caution in plan.cautions)
    assert any("before the doctor's word" in left.reason for left in plan.left_out)

    word = Clearance(flag=flag, by="physician", on=DAY)
    cleared = plan_of_lifter(symptoms=symptoms, clearances=(word,))
    assert names(cleared) == names(free)
    assert any("Seen by physician" in caution for caution in cleared.cautions)
    too_old = word.model_copy(update={"on": DAY - timedelta(days=1)})
    assert names(plan_of_lifter(symptoms=symptoms, clearances=(too_old,))) == names(plan)


def test_a_later_no_does_not_lift_what_a_condition_asks_for() -> None:
    told = make_person(**LIFTER)
    earlier = replace(told, standing={"high_blood_pressure": DAY - timedelta(days=90)})
    assert not names(plan_for(earlier, *ready_visits()), "load")
    assert names(plan_for(told, *ready_visits()), "load")


def test_questions_about_health_that_nobody_asked_are_named() -> None:
    plan = plan_of_lifter(symptoms={k: v for k, v in QUESTIONS.items() if k != "heart_condition"})
    assert "Not asked yet: heart condition." in plan.cautions
    assert not any("Not asked yet" in caution for caution in plan_of_lifter().cautions)


def test_bars_are_what_a_plan_leaves_out_for_health() -> None:
    visits = ready_visits()
    free = find_bars(make_person(), visits, CARE, NORMS)
    assert free == {}
    pregnant = find_bars(make_person(pregnant=True, pregnancy_week=30), visits, CARE, NORMS)
    assert {"jump_squat", "glute_bridge"} <= set(pregnant)
    assert "box_squat" not in pregnant


def test_a_plan_of_before_keeps_what_was_only_not_asked_again_and_loses_what_was_told() -> None:
    later = DAY + timedelta(days=20)
    plan = plan_for(make_person(goals=("lift",)), *ready_visits())
    assert names(plan, "load")
    quiet = replace(make_person(goals=("lift",)), today=later)
    assert withhold(plan, find_bars(quiet, ready_visits(), CARE, NORMS, lasting=True)) == plan
    sore = make_visit(DAY + timedelta(days=2), notes=(SessionNote(pain_during=8),))
    shown = withhold(plan, find_bars(quiet, (*ready_visits(), sore), CARE, NORMS, lasting=True))
    assert not names(shown, "load")
    assert not names(shown, "integration")
    assert any(left.reason.startswith("not any more") for left in shown.left_out)
