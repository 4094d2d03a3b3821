"""What speaks against more load since the last plan, whatever was ticked: words, measurements that got worse, medicine for pain."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.client_schema import USUAL_PAIN_LIMIT
from movescreen.catalog.norms_library import NormLibrary
from movescreen.client.intake.model import TypedWords
from movescreen.client.intake.words import decapitalize
from movescreen.client.person import Person
from movescreen.client.plan.fitting import Measured
from movescreen.client.plan.model import Plan
from movescreen.client.rules.conditions import check_any
from movescreen.client.rules.danger_words import find_pain_medicine, find_typed_words, list_texts, place_of
from movescreen.client.rules.progress import Trend, compare_measurements
from movescreen.client.visits.scores import PAIN_COUNTS_FOR, PainScore, worst_pain
from movescreen.client.visits.visit import Visit
from movescreen.client.words import find_phrases, holds_any
from movescreen.words.sentences import join_words

#: By which somebody says that all is well again: a choice.
_CLAIMS = (
    "healed", "all healed", "completely healed", "fully healed", "fully recovered", "cured", "full speed", "felt nothing", "feel nothing",
    "pain free", "painfree", "no pain", "no pain at all", "100 percent", "back to normal",
)  # fmt: skip
#: Reasons that are enough to read on a card.
_MOST = 2


def find_doubts(
    last: Plan, person: Person, visits: Sequence[Visit], rounds: Sequence[Visit], catalog: ClientCatalog, norms: NormLibrary
) -> tuple[str, ...]:  # fmt: skip
    """Return what was told in words or measured since a plan and speaks against more load, also where ticks say that all is well.

    A danger word counts also when the trainer has read it: reading says that the plan may go on, not that it may ask for more.

    Parameters
    ----------
    rounds
        What was measured before the plan and since, one visit each; empty where one of them is missing.
    """
    was = _as_of(last, person)
    words = [
        f"“{each.words}” stands in {place_of(each)}"
        for each in _new(last, find_typed_words, person, was, visits, catalog)
    ]
    medicine = [
        f"medicine for pain was told (“{each.words}” in {place_of(each)})"
        for each in _new(last, find_pain_medicine, person, was, visits, catalog)
    ]
    masked = any(spec.masks_pain and person.answer(spec.id) for spec in catalog.red_flags.values())
    hidden = ["painkillers hide what pain would say"] if masked and not medicine else []
    worse = [
        f"{decapitalize(catalog.hand_test(each.name).title)}{f' ({each.side})' if each.side else ''} went from "
        f"{each.points[0].value:.3g} to {each.points[-1].value:.3g}, worse by more than the error"
        for each in compare_measurements(rounds, catalog, norms)
        if each.trend is Trend.TOWARDS
    ]
    return tuple(dict.fromkeys((*words[:1], *worse[:1], *medicine[:1], *hidden, *words[1:], *worse[1:])))


def tell_doubts(doubts: Sequence[str]) -> str:
    """Return the first of them, for the rest of a sentence."""
    return join_words(doubts[:_MOST])


def describe_doubts(doubts: Sequence[str]) -> list[str]:
    """Return for the trainer that nothing went up, and all that speaks against it; empty when nothing does."""
    return [f"Nothing goes up, whatever was ticked: {join_words(doubts)}."] if doubts else []


def describe_medicine(person: Person, visits: Sequence[Visit], catalog: ClientCatalog) -> list[str]:
    """Return for the trainer every medicine for pain that was told in words."""
    told = dict.fromkeys(f"“{each.words}” in {place_of(each)}" for each in find_pain_medicine(person, visits, catalog))
    if not told:
        return []
    ask = "pain that was told with it may be less than it is; ask how often, and for the scores of a day without it"
    return [f"Medicine for pain was told: {join_words(list(told))}: {ask}."]


def list_recent_texts(person: Person, visits: Sequence[Visit]) -> tuple[str, ...]:
    """Return what was typed about a person in the time for which pain counts."""
    return tuple(text for _, text, _ in _recent_texts(person, visits))


def _recent_texts(person: Person, visits: Sequence[Visit]) -> list[tuple[str, str, date]]:
    return [
        (where, text, day)
        for where, text, day in list_texts(person, visits)
        if day is not None and person.today - day <= PAIN_COUNTS_FOR
    ]


def describe_for_surgeon(
    person: Person, visits: Sequence[Visit], measured: Measured, catalog: ClientCatalog
) -> list[str]:
    """Return for the trainer what the surgeon is asked about before more load."""
    out = []
    typed = list_recent_texts(person, visits)
    for spec in catalog.hand_tests.values():
        ask, value = spec.surgeon, max(measured.get(spec.id, {}).values(), default=0.0)
        if ask is None or value < ask.at_least or not check_any(ask.after, person).holds:
            continue
        beside = max(measured.get(ask.along_with, {}).values(), default=0.0) >= ask.along_at_least
        if beside or any(holds_any(text, ask.words) for text in typed):
            other = decapitalize(catalog.hand_test(ask.along_with).title)
            out.append(
                f"Ask the surgeon before more load: {decapitalize(spec.title)}: {value:g} {spec.unit}, with {other}."
            )
    return out


def describe_contradictions(
    person: Person, visits: Sequence[Visit], pain: Sequence[PainScore], catalog: ClientCatalog
) -> list[str]:
    """Return for the trainer what was said to be well while scores of pain say otherwise."""
    worst = worst_pain(pain)
    if worst is None or worst.value <= USUAL_PAIN_LIMIT:
        return []
    said = [
        f"“{hit.words}” ({where} of {day})"
        for where, text, day in _recent_texts(person, visits)
        for hit in find_phrases(text, _CLAIMS)
        if not hit.denied
        and not re.search(rf"\b(?:not|isn.t|never) (?:\w+ )?{re.escape(hit.words)}", text, re.IGNORECASE)
    ]
    told = join_words(list(dict.fromkeys(said)))
    return [f"A contradiction: {told}, but {worst.words}. The page goes by what is worse; ask."] if said else []


def _as_of(last: Plan, person: Person) -> Person:
    intake = person.intake if person.intake and person.intake.day <= last.day else None
    told = [each for each in person.told if each.day <= last.day]
    return replace(person, today=last.day, intake=intake or (told[-1] if told else None), told=told)


def _new(
    last: Plan, find: Callable[[Person, Sequence[Visit], ClientCatalog], tuple[TypedWords, ...]],
    person: Person, was: Person, visits: Sequence[Visit], catalog: ClientCatalog,
) -> list[TypedWords]:  # fmt: skip
    """Return what was typed since a plan; what the form fills in again is new only where it says something else."""
    known = set(find(was, visits, catalog))
    found = find(person, visits, catalog)
    return [each for each in found if each not in known and (each.day is None or each.day > last.day)]
