"""The plan: from findings, history and goal to a small set of exercises, each with its reason and its place.

The same input gives the same plan. Nothing in it is hidden: needs carry their weight and reasons, exercises say which need they
serve, and what would have fitted but was left out is listed with why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from movescreen.catalog.care_schema import ProfileSpec
from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.client_schema import STAGES
from movescreen.catalog.norms_library import NormLibrary
from movescreen.client.intake.words import decapitalize, place_words
from movescreen.client.person import Person
from movescreen.client.plan.answers import find_answers
from movescreen.client.plan.cards import to_exercise, to_need
from movescreen.client.plan.carrying_over import carry_over
from movescreen.client.plan.choosing import (
    WARM,
    Draft,
    choose_exercises,
    let_weakest_go,
    why_not,
    why_waits,
)
from movescreen.client.plan.clearance import note_said, tell_returns, tell_said
from movescreen.client.plan.deficits import find_deficits, tell_unheard, tell_untrained
from movescreen.client.plan.doubts import (
    describe_contradictions,
    describe_doubts,
    describe_for_surgeon,
    find_doubts,
    list_recent_texts,
)
from movescreen.client.plan.fitting import (
    Measured,
    note_gear,
)
from movescreen.client.plan.goals import add_goal_form, find_goals
from movescreen.client.plan.limits import (
    Limit,
    limit_by_gates,
    limit_by_health,
    limit_by_steps,
    why_early,
)
from movescreen.client.plan.model import (
    LeftOut,
    Plan,
    PlanGoal,
    PlanTest,
)
from movescreen.client.plan.needs import HINT, Grounds, WeighedNeed, weigh_need, weigh_needs
from movescreen.client.plan.pain_gate import (
    PainGate,
    ask_again_words,
    ask_first_words,
    open_pain_gate,
    talk_first_words,
)  # fmt: skip
from movescreen.client.plan.pain_rules import tell_pain_rule, tell_stricter
from movescreen.client.plan.pathways import (
    explain,
    find_complaints,
    find_waiting,
    find_wanted,
    list_of_pathways,
    settle_old_answers,
    tell_pathways,
)
from movescreen.client.plan.review_day import find_review
from movescreen.client.plan.safety import find_own_rules, may_want_impact, tell_safety
from movescreen.client.plan.since import Seen, look, tell_measured
from movescreen.client.plan.telling import may_run_now, tell_fewer, tell_goals, tell_headline, tell_holds, tell_notes
from movescreen.client.plan.test_list import find_provisional, list_for_needs, list_tests
from movescreen.client.plan.week import (
    LONG,
    USUAL_MINUTES,
    builds_up,
    find_lighter_week,
    find_minutes,
    keep_to_days,
    minutes_of,
    plan_week,
)
from movescreen.client.rules.clearance_words import find_pain_limit
from movescreen.client.rules.conditions import heals
from movescreen.client.rules.danger_words import describe_read, ensure_words_read, find_unread_words
from movescreen.client.rules.diagnoses import tell_unknown
from movescreen.client.rules.gates import STALE_AFTER, GateState
from movescreen.client.rules.history import link_findings
from movescreen.client.rules.measured_signs import ensure_no_sign
from movescreen.client.rules.profiles import find_impact_ban, find_left_out, find_only, find_profiles, offer_tests
from movescreen.client.rules.readiness import Readiness, assess_readiness
from movescreen.client.rules.red_flags import describe_flags, ensure_asked_anew, ensure_no_red_flag, review_red_flags
from movescreen.client.visits.hand_tests import compare_all_sides, judge_visit
from movescreen.client.visits.movement_pain import find_standing_pain
from movescreen.client.visits.scores import renew_pain, worst_pain
from movescreen.client.visits.visit import Visit
from movescreen.words.sentences import sentence

#: A plan that fits a week and a page.
MAX_NEEDS = 5
#: Needs beside which nobody's sitting makes another one.
_ENOUGH_NEEDS = 3
#: Minutes of a session in which there is no time to get warm by itself, and no weight that asks for it (a choice).
SHORT = 16
#: Visits of one round: findings and tests of the last four weeks before the newest one count together.
RECENT = timedelta(weeks=4)
#: Four weeks: trials changed a squat in two to three weeks and in eight; mobility needs four to twelve by convention.
RETEST_AFTER = timedelta(weeks=4)
_RULES = (
    "After two sessions in a row within the pain rule, then and the day after, take “too easy”, one change at a time.",
    "After each session note from 0 to 10: pain during it, and the next morning.",
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
        When something was typed that the trainer has not read.
    QuestionsOpen
        When questions about an emergency were answered too long ago for what the person has.
    """
    review = review_red_flags(person, catalog)
    ensure_no_red_flag(review, plan=True)
    ensure_no_sign(person, visits, catalog)
    ensure_words_read(find_unread_words(person, visits, catalog), catalog)
    ensure_asked_anew(review, person)
    recent = merge_recent(visits)
    now = renew_pain(person, visits)
    profiles = find_profiles(now, catalog)
    grounds = _collect(now, recent, profiles, catalog, norms)
    seen = _look_since(last, visits, catalog, norms)
    ban = find_impact_ban(now, catalog)
    readiness = settle_old_answers(assess_readiness(person, visits, catalog, norms), person, visits)
    sore = any(pain.week for pain in (person.intake.pains if person.intake else None) or ())
    complaint = sore or bool(find_complaints(readiness))
    needs = _needs_of(last, grounds, visits, seen, catalog, norms, impact=not ban, complaint=complaint)
    gate = open_pain_gate(person, visits, find_own_rules(person, profiles, readiness, catalog), catalog)
    pain = gate.scores
    limits = [*gate.limits, *limit_by_health(now, review, profiles, catalog), *limit_by_gates(readiness, catalog)]
    limits += limit_by_steps(readiness, person)
    again = ask_again_words(now, pain, catalog)
    limits += [Limit("activation", decapitalize(again).rstrip("."))] if again else []
    draft = _begin(now, visits, catalog, profiles, limits, gate, readiness)
    draft.provisional = _provisional(person, readiness, gate, catalog)
    draft.waiting = find_waiting(readiness, draft.provisional)
    draft.wanted = find_wanted(readiness, catalog, draft.provisional)
    draft.needs = needs
    draft.quiet = all(score.value == 0 for score in pain) and not (person.intake.pains if person.intake else ())
    talk_first = bool(talk_first_words(pain))
    may_run = may_run_now(draft, pain, readiness)
    draft.goes_on = may_run and not heals(person)
    worst = worst_pain(pain)
    early = "painkillers hide pain" if gate.masked else why_early(limits)
    safety = tell_safety(
        person,
        profiles,
        readiness,
        catalog,
        talk_first=talk_first,
        early=early,
        no_impact=bool(draft.no_impact),
        slow=draft.latest != "speed",
        sore=worst is None or any(STAGES.index(limit.stage) < STAGES.index("load") for limit in gate.limits),
    )
    draft.pain_rules = find_own_rules(person, profiles, readiness, catalog, loosened=not (talk_first or gate.masked))
    if last is not None:
        draft.last, draft.doubts = last, find_doubts(last, person, _rounds(last, visits), catalog, norms)
        carry_over(draft, last, visits, seen)
    goal_forms: list[PlanGoal] = []
    goals = find_goals(person, visits, catalog)
    choose_exercises(draft, lambda: goal_forms.extend(add_goal_form(draft, goals, worst, goes_on=draft.goes_on)))
    days = tuple(days) or (last.days if last else ())
    _keep_to_time(draft, days, list_recent_texts(person, visits))
    untrained = tell_untrained(draft, find_deficits(grounds.readings, grounds.differences, readiness, catalog))
    untrained += tell_unheard(draft, grounds.observations)
    cautions = [*describe_flags(review.raised), *untrained, *tell_notes(draft, pain, readiness)]
    if fewer := tell_fewer(draft):
        cautions.insert(0, fewer)
    hurts = [f"{each.words}: refer before it is loaded" for each in draft.hurting.values() if not draft.allows(each)]
    typed = describe_for_surgeon(person, visits, draft.measured, catalog)
    typed += describe_contradictions(person, visits, pain, catalog)
    typed += [*describe_doubts(draft.doubts), *describe_read(person, visits, catalog)]
    hurts += note_gear([spec for spec, _ in draft.chosen], person)
    cautions = [*typed, *hurts, *(limit.why for limit in gate.limits), *cautions]
    cautions = [*filter(None, [again]), *ask_first_words(pain), *cautions]
    if review.open_questions:
        cautions.insert(0, f"Not asked yet: {', '.join(s.id.replace('_', ' ') for s in review.open_questions)}.")
    cautions = [*note_said(person), *tell_unknown(person, catalog), *cautions]
    from_pathways = {spec.id: draft.wanted[spec.id].spec.id for spec, _ in draft.chosen if spec.id in draft.wanted}
    likely = {name: words for profile in profiles for name, words in profile.hypotheses.items()}
    chains = tuple(
        chain.model_copy(
            update=_tell_likely(likely.get(chain.pathway, ""))
            | ({"next_test": "", "next_again": False} if talk_first else {})
        )
        for chain in tell_pathways(person, readiness, from_pathways, visits, catalog, norms)
    )
    why = {
        name: explain(chain) for name, pathway in from_pathways.items() for chain in chains if chain.pathway == pathway
    }
    holds = tell_holds(draft)
    for each in goal_forms:
        why.setdefault(each.exercise, each.words)
    exercises = tuple(to_exercise(draft, *pair, why.get(pair[0].id, "")) for pair in draft.chosen)
    exercises, daily = keep_to_days(exercises, catalog.exercises, days, person)
    week, week_notes = plan_week(exercises, catalog.exercises, days)
    week_notes = (*daily, *week_notes)
    builds = any(builds_up(e) for e in exercises)
    reduced = bool(gate.limits) and any(e.set_less or e.change == "back" for e in exercises)
    lighter, since = find_lighter_week(
        person, visits, last, trained=draft.trained, builds=builds, reduced=reduced, upto=gate.session_tolerance
    )
    complaint = bool(draft.wanted) or not draft.quiet
    review_day = find_review(
        person,
        gate,
        catalog,
        complaint=complaint,
        flared=draft.flared,
        unknown=_waits_for_unknown(readiness),
    )
    back = tell_returns(person, visits, catalog)
    cautions = [*(sentence(line.now) for line in back), *cautions]
    return Plan(
        day=person.today, retest_on=review_day.day, retest_why=review_day.why, tests=() if talk_first else _tests(draft, readiness, visits), holds=holds, questions=find_answers(person, visits), complaints=tuple(place_words(pain.place, pain.side) for pain in (now.intake.pains if now.intake else None) or ()), based_on=recent.day if recent else None,
        headline=talk_first_words(pain) + tell_headline(draft), goals=tell_goals(person), profiles=tuple(p.title for p in profiles),
        needs=tuple(to_need(need, why_waits(draft, need)) for need in needs), exercises=exercises,
        pathways=chains, goal_forms=tuple(goal_forms),
        left_out=tuple(each for each in draft.left_out.values() if may_want_impact(person) or not catalog.exercises[each.exercise].impact), rules=(*safety.moves_on, *_RULES), pain_rule=tell_pain_rule(draft.pain_rules, draft.sore) + tell_stricter(draft.pain_rules, find_pain_limit(person.said)), age=person.age, stops=safety.stops, urgent=safety.urgent, general=safety.general,
        activities=(*tell_said(person), *back, *safety.activities), advice=safety.advice, asked=f"{safety.asked} {again}".strip(), pain_rules=draft.pain_rules, cautions=tuple(cautions), catalog_sha256=catalog.sha256,
        started_from=last.day if last else None, measured=tell_measured(_rounds(last, visits), catalog, norms) if last else (), gone=tuple(g for g in draft.gone if all(e.exercise != g.exercise for e in exercises)), taken_out=last.taken_out if last else (), days=days,
        week=week, week_notes=week_notes, lighter=lighter, building_since=since,
        filmed=bool(recent and recent.screenings),
    )  # fmt: skip


