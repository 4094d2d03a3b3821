"""What speaks against more load since the last plan, whatever was ticked: what the trainer read, measurements that got worse, painkillers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.client_schema import USUAL_PAIN_LIMIT
from movescreen.catalog.norms_library import NormLibrary
from movescreen.client.intake.words import decapitalize
from movescreen.client.person import Person
from movescreen.client.plan.fitting import Measured
from movescreen.client.plan.model import Plan
from movescreen.client.rules.conditions import check_any
from movescreen.client.rules.danger_words import list_texts, meaning_of
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
    last: Plan, person: Person, rounds: Sequence[Visit], catalog: ClientCatalog, norms: NormLibrary
) -> tuple[str, ...]:
    """Return what was read or measured since a plan and speaks against more load, also where ticks say that all is well.

    A typed text counts as what the trainer read it: as long as that is not nothing, the plan may go on and asks for no more.

    Parameters
    ----------
    rounds
        What was measured before the plan and since, one visit each; empty where one of them is missing.
    """
    read = [each for each in person.words_read if last.day < each.on <= person.today and each.means != ()]
    words = [
        f"“{typed.words or typed.text}” stands in {typed.place}" + (f" and means {told}" if (told := meaning_of(each, catalog)) else "")
        for each in read for typed in each.what
    ]  # fmt: skip
    masked = any(spec.masks_pain and person.answer(spec.id) for spec in catalog.red_flags.values())
    hidden = ["painkillers hide what pain would say"] if masked else []
    worse = [
        f"{decapitalize(catalog.hand_test(each.name).title)}{f' ({each.side})' if each.side else ''} went from "
        f"{each.points[0].value:.3g} to {each.points[-1].value:.3g}, worse by more than the error"
        for each in compare_measurements(rounds, catalog, norms)
        if each.trend is Trend.TOWARDS
    ]
    return tuple(dict.fromkeys((*words[:1], *worse[:1], *hidden, *words[1:], *worse[1:])))


def tell_doubts(doubts: Sequence[str]) -> str:
    """Return the first of them, for the rest of a sentence."""
    return join_words(doubts[:_MOST])


def describe_doubts(doubts: Sequence[str]) -> list[str]:
    """Return for the trainer that nothing went up, and all that speaks against it; empty when nothing does."""
    return [f"Nothing goes up, whatever was ticked: {join_words(doubts)}."] if doubts else []


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
