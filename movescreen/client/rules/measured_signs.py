"""Signs that were measured, felt, tested or told: they stop a plan by themselves, whatever was answered or read.

Only a clinician's word, noted since, opens it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from movescreen.catalog.care_schema import RedFlagSpec
from movescreen.catalog.client_loader import ClientCatalog
from movescreen.client.intake.words import decapitalize
from movescreen.client.person import Person
from movescreen.client.rules.conditions import check_any
from movescreen.client.rules.danger_words import CLINICIAN, list_texts
from movescreen.client.visits.observation import Observation
from movescreen.client.visits.visit import Visit
from movescreen.client.words import find_phrases, holds_any
from movescreen.errors import NeedsReferral
from movescreen.words.sentences import join_words

#: So long a sign counts without a clinician's word; who lives with it for longer has been seen, or is asked by the questions (a choice).
COUNTS_FOR = timedelta(weeks=12)


def find_signs(person: Person, visits: Sequence[Visit], catalog: ClientCatalog) -> dict[str, list[str]]:
    """Return red flag -> the signs of it that were measured or seen and that no clinician has judged since."""
    found: dict[str, list[str]] = {}
    texts = [each for each in list_texts(person, visits) if each[0] != CLINICIAN]
    for spec in catalog.red_flags.values():
        if spec.sign_of and check_any(spec.sign_of, person).holds is not True:
            continue
        recent = [v for v in visits if v.day <= person.today and _counts(spec, v.day, person)]
        signs = [
            sign for visit in recent for sign in (*_measured(spec, visit, visits, catalog), *_observed(spec, visit))
        ]
        signs += [
            f"“{found.words}” in {where}"
            for where, text, day in texts if spec.told and _counts(spec, day or _first_day(person), person)
            for found in find_phrases(text, spec.told, spec.told_not) if not found.denied
        ]  # fmt: skip
        if signs:
            found[spec.id] = list(dict.fromkeys(signs))
    return found


def _first_day(person: Person) -> date:
    return person.intake.day if person.intake else person.today


def _counts(spec: RedFlagSpec, day: date, person: Person) -> bool:
    """Whether a sign of a day counts: it is not too old, and no clinician has judged it since."""
    if person.today - day > COUNTS_FOR:
        return False
    words = [word for name in (spec.id, *spec.judged_by) if (word := person.clearance(name)) is not None]
    return not any(word.allows and (word.said_on or word.on) >= day for word in words)


def ensure_no_sign(person: Person, visits: Sequence[Visit], catalog: ClientCatalog) -> None:
    """Raise :class:`NeedsReferral` when something was measured or felt that has to be seen by a doctor first."""
    for name, signs in find_signs(person, visits, catalog).items():
        spec = catalog.red_flags[name]
        raise NeedsReferral(
            f"the plan waits: {spec.reason} Found here, whatever was answered: {join_words(signs)}.",
            f"refer to {spec.refer_to}; only what the doctor says, noted with 'movescreen intake clear' ({name}), opens a plan",
            see=spec.refer_to,
        )


def _measured(spec: RedFlagSpec, visit: Visit, visits: Sequence[Visit], catalog: ClientCatalog) -> Iterator[str]:
    for sign in spec.measured:
        values = visit.measured(sign.test)
        later = any(each.day > visit.day and each.measured(sign.test) for each in visits)
        if later or not {"left", "right"} <= set(values):
            continue
        if min(values.values()) <= sign.at_most and max(values.values()) >= sign.other_at_least:
            told = join_words(f"{side} {value:g}" for side, value in sorted(values.items()))
            yield f"{decapitalize(catalog.hand_test(sign.test).title)}: {told}"


def _observed(spec: RedFlagSpec, visit: Visit) -> Iterator[str]:
    return (each.texts[0] for each in visit.observations if _speaks(spec, each))


def _speaks(spec: RedFlagSpec, seen: Observation) -> bool:
    if seen.verdict == "negative" or holds_any(seen.result, spec.observed_not):
        return False
    return holds_any(seen.texts[0], spec.observed)