def _tell_likely(hypothesis: str) -> dict[str, str]:
    """Return what a profile says of a complaint in the place of its pathway, in clinical words and in everybody's; nothing without any."""
    plain = f"{hypothesis.partition(' (')[0].rstrip('.')}."
    return {"hypothesis": hypothesis, "plain": plain, "against": ""} if hypothesis else {}


def _keep_to_time(draft: Draft, days: Sequence[int], texts: Sequence[str]) -> None:
    """Let go what weighs least until a session takes no longer than the client has; two exercises stay in any case."""
    intake, specs = draft.person.intake, draft.catalog.exercises
    told = find_minutes((*((intake.note, intake.goal_words) if intake else ()), *texts))
    most = told or USUAL_MINUTES
    reason = f"a session takes {most} minutes at most{', as you told' if told else ''}"
    before = [spec for spec, _ in draft.chosen]
    if most < SHORT and not any(spec.weighted or spec.stage in ("load", "speed") for spec in before):
        # the first set of each makes warm enough
        draft.chosen = [pair for pair in draft.chosen if pair[0].pattern != WARM]
    while True:
        exercises = [to_exercise(draft, *pair, "") for pair in draft.chosen]
        kept, _ = keep_to_days(exercises, specs, days, draft.person)
        # a long walk or run is a session of its own, unless the minutes were told
        counted = [e for e in kept if told or (e.duration_s or 0) < LONG]
        short = minutes_of(counted, plan_week(kept, specs, days)[0], walks=told is not None) <= most
        if short or not let_weakest_go(draft, reason, least=2, new=told is None):
            break
    there = [spec for spec, _ in draft.chosen]
    draft.left_out |= {
        spec.id: LeftOut(exercise=spec.id, title=spec.title, reason=reason) for spec in before if spec not in there
    }


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
    rules = find_own_rules(person, profiles, readiness, catalog)
    gate = open_pain_gate(person, visits, rules, catalog, lasting=lasting)
    limits = [*gate.limits, *limit_by_health(now, review_red_flags(person, catalog), profiles, catalog)]
    if not lasting:
        limits += [*limit_by_gates(readiness, catalog), *limit_by_steps(readiness, person)]
    draft = _begin(now, visits, catalog, profiles, limits, gate, readiness)
    # whom an exercise is for is a matter of choosing it, and bars nothing that a trainer puts there
    draft.choosing = False
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
        told=list_recent_texts(person, visits),
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
        compare_all_sides(visit, catalog, norms), profiles, visit.observations,
    )  # fmt: skip


