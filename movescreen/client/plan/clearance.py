"""What clinicians said, at the head of a plan word for word, and what of it an exercise and a ban have to say."""

from __future__ import annotations

import re
from collections.abc import Sequence

from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.client_schema import STAGES, SaidCondition
from movescreen.catalog.exercise_schema import ExerciseSpec
from movescreen.client.person import Person, Said
from movescreen.client.plan.limits import list_words_on_operations
from movescreen.client.plan.model import PlanActivity, PlannedExercise
from movescreen.client.rules.clearance_words import find_bend, find_weight
from movescreen.client.rules.conditions import find_said
from movescreen.client.rules.danger_words import CLINICIAN, list_texts
from movescreen.client.rules.profiles import find_profiles
from movescreen.client.visits.scores import PAIN_COUNTS_FOR
from movescreen.client.visits.visit import Visit
from movescreen.client.words import holds_any
from movescreen.words.sentences import join_words

BOTH_HOLD = "Where these words and this page differ, the more careful holds."
#: A clinician's words beside what follows from them.
CITED = re.compile(r" \([^(“]*“.*”[^)]*\)")
#: A way to make an exercise harder that bends the knee further.
_DEEPER = re.compile(r"\b(?:lower|deep\w*|full|further|higher step)\b", re.IGNORECASE)
#: When a clinician wants to see somebody again, and the signs that they may name -> words that tell them.
_COME_BACK = re.compile(
    r"\b(?:come (?:back|again|in)|return|see me|call (?:me|us)|report|back to (?:me|us))\b[^;,.]*?\b(?:if|when|as soon as|should)\b(?P<when>[^;,.]*)",
    re.IGNORECASE,
)
_RETURN_SIGNS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile("swell|swoll", re.IGNORECASE), ("swell*", "swollen")),
    (re.compile("giv.* way|buckl|unstable", re.IGNORECASE), ("gave way", "gives way", "giving way", "buckle*", "buckling")),
    (re.compile("lock|block|stuck", re.IGNORECASE), ("lock*", "blocks", "blocked", "stuck")),
    (re.compile("weak", re.IGNORECASE), ("weak*",)),
    (re.compile("numb|tingl", re.IGNORECASE), ("numb*", "tingl*")),
    (re.compile("fever|red|warm|hot", re.IGNORECASE), ("fever*", "red", "warm", "hot")),
    (re.compile("limp", re.IGNORECASE), ("limp*",)),
    (re.compile("worse|more pain", re.IGNORECASE), ("worse", "more pain")),
    (re.compile("fall|fell", re.IGNORECASE), ("fell", "fall*")),
    (re.compile("dizz|faint", re.IGNORECASE), ("dizz*", "faint*")),
)  # fmt: skip
#: In the place of a harder form that waits.
NOT_HARDER = "Not yet in a harder form: only as many more as the next plan says."


#: Until when a ban holds that no clinician spoke.
NO_ONES_WORD = "until your trainer says otherwise"


def tell_said(person: Person) -> tuple[PlanActivity, ...]:
    """Return what clinicians said, word for word, for the client."""
    told: dict[str, list[str]] = {}
    kept: list[str] = []
    for each in person.said:
        who, _, words = each.cited.partition(": ")
        # the same words in a letter and in a note on it are cited once
        if not any(other in each.words or each.words in other for other in kept):
            told.setdefault(who, []).append(words)
            kept.append(each.words)
    return tuple(
        PlanActivity(about="What clinicians said", kind="said", said=f"Your {who}: {', '.join(words)}.")
        for who, words in told.items()
    )


