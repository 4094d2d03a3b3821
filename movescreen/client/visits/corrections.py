"""What the trainer puts right about a recording: an entry each, only ever added; taking one back is another entry.

The entries of a recording lie in the records of its client, and in :data:`CORRECTIONS_FILE` beside its result, so that both can be
joined: an entry bears an id of its own.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from movescreen.client.intake.model import Frozen, Note
from movescreen.model import OVERRULING, Judgement, Repetition, Verdict

#: Lies in the folder of a result.
CORRECTIONS_FILE = "corrections.json"
_Kind: TypeAlias = Literal["judgement", "left_out", "named"]
_Name = Annotated[str, Field(max_length=200)]


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


class Correction(Frozen):
    """One entry.

    Attributes
    ----------
    kind
        ``judgement`` of a finding, a repetition ``left_out``, or movement, view or leg ``named``.
    by, at, reason
        Who, when (UTC), why.
    taken_back
        Takes back what was said about the same thing before.
    movement, check_id, side, verdict
        Of a judgement: the finding, and the word on it. Of ``named``: movement and leg; empty = as it was.
    view
        Of ``named``; empty = as it was.
    clip
        Hash of the poses of the recording that it is about: it says nothing of another one that lies in the same folder later.
    turn_s
        Of ``left_out``: a moment inside the repetition, s from the first picture.
    asked
        Of ``named``: movement, view and leg as they were asked for before anything was named.
    """

    id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] = Field(default_factory=lambda: uuid.uuid4().hex)
    kind: _Kind
    by: _Name = ""
    at: datetime = Field(default_factory=_now)
    reason: Note = ""
    taken_back: bool = False
    movement: _Name = ""
    check_id: _Name = ""
    side: Literal["left", "right", ""] = ""
    verdict: Verdict | None = None
    view: Literal["auto", "front", "side", ""] = ""
    clip: _Name = ""
    turn_s: Annotated[float, Field(ge=0)] | None = None
    asked: tuple[str, str, str] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Correction:
        if self.taken_back:
            return self
        if self.kind == "judgement" and self.verdict is None:
            raise ValueError("say what you think of the finding")
        if (self.verdict in OVERRULING or self.kind == "left_out") and len(self.reason) < 3:
            raise ValueError("a reason is needed: what did you see?")
        if self.verdict == "comment" and not self.reason:
            raise ValueError("a comment needs its words")
        if self.kind == "named" and not (self.movement or self.view or self.side):
            raise ValueError("name the movement, the view or the leg")
        return self


class CorrectionList(Frozen):
    """What :data:`CORRECTIONS_FILE` holds."""

    corrections: tuple[Correction, ...] = ()


def describe_correction(each: Correction) -> str:
    """Return an entry in a line: ``squat heel rise, left: not there — the shoe tips``."""
    side = f", {each.side}" if each.side else ""
    if each.kind == "judgement":
        about = f"{each.movement} {each.check_id}".replace("_", " ") + side
        said = "" if each.verdict is None else each.verdict.replace("_", " ")
    elif each.kind == "left_out":
        about, said = f"the repetition at {each.turn_s or 0:.1f} s", "left out"
    else:
        named = (each.movement.replace("_", " "), each.view, f"{each.side} leg" if each.side else "")
        about, said = "the recording", ", ".join(part for part in named if part)
    if each.taken_back:
        said = "taken back"
    return f"{about}: {said}" + (f" — {each.reason}" if each.reason else "")


def join_corrections(*lists: Iterable[Correction]) -> tuple[Correction, ...]:
    """Return the entries of several places, each once, the oldest first."""
    found = {each.id: each for some in lists for each in some}
    return tuple(sorted(found.values(), key=lambda each: each.at))


def judgements_of(corrections: Iterable[Correction]) -> tuple[Judgement, ...]:
    """Return the trainer's words that hold, one for each finding."""
    said: dict[tuple[str, str, str], Correction] = {}
    for each in corrections:
        if each.kind == "judgement":
            said[each.movement, each.check_id, each.side] = each
    return tuple(
        Judgement(
            movement=c.movement, check_id=c.check_id, side=c.side, verdict=c.verdict, reason=c.reason, by=c.by,
            at=c.at.isoformat(),
        )
        for c in said.values()
        if not c.taken_back and c.verdict is not None
    )  # fmt: skip


@dataclass(frozen=True)
class ClipCorrections:
    """What is to be done otherwise when a clip is analyzed again.

    Attributes
    ----------
    left_out
        A moment inside of each repetition that does not count -> why.
    named
        ``movement``, ``view`` and ``side`` where they are to be others than asked the first time.
    """

    left_out: Mapping[float, str] = field(default_factory=dict)
    named: Mapping[str, str] = field(default_factory=dict)


def clip_corrections(corrections: Iterable[Correction], clip: str) -> ClipCorrections:
    """Return what holds for one recording, known by the hash of its poses."""
    left_out: dict[float, str] = {}
    named: dict[str, str] = {}
    for each in (c for c in corrections if c.clip == clip):
        if each.kind == "judgement":
            continue
        if each.kind == "left_out" and each.turn_s is not None:
            left_out.pop(each.turn_s, None)
            if not each.taken_back:
                left_out[each.turn_s] = each.reason
        elif each.kind == "named":
            asked = dict(zip(("movement", "view", "side"), each.asked or ("auto", "auto", ""), strict=True))
            told = {"movement": each.movement, "view": each.view, "side": each.side}
            named = asked if each.taken_back else asked | named | {key: said for key, said in told.items() if said}
    return ClipCorrections(left_out, named)


def find_left_out(rep: Repetition, left_out: Sequence[float]) -> float | None:
    """Return the moment that lies in a repetition; None when it counts."""
    return next((moment for moment in left_out if rep.contains(moment)), None)