def _last_values(visits: Sequence[Visit]) -> Measured:
    """Return test -> side -> value of the newest round."""
    recent, found = merge_recent(visits), dict[str, dict[str, float]]()
    for each in recent.values if recent else ():
        found.setdefault(each.test, {})[each.side] = each.value
    return found


def _look_since(
    last: Plan | None, visits: Sequence[Visit], catalog: ClientCatalog, norms: NormLibrary
) -> Mapping[str, tuple[Seen, ...]]:
    """Return need -> what changed beyond its error since the last plan was made."""
    if last is None:
        return {}
    before, after = (merge_recent([v for v in visits if (v.day > last.day) is later]) for later in (False, True))
    return look(before, after, catalog, norms)


def _rounds(last: Plan, visits: Sequence[Visit]) -> list[Visit]:
    """Return what was measured before the last plan and since, one visit each."""
    parts = (merge_recent([v for v in visits if (v.day > last.day) is later]) for later in (False, True))
    return [each for each in parts if each is not None]


def _needs_of(
    last: Plan | None, grounds: Grounds, visits: Sequence[Visit], seen: Mapping[str, tuple[Seen, ...]],
    catalog: ClientCatalog, norms: NormLibrary, *, impact: bool, complaint: bool,
) -> list[WeighedNeed]:  # fmt: skip
    """Return what the plan is for, without what is about jumps for who may not (``impact`` False); a finding that is gone by no more than its error keeps its need for this time."""
    weighed = [need for need in weigh_needs(grounds, catalog) if impact or not need.spec.impact]
    weighed = _without_habits(weighed, complaint=complaint)
    needs = weighed[:MAX_NEEDS]
    near = [need for need in needs if not need.beside]
    # what a film shows of another part waits for what hurts, and makes no room for more
    needs = near if complaint and any(need.weight > HINT for need in near) else needs
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
            if was.tests and was.tests <= {each.spec.id for each in grounds.readings}:
                continue
            again = was.tests or grounds.findings
            reason = f"{sentence(was.reasons[0])} {'Seen then; looked at again, and not clearly better' if again else 'Seen then, and not looked at again'}."
            needs.append(replace(was, weight=1, loudest=1, reasons=(reason,)))
    return needs[:MAX_NEEDS]


