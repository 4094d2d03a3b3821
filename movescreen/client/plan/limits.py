"""How far a plan goes: the last stage that pain, health, a clinician's word, gates and steps let it end with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from movescreen.catalog.care_schema import ProfileSpec
from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.client_schema import STAGES, Stage
from movescreen.client.dates import days_since
from movescreen.client.intake.model import Operation
from movescreen.client.intake.words import ALLOWED_WORDS, decapitalize, operation_words
from movescreen.client.person import Allowed, Person
from movescreen.client.plan.parts import Parts
from movescreen.client.rules.conditions import Answer, check_any, find_injuries
from movescreen.client.rules.readiness import Readiness
from movescreen.client.rules.red_flags import RedFlagReview
from movescreen.client.words import holds_any
from movescreen.words.sentences import join_words

#: Words by which a clinician allows weights, and phrases in which they do not.
_WEIGHTS, _NO_WEIGHTS = (
    ("weights", "weight training", "strength training"),
    ("light weights only", "no weights", "weights later"),
)
#: How long a word about an operation says how far to go; who needs longer says so again.
WORD_COUNTS_FOR = timedelta(weeks=52)


@dataclass(frozen=True)
class Limit:
    """The last stage that something lets a plan end with, and why.

    Attributes
    ----------
    parts
        It is about what loads one of these parts; about everything when None.
    kind
        What it comes from: pain, gates that are not met or not known, steps of pathways, or anything else about health.
    of_sport
        Nothing but the worst pain of a week says it, which may come from sport: training itself, rest and mornings say less, or nothing.
    """

    stage: Stage
    why: str
    parts: Parts = None
    kind: Literal["pain", "gates", "steps", "health"] = "health"
    of_sport: bool = False


def why_early(limits: Sequence[Limit]) -> str:
    """Return why pain or health ends a plan before weights, for the rest of "because"; empty where neither does."""
    kinds = {limit.kind for limit in limits if STAGES.index(limit.stage) < STAGES.index("load")}
    return "it hurts more than it may" if "pain" in kinds else "health comes first" if "health" in kinds else ""


def limit_by_health(
    person: Person, review: RedFlagReview, profiles: Sequence[ProfileSpec], catalog: ClientCatalog
) -> list[Limit]:
    """Return how far a plan goes for what a person answered, what a professional allowed, and a profile."""
    return [*_limit_by_questions(review), *_limit_by_word(person, catalog), *_limit_by_profile(person, profiles)]


def _limit_by_questions(review: RedFlagReview) -> list[Limit]:
    """Nobody is loaded whose health was not asked about; a "no" of more than a year ago is as good as not asked."""
    if not review.open_questions:
        return []
    return [Limit("integration", "questions about health were not asked, or more than a year ago")]


def _limit_by_word(person: Person, catalog: ClientCatalog) -> list[Limit]:
    """Return the stages that clinicians let the plan end with, after an operation of the last year or a red flag."""
    words = ((spec, person.clearance(spec.id)) for spec in catalog.red_flags.values())
    said = [(spec, word) for spec, word in words if word is not None]
    limits = [
        Limit(word.allows, _allowed_words(word.by, str(word.said_on or word.on), word.allows, word.phase or word.note))
        for spec, word in said
        if word.allows is not None and not spec.says_how_far
    ]
    for operation, last in list_words_on_operations(person, catalog):
        if last is not None:
            what = _allowed_words(last.by, str(last.on), last.stage, last.phase)
            limits.append(Limit(last.stage, f"{what}, after the {operation_words(operation)}"))
    return limits


def _allowed_words(by: str, on: str, stage: Stage, said: str) -> str:
    """Return how far somebody in charge lets a plan go; where they said it in words, these stand in the place of a summary."""
    if said:
        return f"the {by} said “{said}”, and this plan goes no further than {ALLOWED_WORDS[stage]}"
    return f"the {by} allowed {ALLOWED_WORDS[stage]} on {on}"


def list_words_on_operations(person: Person, catalog: ClientCatalog) -> list[tuple[Operation, Allowed | None]]:
    """Return the operations of the last year, each with the latest word on what is allowed after it, wherever it was noted."""
    flags = ("", *(spec.id for spec in catalog.red_flags.values() if spec.says_how_far))
    told = (person.intake.operations if person.intake else None) or ()
    recent = [each for each in told if days_since(each.when, person.today) < WORD_COUNTS_FOR.days]
    words = {each: [word for flag in flags if (word := person.allowed_after(each, flag))] for each in recent}
    return [(each, max(words[each], key=lambda word: word.on, default=None)) for each in recent]


def _limit_by_profile(person: Person, profiles: Sequence[ProfileSpec]) -> list[Limit]:
    return [
        Limit(profile.latest_stage, f"care profile: {decapitalize(profile.title)}{_told(answer)}")
        for profile in profiles
        if profile.latest_stage_while and (answer := check_any(profile.latest_stage_while, person)).holds is not False
    ]


def _told(answer: Answer) -> str:
    """Return which questions were answered with yes, in brackets; empty for what is told elsewhere, or was not asked."""
    told = [event.words for event in answer.events if event.words.endswith("answered with yes")]
    return f" ({', '.join(told)})" if told else ""


def limit_by_gates(readiness: Sequence[Readiness], catalog: ClientCatalog) -> list[Limit]:
    """Return where a plan ends, and why, for the gates before speed that a pathway's person has yet to pass."""
    # a pathway that is closed or withheld has its gates still open
    open_gates = sorted({name for each in readiness for name in each.spec.before_speed - each.met})
    # what a gate asks for stands behind the first comma of its title
    titles = dict.fromkeys(decapitalize(catalog.gates[name].title.partition(",")[0]) for name in open_gates)
    words = join_words(titles)
    return [Limit("load", f"speed waits for these gates: {words}", kind="gates")] if open_gates else []


def limit_by_steps(readiness: Sequence[Readiness], person: Person) -> list[Limit]:
    """Return how far a plan goes at the steps where a person stands, or would stand once the questions are asked.

    A clinician who has named weights since the injury opens those that the step itself does not bar.
    """
    at = [(each, each.spec.steps[min(each.position, len(each.steps) - 1)]) for each in readiness if each.steps]
    return [
        Limit(
            "load" if _named_weights(each, person) else step.latest_stage,
            f"{decapitalize(each.spec.title)}: {decapitalize(step.title)}",
            kind="steps",
        )
        for each, step in at
        if step.latest_stage != "speed"
    ]


def _named_weights(standing: Readiness, person: Person) -> bool:
    """Whether a clinician allowed weights in words, without denying them, since the injury that a complaint is about."""
    if not standing.open or person.intake is None:
        return False
    injuries = [i for each in standing.spec.when if each.kind == "injury" for i in find_injuries(each, person)]
    since = min((days_since(each.when, person.today) for each in injuries), default=None)
    words = [person.clearance(flag) for flag in dict.fromkeys(each.flag for each in person.intake.clearances)]
    return since is not None and any(
        word.allows in ("load", "speed")
        and (person.today - (word.said_on or word.on)).days <= since
        and holds_any(f"{word.phase}. {word.note}", _WEIGHTS, _NO_WEIGHTS)
        for word in words
        if word is not None
    )
