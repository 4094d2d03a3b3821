"""What a plan says as a whole: what it is for, what keeps it from going further, what has a set less, and the notes of care profiles."""

from __future__ import annotations

from collections.abc import Sequence

from movescreen.catalog.client_schema import STAGES
from movescreen.catalog.exercise_schema import ExerciseSpec
from movescreen.client.intake.words import decapitalize
from movescreen.client.person import Person
from movescreen.client.plan.choosing import (
    Draft,
    why_waits,
)
from movescreen.client.plan.limits import (
    limit_by_gates,
)
from movescreen.client.plan.pain_gate import talk_first_words
from movescreen.client.rules.conditions import check_any
from movescreen.client.rules.readiness import Readiness
from movescreen.client.visits.scores import PainScore
from movescreen.words.sentences import sentence

#: Reasons on the first screen why a plan goes no further.
MOST_HOLDS = 3


def tell_holds(draft: Draft) -> tuple[str, ...]:
    """Return what keeps the plan from going further, the strictest first: pain, then what else is known."""
    known = [limit for limit in draft.limits if STAGES.index(limit.stage) < STAGES.index("load")]
    known.sort(key=lambda limit: (STAGES.index(limit.stage), limit.kind != "pain"))
    # one word of a clinician stands for all that say the same
    told = {limit.why.partition(" on ")[0]: sentence(limit.why) for limit in reversed(known)}
    told = dict(reversed(told.items()))
    hurt = [
        sentence(f"{each.words}: refer before it is loaded")
        for each in draft.hurting.values()
        if not draft.allows(each)
    ]
    return (*hurt, *told.values())[:MOST_HOLDS]


def tell_fewer(draft: Draft) -> str:
    """Return which exercises have a set less for now, and until when; empty when none has."""
    fewer = [spec for spec, _ in draft.chosen if draft.takes_a_set(spec) and spec.id not in draft.provisional]
    if not fewer:
        return ""
    whole = [spec.title for spec in fewer if spec.never_fewer and not _is_eased(draft, spec)]
    which = "" if len(fewer) == len(draft.chosen) else " of what loads the sore part"
    kept = f" (but not of: {', '.join(whole)})" if whole else ""
    until = (
        "12 weeks after the birth"
        if draft.after_birth
        else "pain of the last 14 days is known and below 3, or within the part's own rule"
    )
    return f"One set fewer than usual{which}{kept}, until {until}."


def _is_eased(draft: Draft, spec: ExerciseSpec) -> bool:
    """Whether an exercise is taken below its first dose, which has a set less in any case."""
    return spec.id in draft.kept and draft.kept[spec.id].step == -1


def tell_notes(draft: Draft, pain: Sequence[PainScore], readiness: Sequence[Readiness]) -> list[str]:
    """Return the notes of the care profiles; those about running and jumping only where nothing forbids these.

    What everybody has to meet before speed is about what a plan adds; what some have to meet is about running at all.
    """
    may_run = may_run_now(draft, pain, readiness)
    notes = []
    for each in draft.profiles:
        if draft.wanted and all(condition.kind == "sitting" for condition in each.when):
            # how somebody spends the day comes after a complaint
            continue
        held = bool(each.notes_while_only) and check_any(each.only_while, draft.person).holds is not False
        notes += [*(each.notes_while_only if held else ()), *each.notes, *(each.notes_with_impact if may_run else ())]
    return notes


def may_run_now(draft: Draft, pain: Sequence[PainScore], readiness: Sequence[Readiness]) -> bool:
    """Return whether nothing bans running: no care profile, no pain to talk about first, and no pathway on which it waits for its tests."""
    waits = any(limit_by_gates([each], draft.catalog) for each in readiness if each.spec.stops_running)
    return not draft.no_impact and not talk_first_words(pain) and not waits


def tell_headline(draft: Draft) -> str:
    """Return what the plan begins with and is for."""
    if not draft.needs and not draft.wanted:
        return "Nothing stood out and no goal was named: keep moving, and come back when something changes."
    # a pathway of which nothing is in the plan is no aim of it
    steps = {
        draft.wanted[spec.id].spec.id: draft.wanted[spec.id] for spec, _ in draft.chosen if spec.id in draft.wanted
    }
    aims = [decapitalize(need.spec.title) for need in draft.needs if not why_waits(draft, need)]
    if steps:
        told = [
            f"{decapitalize(each.spec.title)}, step {min(each.position + 1, len(each.steps))} of {len(each.steps)}"
            for each in steps.values()
        ]
        first = f"This plan begins with: {'; '.join(told)}."
        return f"{first} Then it is for {', '.join(aims)}." if aims else first
    if not aims:
        return "What stood out has to wait, for the reasons below."
    listed = f"{', '.join(aims[:-1])} and {aims[-1]}" if len(aims) > 1 else aims[0]
    return f"This plan is for {listed}, in this order of weight."


def tell_goals(person: Person) -> str:
    """Return what the person wants, in their own words where there are any."""
    if person.intake is None:
        return ""
    return person.intake.goal_words or ", ".join(goal.replace("_", " ") for goal in person.intake.goals)