def _without_habits(needs: Sequence[WeighedNeed], *, complaint: bool) -> list[WeighedNeed]:
    """Return needs without those that only how somebody spends the day speaks for: that comes after a complaint, a test and goals."""
    others = [need for need in needs if not need.habit]
    full = complaint or len(others) >= _ENOUGH_NEEDS or any(need.tests or need.seen for need in others)
    return others if full else [*others, *(need for need in needs if need.habit)]


def _waits_for_unknown(readiness: Sequence[Readiness]) -> bool:
    """Whether the next step of a complaint, or its door, waits for something that is not known and can be within a week."""
    gates = (gate for each in find_complaints(readiness) if not each.refused for gate in each.missing)
    return any(gate.state is GateState.NOT_KNOWN and gate.spec.clock != "time" for gate in gates)


def _tests(draft: Draft, readiness: Sequence[Readiness], visits: Sequence[Visit]) -> tuple[PlanTest, ...]:
    """Return the ten-minute list: of the complaints; else of running and jumping for whom the plan is for that, or of what the plan is for."""
    mine, tests = find_complaints(readiness), draft.catalog.hand_tests.values()
    # whom health allows small exercises alone is not tested to the end of their strength or balance either
    small = any(e.kind == "health" and STAGES.index(e.stage) <= STAGES.index("activation") for e in draft.limits)
    hard = {spec.id for spec in tests if small and spec.unit in ("reps", "s", "kg", "Nm/kg")}
    if mine:
        return list_tests(mine, hard)
    if any(need.spec.impact for need in draft.needs):
        return list_tests([each for each in readiness if not each.withheld], hard)
    fresh = {m.test for visit in visits if draft.person.today - visit.day <= STALE_AFTER for m in visit.values}
    offered = {spec.id: spec for spec in offer_tests(draft.person, draft.catalog) if spec.id not in fresh | hard}
    # what one test of a need has told already, another one is not asked for
    untold = [need for need in draft.needs if not fresh & set(need.spec.tests)]
    return list_for_needs(
        [(need.spec, offered[name]) for need in untold for name in need.spec.tests if name in offered]
    )
