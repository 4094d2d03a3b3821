"""Condition by step: what a plan must hold one of, and what it may not hold, whoever is on the pathway or has the profile."""

from __future__ import annotations

from typing import Any

import pytest

from movescreen.client.intake.model import Injury, Pain
from movescreen.client.person import Person
from movescreen.client.plan.model import Plan
from tests.client.test_goals import NORMS, QUIET
from tests.client.test_pathways import CASES, IDS, ago, person_of, visits_of
from tests.support.clients import CARE, DAY, QUESTIONS, make_person
from tests.support.plans import make_plan

Sets = tuple[frozenset[str], ...]


def one(*names: str) -> frozenset[str]:
    assert all(name in CARE.exercises for name in names), names
    return frozenset(names)


EVERTORS = one("banded_ankle_outward", "ankle_outward_hold")
STRAIGHT_CALF = one("double_heel_raise", "single_leg_heel_raise", "slow_heel_raise", "heel_raise_hold", "heavy_heel_raise", "single_leg_heel_raise_step")  # fmt: skip
SOLEUS = one("soleus_raise_seated", "soleus_hold")
ONE_LEG_BALANCE = one("stance_support", "star_reach", "single_leg_stance_foam", "hop_and_hold")
ADDUCTORS_MOVING = one("side_lying_adduction", "band_adduction_standing", "copenhagen_short", "copenhagen_plank")
ADDUCTORS_HEAVY = one("copenhagen_short", "copenhagen_plank", "band_adduction_standing")
HAMSTRING_EARLY = one("hamstring_bridge_hold", "long_lever_bridge")
HAMSTRING_LONG_EASY = one("hamstring_slider")
HAMSTRING_LONG = one(
    "staggered_hinge", "single_leg_deadlift", "romanian_deadlift", "hamstring_slider_curl", "nordic_curl"
)
HIP_ABDUCTION = one("side_steps", "hip_abduction_side_lying", "hip_hike", "side_plank_knees")
THIGH = one("box_squat", "step_down", "step_up", "split_squat", "straight_leg_raise", "sit_to_stand", "wall_sit_hold", "goblet_squat", "reverse_lunge", "squat_mirror")  # fmt: skip
PELVIC_LONG = one("breath_pelvic_floor", "pelvic_floor_standing")
PELVIC_QUICK = one("pelvic_floor_quick")
TRUNK = one("bird_dog", "dead_bug", "side_plank_knees", "side_plank", "plank_incline", "plank_floor", "carry", "band_press_out", "wall_knee_lift", "hands_knees_breath")  # fmt: skip
HINGE = one("dowel_hinge", "romanian_deadlift", "wall_hinge", "deadlift_from_blocks")
WALK = one("walk_plan", "short_walks", "easy_walk", "brisk_intervals", "ride_plan", "stationary_bike")
BALANCE = one(
    "feet_together_stance",
    "half_tandem_stance",
    "tandem_stance",
    "counter_side_steps",
    "heel_to_toe_walk",
    "step_over",
    "head_turn_stance",
)
LEG_STRENGTH = one(
    "sit_to_stand", "box_squat", "step_up", "split_squat", "goblet_squat", "slow_leg_press", "reverse_lunge"
)
TENDON_HOLD = one("wall_sit_hold", "spanish_squat_hold", "leg_extension_hold")
SLOW_HEAVY = one("slow_leg_press", "slow_squat_heavy")
QUADS = one("thigh_squeeze", "straight_leg_raise", "slow_leg_press", "split_squat", "step_up", "goblet_squat")
HAMSTRING_ACL = one("hamstring_slider_curl", "long_lever_bridge", "hamstring_bridge_hold", "nordic_curl")
RUNS = one("run_walk", "easy_run", "pogo_hops", "hop_and_hold", "jump_squat", "run_drills")

