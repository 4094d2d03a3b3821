"""The plan: from findings, history and goal to a small set of exercises, each with its reason and its place.

The same input gives the same plan. Nothing in it is hidden: needs carry their weight and reasons, exercises say which need they
serve, and what would have fitted but was left out is listed with why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import takewhile
from types import MappingProxyType

from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.client_schema import STAGES, ExerciseSpec, ProfileSpec, Stage
from movescreen.catalog.norms_library import NormLibrary
from movescreen.client.intake.words import decapitalize
from movescreen.client.person import Person
from movescreen.client.plan.changes import change_words
from movescreen.client.plan.choosing import (
    MISSED_BELOW,
    MOST_IN_ALL,
    MOST_WHEN_MISSED,
    WARM,
    Draft,
    choose_exercises,
    fit,
    is_too_easy,
    why_not,
    why_waits,
)
from movescreen.client.plan.dosing import effort_words, list_doses, rest_words, start_dose
from movescreen.client.plan.fitting import (
    Measured,
    note_gear,
)
from movescreen.client.plan.foreign_words import drop_foreign
from movescreen.client.plan.goals import add_goal_form, find_goals
from movescreen.client.plan.limits import (
    Limit,
    limit_by_gates,
    limit_by_health,
    limit_by_steps,
)
from movescreen.client.plan.model import (
    ChangeKind,
    LeftOut,
    Plan,
    PlanGoal,
    PlannedExercise,
    PlanNeed,
    PlanPainRule,
    PlanTest,
)
from movescreen.client.plan.needs import Grounds, WeighedNeed, weigh_need, weigh_needs
from movescreen.client.plan.pain_gate import PainGate, ask_again_words, open_pain_gate, talk_first_words
from movescreen.client.plan.pain_rules import tell_pain_rules, tell_sore, tell_stop
from movescreen.client.plan.parts import overlap
from movescreen.client.plan.pathways import (
    explain,
    find_complaints,
    find_side,
    find_waiting,
    find_wanted,
    list_of_pathways,
    tell_pathways,
)
from movescreen.client.plan.review_day import find_review
from movescreen.client.plan.safety import compare, find_known, find_own_rules, tell_safety
from movescreen.client.plan.since import Seen, listen, look
from movescreen.client.plan.starting import ENOUGH_SHARE, Ground, Kept, judge, start_from
from movescreen.client.plan.test_list import find_provisional, list_for_needs, list_tests
from movescreen.client.plan.week import builds_up, find_hard_sessions, find_lighter_week, plan_week
from movescreen.client.rules.conditions import check_any
from movescreen.client.rules.danger_words import describe_read, ensure_words_read, find_typed_words, find_unread_words
from movescreen.client.rules.history import link_findings
from movescreen.client.rules.profiles import find_impact_ban, find_left_out, find_only, find_profiles, offer_tests
from movescreen.client.rules.readiness import STALE_AFTER, GateState, Readiness, assess_readiness
from movescreen.client.rules.red_flags import describe_flags, ensure_no_red_flag, review_red_flags
from movescreen.client.visits.hand_tests import compare_all_sides, judge_visit
from movescreen.client.visits.movement_pain import find_standing_pain
from movescreen.client.visits.scores import PainScore, renew_pain, worst_pain
from movescreen.client.visits.visit import Visit
from movescreen.words.sentences import sentence

#: Reasons on the first screen why a plan goes no further.
MOST_HOLDS = 3
#: A plan that fits a week and a page.
MAX_NEEDS = 5
#: Visits of one round: findings and tests of the last four weeks before the newest one count together.
RECENT = timedelta(weeks=4)
#: Four weeks: trials changed a squat in two to three weeks and in eight; mobility needs four to twelve by convention.
RETEST_AFTER = timedelta(weeks=4)
_WHY_HERE: dict[Stage, str] = {
    "warm_up": "First, so that the rest is done warm.",
    "mobility": "Before the strength part: room first, so that the next exercises can use it.",
    "activation": "Next: small and precise, for the parts that hold the position.",
    "integration": "Then the whole movement, slowly, with what was just practiced.",
    "load": "After control: weight makes it last.",
    "speed": "Last, when slow and heavy are quiet: speed asks for everything before it.",
}
_RULES = (
    "Change one thing at a time. The order on the page is a way of teaching; speed alone waits for what comes before it.",
    "After a session note three numbers from 0 to 10: pain during it, pain the next morning, and how sure you are of the goal's movement. The next plan starts from them.",
)


def make_plan(
    person: Person,
    visits: Sequence[Visit],
    catalog: ClientCatalog,
    norms: NormLibrary,
    last: Plan | None = None,
    days: Sequence[int] = (),
) -> Plan:
    """Return a plan for a person, which starts from the last one.

    Parameters
    ----------
    person
        On the day of the plan.
    visits
        The oldest first; the newest, and those of four weeks before it, count.
    last
        The plan in force until now; None for a first one.
    days
        Days of the week on which the person can train, Monday 0; those of the last plan when empty.

    Raises
    ------
    NeedsReferral
        When a red flag stops the screening: no plan either.
    WordsUnread
        When danger words were typed that the trainer has not read.
    """
    review = review_red_flags(person, catalog)
    ensure_no_red_flag(review, plan=True)
    ensure_words_read(find_unread_words(person, visits, catalog), catalog)
    recent = merge_recent(visits)
    now = renew_pain(person, visits)
    profiles = find_profiles(now, catalog)
    grounds = _collect(person, recent, profiles, catalog, norms)
    seen = _look_since(last, visits, catalog, norms)
    ban = find_impact_ban(now, catalog)
    needs = _needs_of(last, grounds, visits, seen, catalog, norms, impact=not ban)
    readiness = assess_readiness(person, visits, catalog, norms)
    gate = open_pain_gate(person, visits, find_own_rules(profiles, readiness, catalog), catalog)
    pain = gate.scores
    limits = [*gate.limits, *limit_by_health(now, review, profiles, catalog), *limit_by_gates(readiness, catalog)]
    limits += limit_by_steps(readiness)
    again = ask_again_words(now, pain, catalog)
    limits += [Limit("activation", decapitalize(again).rstrip("."))] if again else []
    draft = _begin(now, visits, catalog, profiles, limits, gate, readiness)
    draft.provisional = _provisional(person, readiness, gate, catalog)
    draft.waiting = find_waiting(readiness, draft.provisional)
    draft.wanted = find_wanted(readiness, catalog, draft.provisional)
    # how somebody spends the day comes after a complaint
    needs = [need for need in needs if not (need.habit and draft.wanted)]
    draft.needs = needs
    draft.quiet = all(score.value == 0 for score in pain) and not (person.intake.pains if person.intake else ())
    talk_first = bool(talk_first_words(pain))
    safety = tell_safety(person, profiles, readiness, catalog, talk_first=talk_first, no_impact=bool(draft.no_impact))
    draft.pain_rules = find_own_rules(profiles, readiness, catalog, loosened=not (talk_first or gate.masked))
    if last is not None:
        _start_from(draft, last, visits, seen)
    goal_forms: list[PlanGoal] = []
    goals, worst = find_goals(person, visits, catalog), worst_pain(pain)
    choose_exercises(draft, lambda: goal_forms.extend(add_goal_form(draft, goals, worst)))
    cautions = [*describe_flags(review.raised), *_notes(draft, pain, readiness)]
    if fewer := _tell_fewer(draft):
        cautions.insert(0, fewer)
    hurts = [f"{each.words}: refer before it is loaded" for each in draft.hurting.values()]
    typed = describe_read(person, find_typed_words(person, visits, catalog))
    hurts += note_gear([spec for spec, _ in draft.chosen], person)
    cautions = [*typed, *hurts, *(limit.why for limit in gate.limits), *cautions]
    if again:
        cautions.insert(0, again)
    if review.open_questions:
        cautions.insert(0, f"Not asked yet: {', '.join(s.id.replace('_', ' ') for s in review.open_questions)}.")
    from_pathways = {spec.id: draft.wanted[spec.id].spec.id for spec, _ in draft.chosen if spec.id in draft.wanted}
    likely = {name: words for profile in profiles for name, words in profile.hypotheses.items()}
    chains = tuple(
        chain.model_copy(update={"hypothesis": likely[chain.pathway], "against": ""})
        if chain.pathway in likely
        else chain
        for chain in tell_pathways(person, readiness, from_pathways, visits, catalog, norms)
    )
    why = {
        name: explain(chain) for name, pathway in from_pathways.items() for chain in chains if chain.pathway == pathway
    }
    for each in goal_forms:
        why.setdefault(each.exercise, each.words)
    exercises = tuple(_to_exercise(draft, *pair, why.get(pair[0].id, "")) for pair in draft.chosen)
    days = tuple(days) or (last.days if last else ())
    week, week_notes = plan_week(exercises, catalog.exercises, days)
    builds = any(builds_up(e) for e in exercises)
    reduced = bool(gate.limits) and any(e.set_less or e.change == "back" for e in exercises)
    lighter, since = find_lighter_week(
        person, visits, last, trained=draft.trained, builds=builds, reduced=reduced, upto=gate.session_tolerance
    )
    complaint = bool(draft.wanted) or not draft.quiet
    review_day = find_review(
        person, gate, catalog, complaint=complaint, flared=draft.flared, unknown=_waits_for_unknown(readiness)
    )
    return Plan(
        day=person.today, retest_on=review_day.day, retest_why=review_day.why, tests=_tests(draft, readiness, visits), holds=_tell_holds(draft), based_on=recent.day if recent else None,
        headline=talk_first_words(pain) + _headline(draft), goals=_goals(person), profiles=tuple(p.title for p in profiles),
        needs=tuple(_to_need(need, why_waits(draft, need)) for need in needs), exercises=exercises,
        pathways=chains, goal_forms=tuple(goal_forms),
        left_out=tuple(draft.left_out.values()), rules=(*tell_pain_rules(draft.pain_rules), *tell_sore(draft.sore, draft.pain_rules), *safety.moves_on, *_RULES), stops=safety.stops, urgent=safety.urgent,
        activities=safety.activities, advice=safety.advice, asked=f"{safety.asked} {again}".strip(), pain_rules=draft.pain_rules, cautions=tuple(cautions), catalog_sha256=catalog.sha256,
        started_from=last.day if last else None, gone=tuple(g for g in draft.gone if all(e.exercise != g.exercise for e in exercises)), taken_out=last.taken_out if last else (), days=days,
        week=week, week_notes=week_notes, lighter=lighter, building_since=since,
        filmed=bool(recent and recent.screenings),
    )  # fmt: skip


def find_bars(
    person: Person, visits: Sequence[Visit], catalog: ClientCatalog, norms: NormLibrary, *, lasting: bool = False
) -> dict[str, str]:
    """Return the exercises that no plan of a person may hold now, each with why.

    Parameters
    ----------
    lasting
        For a plan that was made before: what was merely not asked or measured again since keeps nothing from it, and pain counts as it
        was told last.
    """
    now = renew_pain(person, visits)
    profiles = find_profiles(now, catalog)
    readiness = assess_readiness(person, visits, catalog, norms)
    rules = find_own_rules(profiles, readiness, catalog)
    gate = open_pain_gate(person, visits, rules, catalog, lasting=lasting)
    limits = [*gate.limits, *limit_by_health(now, review_red_flags(person, catalog), profiles, catalog)]
    if not lasting:
        limits += [*limit_by_gates(readiness, catalog), *limit_by_steps(readiness)]
    draft = _begin(now, visits, catalog, profiles, limits, gate, readiness)
    if not lasting:
        draft.provisional = _provisional(person, readiness, gate, catalog)
        draft.waiting = find_waiting(readiness, draft.provisional, later=False)
    return {name: why for name, spec in catalog.exercises.items() if (why := why_not(draft, spec))}


def _provisional(
    person: Person, readiness: Sequence[Readiness], gate: PainGate, catalog: ClientCatalog
) -> Mapping[str, str]:
    """Return what may begin before it is tested; nothing fast while anything hurts or nobody asked."""
    quiet = bool(gate.scores) and not any(score.value for score in gate.scores)
    found = find_provisional(person, readiness, catalog)
    return {name: tests for name, tests in found.items() if quiet or catalog.exercises[name].stage != "speed"}


def _begin(
    person: Person,
    visits: Sequence[Visit],
    catalog: ClientCatalog,
    profiles: Sequence[ProfileSpec],
    limits: Sequence[Limit],
    gate: PainGate,
    readiness: Sequence[Readiness],
) -> Draft:
    """Return an empty draft that knows everything that keeps an exercise out."""
    only, why_only = find_only(person, catalog)
    return Draft(
        person=person, catalog=catalog, profiles=profiles, limits=limits, gate=gate,
        no_impact=find_impact_ban(person, catalog), hurting=find_standing_pain(visits), only=only, why_only=why_only,
        cared_out=find_left_out(person, catalog), measured=_last_values(visits), of_pathways=list_of_pathways(readiness),
    )  # fmt: skip


def merge_recent(visits: Sequence[Visit]) -> Visit | None:
    """Return the newest visit that saw or measured something, with what those of the four weeks before it add; None without visits."""
    if not visits:
        return None
    # a note tells how it went; it does not make what was seen before it old
    newest = next((visit for visit in reversed(visits) if visit.screenings or visit.measurements), visits[-1])
    recent = [visit for visit in visits if newest.day - visit.day < RECENT]
    return Visit(
        day=newest.day,
        screenings=tuple(s for visit in recent for s in visit.screenings),
        # a later value counts, whoever took it
        measurements=tuple(m for visit in recent for m in visit.values),
        notes=tuple(n for visit in recent for n in visit.notes),
    )


def _collect(
    person: Person, visit: Visit | None, profiles: Sequence[ProfileSpec], catalog: ClientCatalog, norms: NormLibrary
) -> Grounds:
    if visit is None:
        return Grounds(person, profiles=profiles)
    return Grounds(
        person, visit.findings, link_findings(visit.findings, person, catalog), judge_visit(visit, person, catalog, norms),
        compare_all_sides(visit, catalog, norms), profiles,
    )  # fmt: skip


def _last_values(visits: Sequence[Visit]) -> Measured:
    """Return test -> side -> value of the newest round."""
    recent, found = merge_recent(visits), dict[str, dict[str, float]]()
    for each in recent.values if recent else ():
        found.setdefault(each.test, {})[each.side] = each.value
    return found


# --- from the last plan ---------------------------------------------------------------------


def _look_since(
    last: Plan | None, visits: Sequence[Visit], catalog: ClientCatalog, norms: NormLibrary
) -> Mapping[str, tuple[Seen, ...]]:
    """Return need -> what changed beyond its error since the last plan was made."""
    if last is None:
        return {}
    before, after = ([v for v in visits if (v.day > last.day) is later] for later in (False, True))
    return look(merge_recent(before), merge_recent(after), catalog, norms)


def _needs_of(
    last: Plan | None, grounds: Grounds, visits: Sequence[Visit], seen: Mapping[str, tuple[Seen, ...]],
    catalog: ClientCatalog, norms: NormLibrary, *, impact: bool,
) -> list[WeighedNeed]:  # fmt: skip
    """Return what the plan is for, without what is about jumps for who may not (``impact`` False); a finding that is gone by no more than its error keeps its need for this time."""
    weighed = [need for need in weigh_needs(grounds, catalog) if impact or not need.spec.impact]
    needs = weighed[:MAX_NEEDS]
    before = merge_recent([visit for visit in visits if visit.day <= last.day]) if last else None
    if last is None or before is None:
        return needs
    then = _collect(grounds.person, before, (), catalog, norms)
    seen_then = Grounds(replace(grounds.person, intake=None), then.findings, (), then.readings, then.differences)
    speaks = {need.spec.id for need in weighed}
    for need in last.needs:
        spec = catalog.needs.get(need.need)
        if (
            spec is None
            or spec.id in speaks
            or any(spec.id in profile.drops_needs for profile in grounds.profiles)
            or (spec.impact and not impact)
            or any(each.better for each in seen.get(spec.id, ()))
        ):
            continue
        was = weigh_need(spec, seen_then)
        if was.weight > 0:
            reason = f"{sentence(was.reasons[0])} It is not gone by more than its error."
            needs.append(replace(was, weight=1, loudest=1, reasons=(reason,)))
    return needs[:MAX_NEEDS]


def _start_from(draft: Draft, last: Plan, visits: Sequence[Visit], seen: Mapping[str, tuple[Seen, ...]]) -> None:
    """Take over what stays of the last plan."""
    told = {
        e.exercise: listen(
            e.exercise,
            e.per_week,
            draft.person,
            visits,
            last.day,
            sore=draft.gate.too_much(e.exercise),
            loads_sore=draft.gate.loads_sore(e.exercise),
        )
        for e in last.exercises
    }
    again = f"taken out by the trainer in the plan of {last.day}"
    ground = Ground(
        last=last, catalog=draft.catalog, told=told, seen=seen, needs=[need.spec.id for need in draft.needs],
        why_not=lambda spec: why_not(draft, spec) or (again if spec.id in last.taken_out else ""),
        takes_a_set=draft.takes_a_set, tolerance=draft.gate.tolerance, untested=draft.provisional, wanted=frozenset(draft.wanted),
        too_easy=lambda spec: is_too_easy(draft, spec),
        tired=bool(find_hard_sessions(draft.person, visits, last.day, draft.gate.session_tolerance)),
    )  # fmt: skip
    free = replace(draft, limits=[limit for limit in draft.limits if limit.kind != "pain"])
    ground = replace(
        ground, free=replace(
            ground, told={name: replace(each, during=0, next_day=0, elsewhere=None, stale=None) for name, each in told.items()},
            why_not=lambda spec: why_not(free, spec) or (again if spec.id in last.taken_out else ""),
            takes_a_set=lambda spec: draft.after_birth,
        ),
    )  # fmt: skip
    kept, gone = start_from(ground)
    draft.last, draft.gone, draft.kept = last, gone, {each.spec.id: each for each in kept}
    shares = [each.sessions.share for each in told.values() if each.sessions is not None]
    whole = [
        each.sessions.share for each in told.values() if each.sessions and each.sessions.told_share >= ENOUGH_SHARE
    ]
    draft.trained = max(whole, default=0.0) >= ENOUGH_SHARE
    draft.most = MOST_WHEN_MISSED if shares and max(shares) < MISSED_BELOW else MOST_IN_ALL
    _shorten(draft, last)
    draft.flared = any(judge(each)[0] == "back" for each in told.values())
    for each in draft.kept.values():
        serving = [need for need in draft.needs if need.spec.id in each.spec.serves]
        draft.chosen.append((each.spec, max(serving, key=fit(each.spec), default=None)))
    for name in last.taken_out:
        if (spec := draft.catalog.exercises.get(name)) is not None and name not in draft.kept:
            draft.left_out[name] = LeftOut(exercise=name, title=spec.title, reason=again)


def _shorten(draft: Draft, last: Plan) -> None:
    """Keep of a plan that was mostly missed what is for its first needs; what hurts now plays no part in which these are."""
    if draft.most == MOST_IN_ALL:
        return
    order = [need.need for need in last.needs]
    places = {name: order.index(name) for name in order}
    known = [e for e in last.exercises if e.exercise in draft.catalog.exercises and e.chosen_by != "trainer"]
    known = [e for e in known if draft.catalog.exercises[e.exercise].pattern != WARM]
    last_of_all = len(order)
    known.sort(
        key=lambda e: (
            e.stage == "warm_up", places.get(draft.catalog.exercises[e.exercise].serves[0], last_of_all)
        )
    )  # fmt: skip
    for each in known[draft.most - 1 :]:
        for name in [name for name, kept in draft.kept.items() if kept.before.exercise == each.exercise]:
            left = LeftOut(exercise=each.exercise, title=each.title, reason="fewer exercises, so that they get done")
            draft.gone += (left,)
            draft.kept = {k: v for k, v in draft.kept.items() if k != name}


def _take_over(planned: PlannedExercise, kept: Kept) -> PlannedExercise:
    """Return an exercise with the dose that follows from the last plan; what the trainer changed in it stays changed."""
    before = kept.before
    own: dict[str, object] = {}
    if before.chosen_by == "trainer" and not kept.instead_of:
        own = {
            k: getattr(before, k)
            for k in ("how", "pace", "effort", "feel", "side", "per_side", "per_week", "chosen_by")
        }
        own |= {} if planned.why else {"why": before.why}
    dose = {**kept.dose.numbers, "extra": kept.dose.words, "step": kept.step}
    return planned.model_copy(update={**own, **dose, "change": kept.change, "instead_of": kept.instead_of})


def _waits_for_unknown(readiness: Sequence[Readiness]) -> bool:
    """Whether the next step of a complaint waits for something that is not known and can be within a week."""
    gates = (gate for each in find_complaints(readiness) if each.open for gate in each.missing)
    return any(gate.state is GateState.NOT_KNOWN and gate.spec.clock != "time" for gate in gates)


def _tests(draft: Draft, readiness: Sequence[Readiness], visits: Sequence[Visit]) -> tuple[PlanTest, ...]:
    """Return the ten-minute list: of the complaints; else of running and jumping for whom the plan is for that, or of what the plan is for."""
    mine = find_complaints(readiness)
    if mine:
        return list_tests(mine)
    if any(need.spec.impact for need in draft.needs):
        return list_tests([each for each in readiness if not each.withheld])
    fresh = {m.test for visit in visits if draft.person.today - visit.day <= STALE_AFTER for m in visit.values}
    offered = {spec.id: spec for spec in offer_tests(draft.person, draft.catalog) if spec.id not in fresh}
    return list_for_needs(
        [(need.spec, offered[name]) for need in draft.needs for name in need.spec.tests if name in offered]
    )


def _tell_holds(draft: Draft) -> tuple[str, ...]:
    """Return what keeps the plan from going further, the strictest first: pain, then what else is known."""
    known = [limit for limit in draft.limits if STAGES.index(limit.stage) < STAGES.index("load")]
    known.sort(key=lambda limit: (STAGES.index(limit.stage), limit.kind != "pain"))
    # one word of a clinician stands for all that say the same
    told = {limit.why.partition(" on ")[0]: sentence(limit.why) for limit in reversed(known)}
    told = dict(reversed(told.items()))
    hurt = [sentence(f"{each.words}: refer before it is loaded") for each in draft.hurting.values()]
    return (*hurt, *told.values())[:MOST_HOLDS]


def _tell_fewer(draft: Draft) -> str:
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


def _because(planned: PlannedExercise, kept: Kept) -> str:
    if kept.change == "hold":
        return sentence(kept.because) + (" One set fewer for now." if planned.set_less else "")
    if kept.instead_of:
        instead = f"In the place of {decapitalize(kept.before.title)}: {planned.amount_words}."
        return f"{sentence(kept.because)} {instead}"
    return sentence(f"{kept.because}: {change_words(kept.before.amount_words, planned)}")


# --- words ---------------------------------------------------------------------------------


def _to_need(need: WeighedNeed, waits: str) -> PlanNeed:
    spec = need.spec
    return PlanNeed(
        need=spec.id, title=spec.title, because=spec.because, reasons=need.reasons, weight=need.weight,
        evidence=spec.evidence, source=spec.source.citation, source_verified=spec.source.verified, waits=waits,
    )  # fmt: skip


def _to_exercise(draft: Draft, spec: ExerciseSpec, need: WeighedNeed | None, from_pathway: str) -> PlannedExercise:
    sore = find_side(draft.wanted[spec.id]) if spec.id in draft.wanted else ""
    side = (sore or (need.side if need else "")) if spec.dose.per_side else ""
    ladder = [draft.catalog.exercises[name] for name in (spec.progress, spec.regress) if name]
    # what has no place now is not named as the next one either
    barred = {other.id for other in ladder if why_not(draft, other)}
    kept = draft.kept.get(spec.id)
    why = from_pathway or (_why(spec, need, draft.needs) if need else kept.before.why if kept else "")
    waits = partial(_waits_harder, draft, spec)
    planned = plan_exercise(
        spec, draft.catalog, side=side, why=why, barred=barred, waits=waits, pain=draft.pain_rules, sore=draft.sore
    )  # fmt: skip
    how, stop = (drop_foreign(text, draft.person, draft.catalog) for text in (planned.how, planned.stop))
    stop = compare(stop, find_known(draft.person, draft.catalog))
    planned = planned.model_copy(update={"until": draft.provisional.get(spec.id, ""), "how": how, "stop": stop})
    planned = _take_over(planned, kept) if kept else _start_where_measured(draft, spec, planned)
    fewer = kept.fewer if kept else draft.takes_a_set(spec) and not _keeps_two_sets(draft, spec)
    if fewer and planned.sets > 1 and not spec.never_fewer:
        less = kept is not None and kept.change == "hold" and not kept.before.fewer
        planned = planned.model_copy(update={"sets": planned.sets - 1, "fewer": True, "set_less": less})
    if kept:
        was = "" if kept.change == "hold" else kept.before.amount_words
        told = {"because": _because(planned, kept), "reason": sentence(kept.because), "was": was}
        return planned.model_copy(update=told)
    if draft.last is None or need is None:
        return planned
    change: ChangeKind = "new"
    because = f"New, for {decapitalize(need.spec.title)}."
    if any(each.exercise == spec.id for each in draft.last.exercises):  # it went, and came back for another reason
        change, because = "hold", f"Stays, for {decapitalize(need.spec.title)}."
    return planned.model_copy(update={"change": change, "because": because})


def _start_where_measured(draft: Draft, spec: ExerciseSpec, planned: PlannedExercise) -> PlannedExercise:
    """Return a new exercise with the dose that a measurement of it tells, unless something takes a set from it anyway."""
    dose = start_dose(spec, draft.measured)
    first = list_doses(spec)[0]
    # a test of what goes without more pain, all of which counts, holds also where a part is sore
    whole = spec.starts_from is not None and spec.starts_from.share == 1
    if dose is None or (draft.takes_a_set(spec) and not whole and not first.covers(dose)):
        return planned
    at_step = {"step": 0} if dose == first else {"step": None}
    return planned.model_copy(update={**dose.numbers, **at_step})


def _keeps_two_sets(draft: Draft, spec: ExerciseSpec) -> bool:
    """Whether an exercise of the present step keeps its two sets: pain is known, and within the rule of what it loads."""
    calm = bool(draft.gate.sores) and draft.gate.too_much(spec.id) is None
    return spec.dose.sets <= 2 and spec.id in draft.asked and calm and not draft.after_birth


def plan_exercise(
    spec: ExerciseSpec,
    catalog: ClientCatalog,
    *,
    why: str,
    side: str = "",
    by_trainer: bool = False,
    barred: Set[str] = frozenset(),
    waits: Callable[[str], bool] = lambda _: False,
    pain: Sequence[PlanPainRule] = (),
    sore: Mapping[str, int] = MappingProxyType({}),
) -> PlannedExercise:
    """Return an exercise of the catalog as it stands in a plan.

    Parameters
    ----------
    catalog
        Knows the next exercise of the ladder, up and down.
    side
        The side to begin with; empty for none.
    barred
        Exercises that are not named as the next one, up or down.
    waits
        Whether a way to make it harder, in words, has no place now: it is not named either, nor what comes after it.
    pain
        The client's rules of pain, by which it says when to stop.
    sore
        Place that hurts -> how much it hurts today before training, 0 to 10.
    """
    ways = spec.harder.rstrip(".").split("; ")
    free = list(takewhile(lambda way: not waits(way), ways))
    up = spec.progress if len(free) == len(ways) else ""
    heavy = bool(_WEIGHT.search(spec.easier.lower())) and waits(spec.easier)
    harder, easier = (
        f"{text} Then: {decapitalize(catalog.exercises[name].title)}." if name and name not in barred else text
        for text, name in ((f"{'; '.join(free)}.", up), (_EASIER if heavy else spec.easier, spec.regress))
    )
    if not free or (spec.progress in barred and _names_one_leg(spec.harder, catalog.exercises[spec.progress])):
        harder = "Not yet in a harder form: only as many more as the next plan says."
    first = f" Begin with the {side} side." if side else ""
    dose = spec.dose
    return PlannedExercise.model_validate({
        "exercise": spec.id, "title": spec.title, "stage": spec.stage, "side": side, "why": why,
        "why_here": _WHY_HERE[spec.stage], "how": spec.how + first, "sets": dose.sets, "reps": dose.reps,
        "hold_s": dose.hold_s, "duration_s": dose.duration_s, "per_side": dose.per_side, "per_week": dose.per_week,
        "pace": spec.pace, "effort": effort_words(spec), "rest": rest_words(spec), "load": spec.load, "step": 0, "feel": spec.feel, "stop": tell_stop(spec.stop, pain, sore), "harder": harder,
        "easier": easier, "equipment": spec.equipment, "evidence": spec.evidence, "source": spec.source.citation,
        "source_verified": spec.source.verified, "chosen_by": "trainer" if by_trainer else "movescreen",
    })  # fmt: skip


#: The easier form where the usual one asks for a weight that waits.
_EASIER = "Fewer repetitions, or a smaller movement."
#: Words by which a way to make something harder asks for a weight, is fast, or asks one leg for the work of two.
_WEIGHT = re.compile(r"heavier|(?<!most of the )(?<!less )weight(?! on the (?:hands|sore side))")
_FAST, _ONE_LEG = re.compile(r"fast|quick|jump|hop|run"), re.compile(r"one leg|leg alone|on that leg")


def _waits_harder(draft: Draft, spec: ExerciseSpec, way: str) -> bool:
    """Whether a way to make an exercise harder belongs to what a person may not do yet."""
    told = way.lower()
    if _WEIGHT.search(told) and not spec.weighted and draft.limit(spec, weighted=True):
        return True
    parts = draft.gate.loaded[spec.id]
    held = [each for each in draft.limits if each.parts is None or overlap(each.parts, parts)]
    early = [each for each in held if STAGES.index(each.stage) < STAGES.index("load")]
    if _FAST.search(told):
        return bool(early or draft.no_impact)
    return bool(_ONE_LEG.search(told)) and any(each.kind in ("pain", "steps") for each in early)


def _names_one_leg(text: str, harder: ExerciseSpec) -> bool:
    """Whether a way to make something harder is what the harder exercise is: one leg, or a weight."""
    told = text.lower()
    return "one leg" in told or "that leg alone" in told or ("weight" in told and harder.stage == "load")


def _why(spec: ExerciseSpec, need: WeighedNeed, needs: Sequence[WeighedNeed]) -> str:
    if spec.stage == "warm_up":
        return f"Warms up for the rest; chosen for: {decapitalize(need.spec.title)}."
    others = [decapitalize(n.spec.title) for n in needs if n.spec.id in spec.serves and n is not need]
    more = f" Also for {' and '.join(others)}." if others else ""
    return f"For {decapitalize(need.spec.title)}.{more}"


def _notes(draft: Draft, pain: Sequence[PainScore], readiness: Sequence[Readiness]) -> list[str]:
    """Return the notes of the care profiles; those about running and jumping only where nothing forbids these.

    What everybody has to meet before speed is about what a plan adds; what some have to meet is about running at all.
    """
    waits = any(limit_by_gates([each], draft.catalog) for each in readiness if each.spec.stops_running)
    may_run = not draft.no_impact and not talk_first_words(pain) and not waits
    notes = []
    for each in draft.profiles:
        if draft.wanted and all(condition.kind == "sitting" for condition in each.when):
            # how somebody spends the day comes after a complaint
            continue
        held = bool(each.notes_while_only) and check_any(each.only_while, draft.person).holds is not False
        notes += [*(each.notes_while_only if held else ()), *each.notes, *(each.notes_with_impact if may_run else ())]
    return notes


def _headline(draft: Draft) -> str:
    if not draft.needs and not draft.wanted:
        return "Nothing stood out and no goal was named: keep moving, and come back when something changes."
    steps = {each.spec.id: each for each in draft.wanted.values()}
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


def _goals(person: Person) -> str:
    if person.intake is None:
        return ""
    return person.intake.goal_words or ", ".join(goal.replace("_", " ") for goal in person.intake.goals)
