"""The plan: from findings, history and goal to a small set of exercises, each with its reason and its place.

The same input gives the same plan. Nothing in it is hidden: needs carry their weight and reasons, exercises say which need they
serve, and what would have fitted but was left out is listed with why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from datetime import timedelta

from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.client_schema import STAGES, USUAL_PAIN_LIMIT, ExerciseSpec, ProfileSpec, Stage
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
from movescreen.client.plan.dosing import effort_words, rest_words
from movescreen.client.plan.fitting import (
    Measured,
    note_gear,
)
from movescreen.client.plan.goals import add_goal_form, find_goals
from movescreen.client.plan.limits import (
    Limit,
    limit_by_gates,
    limit_by_health,
    limit_by_pain,
    limit_by_steps,
    talk_first_words,
    wants_fewer_sets,
)
from movescreen.client.plan.model import ChangeKind, LeftOut, Plan, PlanGoal, PlannedExercise, PlanNeed, PlanPainRule
from movescreen.client.plan.needs import Grounds, WeighedNeed, weigh_need, weigh_needs
from movescreen.client.plan.pain_rules import tell_pain_rules, tell_stop
from movescreen.client.plan.pathways import explain, find_side, find_waiting, find_wanted, tell_pathways
from movescreen.client.plan.safety import tell_safety
from movescreen.client.plan.since import Seen, listen, look
from movescreen.client.plan.starting import ENOUGH_SHARE, Ground, Kept, judge, start_from
from movescreen.client.plan.week import builds_up, find_lighter_week, plan_week
from movescreen.client.rules.conditions import check_any
from movescreen.client.rules.danger_words import describe_read, ensure_words_read, find_typed_words, find_unread_words
from movescreen.client.rules.history import link_findings
from movescreen.client.rules.profiles import find_impact_ban, find_only, find_profiles
from movescreen.client.rules.readiness import GateState, Readiness, assess_readiness
from movescreen.client.rules.red_flags import describe_flags, ensure_no_red_flag, review_red_flags
from movescreen.client.visits.hand_tests import compare_all_sides, judge_visit
from movescreen.client.visits.movement_pain import find_standing_pain
from movescreen.client.visits.scores import PAIN_COUNTS_FOR, PainScore, recent_pain, told_pain, worst_pain
from movescreen.client.visits.visit import Visit
from movescreen.words.sentences import sentence

#: A plan that fits a week and a page.
MAX_NEEDS = 5
#: Visits of one round: findings and tests of the last four weeks before the newest one count together.
RECENT = timedelta(weeks=4)
#: Four weeks: trials changed a squat in two to three weeks and in eight; mobility needs four to twelve by convention.
RETEST_AFTER = timedelta(weeks=4)
_WHY_HERE: dict[Stage, str] = {
    "warm_up": "First, so that the rest is done warm.",
    "mobility": "Before the strength part: room first, so that the next exercises can use it.",
    "activation": "Next, while the new room is there: small and precise, for the parts that hold the position.",
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
    profiles = find_profiles(person, catalog)
    grounds = _collect(person, recent, profiles, catalog, norms)
    seen = _look_since(last, visits, catalog, norms)
    ban = find_impact_ban(person, catalog)
    needs = _needs_of(last, grounds, visits, seen, catalog, norms, impact=not ban)
    readiness = assess_readiness(person, visits, catalog, norms)
    pain = recent_pain(person, visits)
    pain_limits = limit_by_pain(pain, told_pain(person, visits))
    limits = [*pain_limits, *limit_by_health(person, review, profiles, catalog), *limit_by_gates(readiness, catalog)]
    limits += limit_by_steps(readiness)
    draft = _begin(person, visits, catalog, profiles, limits)
    draft.waiting = find_waiting(readiness)
    draft.wanted = find_wanted(readiness, catalog)
    # how somebody spends the day comes after a complaint
    needs = [need for need in needs if not (need.habit and draft.wanted)]
    draft.needs, draft.fewer_sets = needs, wants_fewer_sets(person, pain)
    draft.measured = _last_values(visits)
    draft.quiet = all(score.value == 0 for score in pain) and not (person.intake.pains if person.intake else ())
    talk_first = bool(talk_first_words(pain))
    safety = tell_safety(person, profiles, readiness, catalog, talk_first=talk_first, no_impact=bool(draft.no_impact))
    draft.pain_rules = safety.pain_rules
    if last is not None:
        _start_from(draft, last, visits, seen)
    goal_forms: list[PlanGoal] = []
    goals, worst = find_goals(person, visits, catalog), worst_pain(pain)
    choose_exercises(draft, lambda: goal_forms.extend(add_goal_form(draft, goals, worst)))
    cautions = [*describe_flags(review.raised), *_notes(draft, pain, readiness)]
    if draft.fewer_sets:
        whole = [spec.title for spec, _ in draft.chosen if spec.never_fewer and not _is_eased(draft, spec)]
        kept = f" (but not of: {', '.join(whole)})" if whole else ""
        until = "until pain of the last 14 days is known and below 3, or 12 weeks after a birth"
        cautions.insert(0, f"One set fewer than usual{kept}, {until}.")
    hurts = [f"{each.words}: refer before it is loaded" for each in draft.hurting.values()]
    typed = describe_read(person, find_typed_words(person, visits, catalog))
    own_rule = (
        " (a sore tendon goes by its own rule)"
        if any((rule.limit or 0) > USUAL_PAIN_LIMIT for rule in safety.pain_rules)
        else ""
    )
    hurts += note_gear([spec for spec, _ in draft.chosen], person)
    cautions = [*typed, *hurts, *(f"{reason}{own_rule}" for _, reason in pain_limits), *cautions]
    if review.open_questions:
        cautions.insert(0, f"Not asked yet: {', '.join(s.id.replace('_', ' ') for s in review.open_questions)}.")
    from_pathways = {spec.id: draft.wanted[spec.id].spec.id for spec, _ in draft.chosen if spec.id in draft.wanted}
    chains = tell_pathways(person, readiness, from_pathways, visits, catalog, norms)
    why = {
        name: explain(chain) for name, pathway in from_pathways.items() for chain in chains if chain.pathway == pathway
    }
    for each in goal_forms:
        why.setdefault(each.exercise, each.words)
    exercises = tuple(_to_exercise(draft, *pair, why.get(pair[0].id, "")) for pair in draft.chosen)
    days = tuple(days) or (last.days if last else ())
    week, week_notes = plan_week(exercises, catalog.exercises, days)
    builds = any(builds_up(e) for e in exercises)
    reduced = bool(pain_limits) and any(e.set_less or e.change == "back" for e in exercises)
    lighter, since = find_lighter_week(person, visits, last, trained=draft.trained, builds=builds, reduced=reduced)
    return Plan(
        day=person.today, retest_on=person.today + RETEST_AFTER, based_on=recent.day if recent else None,
        headline=talk_first_words(pain) + _headline(draft), goals=_goals(person), profiles=tuple(p.title for p in profiles),
        needs=tuple(_to_need(need, why_waits(draft, need)) for need in needs), exercises=exercises,
        pathways=chains, goal_forms=tuple(goal_forms),
        left_out=tuple(draft.left_out.values()), rules=(*tell_pain_rules(safety.pain_rules), *_RULES), stops=safety.stops, urgent=safety.urgent,
        activities=safety.activities, advice=safety.advice, asked=safety.asked, pain_rules=safety.pain_rules, cautions=tuple(cautions), catalog_sha256=catalog.sha256,
        started_from=last.day if last else None, gone=draft.gone, taken_out=last.taken_out if last else (), days=days,
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
    ever = told_pain(person, visits)
    pain = recent_pain(person, visits)
    if lasting and not pain and ever:
        pain = tuple(score for score in ever if ever[-1].day - score.day <= PAIN_COUNTS_FOR)
    limits = [] if lasting and not pain else limit_by_pain(pain, ever)
    profiles = find_profiles(person, catalog)
    limits += limit_by_health(person, review_red_flags(person, catalog), profiles, catalog)
    readiness = assess_readiness(person, visits, catalog, norms)
    if not lasting:
        limits += [*limit_by_gates(readiness, catalog), *limit_by_steps(readiness)]
    draft = _begin(person, visits, catalog, profiles, limits)
    if not lasting:
        draft.waiting = find_waiting(readiness, later=False)
    return {name: why for name, spec in catalog.exercises.items() if (why := why_not(draft, spec))}


def _begin(
    person: Person,
    visits: Sequence[Visit],
    catalog: ClientCatalog,
    profiles: Sequence[ProfileSpec],
    limits: Sequence[Limit],
) -> Draft:
    """Return an empty draft that knows everything that keeps an exercise out."""
    latest, why = min(limits, key=lambda item: STAGES.index(item[0])) if limits else ("speed", "")
    only, why_only = find_only(person, catalog)
    return Draft(
        person=person, catalog=catalog, profiles=profiles, latest=latest, why_latest=why,
        no_impact=find_impact_ban(person, catalog), hurting=find_standing_pain(visits), only=only, why_only=why_only,
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
    told = {e.exercise: listen(e.exercise, e.per_week, draft.person, visits, last.day) for e in last.exercises}
    again = f"taken out by the trainer in the plan of {last.day}"
    ground = Ground(
        last=last, catalog=draft.catalog, told=told, seen=seen, needs=[need.spec.id for need in draft.needs],
        why_not=lambda spec: why_not(draft, spec) or (again if spec.id in last.taken_out else ""),
        fewer_sets=draft.fewer_sets, wanted=frozenset(draft.wanted), too_easy=lambda spec: is_too_easy(draft, spec),
    )  # fmt: skip
    kept, gone = start_from(ground)
    draft.last, draft.gone, draft.kept = last, gone, {each.spec.id: each for each in kept}
    shares = [each.sessions.share for each in told.values() if each.sessions is not None]
    draft.trained = max(shares, default=0.0) >= ENOUGH_SHARE
    draft.most = MOST_WHEN_MISSED if shares and max(shares) < MISSED_BELOW else MOST_IN_ALL
    _shorten(draft, last)
    draft.flared = any(judge(each)[0] == "back" for each in told.values())
    for each in kept:
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
    planned = plan_exercise(spec, draft.catalog, side=side, why=why, barred=barred, pain=draft.pain_rules)
    planned = _take_over(planned, kept) if kept else planned
    if (kept.fewer if kept else draft.fewer_sets) and planned.sets > 1 and not spec.never_fewer:
        less = kept is not None and kept.change == "hold" and not kept.before.fewer
        planned = planned.model_copy(update={"sets": planned.sets - 1, "fewer": True, "set_less": less})
    if kept:
        was = "" if kept.change == "hold" else kept.before.amount_words
        told = {"because": _because(planned, kept), "reason": sentence(kept.because), "was": was}
        return planned.model_copy(update=told)
    if draft.last is None or need is None:
        return planned
    change: ChangeKind = "new"
    return planned.model_copy(update={"change": change, "because": f"New, for {decapitalize(need.spec.title)}."})


def plan_exercise(
    spec: ExerciseSpec,
    catalog: ClientCatalog,
    *,
    why: str,
    side: str = "",
    by_trainer: bool = False,
    barred: Set[str] = frozenset(),
    pain: Sequence[PlanPainRule] = (),
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
    pain
        The client's rules of pain, by which it says when to stop.
    """
    harder, easier = (
        f"{text} Then: {decapitalize(catalog.exercises[name].title)}." if name and name not in barred else text
        for text, name in ((spec.harder, spec.progress), (spec.easier, spec.regress))
    )
    if spec.progress in barred and _names_one_leg(spec.harder, catalog.exercises[spec.progress]):
        harder = "Not yet in a harder form: only as many more as the next plan says."
    first = f" Begin with the {side} side." if side else ""
    dose = spec.dose
    return PlannedExercise.model_validate({
        "exercise": spec.id, "title": spec.title, "stage": spec.stage, "side": side, "why": why,
        "why_here": _WHY_HERE[spec.stage], "how": spec.how + first, "sets": dose.sets, "reps": dose.reps,
        "hold_s": dose.hold_s, "duration_s": dose.duration_s, "per_side": dose.per_side, "per_week": dose.per_week,
        "pace": spec.pace, "effort": effort_words(spec), "rest": rest_words(spec), "load": spec.load, "step": 0, "feel": spec.feel, "stop": tell_stop(spec.stop, pain), "harder": harder,
        "easier": easier, "equipment": spec.equipment, "evidence": spec.evidence, "source": spec.source.citation,
        "source_verified": spec.source.verified, "chosen_by": "trainer" if by_trainer else "movescreen",
    })  # fmt: skip


