"""Clauses of an exercise that are about something a person does not have: signs of the pelvic floor, or the crutches of an operation."""

from __future__ import annotations

from movescreen.catalog.client_loader import ClientCatalog
from movescreen.client.person import Person

_PELVIC, _CRUTCHES = ("leak", "heaviness", "domes", "bleeding"), ("crutches",)


def drop_foreign(text: str, person: Person, catalog: ClientCatalog) -> str:
    """Return a text without the clauses, set apart by semicolons, that are not for a person; what nobody asked about stays.

    Signs of the pelvic floor are for whom a birth or a pregnancy was told, and who did not say no to them; crutches are for whom an
    operation was told, or a broken bone.
    """
    out = [*(() if _floor_counts(person, catalog) else _PELVIC), *(() if _may_have_crutches(person) else _CRUTCHES)]
    clauses = text.split(";")
    kept = [clause for clause in clauses if not any(word in clause.lower() for word in out)]
    if len(kept) == len(clauses):
        return text
    left = ";".join(kept).strip()
    left = f"{left[:1].upper()}{left[1:]}" if text[:1].isupper() else left
    return f"{left}." if left and text.endswith(".") and not left.endswith(".") else left


def _floor_counts(person: Person, catalog: ClientCatalog) -> bool:
    intake = person.intake
    if intake is None or intake.pregnant or person.weeks_postpartum is not None:
        return True
    if person.sex == "male" and not any(
        person.answer(s.id) for s in catalog.red_flags.values() if any(w in s.short for w in _PELVIC)
    ):
        return False
    asked = [spec for spec in catalog.red_flags.values() if any(word in spec.short for word in _PELVIC)]
    return any(person.answer(spec.id) is not False for spec in asked)


def _may_have_crutches(person: Person) -> bool:
    intake = person.intake
    if intake is None or intake.operations is None or intake.operations:
        return True
    return any(injury.kind in ("fracture", "bone_stress") for injury in intake.injuries or ())
