"""What a client watches for and may do, in their words: when to call for help and whom, when to stop, what waits, what was asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from movescreen.catalog.care_schema import ProfileSpec
from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.client_schema import USUAL_PAIN_LIMIT, Call, Topic
from movescreen.catalog.safety_schema import ActivitySpec, ClauseSpec, HelpSpec, KnownSignSpec, SafetySpec
from movescreen.client.intake.words import ALLOWED_WORDS, decapitalize, event_words, place_words
from movescreen.client.person import Person
from movescreen.client.plan.clearance import NO_ONES_WORD, tell_ban
from movescreen.client.plan.limits import list_words_on_operations
from movescreen.client.plan.model import ActivityKind, Plan, PlanActivity, PlanHelp, PlanPainRule
from movescreen.client.plan.pain_rules import find_pain_rules
from movescreen.client.plan.today import (
    hear,
    keep_to_life,
    list_topics,
    list_what_goes_well,
    tell_first_days,
    why_held,
)
from movescreen.client.rules.clearance_words import find_pain_limit
from movescreen.client.rules.conditions import check_any, heals
from movescreen.client.rules.gates import tell_bar
from movescreen.client.rules.readiness import Readiness

#: The most urgent first.
_CALLS: tuple[Call, ...] = Call.__args__  # type: ignore[attr-defined]
#: Years of age below which, and weeks after a birth from which, staying away of periods is a sign: a choice.
_PERIODS_BELOW, _NURSING_WEEKS = 55, 52
_PERIODS_FROM = 14
#: Years of age from which who neither runs nor jumps, nor wants to, is not told when that opens again: a choice.
_SETTLED_FROM = 60

#: Signs of one's own for which a doctor is seen today: of a longer list nobody reads the end (a choice).
MOST_FOR_DOCTOR = 8
#: What a ban on running and jumping forbids.
_IMPACT: tuple[Topic, ...] = ("run", "jump")
#: Of a way whose questions about health are not answered, or too long ago.
_FIRST_STEP = "This is the first, careful step, until your trainer has asked the questions about health again."
#: What may be done where nothing speaks against it.
_GO_ON = "go on with what{} you do now, as far as it stays at 2 of 10 or less, then and the next day"
#: What a sign says that is compared with today already.
_COMPARES = re.compile(r"than today|than usual|that grows,")


@dataclass(frozen=True)
class Safety:
    """What a plan says of it; the fields are those of :class:`movescreen.client.plan.model.Plan`."""

    urgent: tuple[PlanHelp, ...]
    stops: tuple[str, ...]
    activities: tuple[PlanActivity, ...]
    advice: tuple[str, ...]
    asked: str
    general: str = ""
    moves_on: tuple[str, ...] = ()


def tell_safety(
    person: Person, profiles: Sequence[ProfileSpec], readiness: Sequence[Readiness], catalog: ClientCatalog, *,
    talk_first: bool, early: str, no_impact: bool, slow: bool = False, sore: bool = True,
) -> Safety:  # fmt: skip
    """Return what a person watches for and may do.

    Parameters
    ----------
    talk_first
        Pain was so much that nothing is loaded before it was talked about.
    early
        Why pain or health ends a plan before weights; empty where neither does.
    no_impact
        Something bans running and jumping.
    slow
        The plan ends before anything fast, whatever step somebody has come to.
    sore
        It hurts more than a little, or nobody asked.
    """
    rows = find_rows_for(person, profiles, readiness, catalog)
    urgent, stops = merge_signs(rows)
    known = find_known(person, catalog)
    urgent = tuple(
        each.model_copy(update={key: tuple(compare(s, known) for s in getattr(each, key)) for key in ("signs", "own")})
        for each in urgent
    )
    stops = tuple(compare(sign, known) for sign in stops)
    if talk_first:
        talk = "sport, and training of what hurts, before the next look"
        activities = [
            PlanActivity(
                about="Now",
                kind="ban",
                may="walk, and move as long as nothing gets worse",
                waits=(ClauseSpec(words=talk),),
            )
        ]
    else:
        # what a profile takes for something else goes by the profile's own line
        other = {name for profile in profiles for name in profile.hypotheses}
        steps = [each for each in readiness if each.spec.id not in other]
        topics = list_topics(person, catalog)
        here = _at_steps(steps, rows, person, catalog, early=early, no_impact=no_impact, slow=slow)
        activities = [
            *_after_operations(person, catalog, no_impact=no_impact),
            *(keep_to_life(line, topics, sore=sore) for line in here),
            *_of_profiles(rows, profiles, no_impact=no_impact),
        ]
        waits_for_word = any(each.refused for each in steps) or any(
            line.kind == "operation" and line.waits for line in activities
        )
        if not waits_for_word and not any(line.may for line in activities):
            told = _GO_ON.format(" else" if no_impact and may_want_impact(person) else "")
            activities.append(PlanActivity(about="What you do now", may=told, asks=("move",)))
    # who neither runs nor jumps, nor wants to, is told of no ban on it; exercises keep to it all the same
    if no_impact and may_want_impact(person):
        activities.append(_tell_ban(person, profiles, catalog))
    return Safety(
        urgent=urgent, stops=stops, activities=tuple(activities),
        # what goes with training a part waits as long as that does
        advice=tuple(dict.fromkeys(line for row in rows if not (talk_first and row.pathway) for line in (*row.advice, *(row.advice_periods if may_have_periods(person) else ())))),
        asked=_tell_asked(person, catalog), general=" ".join(row.brief for row in rows if row.brief), moves_on=tuple(dict.fromkeys(row.moves_on for row in rows if row.moves_on)),
    )  # fmt: skip


def _tell_ban(person: Person, profiles: Sequence[ProfileSpec], catalog: ClientCatalog) -> PlanActivity:
    """Return that running and jumping wait, until when, and why: whoever barred it in words is cited, else the reason is named."""
    bans = (p.title for p in profiles if p.no_impact_while and check_any(p.no_impact_while, person).holds is not False)
    until, why = tell_ban(person, catalog), next(bans, "")
    because = f" ({decapitalize(why)})" if why and until == NO_ONES_WORD else ""
    wait = ClauseSpec(words=f"running and jumping{because}, {until}", about=_IMPACT, bars=_IMPACT)
    return PlanActivity(about="For now", kind="ban", waits=(wait,))


def find_known(person: Person, catalog: ClientCatalog) -> tuple[KnownSignSpec, ...]:
    """Return the signs that a person has today already, as far as is known."""
    return tuple(
        each for row in catalog.safety.values() for each in row.known
        if check_any(each.when, person).holds and not check_any(each.unless, person).holds
    )  # fmt: skip


def compare(text: str, known: Sequence[KnownSignSpec]) -> str:
    """Return signs, between semicolons, with from when on they count for who has them today; what compares already stays."""
    return "; ".join(_compare(sign, known) for sign in text.split("; "))


def _compare(sign: str, known: Sequence[KnownSignSpec]) -> str:
    for each in known:
        if any(word in sign for word in each.words) and not _COMPARES.search(sign):
            plain = sign.startswith(each.words) or ("," not in sign and " or a " not in sign)
            sign = f"{sign} ({each.says if plain else f'{each.name}: {each.says}'})"
    return sign


def may_have_periods(person: Person) -> bool:
    """Whether a word on periods is for a person: a woman, or nobody asked, below 55, not pregnant, and not in the year after a birth."""
    intake, weeks = person.intake, person.weeks_postpartum
    bearing = bool(intake and intake.pregnant) or (weeks is not None and weeks < _NURSING_WEEKS)
    return person.sex != "male" and (person.age is None or _PERIODS_FROM <= person.age < _PERIODS_BELOW) and not bearing


def may_want_impact(person: Person) -> bool:
    """Whether running and jumping are of the life of a person, so that a word on when they open again is for them."""
    intake = person.intake
    if intake is None or person.age is None or person.age < _SETTLED_FROM:
        return True
    sports, goals = set(intake.sports), set(intake.goals)
    return bool(sports & {"running", "jumping_and_turning"} or goals & {"run", "jump_and_turn"})


def find_rows(
    profiles: Sequence[ProfileSpec], readiness: Sequence[Readiness], catalog: ClientCatalog
) -> list[SafetySpec]:
    """Return the rows for a person: what hurts first, then the situation, then what is for everybody."""
    held, theirs = {profile.id for profile in profiles}, {each.spec.id for each in readiness}
    complaints = {each.spec.id for each in readiness if each.spec.hypothesis}
    rows = [row for row in catalog.safety.values() if _is_for(row, held, theirs)]
    return sorted(rows, key=lambda row: (row.pathway not in complaints, not row.profile, not row.pathway))


def find_rows_for(
    person: Person, profiles: Sequence[ProfileSpec], readiness: Sequence[Readiness], catalog: ClientCatalog
) -> list[SafetySpec]:
    """Return the rows for a person, without those, and without signs, that hold only under a condition that does not."""
    rows = [
        row
        for row in find_rows(profiles, readiness, catalog)
        if not row.when or _counts(row, check_any(row.when, person).holds)
    ]
    return [
        row.model_copy(update={"urgent": tuple(each for each in row.urgent if _may_have(each, person))}) for row in rows
    ]


def _may_have(signs: HelpSpec, person: Person) -> bool:
    """Whether signs are of a person's body and time, as far as is known."""
    other = bool(person.sex) and person.sex == signs.not_for
    return not other and (not signs.when or check_any(signs.when, person).holds is not False)


