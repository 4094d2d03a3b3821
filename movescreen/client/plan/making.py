"""The plan: from findings, history and goal to a small set of exercises, each with its reason and its place.

The same input gives the same plan. Nothing in it is hidden: needs carry their weight and reasons, exercises say which need they
serve, and what would have fitted but was left out is listed with why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import timedelta

from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.client_schema import STAGES, USUAL_PAIN_LIMIT, ExerciseSpec, ProfileSpec, Stage
from movescreen.catalog.norms_library import NormLibrary
from movescreen.client.dates import days_since
from movescreen.client.intake.words import ALLOWED_WORDS, decapitalize, operation_words
from movescreen.client.person import Person
from movescreen.client.plan.changes import change_words
from movescreen.client.plan.dosing import effort_words
from movescreen.client.plan.fitting import (
    Measured,
    asks_too_little,
    asks_too_much,
    find_double,
    find_easier,
    find_harder,
)
from movescreen.client.plan.model import ChangeKind, LeftOut, Plan, PlannedExercise, PlanNeed, PlanPainRule
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
from movescreen.client.rules.red_flags import RedFlagReview, describe_flags, ensure_no_red_flag, review_red_flags
from movescreen.client.visits.hand_tests import compare_all_sides, judge_visit
from movescreen.client.visits.movement_pain import StandingPain, find_standing_pain
from movescreen.client.visits.scores import PAIN_COUNTS_FOR, PainScore, recent_pain, told_pain, worst_pain
from movescreen.client.visits.visit import Visit
from movescreen.words.sentences import join_words, sentence

#: A plan that fits a week and a page.
MAX_NEEDS = 5
MOST: dict[Stage, int] = {"warm_up": 2, "mobility": 1, "activation": 2, "integration": 2, "load": 2, "speed": 1}
#: Exercises of a plan at most; and after one of whose sessions less than this share was done.
MOST_IN_ALL, MOST_WHEN_MISSED, MISSED_BELOW = 7, 5, 0.7
#: Exercises that a plan has before it takes one away that trains what another one does.
ENOUGH = 4
#: What makes warm in general.
WARM = "whole_body_warm_up"
#: Exercises that one pathway brings, by the number of pathways that do.
MOST_OF_PATHWAY = {1: 4, 2: 3}
#: Visits of one round: findings and tests of the last four weeks before the newest one count together.
RECENT = timedelta(weeks=4)
#: Four weeks: trials changed a squat in two to three weeks and in eight; mobility needs four to twelve by convention.
RETEST_AFTER = timedelta(weeks=4)
#: Pain, 0 to 10, of the last 14 days: from here on no weight; only small exercises; nothing before it was talked about.
NO_WEIGHT_FROM, QUIET_FROM, TALK_FIRST_FROM = 3, 6, 7
#: Pain the day after training that takes the plan one step back.
STEP_BACK_FROM = 5

#: How long a word about an operation says how far to go; who needs longer says so again.
WORD_COUNTS_FOR = timedelta(weeks=52)

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


#: The last stage that something lets the plan end with, and why.
_Limit = tuple[Stage, str]


@dataclass
class _Draft:
    """A plan being made."""

    person: Person
    catalog: ClientCatalog
    profiles: Sequence[ProfileSpec]
    latest: Stage
    why_latest: str
    no_impact: str
    hurting: Mapping[str, StandingPain]
    only: frozenset[str] | None = None
    why_only: str = ""
    needs: Sequence[WeighedNeed] = ()
    fewer_sets: bool = False
    last: Plan | None = None
    kept: Mapping[str, Kept] = field(default_factory=dict)
    gone: tuple[LeftOut, ...] = ()
    trained: bool = False
    flared: bool = False
    most: int = MOST_IN_ALL
    measured: Measured = field(default_factory=dict)
    quiet: bool = False
    asked: Mapping[str, Readiness] = field(default_factory=dict)
    wanted: Mapping[str, Readiness] = field(default_factory=dict)
    waiting: Mapping[str, str] = field(default_factory=dict)
    pain_rules: tuple[PlanPainRule, ...] = ()
    chosen: list[tuple[ExerciseSpec, WeighedNeed | None]] = field(default_factory=list)
    left_out: dict[str, LeftOut] = field(default_factory=dict)


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
    pain_limits = _limit_by_pain(pain, told_pain(person, visits))
    limits = [*pain_limits, *_limit_by_health(person, review, profiles, catalog), *_limit_by_gates(readiness, catalog)]
    limits += _limit_by_steps(readiness)
    draft = _begin(person, visits, catalog, profiles, limits)
    draft.waiting = find_waiting(readiness)
    draft.wanted = find_wanted(readiness, catalog)
    # how somebody spends the day comes after a complaint
    needs = [need for need in needs if not (need.habit and draft.wanted)]
    draft.needs, draft.fewer_sets = needs, _wants_fewer_sets(person, pain)
    draft.measured = _last_values(visits)
    draft.quiet = all(score.value == 0 for score in pain) and not (person.intake.pains if person.intake else ())
    talk_first = bool(_talk_first(pain))
    safety = tell_safety(person, profiles, readiness, catalog, talk_first=talk_first, no_impact=bool(draft.no_impact))
    draft.pain_rules = safety.pain_rules
    if last is not None:
        _start_from(draft, last, visits, seen)
    _ask_pathways(draft)
    for stage in STAGES:
        _choose(draft, stage)
    _make_room(draft)
    _serve_everything(draft)
    _keep_to_measure(draft)
    if _adds_nothing(draft):
        draft.chosen = [pair for pair in draft.chosen if pair[0].stage == "warm_up" or pair[0].id in draft.kept]
    _list_what_hurts(draft)
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
    cautions = [*typed, *hurts, *(f"{reason}{own_rule}" for _, reason in pain_limits), *cautions]
    if review.open_questions:
        cautions.insert(0, f"Not asked yet: {', '.join(s.id.replace('_', ' ') for s in review.open_questions)}.")
    from_pathways = {spec.id: draft.wanted[spec.id].spec.id for spec, _ in draft.chosen if spec.id in draft.wanted}
    chains = tell_pathways(person, readiness, from_pathways, visits, catalog, norms)
    why = {
        name: explain(chain) for name, pathway in from_pathways.items() for chain in chains if chain.pathway == pathway
    }
    exercises = tuple(_to_exercise(draft, *pair, why.get(pair[0].id, "")) for pair in draft.chosen)
    days = tuple(days) or (last.days if last else ())
    week, week_notes = plan_week(exercises, catalog.exercises, days)
    builds = any(builds_up(e) for e in exercises)
    reduced = bool(pain_limits) and any(e.set_less or e.change == "back" for e in exercises)
    lighter, since = find_lighter_week(person, visits, last, trained=draft.trained, builds=builds, reduced=reduced)
    return Plan(
        day=person.today, retest_on=person.today + RETEST_AFTER, based_on=recent.day if recent else None,
        headline=_talk_first(pain) + _headline(draft), goals=_goals(person), profiles=tuple(p.title for p in profiles),
        needs=tuple(_to_need(need, _why_waits(draft, need)) for need in needs), exercises=exercises,
        pathways=chains,
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
    limits = [] if lasting and not pain else _limit_by_pain(pain, ever)
    profiles = find_profiles(person, catalog)
    limits += _limit_by_health(person, review_red_flags(person, catalog), profiles, catalog)
    readiness = assess_readiness(person, visits, catalog, norms)
    if not lasting:
        limits += [*_limit_by_gates(readiness, catalog), *_limit_by_steps(readiness)]
    draft = _begin(person, visits, catalog, profiles, limits)
    if not lasting:
        draft.waiting = find_waiting(readiness, later=False)
    return {name: why for name, spec in catalog.exercises.items() if (why := _why_not(draft, spec))}


def _begin(
    person: Person,
    visits: Sequence[Visit],
    catalog: ClientCatalog,
    profiles: Sequence[ProfileSpec],
    limits: Sequence[_Limit],
) -> _Draft:
    """Return an empty draft that knows everything that keeps an exercise out."""
    latest, why = min(limits, key=lambda item: STAGES.index(item[0])) if limits else ("speed", "")
    only, why_only = find_only(person, catalog)
    return _Draft(
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


def _start_from(draft: _Draft, last: Plan, visits: Sequence[Visit], seen: Mapping[str, tuple[Seen, ...]]) -> None:
    """Take over what stays of the last plan."""
    told = {e.exercise: listen(e.exercise, e.per_week, draft.person, visits, last.day) for e in last.exercises}
    again = f"taken out by the trainer in the plan of {last.day}"
    ground = Ground(
        last=last, catalog=draft.catalog, told=told, seen=seen, needs=[need.spec.id for need in draft.needs],
        why_not=lambda spec: _why_not(draft, spec) or (again if spec.id in last.taken_out else ""),
        fewer_sets=draft.fewer_sets, wanted=frozenset(draft.wanted), too_easy=lambda spec: _is_too_easy(draft, spec),
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
        draft.chosen.append((each.spec, max(serving, key=_fit(each.spec), default=None)))
    for name in last.taken_out:
        if (spec := draft.catalog.exercises.get(name)) is not None and name not in draft.kept:
            draft.left_out[name] = LeftOut(exercise=name, title=spec.title, reason=again)


def _shorten(draft: _Draft, last: Plan) -> None:
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


def _is_eased(draft: _Draft, spec: ExerciseSpec) -> bool:
    """Whether an exercise is taken below its first dose, which has a set less in any case."""
    return spec.id in draft.kept and draft.kept[spec.id].step == -1


def _because(planned: PlannedExercise, kept: Kept) -> str:
    if kept.change == "hold":
        return sentence(kept.because) + (" One set fewer for now." if planned.set_less else "")
    if kept.instead_of:
        instead = f"In the place of {decapitalize(kept.before.title)}: {planned.amount_words}."
        return f"{sentence(kept.because)} {instead}"
    return sentence(f"{kept.because}: {change_words(kept.before.amount_words, planned)}")


# --- how far -------------------------------------------------------------------------------


def _limit_by_pain(pain: Sequence[PainScore], ever: Sequence[PainScore]) -> list[_Limit]:
    """Return the stages that pain lets the plan end with, and why, the strictest first; none when pain stands in no way.

    Parameters
    ----------
    pain, ever
        Scores of the last 14 days, which count, and of any age.

    Notes
    -----
    The pain-monitoring model calls up to 3 of 10 safe, 4 and 5 acceptable and more than 5 not (Silbernagel KG et al. Am J Sports Med
    2007;35:897-906; the numbers were read in a secondary text, bim.physio/the-pain-monitoring-model, and stem from Achilles
    tendons under supervision). The limits here are the own choice of movescreen and no looser: nobody watches a plan that is done at home.
    """
    worst, next_day = worst_pain(pain), worst_pain([score for score in pain if score.question == "pain_next_day"])
    if worst is None:
        told = f"; the last word is of {ever[-1].day}, and counts as not asked" if ever else ""
        return [("integration", f"nobody asked about pain in the last 14 days{told}")]
    limits: list[_Limit] = []
    if worst.value >= TALK_FIRST_FROM:
        limits.append(("activation", f"{worst.words}: no load, talk first"))
    if next_day is not None and next_day.value >= STEP_BACK_FROM:
        limits.append(("activation", f"{next_day.words}: one step back, and ask again after the next session"))
    if QUIET_FROM <= worst.value < TALK_FIRST_FROM:
        limits.append(("activation", f"{worst.words}: quiet it first"))
    if not limits and worst.value >= NO_WEIGHT_FROM:
        limits.append(("integration", f"{worst.words}: weight comes at 2 or less"))
    return limits


def _talk_first(pain: Sequence[PainScore]) -> str:
    """Return what stands before anything else on the page when pain was too much; else nothing."""
    worst = worst_pain(pain)
    if worst is None or worst.value < TALK_FIRST_FROM:
        return ""
    return f"Talk first: {worst.words}. Nothing is loaded before trainer and client have talked about it. "


def _limit_by_health(
    person: Person, review: RedFlagReview, profiles: Sequence[ProfileSpec], catalog: ClientCatalog
) -> list[_Limit]:
    return [*_limit_by_questions(review), *_limit_by_word(person, catalog), *_limit_by_profile(person, profiles)]


def _limit_by_questions(review: RedFlagReview) -> list[_Limit]:
    """Nobody is loaded whose health was not asked about; a "no" of more than a year ago is as good as not asked."""
    if not review.open_questions:
        return []
    return [("integration", "questions about health were not asked, or more than a year ago")]


def _limit_by_word(person: Person, catalog: ClientCatalog) -> list[_Limit]:
    """Return the stages that clinicians let the plan end with, after an operation of the last year or a red flag."""
    words = ((spec, person.clearance(spec.id)) for spec in catalog.red_flags.values())
    said = [(spec, word) for spec, word in words if word is not None]
    limits = [
        (word.allows, f"the {word.by} allowed {ALLOWED_WORDS[word.allows]} on {word.on}")
        for spec, word in said
        if word.allows is not None and not spec.says_how_far
    ]
    flags = [spec.id for spec in catalog.red_flags.values() if spec.says_how_far]
    for operation in (person.intake.operations if person.intake else None) or ():
        known = [each for flag in ("", *flags) if (each := person.allowed_after(operation, flag)) is not None]
        if known and days_since(operation.when, person.today) < WORD_COUNTS_FOR.days:
            last = max(known, key=lambda each: each.on)
            what = f"{ALLOWED_WORDS[last.stage]} on {last.on}"
            limits.append((last.stage, f"the {last.by} allowed {what}, after the {operation_words(operation)}"))
    return limits


def _limit_by_profile(person: Person, profiles: Sequence[ProfileSpec]) -> list[_Limit]:
    return [
        (profile.latest_stage, f"care profile: {decapitalize(profile.title)}")
        for profile in profiles
        if profile.latest_stage_while and check_any(profile.latest_stage_while, person).holds is not False
    ]


def _limit_by_gates(readiness: Sequence[Readiness], catalog: ClientCatalog) -> list[_Limit]:
    # a pathway that is closed or withheld has its gates still open
    open_gates = sorted({name for each in readiness for name in each.spec.before_speed - each.met})
    # what a gate asks for stands behind the first comma of its title
    titles = dict.fromkeys(decapitalize(catalog.gates[name].title.partition(",")[0]) for name in open_gates)
    words = join_words(titles)
    return [("load", f"speed waits for these gates: {words}")] if open_gates else []


def _limit_by_steps(readiness: Sequence[Readiness]) -> list[_Limit]:
    """Return how far a plan goes at the steps where a person stands, or would stand once the questions are asked."""
    at = [(each, each.spec.steps[min(each.position, len(each.steps) - 1)]) for each in readiness if each.steps]
    return [
        (step.latest_stage, f"{decapitalize(each.spec.title)}: {decapitalize(step.title)}")
        for each, step in at
        if step.latest_stage != "speed"
    ]


def _wants_fewer_sets(person: Person, pain: Sequence[PainScore]) -> bool:
    """Tell whether to begin with a set less; when nobody asked about pain of late, too: not asked is not "no"."""
    weeks, worst = person.weeks_postpartum, worst_pain(pain)
    return worst is None or worst.value >= NO_WEIGHT_FROM or (weeks is not None and weeks < 12)


# --- which exercises -----------------------------------------------------------------------


def _ask_pathways(draft: _Draft) -> None:
    """Decide which exercises the present steps bring: their own ones first, in the form that nothing bars and that asks enough."""
    asked: dict[str, Readiness] = {}
    standings = {each.spec.id: each for each in draft.wanted.values()}
    most = MOST_OF_PATHWAY.get(len(standings), 2)
    for standing in standings.values():
        step = standing.training.spec if standing.training else None
        keys = set(step.exercises) if step else set()
        taken: list[ExerciseSpec] = []
        # what the step is about comes before what it has besides; of these, what nothing stands in for
        for name in [n for n, each in draft.wanted.items() if each is standing]:
            spec = draft.catalog.exercises[name]
            found = _find_form(draft, spec, stand_in=name in keys)
            if found is None or found.id in asked:
                continue
            doubles = sum(bool(found.pattern) and each.pattern == found.pattern for each in taken)
            own = name in keys and found is spec
            if len(taken) < most and doubles < (2 if own else 1):
                taken.append(found)
                asked[found.id] = standing
    draft.asked = asked
    draft.wanted = {**draft.wanted, **asked}


def _find_form(draft: _Draft, spec: ExerciseSpec, *, stand_in: bool) -> ExerciseSpec | None:
    """Return an exercise of a step, or the form of it that fits: an easier one where it is barred, a harder one where it is too easy."""
    if reason := _why_not(draft, spec):
        draft.left_out.setdefault(spec.id, LeftOut(exercise=spec.id, title=spec.title, reason=reason))
        return find_easier(spec, draft.catalog, lambda each: _why_not(draft, each)) if stand_in else None
    harder = find_harder(spec, draft.catalog, lambda each: _why_not(draft, each))
    # who hurts goes no faster than the steps
    go_on = harder is not None and (draft.quiet or harder.id in draft.wanted)
    return harder if go_on and _is_too_easy(draft, spec) else spec


def _adds_nothing(draft: _Draft) -> bool:
    """Whether nothing new comes in: what there is goes a step back first, as long as any of it is left."""
    return draft.flared and any(spec.stage != "warm_up" and spec.id in draft.kept for spec, _ in draft.chosen)


def _is_too_easy(draft: _Draft, spec: ExerciseSpec) -> bool:
    """Whether an exercise asks for too little, and a harder form of it may take its place."""
    seen = any(need.seen and need.spec.id in spec.serves for need in draft.needs)
    little = asks_too_little(spec, draft.person, draft.measured, quiet=draft.quiet, seen=seen)
    return little and find_harder(spec, draft.catalog, lambda each: _why_not(draft, each)) is not None


def _last_values(visits: Sequence[Visit]) -> Measured:
    """Return test -> side -> value of the newest round."""
    recent, found = merge_recent(visits), dict[str, dict[str, float]]()
    for each in recent.values if recent else ():
        found.setdefault(each.test, {})[each.side] = each.value
    return found


def _choose(draft: _Draft, stage: Stage) -> None:
    """Add the exercises of a stage that serve most, each for a need that no other one of the stage serves yet."""
    there = [spec for spec, _ in draft.chosen if spec.stage == stage]
    picked = _choose_from_pathways(draft, stage)
    taken = {spec.id for spec, _ in picked}
    candidates = [s for s in _choices(draft) if s.stage == stage and s.id not in taken and not _is_passed(draft, s)]
    if stage == "warm_up":
        # a second warm-up prepares a joint; who has a step to take has that for it
        there = [spec for spec in there if spec.pattern == WARM or not draft.asked]
        candidates = [spec for spec in candidates if spec.pattern == WARM or not draft.asked]
    else:
        aims = {need.spec.id for need in draft.needs}
        ahead = STAGES.index(stage) > STAGES.index(draft.latest)
        candidates = [spec for spec in candidates if spec.serves[0] in aims or stage == "speed" or ahead]
    served = (
        {need for spec in (*there, *(spec for spec, _ in picked)) for need in spec.serves}
        if stage != "warm_up"
        else set()
    )
    most = MOST[stage]
    while len(picked) + len(there) < most:
        others = [spec for spec, _ in (*draft.chosen, *picked)]
        others += [draft.catalog.exercises[name] for name in draft.asked]
        if stage in ("mobility", "activation", "integration") and len(draft.needs) + len(draft.asked) >= ENOUGH:
            # who has much to train trains each thing once
            led = {spec.serves[0] for spec in others if spec.stage != "warm_up"}
            candidates = [spec for spec in candidates if spec.serves[0] not in led]
        scored = [(_score(spec, draft, served), spec) for spec in candidates if find_double(spec, others) is None]
        # of equals one's own before the packaged ones, then in the order of the files, where easier ones stand first
        own = draft.catalog.own_exercises
        ranked = sorted(((s, spec) for s, spec in scored if s > 0), key=lambda pair: (-pair[0], pair[1].id not in own))
        ranked = [(score, spec) for score, spec in ranked if _why_not(draft, spec) or not _is_too_easy(draft, spec)]
        open_ = {spec.id for _, spec in ranked if not _why_not(draft, spec)}
        ranked = [(score, spec) for score, spec in ranked if stage != "load" or not _has_easier(draft, spec, open_)]
        best = next((spec for _, spec in ranked if not _why_not(draft, spec)), None)
        for _, spec in ranked:
            if spec is best:
                break
            reason = _why_not(draft, spec)
            # one example says enough of what comes later; what is not fitting for this person is all listed
            if not reason.startswith(("later", "not now")) or not any(
                left.reason == reason for left in draft.left_out.values()
            ):
                draft.left_out.setdefault(spec.id, LeftOut(exercise=spec.id, title=spec.title, reason=reason))
        if best is None:
            break
        need = max((n for n in draft.needs if n.spec.id in best.serves and n.spec.id not in served), key=_fit(best))
        picked.append((best, need))
        # warm-ups may serve the same need: one makes warm, the next one prepares a joint
        served |= set(best.serves) if stage != "warm_up" else set()
        candidates.remove(best)
    order = list(draft.catalog.exercises)
    if stage == "warm_up":
        picked.sort(key=lambda pair: order.index(pair[0].id))
    draft.chosen += picked


def _choose_from_pathways(draft: _Draft, stage: Stage) -> list[tuple[ExerciseSpec, WeighedNeed]]:
    """Return the exercises of a stage that the steps bring at which the person stands."""
    there = {spec.id for spec, _ in draft.chosen}
    picked: list[tuple[ExerciseSpec, WeighedNeed]] = []
    for spec in (draft.catalog.exercises[name] for name in draft.asked if name not in there):
        if spec.stage == stage:
            fitting = [need for need in draft.needs if need.spec.id in spec.serves]
            best = max(fitting, key=_fit(spec), default=None)
            picked.append((spec, best or WeighedNeed.of_pathway(draft.catalog.needs[spec.serves[0]])))
    return picked


def _make_room(draft: _Draft) -> None:
    """Let go what the last plan had, and what does the same as an exercise of the steps at which the person stands now."""
    for name, kept in draft.kept.items():
        others = [spec for spec, _ in draft.chosen]
        double = find_double(kept.spec, [spec for spec in others if spec.id in draft.asked])
        full = len(draft.chosen) > draft.most
        if double is not None and full and name not in draft.asked and kept.before.chosen_by != "trainer":
            _let_go(draft, kept.spec, f"makes room for {decapitalize(double.title)}, which does the same")


def _let_go(draft: _Draft, spec: ExerciseSpec, reason: str) -> None:
    """Take an exercise out of the plan; of one of the last plan say why."""
    draft.chosen = [pair for pair in draft.chosen if pair[0].id != spec.id]
    if spec.id in draft.kept:
        left = draft.kept[spec.id].before
        draft.gone += (LeftOut(exercise=left.exercise, title=left.title, reason=reason),)


def _keep_to_measure(draft: _Draft) -> None:
    """Take out what is too much for one person and a page: first what trains what others do, then what is for the lightest need."""
    while len(draft.chosen) > ENOUGH and (twice := _find_twice(draft)):
        _let_go(draft, min(twice, key=lambda spec: _rank(draft, spec)), "another exercise trains it")
    while len(draft.chosen) > draft.most:
        # what the last plan had goes last: whoever has less pain is not to lose it for that
        spare = [s for s, _ in draft.chosen if s.id not in {*draft.asked, *draft.kept} and not _is_own(draft, s)]
        spare = spare or [s for s, _ in draft.chosen if s.id not in draft.kept and not _is_own(draft, s)]
        if not spare:
            return
        _let_go(draft, min(spare, key=lambda spec: _rank(draft, spec)), f"{draft.most} exercises at once are enough")


def _find_twice(draft: _Draft) -> list[ExerciseSpec]:
    """Return the new exercises beside the steps that are for what another one is for, and that train no test of their own."""
    tests = {test for need in draft.needs for test in need.tests}
    keys = {need.spec.begins_with for need in draft.needs}
    # a movement that stood out is practiced before it is loaded
    seen = {need.spec.id for need in draft.needs if need.seen}
    trained = [spec for spec, _ in draft.chosen if spec.stage != "warm_up"]
    return [
        spec
        for spec in trained
        if spec.id not in draft.asked and spec.id not in draft.kept and spec.id not in keys and not tests & set(spec.trains) and spec.serves[0] not in seen
        and any(other is not spec and other.serves[0] == spec.serves[0] for other in trained)
    ]  # fmt: skip


def _is_own(draft: _Draft, spec: ExerciseSpec) -> bool:
    """Whether the trainer put an exercise there, or it is the one that makes warm."""
    by_trainer = spec.id in draft.kept and draft.kept[spec.id].before.chosen_by == "trainer"
    return by_trainer or spec.pattern == WARM


def _rank(draft: _Draft, spec: ExerciseSpec) -> tuple[float, ...]:
    """Return how much an exercise is worth its place, the least first."""
    weight = {need.spec.id: need.weight for need in draft.needs}
    others = [each for each, _ in draft.chosen if each.id != spec.id and each.stage != "warm_up"]
    alone = spec.stage != "warm_up" and not any(each.serves[0] == spec.serves[0] for each in others)
    for_need = weight.get(spec.serves[0], 0)
    asked = -list(draft.asked).index(spec.id) if spec.id in draft.asked else 0
    return (asked, alone and for_need > 0, for_need if alone else 0, STAGES.index(spec.stage), spec.id in draft.kept)


def _choices(draft: _Draft) -> list[ExerciseSpec]:
    """Return the exercises that a plan chooses from, in the order of the files: what the last plan had is decided already."""
    known = {e.exercise for e in draft.last.exercises} | set(draft.last.taken_out) if draft.last else set()
    known |= {spec.id for spec, _ in draft.chosen}
    exercises = (e for e in draft.catalog.exercises.values() if e.id not in known)
    return [
        e
        for e in exercises
        if (not e.special or (draft.only and e.id in draft.only)) and not asks_too_much(e, draft.measured)
    ]


def _is_passed(draft: _Draft, spec: ExerciseSpec) -> bool:
    """Whether an exercise lies below one on its ladder that is taken over from the last plan."""
    name = spec.progress
    while name and name not in draft.kept:
        name = draft.catalog.exercises[name].progress
    return bool(name)


def _serve_everything(draft: _Draft) -> None:
    """Add one exercise for each need that none serves first, and for each test behind it that none trains, at its place."""
    for need in draft.needs:
        leads = [spec for spec, _ in draft.chosen if spec.stage != "warm_up" and spec.serves[0] == need.spec.id]
        fitting = [
            spec
            for stage in ("activation", "integration", "mobility", "load", "speed")
            for spec in _choices(draft)
            if spec.stage == stage and spec.serves[0] == need.spec.id and _fits(draft, spec)
        ]
        key = draft.catalog.exercises.get(need.spec.begins_with)
        if key is not None and key not in leads and key in fitting:
            leads.append(key)
            draft.chosen.append((key, need))
        if fitting and not leads:
            leads.append(max(fitting, key=lambda spec: bool(need.tests & set(spec.trains))))
            draft.chosen.append((leads[0], need))
        for test in sorted(need.tests):
            direct = [spec for spec in fitting if test in spec.trains and spec not in leads]
            if direct and not any(test in spec.trains for spec in leads):
                leads.append(direct[0])
                draft.chosen.append((direct[0], need))
    draft.chosen.sort(key=lambda pair: STAGES.index(pair[0].stage))


def _fits(draft: _Draft, spec: ExerciseSpec) -> bool:
    """Whether an exercise may be added to what is chosen."""
    double = find_double(spec, [each for each, _ in draft.chosen])
    return not _why_not(draft, spec) and not _is_too_easy(draft, spec) and double is None


def _why_waits(draft: _Draft, need: WeighedNeed) -> str:
    """Return why no exercise is chosen for a need first; empty when one is."""
    trained = [spec for spec, _ in draft.chosen if spec.stage != "warm_up"]
    key = need.spec.begins_with
    if any(spec.id == key if key else spec.serves[0] == need.spec.id for spec in trained):
        return ""
    along = [spec for spec in trained if need.spec.id in spec.serves]
    if along:
        return f"it is trained along with {decapitalize(along[0].title)}"
    if _adds_nothing(draft):
        return "nothing new comes in after a session that hurt too much"
    leads = [spec for spec in draft.catalog.exercises.values() if spec.serves[0] == need.spec.id and not spec.special]
    reasons = [_why_not(draft, spec) for spec in leads if spec.stage != "warm_up"]
    if reasons and all(reasons):
        return reasons[0].removeprefix("later: ")
    return f"{draft.most} exercises at once are enough"


def _list_what_hurts(draft: _Draft) -> None:
    """List every exercise for one of the needs that is left out because its movement hurt, ahead of the rest."""
    served = {need.spec.id for need in draft.needs}
    fitting = [spec for spec in draft.catalog.exercises.values() if served & set(spec.serves)]
    hurting = {
        spec.id: LeftOut(exercise=spec.id, title=spec.title, reason=why)
        for spec in fitting
        if (why := _why_it_hurts(draft, spec))
    }
    draft.left_out = hurting | {name: left for name, left in draft.left_out.items() if name not in hurting}


def _fit(spec: ExerciseSpec) -> Callable[[WeighedNeed], float]:
    """Return how well an exercise serves a need: in full the one it serves best, further ones by a third."""
    return lambda need: need.weight * (1.0 if spec.serves[0] == need.spec.id else 0.34)


def _score(spec: ExerciseSpec, draft: _Draft, served: set[str]) -> float:
    """Return how much an exercise serves what the plan is for; a need that no exercise serves best yet counts double."""
    leads = {chosen.serves[0] for chosen, _ in draft.chosen if chosen.stage != "warm_up"}
    needs = [need for need in draft.needs if need.spec.id in spec.serves and need.spec.id not in served]
    fit = _fit(spec)
    direct = {need.spec.id: 1.5 for need in needs if need.tests & set(spec.trains)}
    return sum(fit(need) * (1.0 if need.spec.id in leads else 2.0) * direct.get(need.spec.id, 1) for need in needs)


def _why_not(draft: _Draft, spec: ExerciseSpec) -> str:
    """Return why an exercise has no place in this plan now; empty when it may have one."""
    if hurts := _why_it_hurts(draft, spec):
        return hurts
    if STAGES.index(spec.stage) > STAGES.index(draft.latest):
        return f"later: {draft.why_latest}"
    if spec.impact and draft.no_impact:
        return draft.no_impact
    if waits := draft.waiting.get(spec.id) or _wait_of_easier(draft, spec):
        return waits
    if draft.only is not None and spec.id not in draft.only:
        return f"not now: {draft.why_only}"
    answer = check_any(spec.not_with, draft.person)
    if answer.holds:
        return f"not with {', '.join(event.words for event in answer.events)}"
    if answer.holds is None and spec.impact:
        return "nobody asked about what would speak against it"
    return ""


def _wait_of_easier(draft: _Draft, spec: ExerciseSpec) -> str:
    """Return why an easier form of an exercise has to wait, which then waits itself; empty when none does."""
    name = "" if spec.id in draft.wanted else spec.regress
    while name and (easier := draft.catalog.exercises[name]).pattern == spec.pattern and spec.pattern:
        if name in draft.waiting:
            return draft.waiting[name]
        name = easier.regress
    return ""


def _has_easier(draft: _Draft, spec: ExerciseSpec, among: Set[str]) -> bool:
    """Whether one of some exercises is an easier form of the same."""
    name = spec.regress
    while name and draft.catalog.exercises[name].pattern == spec.pattern and spec.pattern:
        if name in among:
            return True
        name = draft.catalog.exercises[name].regress
    return False


def _why_it_hurts(draft: _Draft, spec: ExerciseSpec) -> str:
    """Return which movement hurt that an exercise repeats or loads; empty when none did."""
    pains = [draft.hurting[name].words for name in spec.movements if name in draft.hurting]
    return (
        f"{', '.join(pains)}: not before a later screening without pain there, or a clinician's word" if pains else ""
    )


# --- words ---------------------------------------------------------------------------------


def _to_need(need: WeighedNeed, waits: str) -> PlanNeed:
    spec = need.spec
    return PlanNeed(
        need=spec.id, title=spec.title, because=spec.because, reasons=need.reasons, weight=need.weight,
        evidence=spec.evidence, source=spec.source.citation, source_verified=spec.source.verified, waits=waits,
    )  # fmt: skip


def _to_exercise(draft: _Draft, spec: ExerciseSpec, need: WeighedNeed | None, from_pathway: str) -> PlannedExercise:
    sore = find_side(draft.wanted[spec.id]) if spec.id in draft.wanted else ""
    side = (sore or (need.side if need else "")) if spec.dose.per_side else ""
    ladder = [draft.catalog.exercises[name] for name in (spec.progress, spec.regress) if name]
    # what has no place now is not named as the next one either
    barred = {other.id for other in ladder if _why_not(draft, other)}
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
        "pace": spec.pace, "effort": effort_words(spec), "step": 0, "feel": spec.feel, "stop": tell_stop(spec.stop, pain), "harder": harder,
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


def _notes(draft: _Draft, pain: Sequence[PainScore], readiness: Sequence[Readiness]) -> list[str]:
    """Return the notes of the care profiles; those about running and jumping only where nothing forbids these.

    What everybody has to meet before speed is about what a plan adds; what some have to meet is about running at all.
    """
    waits = any(_limit_by_gates([each], draft.catalog) for each in readiness if each.spec.stops_running)
    may_run = not draft.no_impact and not _talk_first(pain) and not waits
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


def _headline(draft: _Draft) -> str:
    if not draft.needs and not draft.wanted:
        return "Nothing stood out and no goal was named: keep moving, and come back when something changes."
    steps = {each.spec.id: each for each in draft.wanted.values()}
    aims = [decapitalize(need.spec.title) for need in draft.needs if not _why_waits(draft, need)]
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