def _names_one_leg(text: str, harder: ExerciseSpec) -> bool:
    """Whether a way to make something harder is what the harder exercise is: one leg, or a weight."""
    told = text.lower()
    return "one leg" in told or "that leg alone" in told or ("weight" in told and harder.stage == "load")


def _why(spec: ExerciseSpec, need: WeighedNeed, needs: Sequence[WeighedNeed]) -> str:
    seen = need.reasons[0] if need.reasons else ""
    if spec.stage == "warm_up":
        return f"Warms up for the rest; chosen for: {decapitalize(need.spec.title)}."
    others = [decapitalize(n.spec.title) for n in needs if n.spec.id in spec.serves and n is not need]
    more = f" Also for {' and '.join(others)}." if others else ""
    return f"For {decapitalize(need.spec.title)}: {need.spec.because}. What speaks for it: {seen}{more}"


def _notes(draft: Draft, pain: Sequence[PainScore], readiness: Sequence[Readiness]) -> list[str]:
    """Return the notes of the care profiles; those about running and jumping only where nothing forbids these.

    What everybody has to meet before speed is about what a plan adds; what some have to meet is about running at all.
    """
    waits = any(limit_by_gates([each], draft.catalog) for each in readiness if each.spec.stops_running)
    may_run = not draft.no_impact and not talk_first_words(pain) and not waits
    notes = []
    for each in draft.profiles:
        held = bool(each.notes_while_only) and check_any(each.only_while, draft.person).holds is not False
        notes += [*(each.notes_while_only if held else ()), *each.notes, *(each.notes_with_impact if may_run else ())]
    return [*notes, *(_name_what_opens_speed(readiness) if may_run else ())]


def _name_what_opens_speed(readiness: Sequence[Readiness]) -> list[str]:
    """Return which answers and tests are missing before running drills and jumps, for somebody whom nothing else holds back."""
    unknown = {
        gate.spec.id: gate.spec.to_measure
        for each in readiness
        for gate in each.gates
        if gate.spec.id in each.spec.before_speed and gate.state is GateState.NOT_KNOWN
    }
    return (
        [f"Running drills and jumps wait for what is not known yet: {'; '.join(unknown.values())}."] if unknown else []
    )


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