#: Pathway and step -> of each set the plan holds at least one.
MUST: dict[str, Sets] = {
    "ankle_sprain-calm_and_move": (EVERTORS, STRAIGHT_CALF, BALANCE),  # in the first week on two feet
    "ankle_sprain-strength_and_balance": (EVERTORS, STRAIGHT_CALF, ONE_LEG_BALANCE),
    "ankle_sprain-turn_and_land": (ONE_LEG_BALANCE, RUNS),
    "achilles_middle-holds": (SOLEUS, STRAIGHT_CALF),
    "achilles_middle-slow_and_heavy": (SOLEUS, STRAIGHT_CALF),
    "achilles_middle-running": (SOLEUS, STRAIGHT_CALF, RUNS),
    "sore_shoulder-holds": (one("shoulder_turn_out_hold"),),
    "sore_shoulder-strength": (one("band_turn_out", "band_row", "bench_row"),),
    "sore_shoulder-overhead": (one("half_kneeling_press"), one("bench_row", "band_row")),
    "plantar_heel-slow_load": (STRAIGHT_CALF,),
    "plantar_heel-heavy": (SOLEUS, STRAIGHT_CALF),
    "plantar_heel-running": (STRAIGHT_CALF, RUNS),
    "achilles_insertion-holds": (SOLEUS, STRAIGHT_CALF),
    "achilles_insertion-slow_and_heavy": (SOLEUS, STRAIGHT_CALF),
    "achilles_insertion-springs": (SOLEUS, STRAIGHT_CALF, RUNS),
    "patellar_tendon-holds": (TENDON_HOLD,),
    "patellar_tendon-slow_and_heavy": (SLOW_HEAVY,),
    "patellar_tendon-sport": (RUNS,),
    "patellofemoral_pain-load_that_fits": (HIP_ABDUCTION, THIGH),
    "patellofemoral_pain-hip_and_thigh": (one("hip_abduction_side_lying", "hip_hike", "side_steps"), THIGH),
    "patellofemoral_pain-everything": (RUNS,),
    "knee_ligament-quiet_knee": (QUADS, one("heel_prop")),
    "knee_ligament-strength": (QUADS, HAMSTRING_ACL, STRAIGHT_CALF),
    "knee_ligament-turn": (RUNS,),
    "hamstring_strain-calm_and_move": (HAMSTRING_EARLY, HAMSTRING_LONG_EASY),
    "hamstring_strain-strong_and_long": (HAMSTRING_LONG,),
    "hamstring_strain-sprint": (HAMSTRING_LONG, RUNS),
    "groin_pain-calm_and_hold": (one("adductor_squeeze"), ADDUCTORS_MOVING),
    "groin_pain-strength": (ADDUCTORS_MOVING, ADDUCTORS_HEAVY),
    "groin_pain-turn_and_kick": (ADDUCTORS_HEAVY, RUNS),
    "bone_stress-unload": (TRUNK,),
    "bone_stress-strength": (SOLEUS, STRAIGHT_CALF),
    "bone_stress-run": (STRAIGHT_CALF, RUNS),
    "low_back_pain-settle_and_walk": (WALK, TRUNK),
    "low_back_pain-bend": (WALK, TRUNK, HINGE),
    "low_back_pain-everything": (TRUNK, HINGE),
    "after_birth-from_inside": (PELVIC_LONG, PELVIC_QUICK, WALK),
    "after_birth-strength": (PELVIC_LONG, PELVIC_QUICK, LEG_STRENGTH | one("step_down")),
    "after_birth-run": (PELVIC_LONG, PELVIC_QUICK, RUNS),
    "falls-hand_on_something": (BALANCE, LEG_STRENGTH),
    "falls-stronger_and_steps": (BALANCE, LEG_STRENGTH),
    "falls-daily_life": (BALANCE, LEG_STRENGTH),
    "knee_or_hip_arthritis-start_where_it_fits": (LEG_STRENGTH, WALK),
    "knee_or_hip_arthritis-stronger": (LEG_STRENGTH, WALK),
    "knee_or_hip_arthritis-daily_life": (LEG_STRENGTH, WALK),
}  # fmt: skip
#: Of these the plan holds none.
NEVER: dict[str, frozenset[str]] = {
    "ankle_sprain-calm_and_move": RUNS | one("single_leg_heel_raise", "walk_and_turn"),
    "achilles_insertion-holds": one("calf_stretch_eccentric", "single_leg_heel_raise_step"),
    "achilles_insertion-slow_and_heavy": one("calf_stretch_eccentric", "single_leg_heel_raise_step"),
    "hamstring_strain-calm_and_move": RUNS | HAMSTRING_LONG,
    "groin_pain-calm_and_hold": ADDUCTORS_HEAVY | RUNS,
    "bone_stress-unload": STRAIGHT_CALF | SOLEUS | RUNS | one("walk_plan", "brisk_intervals", "march_drill", "snap_down"),
    "knee_ligament-quiet_knee": RUNS | one("split_squat", "kneel_on_pad", "quarter_drop", "walk_and_turn"),
    "low_back_pain-settle_and_walk": one("romanian_deadlift", "deadlift_from_blocks", "half_kneel_lift"),
    "after_birth-from_inside": RUNS | one("quarter_drop", "snap_down", "plank_floor", "copenhagen_short"),
    "falls-hand_on_something": RUNS | one("star_reach", "split_squat", "quarter_drop"),
}  # fmt: skip


