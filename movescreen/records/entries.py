"""What the records hand out: clients and plans, apart from the rows that hold them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from movescreen.client.intake.model import Sex
from movescreen.client.plan.model import Plan
from movescreen.client.visits.corrections import Correction
from movescreen.client.visits.visit import ScreeningRecord
from movescreen.records.tables import ClientRow


@dataclass(frozen=True)
class Client:
    """A person.

    Attributes
    ----------
    code
        What trainers type, such as "C017"; unique.
    version
        Rises with every change; a change must be made from the newest one.
    team, group, jersey
        Where the person plays; empty when not known.
    """

    uid: str
    code: str
    name: str
    birth_year: int | None
    sex: Sex
    note: str
    created: date
    version: int
    team: str = ""
    group: str = ""
    jersey: str = ""

    @property
    def label(self) -> str:
        """Code and name."""
        return f"{self.code} ({self.name})" if self.name else self.code


@dataclass(frozen=True)
class SavedPlan:
    """A plan and its number; a trainer's change is saved on top of the number that it was made from."""

    number: int
    plan: Plan


@dataclass(frozen=True)
class KeptScreening:
    """A screening with its place: number of its row, the folder of its files (None when none were kept), what was put right of it."""

    entry: int
    record: ScreeningRecord
    folder: Path | None
    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True)
class RosterEntry:
    """What a roster says of one person: somebody new under a code, or changes of a client as they were when it was compared."""

    code: str
    client: Client | None
    values: Mapping[str, Any]


def to_client(row: ClientRow) -> Client:
    """Return a row as a client."""
    sex: Any = row.sex
    return Client(
        row.uid, row.code, row.name, row.birth_year, sex, row.note, row.created_utc.date(), row.version,
        row.team, row.group, row.jersey,
    )  # fmt: skip


def name_pictures(screening: ScreeningRecord, pictures: Mapping[str, bytes], folder: str) -> ScreeningRecord:
    """Return the screening with each clip's pictures named: those inside its folder, below that of the screening."""
    clips = []
    for clip in screening.clips:
        names = sorted(name for name in pictures if name.startswith(f"{clip.folder}/"))
        clips.append(clip.model_copy(update={"pictures": tuple(f"{folder}/{name}" for name in names)}))
    return screening.model_copy(update={"clips": tuple(clips)})