def _counts(row: SafetySpec, holds: bool | None) -> bool:
    """Whether a row under a condition counts: when that is not known caution does, and what allows more pain than usual does not."""
    return holds is True if row.pain and row.pain.loosens else holds is not False


def find_own_rules(
    person: Person, profiles: Sequence[ProfileSpec], readiness: Sequence[Readiness], catalog: ClientCatalog, *, loosened: bool = True
) -> tuple[PlanPainRule, ...]:  # fmt: skip
    """Return how much pain each part may have; behind a closed door, and when not ``loosened``, none may have more than usual."""
    open_ = loosened and not any(each.refused for each in readiness)
    rows = find_rows_for(person, profiles, readiness, catalog)
    return _keep_to_words(find_pain_rules((row.pain for row in rows if row.pain), loosened=open_), person)


def _keep_to_words(rules: tuple[PlanPainRule, ...], person: Person) -> tuple[PlanPainRule, ...]:
    """Return rules no looser than the limit of pain that a clinician set in words."""
    found = find_pain_limit(person.said)
    if found is None:
        return rules
    most, usual = found[0], USUAL_PAIN_LIMIT
    if most < usual:
        whole = [rule.limit for rule in rules if not rule.place and rule.limit is not None]
        return (PlanPainRule(limit=min([most, *whole])),)
    capped = (
        rule.model_copy(
            update={
                key: most if value is None else min(most, value)
                for key, value in (
                    ("limit", rule.limit),
                    ("next_morning", rule.next_morning),
                    ("at_rest", rule.at_rest),
                )
            }
        )
        if rule.place and (rule.limit is None or rule.limit > usual)
        else rule
        for rule in rules
    )
    return tuple(rule for rule in capped if not rule.place or rule.limit != usual)


