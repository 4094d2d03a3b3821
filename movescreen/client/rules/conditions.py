"""Does a fact hold for a person? Yes, with what makes it so; no; or nobody asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from movescreen.catalog.client_schema import (
    STAGES,
    AgeCondition,
    AllCondition,
    Condition,
    GoalCondition,
    Graft,
    InjuryCondition,
    InjuryKind,
    NamedCondition,
    NoGuardianCondition,
    OperationCondition,
    PainCondition,
    Place,
    PostpartumCondition,
    PregnantCondition,
    SaidCondition,
    SittingCondition,
    SportCondition,
    Stage,
    SymptomCondition,
)
from movescreen.client.dates import days_since
from movescreen.client.intake.model import Injury, Operation, Pain
from movescreen.client.intake.words import event_words, injury_words, operation_words, pain_words
from movescreen.client.person import Person, Said
from movescreen.client.rules.clearance_words import find_bend, is_conditional
from movescreen.client.words import find_phrases, holds_any
from movescreen.registry import Registry

#: Injuries after which tissue heals, so that feeling well is no proof.
_HEALS: tuple[InjuryKind, ...] = (
    "ankle_sprain", "muscle_strain", "knee_ligament", "meniscus", "fracture", "dislocation", "bone_stress",
)  # fmt: skip


@dataclass(frozen=True)
class Event:
    """What makes a condition hold.

    Attributes
    ----------
    words
        Such as "2023 right ankle sprain".
    side
        ``left``, ``right``, ``both`` or empty.
    """

    words: str
    side: str = ""


@dataclass(frozen=True)
class Answer:
    """``holds`` is None when nobody asked; ``events`` say what makes it true."""

    holds: bool | None
    events: tuple[Event, ...] = ()


UNKNOWN, NO = Answer(None), Answer(False)
#: Kind of condition -> whether it holds.
_CONDITIONS: Registry[Callable[[Any, Person], Answer]] = Registry("kind of condition")


def check_condition(condition: Condition, person: Person) -> Answer:
    """Return whether a condition holds for a person.

    Returns
    -------
    Answer
        ``holds`` is None when it was not asked; an unasked question is never a "no".
    """
    return _CONDITIONS[condition.kind](condition, person)


def check_any(conditions: Iterable[Condition], person: Person) -> Answer:
    """Return whether one of the conditions holds: yes before not known before no."""
    answers = [check_condition(condition, person) for condition in conditions]
    held = [answer for answer in answers if answer.holds]
    if held:
        return Answer(True, tuple(event for answer in held for event in answer.events))
    return UNKNOWN if any(answer.holds is None for answer in answers) else NO


def check_all(conditions: Iterable[Condition], person: Person) -> Answer:
    """Return whether all conditions hold: no before not known before yes."""
    answers = [check_condition(condition, person) for condition in conditions]
    if any(answer.holds is False for answer in answers):
        return NO
    if any(answer.holds is None for answer in answers):
        return UNKNOWN
    return Answer(True, tuple(event for answer in answers for event in answer.events))


def _of(found: Sequence[Event]) -> Answer:
    return Answer(True, tuple(found)) if found else NO


@_CONDITIONS.register("all")
def _all(condition: AllCondition, person: Person) -> Answer:
    answer = check_all(condition.of, person)
    if not condition.same_side or not answer.holds:
        return answer
    each = [check_condition(part, person).events for part in condition.of]
    shared = any(
        all(any(e.side in (side, "both", "") for e in events) for events in each) for side in ("left", "right")
    )
    return answer if shared else NO


@_CONDITIONS.register("no_guardian")
def _no_guardian(_condition: NoGuardianCondition, person: Person) -> Answer:
    consent = person.intake.consent if person.intake else None
    # not asked counts as nobody: somebody under 18 does not agree alone
    return NO if consent is not None and consent.guardian else Answer(True)


@_CONDITIONS.register("injury")
def _injury(condition: InjuryCondition, person: Person) -> Answer:
    if person.intake is None or person.intake.injuries is None:
        return UNKNOWN
    return _of([Event(injury_words(i), i.side) for i in find_injuries(condition, person)])


def find_injuries(condition: InjuryCondition, person: Person) -> list[Injury]:
    """Return the injuries that a condition means; none when nobody asked."""

    def fits(injury: Injury) -> bool:
        months, weeks = condition.within_months, condition.within_weeks
        return (
            (not condition.injury or injury.kind in condition.injury)
            and (not condition.places or injury.place in condition.places)
            and (condition.gives_way is None or injury.gives_way is condition.gives_way)
            and (months is None or days_since(injury.when, person.today) <= months * 30.44)
            and (weeks is None or days_since(injury.when, person.today) < weeks * 7)
        )

    return [injury for injury in (person.intake.injuries if person.intake else None) or () if fits(injury)]


@_CONDITIONS.register("operation")
def _operation(condition: OperationCondition, person: Person) -> Answer:
    if person.intake is None or person.intake.operations is None:
        return UNKNOWN

    found = [o for o in person.intake.operations if fits_operation(o, condition, person)]
    return _of([Event(operation_words(o), o.side) for o in found])


def fits_operation(operation: Operation, condition: OperationCondition, person: Person) -> bool:
    """Return whether an operation is one that a condition means; what nobody said about it counts as not allowed."""
    weeks, said = condition.within_weeks, person.allowed_after(operation, condition.flag)
    far = condition.allows_less_than
    return (
        (not condition.places or operation.place in condition.places)
        and (not condition.words or holds_any(operation.what, condition.words))
        and (not condition.grafts or _may_be_from(operation, condition.grafts))
        and (weeks is None or days_since(operation.when, person.today) < weeks * 7)
        and not (condition.without_clearance and said is not None)
        and not (condition.without_phase and said is not None and said.phase)
        and not (far is not None and said is not None and STAGES.index(said.stage) >= STAGES.index(far))
    )


#: Graft -> words that name it in what was done. A tendon alone names none: it may have been mended.
_GRAFT_WORDS: dict[Graft, tuple[str, ...]] = {
    "hamstring": ("hamstring* ... graft*", "hamstring* ... autograft*", "semitendinosus", "gracilis"),
    "patellar": ("patella* ... graft*", "patella* ... autograft*", "bptb", "btb", "bone patella*"),
    "quadriceps": ("quadriceps ... graft*", "quadriceps ... autograft*", "quad ... graft*", "quad ... autograft*"),
    "donor": ("allograft*", "donor ... graft*", "donor tendon"),
}


def _may_be_from(operation: Operation, grafts: Sequence[Graft]) -> bool:
    """Return whether a new ligament may be one of some grafts: as answered, else as typed, else it may be any."""
    if operation.graft is not None:
        return operation.graft in grafts
    typed = {graft for graft, words in _GRAFT_WORDS.items() if holds_any(operation.what, words)}
    return not typed or bool(typed & set(grafts))


@_CONDITIONS.register("pain")
def _pain(condition: PainCondition, person: Person) -> Answer:
    if person.intake is None or person.intake.pains is None:
        return UNKNOWN

    def fits(pain: Pain) -> bool:
        strength = pain.now if condition.when == "now" else pain.week
        return (
            (not condition.places or pain.place in condition.places)
            and strength >= condition.at_least
            and (condition.spot is None or pain.spot == condition.spot)
            and (condition.not_at is None or pain.spot != condition.not_at)
            and (
                not condition.for_weeks
                or (bool(pain.since) and days_since(str(pain.since), person.today) >= condition.for_weeks * 7)
            )
        )

    # pain of another day goes on to speak for caution until somebody asks again, and is told with its day
    told = person.pain_told or person.intake.day
    told_on = told if person.today != told else None
    return _of([Event(pain_words(p, told_on), p.side) for p in person.intake.pains if fits(p)])


@_CONDITIONS.register("sitting")
def _sitting(condition: SittingCondition, person: Person) -> Answer:
    if person.intake is None or person.intake.sitting_hours is None:
        return UNKNOWN
    hours, young = person.intake.sitting_hours, person.age is None or person.age <= condition.max_age
    return _of([Event(f"sitting {hours:g} hours a day")] if hours >= condition.hours and young else [])


@_CONDITIONS.register("age")
def _age(condition: AgeCondition, person: Person) -> Answer:
    if person.age is None:
        return UNKNOWN
    return _of([Event(f"{person.age} years of age")] if condition.min <= person.age <= condition.max else [])


@_CONDITIONS.register("postpartum")
def _postpartum(condition: PostpartumCondition, person: Person) -> Answer:
    if person.intake is None or not person.intake.asked_birth:
        return UNKNOWN
    weeks = person.weeks_postpartum
    held = weeks is not None and weeks < condition.below_weeks
    return _of([Event(f"{event_words(weeks or 0, 'week')} after a birth")] if held else [])


@_CONDITIONS.register("pregnant")
def _pregnant(condition: PregnantCondition, person: Person) -> Answer:
    if person.intake is None or person.intake.pregnant is None:
        return UNKNOWN
    week = person.pregnancy_week
    if not person.intake.pregnant or (week is not None and week < condition.from_week):
        return NO
    return _of([Event(f"pregnancy, week {week}" if week is not None else "pregnancy, week not known")])


@_CONDITIONS.register("sport")
def _sport(condition: SportCondition, person: Person) -> Answer:
    if person.intake is None or not person.intake.sports:
        return UNKNOWN
    if condition.goes_well and person.intake.goes_well is None:
        return UNKNOWN
    if condition.goes_well and condition.goes_well not in (person.intake.goes_well or ()):
        return _of([])
    return _of([Event(f"{s.replace('_', ' ')} as a sport") for s in person.intake.sports if s in condition.sports])


@_CONDITIONS.register("goal")
def _goal(condition: GoalCondition, person: Person) -> Answer:
    if person.intake is None or not person.intake.goals:
        return UNKNOWN
    return _of([Event(f"the goal to {_GOALS[g]}") for g in person.intake.goals if g in condition.goals])


_GOALS = {
    "less_pain": "have less pain", "daily_life": "manage daily life", "run": "run", "jump_and_turn": "jump and turn",
    "lift": "lift", "return_to_sport": "return to sport", "balance": "stand and walk safely",
}  # fmt: skip


def _is_known_already(another: str, person: Person) -> bool:
    told = person.intake
    named = told is not None and bool(told.pains or told.injuries or told.operations)
    return named and person.answer(another) is False and another not in person.standing


@_CONDITIONS.register("said")
def _said(condition: SaidCondition, person: Person) -> Answer:
    if condition.absent:
        told = [each for each in person.said if holds_any(each.words, condition.words, condition.unless)]
        return NO if any(not is_conditional(each) for each in told) else Answer(True)
    return _of([Event(each.cited) for each in find_said(condition, person)])


def find_said(condition: SaidCondition, person: Person) -> list[Said]:
    """Return the clinicians' words that a condition means; a "no" before them takes nothing back, because most of them are one."""

    def fits(said: Said) -> bool:
        if condition.bends_at_most is not None:
            bend = find_bend(said)
            return bend is not None and bend <= condition.bends_at_most
        if condition.conditional:
            return is_conditional(said)
        return bool(find_phrases(said.words, condition.words, condition.unless))

    return [each for each in person.said if fits(each)]


