"""Diagnoses in clinicians' words that nothing in the catalog is about, so that a plan says so instead of passing them over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.client_schema import AllCondition, Condition, NamedCondition
from movescreen.client.person import Person
from movescreen.client.words import find_phrases

#: Endings and words by which a diagnosis is told from other words.
_LOOKS_LIKE_ONE = re.compile(
    r"\b(?:[a-z'-]+ )?(?:[a-z-]{3,}(?:itis|osis|opath(?:y|ies)|algia|malacia|plasia|lysis|listhesis)"
    r"|syndrome|disease|impingement|bursa|labr(?:um|al) (?:tear|lesion)|neuroma|entrapment|necrosis|dissecans)\b",
    re.IGNORECASE,
)
#: What has a pathway, a care profile or questions of its own, under other names.
_KNOWN = (
    "arthr*", "osteoarthr*", "coxarthr*", "gonarthr*", "tendin*", "tendon*", "patellofemoral*", "sprain*", "strain*", "back pain",
    "osteopor*", "diabet*", "thrombos*", "neuropath*", "radiculopath*", "sciatica", "hypertens*", "bone stress", "stress fracture",
    "apophys*", "diagnosis", "prognosis", "adductor*", "plantar*", "physical therapy",
)  # fmt: skip


def find_unknown(person: Person, catalog: ClientCatalog) -> tuple[tuple[str, str], ...]:
    """Return what clinicians called a complaint and the catalog knows nothing of, each with who did."""
    known = (*_KNOWN, *(word for words in _list_named(catalog) for word in words))
    found: dict[str, str] = {}
    for said in person.said:
        for match in _LOOKS_LIKE_ONE.finditer(said.words):
            words = match[0].removeprefix("the ").removeprefix("a ").removeprefix("no ")
            denied = match[0].startswith("no ") or not _is_asserted(said.words, match[0])
            if not denied and not find_phrases(words, known):
                found.setdefault(words, said.by)
    return tuple(found.items())


def tell_unknown(person: Person, catalog: ClientCatalog) -> list[str]:
    """Return a sentence for each of them, for the trainer."""
    return [
        f"The {by} called it “{words}”: there is nothing of its own for that here. The plan goes the careful way of the part that hurts; ask what it forbids."
        for words, by in find_unknown(person, catalog)
    ]


def _is_asserted(text: str, phrase: str) -> bool:
    return any(
        not each.denied for each in find_phrases(text, (phrase,), (f"{phrase} ... ruled out", f"{phrase} ... excluded"))
    )


def _list_named(catalog: ClientCatalog) -> Iterator[tuple[str, ...]]:
    rows = [profile.when for profile in catalog.profiles.values()] + [each.when for each in catalog.pathways.values()]
    for conditions in rows:
        yield from _words_of(conditions)


def _words_of(conditions: Iterable[Condition]) -> Iterator[tuple[str, ...]]:
    for each in conditions:
        if isinstance(each, NamedCondition):
            yield each.words
        elif isinstance(each, AllCondition):
            yield from _words_of(each.of)
