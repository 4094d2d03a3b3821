"""What a person told, in words: the same on the terminal, in tables and on pages."""

from __future__ import annotations

from datetime import date

from movescreen.catalog.client_schema import Stage
from movescreen.client.intake.model import Injury, Operation, Pain

_INJURY_WORDS = {
    "ankle_sprain": "ankle sprain", "knee_ligament": "knee ligament injury", "meniscus": "meniscus injury",
    "muscle_strain": "muscle strain", "tendon_pain": "tendon trouble", "fracture": "fracture",
    "bone_stress": "bone stress injury", "dislocation": "dislocation", "back_pain_episode": "back pain episode",
    "other": "injury",
}  # fmt: skip
#: Last stage of a plan that somebody allowed -> what that means to them and to the person.
ALLOWED_WORDS: dict[Stage, str] = {
    "warm_up": "walking only", "mobility": "walking and moving the joints", "activation": "small exercises, lying or sitting",
    "integration": "squats and the like with body weight", "load": "weights", "speed": "everything, running and jumping too",
}  # fmt: skip
_SPOT_WORDS = {"insertion": "at the heel bone", "middle": "above the heel"}
#: Kinds whose name says the place already.
_PLACED = ("ankle_sprain", "knee_ligament", "meniscus", "back_pain_episode")


def place_words(place: str, side: str = "") -> str:
    """Return ``right ankle``."""
    name = "Achilles tendon" if place == "achilles" else place.replace("_", " ")
    return f"{side} {name}".strip() if side != "both" else f"{name}, both sides"


def injury_words(injury: Injury) -> str:
    """Return ``2023 right ankle sprain``; says how often, when more than once, and whether the joint gives way."""
    kind = _INJURY_WORDS[injury.kind]
    where = "" if injury.kind in _PLACED else place_words(injury.place)
    side = injury.side if injury.side != "both" else ""
    # "Achilles tendon" and "tendon trouble" share a word
    kind = kind.removeprefix("tendon ") if where.endswith("tendon") else kind
    words = " ".join(part for part in (injury.when[:4], side, where, kind) if part)
    more = [f"{injury.times} times"] if injury.times > 1 else []
    more += ["on both sides"] if injury.side == "both" else []
    more += ["gives way"] if injury.gives_way else []
    return f"{words} ({', '.join(more)})" if more else words


def operation_words(operation: Operation) -> str:
    """Return ``2021 operation of the left knee (cruciate ligament)``."""
    graft = f", {operation.graft} graft" if operation.graft else ""
    return f"{operation.when[:4]} operation of the {place_words(operation.place, operation.side)} ({operation.what}{graft})"


def cleared_words(operation: Operation) -> str:
    """Return what was said to be allowed after an operation, or that something about it is missing; empty when nobody was asked."""
    if operation.cleared is None:
        return ""
    if not operation.cleared:
        return "training was not allowed yet"
    who, when = operation.cleared_by or "nobody named", operation.cleared_on or "no day named"
    what = ALLOWED_WORDS[operation.allowed] if operation.allowed else "not said what"
    return f"allowed by: {who}, on: {when}, up to: {what}{f', phase: {operation.phase}' if operation.phase else ''}"


def pain_words(pain: Pain, told_on: date | None = None) -> str:
    """Return ``pain in the right ankle (2 of 10 now, 4 at worst this week)``; of another day, what it was then."""
    now, week = ("now", "this week") if told_on is None else (f"on {told_on}", "in the week before")
    strength = f"{pain.now} of 10 {now}, {pain.week} at worst {week}"
    more = f"; told: “{pain.with_movement}”" if pain.with_movement else ""
    spot = f", {_SPOT_WORDS[pain.spot]}" if pain.spot else ""
    return f"pain in the {place_words(pain.place, pain.side)}{spot} ({strength}{more})"


def event_words(number: int, unit: str) -> str:
    """Return ``1 week`` or ``6 weeks``."""
    return f"{number} {unit}{'' if number == 1 else 's'}"


def decapitalize(text: str) -> str:
    """Return the text with a small first letter, unless its first word is an abbreviation."""
    first = text.split(" ", 1)[0]
    return text if len(first) > 1 and first.isupper() else f"{text[:1].lower()}{text[1:]}"
