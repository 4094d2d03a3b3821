"""How far a plan goes: the last stage that pain, health, a clinician's word, gates and steps let it end with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.client_schema import ProfileSpec, Stage
from movescreen.client.dates import days_since
from movescreen.client.intake.words import ALLOWED_WORDS, decapitalize, operation_words
from movescreen.client.person import Person
from movescreen.client.rules.conditions import check_any
from movescreen.client.rules.readiness import Readiness
from movescreen.client.rules.red_flags import RedFlagReview
from movescreen.client.visits.scores import PainScore, worst_pain
from movescreen.words.sentences import join_words

#: Pain, 0 to 10, of the last 14 days: from here on no weight; only small exercises; nothing before it was talked about.
NO_WEIGHT_FROM, QUIET_FROM, TALK_FIRST_FROM = 3, 6, 7
#: Pain the day after training that takes the plan one step back.
STEP_BACK_FROM = 5

#: How long a word about an operation says how far to go; who needs longer says so again.
WORD_COUNTS_FOR = timedelta(weeks=52)

#: The last stage that something lets the plan end with, and why.
Limit = tuple[Stage, str]


def limit_by_pain(pain: Sequence[PainScore], ever: Sequence[PainScore]) -> list[Limit]:
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
    limits: list[Limit] = []
    if worst.value >= TALK_FIRST_FROM:
        limits.append(("activation", f"{worst.words}: no load, talk first"))
    if next_day is not None and next_day.value >= STEP_BACK_FROM:
        limits.append(("activation", f"{next_day.words}: one step back, and ask again after the next session"))
    if QUIET_FROM <= worst.value < TALK_FIRST_FROM:
        limits.append(("activation", f"{worst.words}: quiet it first"))
    if not limits and worst.value >= NO_WEIGHT_FROM:
        limits.append(("integration", f"{worst.words}: weight comes at 2 or less"))
    return limits


def talk_first_words(pain: Sequence[PainScore]) -> str:
    """Return what stands before anything else on the page when pain was too much; else nothing."""
    worst = worst_pain(pain)
    if worst is None or worst.value < TALK_FIRST_FROM:
        return ""
    return f"Talk first: {worst.words}. Nothing is loaded before trainer and client have talked about it. "


def limit_by_health(
    person: Person, review: RedFlagReview, profiles: Sequence[ProfileSpec], catalog: ClientCatalog
) -> list[Limit]:
    """Return how far a plan goes for what a person answered, what a professional allowed, and a profile."""
    return [*_limit_by_questions(review), *_limit_by_word(person, catalog), *_limit_by_profile(person, profiles)]


def _limit_by_questions(review: RedFlagReview) -> list[Limit]:
    """Nobody is loaded whose health was not asked about; a "no" of more than a year ago is as good as not asked."""
    if not review.open_questions:
        return []
    return [("integration", "questions about health were not asked, or more than a year ago")]


def _limit_by_word(person: Person, catalog: ClientCatalog) -> list[Limit]:
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


def _limit_by_profile(person: Person, profiles: Sequence[ProfileSpec]) -> list[Limit]:
    return [
        (profile.latest_stage, f"care profile: {decapitalize(profile.title)}")
        for profile in profiles
        if profile.latest_stage_while and check_any(profile.latest_stage_while, person).holds is not False
    ]


def limit_by_gates(readiness: Sequence[Readiness], catalog: ClientCatalog) -> list[Limit]:
    """Return where a plan ends, and why, for the gates before speed that a pathway's person has yet to pass."""
    # a pathway that is closed or withheld has its gates still open
    open_gates = sorted({name for each in readiness for name in each.spec.before_speed - each.met})
    # what a gate asks for stands behind the first comma of its title
    titles = dict.fromkeys(decapitalize(catalog.gates[name].title.partition(",")[0]) for name in open_gates)
    words = join_words(titles)
    return [("load", f"speed waits for these gates: {words}")] if open_gates else []


def limit_by_steps(readiness: Sequence[Readiness]) -> list[Limit]:
    """Return how far a plan goes at the steps where a person stands, or would stand once the questions are asked."""
    at = [(each, each.spec.steps[min(each.position, len(each.steps) - 1)]) for each in readiness if each.steps]
    return [
        (step.latest_stage, f"{decapitalize(each.spec.title)}: {decapitalize(step.title)}")
        for each, step in at
        if step.latest_stage != "speed"
    ]


def wants_fewer_sets(person: Person, pain: Sequence[PainScore]) -> bool:
    """Tell whether to begin with a set less; when nobody asked about pain of late, too: not asked is not "no"."""
    weeks, worst = person.weeks_postpartum, worst_pain(pain)
    return worst is None or worst.value >= NO_WEIGHT_FROM or (weeks is not None and weeks < 12)
