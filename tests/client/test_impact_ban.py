"""One ban on running and jumping: sessions, manual tests, suggested tests and readiness all obey it, and say so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from movescreen.catalog import load_catalog
from movescreen.catalog.care_schema import AddedTestSpec
from movescreen.catalog.client_schema import SportCondition
from movescreen.catalog.norms_library import load_norms
from movescreen.client.intake.model import Clearance
from movescreen.client.person import Person, standing_flags
from movescreen.client.rules.history import suggest_tests
from movescreen.client.rules.profiles import find_impact_ban, offer_protocol, offer_tests
from movescreen.errors import InputError
from movescreen.report.pages.progress import readiness_table, render_readiness
from movescreen.report.sections.person import PersonHead
from tests.support.clients import CARE, DAY, QUESTIONS, make_intake, make_person, make_visit
from tests.support.plans import assess_readiness, make_plan

CATALOG, NORMS = load_catalog(), load_norms()
UNASKED = {flag: no for flag, no in QUESTIONS.items() if flag != "pelvic_floor"}

BANNED: dict[str, tuple[dict[str, Any], str]] = {
    "70 years, fell": (
        {"birth_year": 1956, "goals": ("run", "balance"), "symptoms": QUESTIONS | {"falls": True}},
        "after a fall, or unsteady",
    ),
    "leaks without a birth": (
        {"goals": ("run",), "symptoms": QUESTIONS | {"pelvic_floor": True}},
        "signs of the pelvic floor",
    ),
    "pregnant": ({"pregnant": True, "sports": ("running",), "goals": ("run",)}, "pregnancy"),
    "8 weeks after a birth": ({"weeks_postpartum": 8, "goals": ("run",)}, "after a birth"),
    "leaks": ({"weeks_postpartum": 30, "symptoms": QUESTIONS | {"pelvic_floor": True}}, "after a birth"),
    "high blood pressure, no doctor's word": (
        {"weeks_postpartum": 30, "symptoms": QUESTIONS | {"high_blood_pressure": True}},
        "a health condition, before the doctor's word",
    ),
    "leaks not asked": ({"weeks_postpartum": 30, "symptoms": UNASKED}, "after a birth"),
}
FREE: dict[str, dict[str, Any]] = {
    "35 years": {},
    "64 years": {"birth_year": 1962},
    "70 years": {"birth_year": 1956},
    "30 weeks after a birth": {"weeks_postpartum": 30},
}
HEAD = PersonHead("C1", None, "")
JUMPER = AddedTestSpec(
    id="jumper", when=(SportCondition(kind="sport", sports=("walking", "running")),), why="Jumps are the sport.",
    tests=("single_leg_hop", "single_leg_stance"),
)  # fmt: skip
HOPS_ONLY = JUMPER.model_copy(update={"id": "hops_only", "tests": ("jump_height", "single_leg_hop")})
WITH_HOPS = replace(CARE, added_tests={**CARE.added_tests, "jumper": JUMPER, "hops_only": HOPS_ONLY})


def tells_to_jump(text: str) -> bool:
    return any(word in text.lower() for word in ("hop ", "hop,", "hops", "jumps", "jump height"))


@pytest.mark.parametrize("who", BANNED)
def test_whom_the_ban_holds_for_nothing_tells_to_jump(who: str) -> None:
    told, why = BANNED[who]
    person = make_person(**told)
    ban = find_impact_ban(person, CARE)
    assert ban == f"no running or jumping now (care profile: {why})"
    tests = offer_tests(person, CARE)
    assert tests
    assert not any(tells_to_jump(f"{t.title}. {t.how}") for t in tests)
    for protocol in CATALOG.protocols.values():
        kept, _ = offer_protocol(protocol, ban, CATALOG)
        assert kept.parts
        assert "countermovement_jump" not in {part.movement for part in kept.parts}
        assert not tells_to_jump(kept.model_dump_json())
    suggested = {added.spec.id: added.spec.tests for added in suggest_tests(person, WITH_HOPS)}
    assert suggested["jumper"] == ("single_leg_stance",)
    assert "hops_only" not in suggested, "nothing is left of it"


@pytest.mark.parametrize("who", BANNED)
def test_whom_the_ban_holds_for_no_gates_towards_jumping_are_shown_and_it_is_said_why(who: str) -> None:
    told, why = BANNED[who]
    sets = assess_readiness(make_person(**told), (), CARE, NORMS)
    sets = tuple(each for each in sets if each.spec.impact)
    assert sets
    for each in sets:
        assert (each.gates, each.to_measure, each.met) == ((), (), frozenset())
        assert each.headline == f"not shown: no running or jumping now (care profile: {why})."
    page = render_readiness(HEAD, DAY, sets)
    assert f"Not shown: no running or jumping now (care profile: {why})." in unescape(page)
    assert "Still to be measured" not in page
    assert "single-leg hop" not in page.lower()
    assert readiness_table(sets).empty


@pytest.mark.parametrize("who", BANNED)
def test_no_exercise_of_whom_the_ban_holds_for_leads_on_to_a_jump(who: str) -> None:
    plan = make_plan(make_person(**BANNED[who][0]), (make_visit(),), CARE, NORMS)
    assert plan.exercises
    assert not any(tells_to_jump(f"{e.title}. {e.how} {e.harder} {e.easier}") for e in plan.exercises)


@pytest.mark.parametrize("who", FREE)
def test_everybody_else_is_offered_everything(who: str) -> None:
    person = make_person(**FREE[who])
    assert find_impact_ban(person, CARE) == ""
    assert offer_tests(person, CARE) == tuple(CARE.hand_tests.values())
    for protocol in CATALOG.protocols.values():
        assert offer_protocol(protocol, "", CATALOG) == (protocol, "")
    suggested = {added.spec.id: added.spec.tests for added in suggest_tests(person, WITH_HOPS)}
    assert suggested["jumper"] == JUMPER.tests
    assert suggested["hops_only"] == HOPS_ONLY.tests
    (*_, lower_limb) = assess_readiness(person, (), CARE, NORMS)
    assert not lower_limb.withheld
    assert lower_limb.gates
    assert any("single-leg hop" in wanted for wanted in lower_limb.to_measure)


def test_what_is_left_of_a_session_and_what_was_left_out_is_said() -> None:
    protocol = CATALOG.protocol("power_and_balance")
    kept, said = offer_protocol(protocol, "no running or jumping now (care profile: pregnancy)", CATALOG)
    assert [part.id for part in kept.parts] == ["stance_left", "stance_right", "chair_stands"]
    assert said == "Left out: Jumps; no running or jumping now (care profile: pregnancy)."
    only_jumps = protocol.model_copy(update={"parts": protocol.parts[-1:]})
    with pytest.raises(InputError) as refused:
        offer_protocol(only_jumps, "no running or jumping now (care profile: pregnancy)", CATALOG)
    assert "nothing is left of the session Power and balance: no running" in refused.value.message


def test_every_movement_test_and_set_says_whether_feet_leave_the_floor() -> None:
    assert [m.name for m in CATALOG.movements.values() if m.impact] == ["countermovement_jump"]
    assert {t.id for t in CARE.hand_tests.values() if t.impact} == {
        "single_leg_hop",
        "hop_6m_timed",
        "triple_hop",
        "crossover_hop",
        "less_score",
        "impact_tasks_birth",
        "jump_height",
        "full_speed_runs",
    }
    assert {each.id for each in CARE.pathways.values() if each.impact} == {"lower_limb"}
    calm = {each.id for each in CARE.pathways.values() if not each.steps[-1].impact}
    assert calm == {
        "sore_shoulder",
        "low_back_pain", "falls", "knee_or_hip_arthritis", "active_in_pregnancy", "steady_in_daily_life",
    }  # fmt: skip


def test_a_later_no_does_not_lift_the_ban_and_a_clinicians_word_after_it_does() -> None:
    leaked = make_intake(weeks_postpartum=30, symptoms=QUESTIONS | {"pelvic_floor": True})
    later = make_intake(day=DAY + timedelta(days=7), weeks_postpartum=31)
    today = DAY + timedelta(days=8)
    assert find_impact_ban(Person(today, 1991, "female", later, standing_flags([leaked, later], today)), CARE)
    word = Clearance(flag="pelvic_floor", by="physician", on=today)
    seen = later.model_copy(update={"clearances": (word,)})
    assert not find_impact_ban(Person(today, 1991, "female", seen, standing_flags([leaked, seen], today)), CARE)