def find_general(catalog: ClientCatalog) -> tuple[tuple[PlanHelp, ...], tuple[str, ...]]:
    """Return when everybody calls for help and stops, whoever they are."""
    return merge_signs([row for row in catalog.safety.values() if not (row.profile or row.pathway or row.when)])


def add_general(plan: Plan, catalog: ClientCatalog) -> Plan:
    """Return a plan with both lists: one of before that has none gets those for everybody, beside its own stops."""
    if plan.urgent:
        return plan
    urgent, stops = find_general(catalog)
    return plan.model_copy(update={"urgent": urgent, "stops": (*plan.stops, *stops)})


def merge_signs(rows: Iterable[SafetySpec]) -> tuple[tuple[PlanHelp, ...], tuple[str, ...]]:
    """Return the signs of several rows, each once and where it is most urgent: those to call for help at, and those to stop at.

    Of somebody's own signs for a doctor the first are kept, those of their complaints before those of what they do and are; of all others
    every one.
    """
    rows = list(rows)
    told: set[str] = set()
    urgent: list[PlanHelp] = []
    general = {
        sign
        for row in rows
        if not (row.profile or row.pathway or row.when)
        for each in row.urgent
        for sign in each.signs
    }
    for call in _CALLS:
        signs = dict.fromkeys(sign for row in rows for each in row.urgent if each.call == call for sign in each.signs)
        new = tuple(sign for sign in signs if sign not in told)
        told |= set(new)
        own = tuple(sign for sign in new if sign not in general)
        if call == "doctor" and len(own) > MOST_FOR_DOCTOR:
            own = own[:MOST_FOR_DOCTOR]
            new = tuple(sign for sign in new if sign in general or sign in own)
            told = {sign for each in (*urgent, PlanHelp(call=call, signs=new)) for sign in each.signs}
        urgent += [PlanHelp(call=call, signs=new, own=own)] if new else []
    # what calls for help is not told as a mere reason to stop, alone or beside something else
    stops = dict.fromkeys(sign for row in rows for sign in row.stop if not any(each in sign for each in told))
    return tuple(urgent), tuple(stops)


def _is_for(row: SafetySpec, profiles: set[str], pathways: set[str]) -> bool:
    return row.profile in profiles if row.profile else row.pathway in pathways if row.pathway else True


