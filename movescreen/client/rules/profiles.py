"""Care profiles, and the one ban on running and jumping that plans, sessions, tests and readiness all obey."""

from __future__ import annotations

from movescreen.catalog import Catalog
from movescreen.catalog.care_schema import HandTestSpec, ProfileSpec
from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.protocol_schema import ProtocolSpec
from movescreen.client.intake.words import decapitalize
from movescreen.client.person import Person
from movescreen.client.rules.conditions import check_any
from movescreen.errors import InputError


def find_profiles(person: Person, catalog: ClientCatalog) -> tuple[ProfileSpec, ...]:
    """Return the care profiles that hold for a person."""
    return tuple(
        profile
        for profile in catalog.profiles.values()
        if check_any(profile.when, person).holds and not check_any(profile.unless, person).holds
    )


def find_impact_ban(person: Person, catalog: ClientCatalog) -> str:
    """Return that a person does not run or jump now, and why; empty when nothing bans it."""
    for profile in find_profiles(person, catalog):
        # "not asked" keeps the ban: nobody jumps because a question was forgotten
        if profile.no_impact_while and check_any(profile.no_impact_while, person).holds is not False:
            return f"no running or jumping now (care profile: {decapitalize(profile.title)})"
    return ""


def find_only(person: Person, catalog: ClientCatalog) -> tuple[frozenset[str] | None, str]:
    """Return the exercises to which care profiles keep a plan, and why; None when nothing does."""
    held = [p for p in find_profiles(person, catalog) if p.only and check_any(p.only_while, person).holds is not False]
    if not held:
        return None, ""
    allowed = frozenset.intersection(*(frozenset(profile.only) for profile in held))
    return allowed, f"care profile: {decapitalize(held[0].title)}"


def find_left_out(person: Person, catalog: ClientCatalog) -> dict[str, str]:
    """Return the exercises that care profiles leave out for now, each with why."""
    return {
        name: f"not now: care profile: {decapitalize(profile.title)}"
        for profile in find_profiles(person, catalog)
        if profile.leaves_out and check_any(profile.leaves_out_while, person).holds is not False
        for name in profile.leaves_out
    }


def offer_tests(person: Person, catalog: ClientCatalog) -> tuple[HandTestSpec, ...]:
    """Return the manual tests that a person may be asked for, in the order of the catalog."""
    ban = find_impact_ban(person, catalog)
    return tuple(spec for spec in catalog.hand_tests.values() if not (ban and spec.impact))


def offer_protocol(protocol: ProtocolSpec, ban: str, catalog: Catalog) -> tuple[ProtocolSpec, str]:
    """Return a guided session without the parts in which a person would jump, and a sentence about what was left out.

    Parameters
    ----------
    ban
        What :func:`find_impact_ban` says of the person.
    catalog
        Knows the movements of the parts.

    Returns
    -------
    ProtocolSpec, str
        The sentence is empty when nothing was left out.

    Raises
    ------
    InputError
        When nothing of it is left.
    """
    kept = tuple(part for part in protocol.parts if not (ban and catalog.movement(part.movement).impact))
    if len(kept) == len(protocol.parts):
        return protocol, ""
    if not kept:
        raise InputError(f"nothing is left of the session {protocol.title}: {ban}", "choose another session")
    left_out = ", ".join(part.title for part in protocol.parts if part not in kept)
    listed = f"{len(kept)} recordings: {', '.join(part.title for part in kept)}."
    return protocol.model_copy(update={"parts": kept, "description": listed}), f"Left out: {left_out}; {ban}."