#: What is written after a diagnosis that somebody looked for and did not find.
_RULED_OUT = ("ruled out", "excluded", "unlikely", "was not found", "not confirmed")


@_CONDITIONS.register("named")
def _named(condition: NamedCondition, person: Person) -> Answer:
    unless = (*condition.unless, *(f"{word} ... {out}" for word in condition.words for out in _RULED_OUT))
    for said in person.said:
        if found := [each.words for each in find_phrases(said.words, condition.words, unless) if not each.denied]:
            return _of([Event(f"“{found[0]}”, as the {said.by} called it")])
    for text in _list_told(person, complaint=condition.complaint):
        if found := [each.words for each in find_phrases(text, condition.words, unless) if not each.denied]:
            return _of([Event(f"“{found[0]}”, as it was noted")])
    return NO


def _list_told(person: Person, *, complaint: bool) -> list[str]:
    if person.intake is None:
        return [person.note]
    pains = [pain.with_movement for pain in person.intake.pains or ()] if complaint else []
    return [person.note, person.intake.note, *(injury.note for injury in person.intake.injuries or ()), *pains]


@_CONDITIONS.register("symptom")
def _symptom(condition: SymptomCondition, person: Person) -> Answer:
    event = Event(f"{condition.flag.replace('_', ' ')}, answered with yes")
    if condition.another and _is_known_already(condition.another, person):
        return NO
    if condition.without_clearance and condition.flag in person.standing:
        return _of([event])
    answer = person.answer(condition.flag)
    if answer is None:
        return UNKNOWN
    cleared = person.clearance(condition.flag) is not None
    fits = not (condition.without_clearance and cleared) and not (condition.with_clearance and not cleared)
    return _of([event] if answer and fits else [])


def find_healing(person: Person, *, unless: Sequence[Stage] = ()) -> frozenset[Place]:
    """Return where tissue may still heal: a bone, an injury of half a year, an operation of a year ``unless`` one of these stages was allowed."""
    injured = find_injuries(InjuryCondition(kind="injury", injury=_HEALS, within_months=6), person)
    operated = (person.intake.operations if person.intake else None) or ()
    words = [(each, person.allowed_after(each)) for each in operated if days_since(each.when, person.today) < 52 * 7]
    recent = {each.place for each, word in words if word is None or word.stage not in unless}
    return frozenset({each.place for each in injured} | recent)


def heals(person: Person) -> bool:
    """Whether tissue of a person may still heal anywhere."""
    return bool(find_healing(person))