def held(plan: Plan) -> set[str]:
    return {each.exercise for each in plan.exercises}


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_the_plan_of_a_step_holds_what_evidence_names(case: Any) -> None:
    key = f"{case.pathway}-{case.step}"
    plan = held(make_plan(person_of(case), visits_of(case), CARE, NORMS))
    for wanted in MUST[key]:
        assert wanted & plan, (sorted(wanted), sorted(plan))
    assert not NEVER.get(key, frozenset()) & plan


def sore(place: Any, now: int = 1, week: int = 2) -> dict[str, Any]:
    return {"pains": (Pain(place=place, side="" if place == "low_back" else "left", now=now, week=week),)}


#: People with a profile and no pathway of their own, or on one with a twist.
PEOPLE: dict[str, tuple[dict[str, Any], Sets, frozenset[str]]] = {
    "strain of the calf": (
        {"injuries": (Injury(kind="muscle_strain", place="calf", side="left", when=ago(40)),), **sore("calf")},
        (SOLEUS, STRAIGHT_CALF), RUNS | one("calf_stretch_eccentric"),
    ),
    "old sprain that gives way": (
        {"injuries": (Injury(kind="ankle_sprain", place="ankle", side="left", when="2022", gives_way=True),)}, (EVERTORS, ONE_LEG_BALANCE), RUNS,
    ),
    "leaks without a birth": ({"symptoms": QUESTIONS | {"pelvic_floor": True}}, (PELVIC_LONG, PELVIC_QUICK), RUNS | one("carry")),
    "pregnant": ({"pregnant": True, "pregnancy_week": 18}, (PELVIC_LONG,), RUNS | one("quarter_drop")),
    "three days after a birth": ({"weeks_postpartum": 0}, (PELVIC_LONG,), PELVIC_QUICK | RUNS),
    "shoulder": (sore("shoulder"), (one("shoulder_turn_out_hold", "band_turn_out", "wall_slide", "wall_push_up"),), one("push_up", "carry_overhead")),
    "shoulder with a band": ({**sore("shoulder", 2, 4), "equipment": ("band",)}, (one("band_row"),), one("push_up", "carry_overhead")),
    "a runner with nothing": ({"sports": ("running",), "goals": ("run",)}, (STRAIGHT_CALF,), RUNS),
    "a back that is afraid": (sore("low_back", 4, 6), (WALK,), one("romanian_deadlift", "walk_plan", "bird_dog")),
    "a back of 3 of 10": (sore("low_back", 2, 3), (one("short_walks"),), one("walk_plan")),
}  # fmt: skip


@pytest.mark.parametrize("name", list(PEOPLE))
def test_the_plan_of_a_profile_holds_what_evidence_names(name: str) -> None:
    told, must, never = PEOPLE[name]
    plan = held(make_plan(make_person(**told), (QUIET,), CARE, NORMS))
    for wanted in must:
        assert wanted & plan, (sorted(wanted), sorted(plan))
    assert not never & plan


def test_older_people_get_balance_and_strength() -> None:
    plan = held(make_plan(Person(DAY, 1950, "female", make_person().intake), (QUIET,), CARE, NORMS))
    assert plan & (BALANCE | ONE_LEG_BALANCE)
    assert plan & LEG_STRENGTH


def test_no_walk_stands_twice() -> None:
    for week in (2, 4, 6):
        plan = held(make_plan(make_person(**sore("low_back", 1, week)), (QUIET,), CARE, NORMS))
        assert len(plan & {"walk_plan", "short_walks", "brisk_intervals", "easy_walk"}) == 1
