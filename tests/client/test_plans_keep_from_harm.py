"""What a plan may not hold, offer or leave unsaid, however its exercises were chosen."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from movescreen.catalog.norms_library import load_norms
from movescreen.client.intake.model import Clearance, Injury, Operation, Pain
from movescreen.client.person import Person
from movescreen.client.plan.making import find_bars
from movescreen.client.plan.model import Plan
from movescreen.client.plan.safety import compare, find_known
from movescreen.client.rules.profiles import find_profiles
from movescreen.client.visits.visit import HandMeasurement, SessionNote, Visit
from tests.support.clients import CARE, DAY, QUESTIONS, make_person, make_visit
from tests.support.plans import make_plan

NORMS = load_norms()


def plan_of(person: Person, *visits: Visit) -> Plan:
    return make_plan(person, visits or (make_visit(),), CARE, NORMS)


def ids(plan: Plan) -> set[str]:
    return {each.exercise for each in plan.exercises}


def bars(person: Person, *visits: Visit) -> dict[str, str]:
    return find_bars(person, visits or (make_visit(),), CARE, NORMS)


def harder(plan: Plan, exercise: str) -> str:
    return next(each.harder for each in plan.exercises if each.exercise == exercise)


def seen_by(stage: Any, *flags: str, **told: Any) -> dict[str, Any]:
    symptoms = QUESTIONS | dict.fromkeys(flags, True)
    words = tuple(Clearance(flag=flag, by="physician", on=DAY, allows=stage) for flag in flags)
    return {"symptoms": symptoms, "clearances": words, **told}


def test_kneeling_waits_on_the_clients_own_page_after_a_graft_from_the_front_of_the_knee() -> None:
    def waits(graft: str) -> str:
        told = {
            "what": f"cruciate ligament, {graft} graft",
            "place": "knee",
            "side": "right",
            "cleared": True,
            "cleared_by": "surgeon",
        }
        when = {"when": (DAY - timedelta(weeks=12)).isoformat(), "cleared_on": DAY.isoformat(), "allowed": "load"}
        plan = plan_of(make_person(operations=(Operation(**told, **when),)))
        return " ".join(each.wait for each in plan.activities)

    assert "kneeling on the operated knee" in waits("patellar")
    assert "kneeling" not in waits("hamstring")


def test_balance_gets_harder_only_with_the_trainer_for_who_fell() -> None:
    faller = plan_of(make_person(birth_year=1950, **seen_by("integration", "falls")))
    assert any("only when your trainer has tried it with you" in rule for rule in faller.rules)
    assert not any("has tried it with you" in rule for rule in plan_of(make_person()).rules)


# --- a bone that began to give in ------------------------------------------------------------

FRESH_BONE = Injury(kind="bone_stress", place="foot", side="left", when=(DAY - timedelta(weeks=6)).isoformat())


def out_of_the_boot() -> Person:
    pain = Pain(place="foot", side="left", now=0, week=1)
    told = seen_by("integration", "joint_problem", injuries=(FRESH_BONE,), pains=(pain,))
    return make_person(**told, sports=("running",), goals=("run", "return_to_sport"), goal_words="800 m in June")


def test_nothing_stands_on_the_forefoot_that_broke_also_not_for_the_goal() -> None:
    plan = plan_of(out_of_the_boot())
    for each in plan.exercises:
        words = f"{each.how} {each.harder} {each.easier}".lower()
        assert not re.search(r"balls of the feet|on the toes|march|hop|jump|run\b|\brow\b", words), each.exercise
        assert "row" not in each.title.lower().split()
    assert any(each.stage == "warm_up" for each in plan.exercises), "it is done warm all the same"


def test_a_foot_one_week_out_of_the_boot_walks_a_little_and_does_not_train_walking() -> None:
    """How long somebody could walk once says nothing of how much a bone takes each day."""
    test = HandMeasurement(test="walk_minutes", side="", value=40)
    plan = plan_of(out_of_the_boot(), make_visit(measurements=(test,)))
    assert "walk_plan" not in ids(plan)
    assert sum(each.duration_s or 0 for each in plan.exercises if "walk" in each.exercise) <= 600


def test_no_exercise_that_loads_forefoot_or_one_leg_is_free_before_the_step() -> None:
    barred = bars(out_of_the_boot())
    loads = re.compile(
        r"balls of the f|on the toes|one leg|on one foot|heel raise|step up|step-?down|lunge|march", re.I
    )
    lying = {"dead_bug", "bird_dog", "single_leg_bridge", "hamstring_bridge_hold", "straight_leg_raise"}
    for spec in CARE.exercises.values():
        if loads.search(f"{spec.title} {spec.how}") and spec.id not in lying and spec.stage != "mobility":
            assert spec.id in barred, spec.id


def test_who_never_hurt_a_bone_marches_for_the_run() -> None:
    well = make_person(sports=("running",), goals=("run",), goal_words="run 5 km")
    assert not {"march_drill", "easy_start"} & set(bars(well))


# --- falls ---------------------------------------------------------------------------------


def test_a_faller_warms_up_walking_and_is_not_told_to_be_fast() -> None:
    told = seen_by("integration", "falls", "unsteady", "falls_many")
    plan = plan_of(make_person(birth_year=1948, **told, goals=("balance",)))
    assert not any("cycle" in each.title.lower() for each in plan.exercises)
    assert any(each.stage == "warm_up" for each in plan.exercises)
    assert not any("fast" in each.harder for each in plan.exercises)
    assert {"easy_start", "stationary_bike", "ride_plan"} <= set(bars(make_person(birth_year=1948, **told)))
    young = make_person(goals=("daily_life",))
    assert "easy_start" in ids(plan_of(young))


# --- weights -------------------------------------------------------------------------------


def test_who_is_allowed_the_own_weight_gets_no_other() -> None:
    barred = bars(make_person(**seen_by("integration", "numbness")))
    weighted = {spec.id for spec in CARE.exercises.values() if spec.weighted}
    assert {"soleus_raise_seated", "chair_lift", "light_carry", "goblet_squat"} <= weighted
    assert weighted <= set(barred)
    assert not {"box_squat", "split_squat_hold", "band_row"} & set(barred)
    assert not {"chair_lift", "soleus_raise_seated"} & set(bars(make_person(**seen_by("load", "numbness"))))


def test_every_exercise_with_something_heavy_in_the_hands_says_how_heavy() -> None:
    for spec in CARE.exercises.values():
        if re.search(r"\ba (weight|bag|dumbbell|kettlebell)\b", spec.how, re.I):
            assert spec.weighted, spec.id


def test_a_weight_is_not_named_as_harder_where_it_is_not_allowed() -> None:
    told = {"goals": ("lift",), "sports": ("walking",)}
    for each in plan_of(make_person(**seen_by("integration", "numbness"), **told)).exercises:
        assert "weight" not in each.harder, each.exercise


def test_a_weight_is_not_the_easier_form_where_it_is_not_allowed() -> None:
    told = seen_by("integration", "numbness", sports=("running",), goals=("run",))
    shown = {each.exercise: each.easier for each in plan_of(make_person(**told)).exercises}
    assert not any("weight" in easier for easier in shown.values()), shown


# --- a fresh strain ------------------------------------------------------------------------


def test_a_strain_of_days_is_not_offered_one_leg() -> None:
    strain = Injury(kind="muscle_strain", place="hamstring", side="left", when=(DAY - timedelta(days=4)).isoformat())
    sore = Pain(place="hamstring", side="left", now=3, week=6)
    person = make_person(injuries=(strain,), pains=(sore,), goals=("daily_life", "return_to_sport"))
    plan = plan_of(person)
    assert "single_leg_bridge" in bars(person)
    assert not any("one leg" in each.harder.lower() for each in plan.exercises)
    assert "Not yet in a harder form" in harder(plan, "glute_bridge")
    assert "(hamstring, 3 of 10 today) may not hurt more" in plan.pain_rule
    calm = plan_of(make_person(pains=(sore.model_copy(update={"now": 0, "week": 1}),)))
    assert "hamstring" not in calm.pain_rule


# --- grafts --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "told", "profiles"),
    [
        ("cruciate ligament, patellar tendon graft", None, {"front_of_knee_graft"}),
        ("cruciate ligament, hamstring graft", None, {"hamstring_graft"}),
        ("ACL reconstruction (hamstring graft)", None, {"hamstring_graft"}),
        ("ACL, semitendinosus", None, {"hamstring_graft"}),
        ("ACL BPTB", None, {"front_of_knee_graft"}),
        ("ACL with quadriceps tendon autograft", None, {"front_of_knee_graft"}),
        ("ACL allograft", None, set()),
        # a word that does not name where the graft is from leaves both, and an answer comes before the words
        ("cruciate ligament", None, {"hamstring_graft", "front_of_knee_graft"}),
        ("cruciate ligament and patellar tendon mended", None, {"hamstring_graft", "front_of_knee_graft"}),
        ("cruciate ligament, no hamstring graft", None, {"hamstring_graft", "front_of_knee_graft"}),
        ("cruciate ligament, hamstring graft", "patellar", {"front_of_knee_graft"}),
    ],
)
def test_the_words_of_an_operation_tell_the_graft(what: str, told: Any, profiles: set[str]) -> None:
    done = (DAY - timedelta(weeks=10)).isoformat()
    operation = Operation(what=what, place="knee", side="right", when=done, graft=told)
    held = {each.id for each in find_profiles(make_person(operations=(operation,)), CARE)}
    assert held & {"hamstring_graft", "front_of_knee_graft"} == profiles


# --- leg pain from the back ----------------------------------------------------------------

BACK, CALF = Pain(place="low_back", side="left", now=3, week=4), Pain(place="calf", side="left", now=1, week=4)


def test_a_calf_that_hurts_with_the_back_is_not_trained_as_a_weak_calf() -> None:
    person = make_person(**seen_by("integration", "numbness"), pains=(BACK, CALF), goals=("lift", "less_pain"))
    plan = plan_of(person)
    assert "Leg pain from the back" in plan.profiles
    assert not {need.need for need in plan.needs} & {"calf_capacity", "soleus_load", "hamstring_load"}
    assert {each.stage for each in plan.exercises} <= {"warm_up", "mobility", "activation"}
    assert {"soleus_raise_seated", "hamstring_slider"} <= set(bars(person))
    assert not any("non-specific" in chain.hypothesis for chain in plan.pathways)
    assert any("straight leg raise" in line and "each visit" in line for line in plan.cautions)
    assert any("further down" in sign for sign in plan.stops)
    assert not any("bend" in line.may for line in plan.activities), "a back's own line would allow it"


@pytest.mark.parametrize(
    ("pains", "flags", "held"),
    [
        ((BACK, CALF), (), True),
        ((BACK,), ("numbness",), True),
        ((BACK.model_copy(update={"side": ""}), CALF), (), True),
        ((BACK, CALF.model_copy(update={"side": "right"})), (), False),
        ((BACK,), (), False),
        ((CALF,), (), False),
    ],
)
def test_who_has_leg_pain_from_the_back(pains: tuple[Pain, ...], flags: tuple[str, ...], held: bool) -> None:
    person = make_person(**seen_by("load", *flags), pains=pains)
    assert ("leg_pain_from_back" in {each.id for each in find_profiles(person, CARE)}) is held


# --- signs that somebody has already ---------------------------------------------------------


def test_a_sign_of_today_counts_when_it_is_more() -> None:
    heavy = plan_of(make_person(**seen_by("integration", "pelvic_floor"), weeks_postpartum=21, goals=("run",)))
    signs = [sign for sign in heavy.stops if "heaviness" in sign or "leaking" in sign]
    assert signs
    assert all("more than usual" in sign for sign in signs)
    assert any("Heaviness" in rule and "harder form" in rule for rule in heavy.rules)
    well = plan_of(make_person(weeks_postpartum=21, goals=("run",)))
    assert not any("more than usual" in sign for sign in well.stops if "heaviness" in sign)
    limping = plan_of(make_person(pains=(Pain(place="ankle", side="left", now=3, week=4),)))
    assert any(sign == "a limp (new, or more than today)" for sign in limping.stops)
    assert "a limp" in plan_of(make_person()).stops


def test_a_limp_of_a_child_or_with_a_bone_that_gives_in_counts_as_it_is() -> None:
    sore = (Pain(place="foot", side="left", now=1, week=1),)
    for person in (make_person(pains=sore, birth_year=2014), make_person(pains=sore, injuries=(FRESH_BONE,))):
        assert compare("a limp", find_known(person, CARE)) == "a limp"


def test_the_warning_of_a_clot_stays_and_a_sore_muscle_is_none() -> None:
    (line,) = (s for each in plan_of(make_person()).urgent for s in each.signs if "calf" in s)
    assert all(word in line for word in ("hot", "swollen", "newly painful", "without"))


# --- after a flare -------------------------------------------------------------------------


def test_after_a_flare_the_back_is_asked_about_again_before_anything() -> None:
    back = Pain(place="low_back", side="", now=1, week=1)
    later = DAY + timedelta(days=20)
    note = SessionNote(pain_now=3, pain_week=8)
    person = make_person(today=later, pains=(back,), goals=("lift",))
    plan = plan_of(person, make_visit(), make_visit(day=later, notes=(note,)))
    first = plan.cautions[0]
    for word in ("saddle", "bladder", "weakness", "fever", "fall"):
        assert word in first, word
    assert "asks again" in plan.asked
    assert any("asks again" in hold for hold in plan.holds)
    calm = plan_of(person, make_visit(), make_visit(day=later, notes=(SessionNote(pain_now=1, pain_week=3),)))
    assert "asks again" not in calm.asked
    asked = make_person(pains=(back.model_copy(update={"now": 3, "week": 8}),), goals=("lift",))
    assert "asks again" not in plan_of(asked).asked, "the answers are of the same day"


def balance_of(person: Person, *visits: Visit) -> set[str]:
    return {
        e.exercise
        for e in plan_of(person, *visits).exercises
        if CARE.exercise(e.exercise).stance or "stance" in e.exercise
    }


def stances(value: float | None) -> Visit:
    note = SessionNote(pain_now=0, pain_week=0)
    taken = () if value is None else (HandMeasurement(test="four_stage_balance", value=value),)
    return make_visit(measurements=taken, notes=(note,))


@pytest.mark.parametrize(
    ("held", "start"),
    [(None, "feet_together_stance"), (1, "feet_together_stance"), (2, "half_tandem_stance"), (3, "tandem_stance")],
)
def test_balance_of_a_faller_starts_with_the_last_stance_that_was_held(held: float | None, start: str) -> None:
    told = seen_by("integration", "falls", "unsteady", "falls_many")
    person = make_person(birth_year=1948, **told, goals=("balance",))
    assert balance_of(person, stances(held)) - {"count_and_stand"} == {start}
    plan = plan_of(person, stances(held))
    first = next(e for e in plan.exercises if e.exercise == start)
    assert "hand" in first.how
    assert "counter" in first.how
    if held != 3:
        assert "both hands" in first.how
        assert "heel to toe" not in f"{first.how} {first.harder}".lower()


def test_a_stance_that_was_not_held_is_barred_for_everybody_and_one_that_was_is_not() -> None:
    well = make_person(birth_year=1960, goals=("balance",))
    assert {"tandem_stance", "stance_support", "star_reach"} <= set(bars(well, stances(2)))
    assert {"stance_support", "star_reach"} <= set(bars(well, stances(3)))
    assert "tandem_stance" not in bars(well, stances(3))
    assert not {"tandem_stance", "stance_support"} & set(bars(well, stances(4)))
    assert not {"tandem_stance", "stance_support"} & set(bars(well, stances(None))), "nobody told of a fall"


def test_who_fell_is_never_told_to_sway_and_trains_balance_only_with_a_support_in_reach() -> None:
    faller = make_person(birth_year=1948, **seen_by("speed", "falls", "unsteady"), equipment=("band",))
    for value in (None, 2, 4):
        barred = bars(faller, stances(value))
        for spec in CARE.exercises.values():
            if spec.pattern == "balance" and spec.id not in barred:
                assert "so hard that you sway" not in spec.effort.lower(), spec.id
                assert re.search(r"counter|wall|rail", spec.how), spec.id
        said = " ".join(line.may for line in plan_of(faller, stances(value)).activities)
        assert "your walking aid" in said
        assert "your stick" not in said


# --- an operated knee ------------------------------------------------------------------------


def operated(
    weeks: int = 20, graft: str | None = "patellar", place: str = "knee", what: str = "cruciate ligament"
) -> Operation:
    told = {"what": what, "place": place, "side": "left", "graft": graft, "cleared": True, "cleared_by": "surgeon"}
    return Operation(
        **told, when=(DAY - timedelta(weeks=weeks)).isoformat(), cleared_on=DAY.isoformat(), allowed="load"
    )


def sore_knee(*operations: Operation) -> Person:
    sore = Pain(place="knee", side="left", now=1, week=2)
    tendon = Injury(kind="tendon_pain", place="knee", side="left", when=(DAY - timedelta(weeks=8)).isoformat())
    seen = seen_by("load", "joint_problem")
    return make_person(
        **seen,
        pains=(sore,),
        injuries=(tendon,),
        operations=operations,
        sports=("jumping_and_turning",),
        goals=("return_to_sport",),
    )


def felt(plan: Plan) -> str:
    return " ".join(f"{each.feel} {each.stop}" for each in plan.exercises)


@pytest.mark.parametrize("what", ["cruciate ligament", "meniscus"])
def test_a_tendon_may_not_hurt_on_the_card_of_an_operated_knee(what: str) -> None:
    assert "may hurt, up to 5" in felt(plan_of(sore_knee())), "by the rule of a tendon's own"
    for weeks in (12, 20, 40):
        plan = plan_of(sore_knee(operated(weeks, what=what)))
        assert "may hurt" not in felt(plan)
        assert "above 5" not in felt(plan)
        assert not any(rule.limit is None or rule.limit > 2 for rule in plan.pain_rules)


@pytest.mark.parametrize(
    ("lacks", "swollen", "told", "asked"),
    [(4, 1, "", True), (3, 1, "", True), (4, 0, "The knee gets swollen.", True), (2, 1, "", False), (4, 0, "", False)],
)
def test_a_swollen_operated_knee_that_does_not_straighten_is_told_to_the_surgeon(
    lacks: float, swollen: float, told: str, asked: bool
) -> None:
    tests = (
        HandMeasurement(test="knee_extension_deficit", value=lacks),
        HandMeasurement(test="knee_effusion", value=swollen),
    )
    visit = make_visit(measurements=tests, notes=(SessionNote(pain_now=0, text=told),))

    def said(person: Person) -> bool:
        return any(line.startswith("Ask the surgeon before more load") for line in plan_of(person, visit).cautions)

    assert said(sore_knee(operated())) is asked
    assert not said(sore_knee()), "no operation, no surgeon"


# --- more than the page allows ---------------------------------------------------------------


def test_who_heals_stops_what_is_more_and_who_does_not_tells() -> None:
    def waits(*injuries: Injury) -> str:
        person = make_person(
            **seen_by("load", "joint_problem"),
            injuries=injuries,
            pains=(Pain(place="ankle", side="left", now=0, week=2),),
            sports=("jumping_and_turning",),
        )
        return " ".join(each.note for each in plan_of(person).activities)

    def sprain(weeks: int) -> Injury:
        return Injury(kind="ankle_sprain", place="ankle", side="left", when=(DAY - timedelta(weeks=weeks)).isoformat())

    assert "stop it until you have talked with your trainer" in waits(sprain(3))
    assert "without trouble, tell" not in waits(sprain(3))
    assert "without trouble, tell your trainer" in waits(sprain(60))


def test_words_that_contradict_the_scores_are_named_to_the_trainer() -> None:
    def named(text: str, week: int) -> bool:
        visit = make_visit(notes=(SessionNote(pain_now=0, pain_week=week, text=text),))
        pains = (Pain(place="hamstring", side="right", now=0, week=week),)
        plan = plan_of(make_person(**seen_by("load", "joint_problem"), pains=pains), visit)
        return any(line.startswith("A contradiction") for line in plan.cautions)

    assert named("Completely healed, he says.", 5)
    assert not named("Completely healed, he says.", 1)
    assert not named("It is not healed yet.", 5)


# --- a fresh ankle ---------------------------------------------------------------------------

ONE_LEG = {"stance_support", "star_reach", "single_leg_stance_foam"}


def fresh_ankle(days: int, week: int = 4) -> Person:
    sprain = Injury(kind="ankle_sprain", place="ankle", side="left", when=(DAY - timedelta(days=days)).isoformat())
    pains = (Pain(place="ankle", side="left", now=2, week=week),)
    return make_person(**seen_by("speed", "joint_problem"), injuries=(sprain,), pains=pains, equipment=("band",))


def with_words(text: str, week: int = 2) -> Visit:
    return make_visit(notes=(SessionNote(pain_now=1, pain_week=week, text=text),))


def test_no_one_leg_stance_in_the_first_week_of_a_sprain_nor_with_a_limp() -> None:
    assert set(bars(fresh_ankle(6), with_words(""))) >= ONE_LEG
    assert "stance_support" not in bars(fresh_ankle(9), with_words(""))
    assert set(bars(fresh_ankle(9), with_words("Walks with a slight limp."))) >= ONE_LEG
    assert "stance_support" not in bars(fresh_ankle(9), with_words("Walks without a limp."))
    assert "tandem_stance" in ids(plan_of(fresh_ankle(6), with_words(""))), "two feet first"


def test_nothing_loads_the_part_on_a_page_that_says_talk_first() -> None:
    plan = plan_of(fresh_ankle(6, week=7), with_words("", week=7))
    assert plan.headline.startswith("Talk first")
    assert {each.stage for each in plan.exercises} <= {"warm_up", "mobility"}, ids(plan)
    assert not {each.stage for each in plan_of(fresh_ankle(9), with_words("")).exercises} <= {"warm_up", "mobility"}
