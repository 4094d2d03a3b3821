"""The day on which a team is screened: how, and who has been seen from where."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from movescreen.client.intake.model import Frozen


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
