"""The day on which a team is screened: how, and who has been seen from where."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field

from movescreen.catalog.protocol_schema import PartSpec, ProtocolSpec
from movescreen.client.intake.model import Frozen
from movescreen.client.team.summary import Gate
from movescreen.client.visits.visit import TEMPO_SIGNALS, ClipRecord, Visit


class TeamDay(Frozen):
    """How a team is screened on a day: the choices that hold for everybody.

    Attributes
    ----------
    protocol
        Name of the guided session.
    repetitions
        Of every part; None = those of the protocol.
    voice, pictures
        Speak the instructions; keep pictures of those who agreed to them.
    model
        Pose network.
    absent
        ``uid`` of the clients who are not there; it means nobody once a client is deleted.
    """

    protocol: str
    repetitions: int | None = Field(default=None, ge=1, le=20)
    voice: bool = True
    pictures: bool = True
    model: Literal["lite", "full", "heavy"] = "full"
    absent: tuple[str, ...] = ()


def is_recorded(part: PartSpec, visit: Visit | None) -> bool:
    """Return whether a visit holds what a part of a guided session asks for: the movement, from there, with that leg."""
    return any(
        clip.reps
        and (clip.setup.movement, clip.setup.view) == (part.movement, part.view)
        and _shows_leg(clip, part.side)
        for clip in (visit.clips if visit else ())
    )


def _shows_leg(clip: ClipRecord, side: str) -> bool:
    """Return whether a clip shows a leg at work: what is timed of a one-sided movement has the working leg's side."""
    timed = {r.side for r in clip.readings if r.measure or r.signal in TEMPO_SIGNALS}
    return not side or side in timed


def find_missing(protocol: ProtocolSpec, visit: Visit | None) -> tuple[PartSpec, ...]:
    """Return the parts of a guided session that a visit does not hold yet."""
    return tuple(part for part in protocol.parts if not is_recorded(part, visit))


class Place(StrEnum):
    """Where an athlete stands on the board."""

    NOW = "now"
    TO_DO = "to_do"
    MISSING = "missing"
    DONE = "done"
    QUESTIONS = "questions"
    REFER = "refer"
    ABSENT = "absent"


def find_place(gate: Gate, missing: int, parts: int, *, under_way: bool, absent: bool, hurt: bool) -> Place:
    """Return where an athlete stands.

    Parameters
    ----------
    gate
        Whether the athlete may be screened.
    missing, parts
        How many recordings are missing, of how many that the athlete is to do.
    under_way
        A session goes on.
    absent
        The athlete is not there.
    hurt
        Pain was reported today: what is missing is not asked for again.
    """
    if under_way:
        return Place.NOW
    if gate is Gate.REFER:
        return Place.REFER
    if not missing or hurt:
        return Place.DONE
    if absent:
        return Place.ABSENT
    if gate is Gate.QUESTIONS:
        return Place.QUESTIONS
    return Place.TO_DO if missing == parts else Place.MISSING