def tell_returns(person: Person, visits: Sequence[Visit], catalog: ClientCatalog) -> tuple[PlanActivity, ...]:
    """Return to which clinician the client goes back now, because what they named for it ("come back if it swells") has come."""
    texts = [(text, day) for where, text, day in list_texts(person, visits) if where != CLINICIAN and day is not None]
    recent = [text for text, day in texts if person.today - day <= PAIN_COUNTS_FOR]
    found = dict.fromkeys(
        (word.by, part[0]) for word in person.said for part in _COME_BACK.finditer(word.words)
        if any(sign.search(part["when"]) and _has_come(phrases, recent, visits, catalog) for sign, phrases in _RETURN_SIGNS)
    )  # fmt: skip
    return tuple(
        PlanActivity(about="Now", kind="said", now=f"call your {by}, today or on the next working day: “{words.strip()}”, and that has come")
        for by, words in found
    )  # fmt: skip


def _has_come(phrases: Sequence[str], texts: Sequence[str], visits: Sequence[Visit], catalog: ClientCatalog) -> bool:
    """Whether a sign was told or seen in one of some texts, or measured at the last visit that measured it."""
    if any(holds_any(text, phrases) for text in texts):
        return True
    tests = [spec for spec in catalog.hand_tests.values() if set(phrases) & set(spec.sign_words)]
    measured = [(spec, [max(v.values()) for visit in visits if (v := visit.measured(spec.id))]) for spec in tests]
    return any(values[-1] >= spec.sign_from for spec, values in measured if values)


def note_said(person: Person) -> list[str]:
    """Return what clinicians said, word for word, for the trainer."""
    told = [f"{each.cited[:1].upper()}{each.cited[1:]}." for each in person.said]
    return [*told[:-1], f"{told[-1]} {BOTH_HOLD}"] if told else []


def tell_ban(person: Person, catalog: ClientCatalog) -> str:
    """Return until who says otherwise running and jumping wait: whoever barred them, in their words, else the trainer."""
    barring = [
        word
        for profile in find_profiles(person, catalog)
        for condition in profile.no_impact_while
        if isinstance(condition, SaidCondition)
        for word in find_said(condition, person)
    ]
    if barring:
        # the same words in a letter and in a note on it are cited once
        once = [word for word in barring if not any(o.words != word.words and o.words in word.words for o in barring)]
        words = join_words(word.cited for word in dict.fromkeys(once))
        return f"until your {_who(barring)} {_say(_who(barring))} otherwise ({words})"
    operations = [word for _, word in list_words_on_operations(person, catalog)]
    if any(word is None for word in operations):
        return "until your surgeon or physiotherapist says otherwise"
    clearances = [person.clearance(flag) for flag in catalog.red_flags]
    limiting = [w.by for w in operations if w is not None and w.stage != STAGES[-1]]
    limiting += [w.by for w in clearances if w is not None and w.allows not in (None, STAGES[-1])]
    who = join_words(dict.fromkeys(limiting))
    return f"until your {who} {_say(who)} otherwise" if who else NO_ONES_WORD


def _say(who: str) -> str:
    return "say" if " and " in who else "says"


def _who(said: Sequence[Said]) -> str:
    return join_words(dict.fromkeys(each.by for each in said))


def keep_to_words(planned: PlannedExercise, spec: ExerciseSpec, person: Person, *, knee: bool) -> PlannedExercise:
    """Return an exercise with the limits of weight and bending that clinicians set in their words; ``knee`` when it loads the knee."""
    told: dict[str, str] = {}
    weight = find_weight(person.said)
    if weight and (planned.load or spec.weighted or spec.stage == "load"):
        most = f"Never more than {weight[0]}: your {weight[1].by}."
        told["load"] = f"{most} {planned.load}".strip()
    bends = [(bend, word) for word in person.said if (bend := find_bend(word)) is not None]
    if bends and knee:
        bend, word = min(bends, key=lambda each: each[0])
        which = f"{word.side} knee" if word.side in ("left", "right") else "knee"
        line = f"Bend the {which} no further than {bend} degrees: your {word.by}."
        # an exercise that the trainer wrote keeps its words from plan to plan
        told["how"] = planned.how if line in planned.how else f"{planned.how} {line}"
        told |= {"harder": NOT_HARDER} if _DEEPER.search(planned.harder) else {}
    return planned.model_copy(update=told)
