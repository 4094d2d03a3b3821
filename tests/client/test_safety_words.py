"""The client's safety words: whom to call at what, when to stop, how much pain, what may be done and what waits."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from importlib.resources import files
from typing import Any

import pytest

from movescreen.catalog.norms_library import load_norms
from movescreen.catalog.safety_schema import PainRuleSpec
from movescreen.client.intake.model import Clearance, Injury, Operation, Pain
from movescreen.client.plan.model import Plan, PlanActivity, PlanPainRule
from movescreen.client.plan.pain_rules import find_pain_rules, tell_pain_rule, tell_stop
from movescreen.client.plan.safety import MOST_FOR_DOCTOR, add_general, find_general, find_rows_for, merge_signs
from movescreen.client.plan.sheet import merge_sport
from movescreen.client.visits.visit import SessionNote
from movescreen.report.pages.client import Handout, render_handout
from tests.support.clients import CARE, CONSENT, DAY, QUESTIONS, make_person, make_visit, read_all
from tests.support.plans import make_plan

NORMS = load_norms()
STEPPED = [each for each in CARE.pathways.values() if each.when]


def plan_of(*, pain: int = 0, **told: Any) -> Plan:
    note = make_visit(DAY, notes=(SessionNote(pain_now=pain, pain_week=pain, pain_during=pain, pain_next_day=0),))
    return make_plan(make_person(**told), (note,), CARE, NORMS)


def signs(plan: Plan, *calls: str) -> str:
    return " | ".join(sign for each in plan.urgent if each.call in calls for sign in each.signs)


def rule(limit: int | None, *places: str) -> PainRuleSpec:
    more = {"next_morning": 3, "at_rest": 3} if (limit or 0) > 2 else {}
    return PainRuleSpec.model_validate({"limit": limit, "usual": limit is None, "places": places, **more})


KNEE_5 = PlanPainRule(place="knee", limit=5, next_morning=3, at_rest=3)


# --- data -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "name"),
    [*(("profile", name) for name in CARE.profiles), *(("pathway", name) for name in CARE.pathways)],
)
def test_every_profile_and_pathway_has_both_lists_with_their_source(kind: str, name: str) -> None:
    rows = [row for row in CARE.safety.values() if getattr(row, kind) == name]
    assert len(rows) == 1
    assert rows[0].urgent
    assert rows[0].stop
    assert rows[0].source.citation
    urgent, stops = merge_signs(rows)
    assert urgent
    assert stops, "what is only urgent leaves nothing for the trainer"


@pytest.mark.parametrize("pathway", [each.id for each in STEPPED])
def test_every_step_says_what_may_be_done_and_what_waits(pathway: str) -> None:
    (row,) = [row for row in CARE.safety.values() if row.pathway == pathway]
    assert [each.step for each in row.steps] == [step.id for step in CARE.pathways[pathway].steps]


def test_while_running_is_banned_no_step_allows_it() -> None:
    words = re.compile(r"\b(run|running|jump|jumps|hop|sport|sports|team|skating|everything)\b")
    for row in CARE.safety.values():
        impact = {step.id for step in CARE.pathways[row.pathway].steps if step.impact} if row.pathway else set()
        told = [row.activity] if row.activity else []
        for each in (*told, *(each for each in row.steps if each.step not in impact)):
            assert not words.search(each.may_no_impact or each.may), (row.id, each.may)


def test_no_alarm_sign_is_watered_down() -> None:
    for row in CARE.safety.values():
        for each in row.urgent:
            assert "that does not pass" not in " ".join(each.signs)
            assert "tell your trainer" not in " ".join(each.signs)


def test_no_exercise_has_a_limit_of_pain_of_its_own() -> None:
    fixed = [e.id for e in CARE.exercises.values() if re.search(r"\d of 10|: above \d", e.stop)]
    assert fixed == []
    assert sum("{pain" in e.stop for e in CARE.exercises.values()) > 80


# --- the lists ------------------------------------------------------------------------------


def test_everybody_has_both_lists() -> None:
    plan = plan_of(sports=("other",), goals=())
    assert "chest pain" in signs(plan, "emergency")
    assert "fainting" in signs(plan, "emergency")
    assert "calf" in signs(plan, "hospital")
    assert "a limp" in plan.stops
    assert not signs(plan, "midwife")


def test_a_plan_of_before_gets_the_lists_of_everybody() -> None:
    old = plan_of().model_copy(update={"urgent": (), "stops": ("a limp",)})
    shown = add_general(old, CARE)
    assert "fainting" in signs(shown, "emergency")
    assert {"a limp", "new swelling"} <= set(shown.stops)
    assert add_general(shown, CARE) == shown


def test_the_page_of_a_screening_has_the_lists_of_everybody() -> None:
    page = (files("movescreen.report") / "templates" / "client_know.html.jinja").read_text()
    urgent, stops = find_general(CARE)
    for sign in (*stops, *(sign for each in urgent for sign in each.signs)):
        assert sign in page
    assert page.index("emergency number") < page.index("tell your trainer")


def test_the_page_of_a_plan_has_everything_near_the_top() -> None:
    page = render_handout(Handout("C1", plan=plan_of(birth_year=DAY.year - 72)))
    order = [
        "What we found",
        "You may",
        "Stop, and tell your trainer",
        "Call the emergency number now",
        "Eat enough protein",
        "The exercises, in this order",
    ]
    assert [page.index(words) for words in order] == sorted(page.index(words) for words in order)
    assert "within reach" in page[: page.index("The exercises, in this order")]


def test_in_pregnancy_the_midwife_is_called_and_not_the_trainer() -> None:
    plan = plan_of(pregnant=True, pregnancy_week=24)
    for sign in ("bleeding", "fluid", "contractions", "headache", "seeing", "calf", "baby", "dizziness"):
        assert sign in signs(plan, "midwife")
        assert sign not in " ".join(plan.stops)


def test_a_back_is_told_of_the_signs_of_the_nerves() -> None:
    plan = plan_of(pains=(Pain(place="low_back", now=2, week=2),))
    for sign in ("between the legs", "urine", "both legs"):
        assert sign in signs(plan, "hospital")
    assert "between the legs" not in signs(plan_of(), "hospital")


def test_a_child_with_a_limp_goes_to_a_doctor() -> None:
    plan = plan_of(birth_year=DAY.year - 14, consent=CONSENT.model_copy(update={"guardian": "mother"}))
    assert "a limp" in signs(plan, "doctor")
    assert "a limp" not in plan.stops
    assert "hip, groin or thigh" in signs(plan, "doctor")
    assert any("parents" in line for line in plan.advice)


def test_older_people_call_for_help_at_chest_pain_without_waiting() -> None:
    plan = plan_of(birth_year=DAY.year - 72)
    assert {"chest pain or pressure", "fainting"} <= set(signs(plan, "emergency").split(" | "))
    assert any("rail" in line for line in plan.advice)


# --- pain -----------------------------------------------------------------------------------


def test_bone_allows_no_pain_and_says_so_everywhere() -> None:
    injury = Injury(kind="bone_stress", place="shin", side="right", when="2026-01")
    plan = plan_of(injuries=(injury,), pains=(Pain(place="achilles", spot="middle", now=0, week=1),))
    assert plan.pain_rules == (PlanPainRule(limit=0),)
    assert plan.pain_rule.startswith("No pain at all")
    cards = " ".join([plan.pain_rule, *plan.rules, *(e.stop for e in plan.exercises)])
    assert "above" not in cards
    assert "of 10" not in cards.replace("three numbers from 0 to 10", "")


def test_a_plan_has_one_rule_of_pain_that_fits_the_person() -> None:
    tendon = (PlanPainRule(place="achilles", limit=5),)
    assert tell_pain_rule(()).startswith("Pain up to 2 of 10")
    told = tell_pain_rule(tendon)
    assert told.startswith("Achilles tendon: pain up to 5 of 10")
    assert "2 of 10" not in told, "one number"
    assert "new pain elsewhere" in told
    over = tell_pain_rule((), {"ankle": 3})
    assert "(ankle, 3 of 10 today) may not hurt more" in over
    assert "up to" not in over, "who begins at 3 is not told to stop at 2"
    assert tell_pain_rule((), {"ankle": 2}) == tell_pain_rule(()), "what the rule allows is no exception"
    assert "ankle" not in tell_pain_rule((PlanPainRule(limit=0),), {"ankle": 3}), "no pain at all stays no pain at all"


def test_a_card_says_only_what_the_one_rule_does_not_say() -> None:
    for text, left in (
        ("{pain}; a snap", "a snap"), ("{pain:knee}", ""), ("chest pain, dizziness, or {pain}", "chest pain, dizziness"),
        ("{pain:low_back}, a limp, or the hops get loud", "a limp, or the hops get loud"), ("a limp; {pain}, then or the next morning", "a limp"),
        ("sharp pain; {pain}; swelling afterwards", "sharp pain; swelling afterwards"),
    ):  # fmt: skip
        assert tell_stop(text) == left


def test_a_back_has_no_more_pain_than_usual() -> None:
    plan = plan_of(pain=4, pains=(Pain(place="low_back", now=4, week=4),))
    assert plan.pain_rule.startswith("Back: not more pain than usual")
    assert "of 10" not in plan.pain_rule + " ".join(e.stop for e in plan.exercises)


def test_the_strictest_rule_of_a_part_decides() -> None:
    assert find_pain_rules([rule(5, "knee"), rule(2, "knee")], loosened=True) == ()
    assert find_pain_rules([rule(5, "knee"), rule(None, "knee")], loosened=True) == (PlanPainRule(place="knee"),)
    assert find_pain_rules([rule(5, "knee"), rule(2, "groin")], loosened=True) == (KNEE_5,)
    assert find_pain_rules([rule(5, "knee"), rule(0)], loosened=True) == (PlanPainRule(limit=0),)


def test_no_rule_loosens_while_pain_has_to_be_talked_about_first() -> None:
    assert find_pain_rules([rule(5, "knee")], loosened=False) == ()
    hurting = {"pains": (Pain(place="achilles", spot="middle", now=2, week=2),)}
    assert plan_of(pain=2, **hurting).pain_rules
    talk = plan_of(pain=8, **hurting)
    assert talk.pain_rules == ()
    assert "before the next look" in talk.activities[0].wait


# --- signs that fit the body, the time and what is known -------------------------------------


def named(plan: Plan, call: str) -> list[str]:
    return [sign for each in plan.urgent if each.call == call for sign in each.own]


def test_a_sign_is_told_to_nobody_who_cannot_have_it() -> None:
    groin = {"pains": (Pain(place="groin", side="right", now=1, week=3),)}
    visits = (make_visit(notes=(SessionNote(pain_now=1, pain_week=1, pain_during=1, pain_next_day=0),)),)
    of = {sex: make_plan(replace(make_person(**groin), sex=sex), visits, CARE, NORMS) for sex in ("female", "male", "")}
    assert {sex: "testicle" in signs(plan, "hospital") for sex, plan in of.items()} == {
        "female": False,
        "male": True,
        "": True,
    }


@pytest.mark.parametrize(("weeks", "told"), [(10, True), (40, False)])
def test_wound_and_calf_are_told_in_the_first_half_year(weeks: int, told: bool) -> None:
    when = (DAY - timedelta(weeks=weeks)).isoformat()
    hip = Operation(
        what="new hip",
        place="hip",
        side="left",
        when=when,
        cleared=True,
        cleared_by="surgeon",
        cleared_on=when,
        allowed="load",
    )
    assert ("a wound that is red" in signs(plan_of(operations=(hip,)), "clinic")) is told
    birth = plan_of(weeks_postpartum=weeks)
    assert ("a wound that hurts more" in signs(birth, "doctor")) is told
    assert ("bleeding that gets heavy" in signs(birth, "hospital")) is told
    assert "thoughts of harming yourself" in signs(birth, "emergency"), "whenever"


@pytest.mark.parametrize(("place", "told"), [("neck", True), ("knee", False)])
def test_numb_limbs_are_told_where_a_nerve_may_be_meant(place: Any, told: bool) -> None:
    plan = plan_of(pain=1, pains=(Pain(place=place, now=1, week=2),), sitting_hours=9)
    assert ("goes numb or weak over days" in signs(plan, "doctor")) is told


def test_a_doctors_list_has_eight_signs_at_most_the_complaints_first_and_nothing_else_is_shortened() -> None:
    pains = (
        Pain(place="groin", side="right", now=1, week=3),
        Pain(place="low_back", now=1, week=3),
        Pain(place="knee", side="left", now=1, week=3),
    )
    plan = plan_of(pain=1, pains=pains, sports=("running",), weeks_postpartum=20)
    assert len(named(plan, "doctor")) == MOST_FOR_DOCTOR
    assert "fever with groin pain" in named(plan, "doctor")
    rows = find_rows_for(make_person(), (), (), CARE)
    assert set(merge_signs(rows)[0]) == set(find_general(CARE)[0])
    for call in ("emergency", "hospital"):
        asked = {
            s
            for name in ("pathway_groin_pain", "pathway_low_back_pain", "profile_postpartum")
            for each in CARE.safety[name].urgent
            if each.call == call
            for s in each.signs
        }
        assert {sign for sign in asked if "testicle" not in sign} <= {
            s for each in plan.urgent if each.call == call for s in each.signs
        }, call


@pytest.mark.parametrize(
    ("note", "word", "known"), [("I limp when I am tired", "", True), ("I go straight", "", False)]
)
def test_a_limp_of_every_day_counts_when_it_is_more(note: str, word: str, known: bool) -> None:
    plan = make_plan(read_all(make_person(note=note, birth_year=1965)), (make_visit(),), CARE, NORMS)
    limp = [sign for sign in plan.stops if "limp" in sign]
    assert limp == [f"a limp{' (new, or more than today)' * known}"]


@pytest.mark.parametrize(("word", "known"), [("rise slowly, water tablet", True), ("train", False)])
def test_lightheadedness_of_every_day_counts_when_it_is_more_where_a_clinician_knows(word: str, known: bool) -> None:
    told = Clearance(flag="joint_problem", by="physician", on=DAY, allows="load", note=word)
    person = make_person(
        birth_year=1945, note="I get light in the head when I stand up", symptoms=QUESTIONS | {"falls": True, "joint_problem": True}, clearances=(told,)
    )  # fmt: skip
    plan = make_plan(read_all(person), (make_visit(),), CARE, NORMS)
    (dizzy,) = [sign for sign in plan.stops if sign.startswith("dizziness")]
    assert ("more than your usual" in dizzy) is known


# --- what may be done -----------------------------------------------------------------------


def test_a_fresh_hamstring_walks_and_does_not_sprint() -> None:
    injury = Injury(kind="muscle_strain", place="hamstring", side="right", when="2026-02")
    plan = plan_of(injuries=(injury,), sports=("running",))
    (told,) = [each for each in plan.activities if "hamstring" in each.about.lower()]
    assert "walk" in told.may
    assert "sprinting" in told.wait
    assert "hard kicks" not in told.wait, "a runner kicks nothing"
    (team,) = (
        e
        for e in plan_of(injuries=(injury,), sports=("jumping_and_turning",)).activities
        if "hamstring" in e.about.lower()
    )
    assert "hard kicks" in team.wait


@pytest.mark.parametrize("sports", [("jumping_and_turning",), ("running",), ("none",)])
def test_without_a_complaint_what_is_done_goes_on_by_the_pain_rule_and_nothing_waits(sports: Any) -> None:
    rule = merge_sport(plan_of(sports=sports, goals=("daily_life",)))
    assert (rule.may, rule.wait) == ("Go on with what you do now, as far as it keeps to the pain rule.", "")


def test_what_else_is_done_goes_on_beside_a_ban_unless_somebodys_word_is_waited_for() -> None:
    def may(**told: Any) -> str:
        when = (DAY - timedelta(weeks=34)).isoformat()
        word = {"cleared": True, "cleared_by": "surgeon", "cleared_on": when, "allowed": "load"} if told else {}
        hip = Operation.model_validate({"what": "new hip", "place": "hip", "side": "left", "when": when} | word)
        return merge_sport(plan_of(operations=(hip,), sports=("running",), goals=("daily_life",))).may

    assert may(cleared=True) == "Go on with what else you do now, as far as it keeps to the pain rule."
    assert may() == "The exercises of this page, and daily life as far as it gets no worse."


WORN = {"pains": (Pain(place="knee", side="left", now=1, week=3, since="2023"),), "birth_year": 1968}


@pytest.mark.parametrize(
    ("told", "may", "waits"),
    [
        ({"sports": ("running",), "goals": ("run",), "goes_well": ("easy_runs",)}, "Go on with easy runs on the flat", ""),
        ({"sports": ("walking",), "goals": ("daily_life",)}, "Go on with what you do now", ""),
        ({"sports": ("walking",), "goals": ("daily_life",), "goal_words": "kneel in the garden"}, "Go on with what you do now", "Long kneeling."),
        ({"sports": ("jumping_and_turning",), "goals": ("return_to_sport",)}, "Walk, cycle, garden", "Jumps."),
    ],
)  # fmt: skip
def test_who_has_a_worn_knee_starts_from_what_they_do_and_is_kept_only_from_what_is_theirs(
    told: dict[str, Any], may: str, waits: str
) -> None:
    rule = merge_sport(plan_of(pain=1, **WORN, **told))
    assert rule.may.startswith(may)
    assert rule.wait == waits


def test_who_hurts_more_than_a_little_is_told_what_goes_with_it() -> None:
    back = (Pain(place="low_back", now=4, week=5),)
    sore = merge_sport(plan_of(pain=4, pains=back, sports=("none",), goals=("daily_life",)))
    assert sore.may.startswith("Walk several times a day, change position often")
    calm = merge_sport(
        plan_of(pain=1, pains=(Pain(place="low_back", now=1, week=1),), sports=("none",), goals=("daily_life",))
    )
    assert calm.may.startswith("Go on with what you do now")


@pytest.mark.parametrize(("week", "counted"), [(7, False), (3, True)])
def test_nobody_counts_jumps_while_sport_waits(week: int, counted: bool) -> None:
    knee = (Pain(place="knee", side="left", now=2, week=week),)
    plan = plan_of(pain=week, pains=knee, sports=("jumping_and_turning",), birth_year=2006)
    assert any(line.startswith("Count the hours of sport and the jumps") for line in plan.advice) is counted


def test_what_the_page_trains_is_not_held_back_on_it() -> None:
    wait = PlanActivity.model_validate(
        {"about": "Back", "kind": "step", "waits": [{"words": "heavy lifting", "about": ["weights"]}]}
    )
    plan = plan_of(sports=("strength",), goals=("lift",)).model_copy(update={"activities": (wait,)})
    heavy = [e for e in plan.exercises if e.stage == "load" and e.load]
    assert heavy
    assert merge_sport(plan).wait == ""
    light = plan.model_copy(update={"exercises": tuple(e for e in plan.exercises if e not in heavy)})
    assert merge_sport(light).wait == "Heavy lifting."


@pytest.mark.parametrize(("sports", "told"), [(("walking",), False), (("running",), True)])
def test_a_ban_on_running_is_told_to_who_may_want_it(sports: Any, told: bool) -> None:
    plan = plan_of(
        birth_year=DAY.year - 70, sports=sports, goals=("daily_life",), symptoms=QUESTIONS | {"brittle_bones": True}
    )
    assert ("running and jumping" in " ".join(each.wait for each in plan.activities)) is told
    assert all(not CARE.exercises[e.exercise].impact for e in plan.exercises), "banned all the same"


def test_a_ban_that_no_clinician_spoke_says_why() -> None:
    told = " ".join(each.wait for each in plan_of(weeks_postpartum=8, sports=("running",)).activities)
    assert "running and jumping (after a birth), until your trainer says otherwise" in told
    assert "until your trainer" not in " ".join(each.wait for each in plan_of(sports=("running",)).activities)


def test_after_an_operation_the_page_says_what_was_allowed_or_that_nobody_said() -> None:
    cleared = {"cleared": True, "cleared_by": "surgeon", "cleared_on": "2026-02-20", "allowed": "integration"}
    base = {"place": "knee", "side": "left", "what": "meniscus"}
    silent, said = (
        Operation.model_validate(base | more) for more in ({"when": "2025-07-10"}, {"when": "2026-01-10"} | cleared)
    )
    told = " ".join(f"{each.may} {each.wait} {each.note}" for each in plan_of(operations=(said,)).activities)
    assert "surgeon allowed" in told
    assert "squats and the like with body weight" in told
    wait = " ".join(each.wait for each in plan_of(operations=(silent,)).activities)
    assert "before the surgeon or physiotherapist has said" in wait


def test_a_sore_groin_glides_easily_unless_running_is_banned() -> None:
    def told(now: int) -> str:
        plan = plan_of(pain=now, pains=(Pain(place="groin", side="right", now=now, week=now),), sports=("other",))
        return " ".join(each.may for each in plan.activities)

    assert "skating" in told(1) or "run" in told(1)
    assert "run" not in told(3)
    assert "walk and cycle" in told(3)


def test_a_runner_with_a_sore_shin_is_told_how_much_may_be_run_unless_running_is_banned() -> None:
    def told(**more: Any) -> str:
        pains = (Pain(place="shin", side="both", now=1, week=3),)
        plan = plan_of(pains=pains, sports=("running",), goals=("run",), **more)
        return " ".join(f"{each.may} | {each.wait}" for each in plan.activities)

    assert "every second day" in told()
    assert "running two days in a row" in told().partition("|")[2]
    assert "run easily" not in told(weeks_postpartum=8)
    without = " ".join(each.may for each in plan_of(sports=("running",), goals=("run",)).activities)
    assert "every second day" not in without


def test_a_ban_on_running_stands_on_the_page() -> None:
    plan = plan_of(weeks_postpartum=8)
    assert any("running and jumping" in each.wait for each in plan.activities)
    assert all("run" not in each.may for each in plan.activities)


def test_it_says_who_asked_what_and_when_and_never_that_nothing_is_wrong() -> None:
    plan = plan_of(pains=(Pain(place="low_back", now=1, week=2),))
    assert str(DAY) in plan.asked
    assert "no examination by a doctor" in plan.asked
    assert "nothing dangerous" not in plan.model_dump_json().lower()


@pytest.mark.parametrize(
    "told",
    [
        {"symptoms": QUESTIONS | {"joint_problem": True}},
        {"birth_year": DAY.year - 72},
        {"symptoms": QUESTIONS | {"high_blood_pressure": True}},
        {},
    ],
)
def test_dizziness_alone_is_for_a_doctor_and_no_emergency(told: dict[str, Any]) -> None:
    plan = plan_of(**told)
    assert "dizziness" not in signs(plan, "emergency", "hospital")
    assert "dizziness" in signs(plan, "doctor")
    assert "dizziness" in plan.stops, "first of all a pause"
    for sign in ("fainting", "chest pain"):
        assert sign in signs(plan, "emergency")


TORN = Injury(kind="knee_ligament", place="knee", side="right", when="2025-02")


def test_a_torn_ligament_that_gives_way_goes_to_the_doctor_and_not_to_the_trainer_alone() -> None:
    plan = make_plan(make_person(injuries=(TORN,), sports=("running",), goals=("return_to_sport",)), (), CARE, NORMS)
    doctor = [sign for each in plan.urgent if each.call == "doctor" for sign in each.signs]
    assert any("gives way" in sign for sign in doctor)
    assert not any("gives way" in sign for sign in plan.stops)


def test_a_knee_without_a_torn_ligament_that_gives_way_is_told_to_the_trainer() -> None:
    sore = (Pain(place="knee", side="right", now=1, week=3),)
    plan = make_plan(make_person(pains=sore, sports=("running",), goals=("run",)), (), CARE, NORMS)
    assert any("gives way" in sign for sign in plan.stops)


@pytest.mark.parametrize(
    ("note", "says"),
    [
        ("Fell turning in the kitchen and stepping backward.", "wide arc"),
        ("Fell over a carpet in June.", "loose carpets"),
        ("Fell at night on the way to the toilet.", "light on"),
        ("Parkinson's disease, freezes in a doorway.", "one large step"),
    ],
)
def test_how_somebody_fell_is_what_the_page_is_about(note: str, says: str) -> None:
    who = make_person(note=note, birth_year=1950)
    assert any(says in line for line in make_plan(who, (), CARE, NORMS).advice)
    assert not any(
        says in line for line in make_plan(make_person(note="Never fell.", birth_year=1950), (), CARE, NORMS).advice
    )