def _at_steps(
    readiness: Sequence[Readiness], rows: Sequence[SafetySpec], person: Person, catalog: ClientCatalog, *, early: str, no_impact: bool,
    slow: bool = False,
) -> list[PlanActivity]:  # fmt: skip
    """Return what may be done and waits at the steps where a person stands; behind a closed door nothing may."""
    words = {row.pathway: row for row in rows if row.pathway}
    held = why_held(readiness, person, catalog, early=early, no_impact=no_impact)
    told = []
    for each in readiness:
        row = words.get(each.spec.id)
        if row is None or not row.steps or each.withheld or not each.steps:
            continue
        if each.refused:
            told.append(
                PlanActivity(
                    about=each.spec.title,
                    kind="step",
                    waits=(ClauseSpec(words="more for this part than this page, before a doctor has looked at it"),),
                )
            )
            continue
        here = each.training or each.steps[0]
        # where nothing fast is in the plan the line of a fast step is not told
        slow_ones = [step for step in each.steps[: each.position + 1] if not step.spec.impact]
        activity = row.at_step((slow_ones[-1] if slow and here.spec.impact and slow_ones else here).spec.id)
        for line in _tell(each.spec.title, activity, no_impact=no_impact, kind="step"):
            heard = hear(line, person, held)
            heard = heard if each.open else heard.model_copy(update={"note": _FIRST_STEP})
            now = tell_first_days(activity, each, person)
            told.append(_with_reason(heard, each, person, catalog).model_copy(update={"now": now}))
    return told


def _with_reason(line: PlanActivity, standing: Readiness, person: Person, catalog: ClientCatalog) -> PlanActivity:
    """Return a line with what its "not yet" waits for; as it is where nothing is missing."""
    tests = dict.fromkeys(tell_bar(gate, catalog) for gate in standing.missing if gate.spec.kind != "flags")
    if not line.wait or not tests:
        return line
    unasked = list_what_goes_well(person) is None
    stop = (
        ", stop it until you have talked with your trainer" if heals(person) else " without trouble, tell your trainer"
    )
    more = f"If you do something of “not yet” already{stop}." if unasked else ""
    return line.model_copy(update={"until": tuple(tests), "note": f"{line.note} {more}".strip()})


def _of_profiles(rows: Sequence[SafetySpec], profiles: Sequence[ProfileSpec], *, no_impact: bool) -> list[PlanActivity]:
    titles = {profile.id: profile.title for profile in profiles}
    return [
        line
        for row in rows
        if row.profile
        for line in _tell(titles[row.profile], row.activity, no_impact=no_impact, kind="profile")
    ]


def _tell(about: str, activity: ActivitySpec | None, *, no_impact: bool, kind: ActivityKind) -> list[PlanActivity]:
    if activity is None:
        return []
    slow = activity.may_no_impact if no_impact else ""
    asks = tuple(topic for topic in activity.asks if topic == "move" or not slow)
    return [PlanActivity(about=about, kind=kind, may=slow or activity.may, asks=asks, waits=activity.wait)]


def _after_operations(person: Person, catalog: ClientCatalog, *, no_impact: bool) -> list[PlanActivity]:
    """Return what the clinician in charge allowed after each operation of the last year, or that nobody is known to have.

    Whoever spoke in words is not summed up: the words stand at the head, and here how far this page goes of what they allow.
    """
    told = []
    in_words = {each.by for each in person.said}
    for operation, last in list_words_on_operations(person, catalog):
        about = f"After the operation of the {place_words(operation.place, operation.side)}"
        if last is None:
            wait = "more than daily life, before the surgeon or physiotherapist has said what is allowed"
            told.append(PlanActivity(about=about, kind="operation", waits=(ClauseSpec(words=wait),)))
            continue
        # what is banned is not called allowed
        stage = "load" if no_impact and last.stage == "speed" else last.stage
        if stage == "speed":
            note = f"Your {last.by} allowed everything, running and jumping too, on {last.on}; what this page holds back waits for its tests."
        else:
            note = f"Your {last.by} allowed {ALLOWED_WORDS[stage]} on {last.on}: not more than that before they say so."
        if last.by in in_words:
            note = "" if stage == "speed" else f"This page goes no further than {ALLOWED_WORDS[stage]}."
        told.append(PlanActivity(about=about, kind="operation", note=note))
    return list(dict.fromkeys(told))


def _tell_asked(person: Person, catalog: ClientCatalog) -> str:
    """Return who asked about health, when, and what was told: never that nothing is wrong."""
    if person.intake is None:
        return "Nobody has asked about your health yet."
    answers = {spec.id: person.answer(spec.id) for spec in catalog.red_flags.values() if spec.asked}
    asked = [name for name, answer in answers.items() if answer is not None]
    yes = [catalog.red_flags[name].short or name.replace("_", " ") for name in asked if answers[name]]
    told = f"yes to: {', '.join(yes)}" if yes else "no to all of them"
    questions = event_words(len(asked), "question")
    return f"{questions} about health, asked on {person.intake.day}: {told}. That is no examination by a doctor; ask whether something has changed."
