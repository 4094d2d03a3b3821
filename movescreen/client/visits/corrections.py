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
from movescreen.model.moved import MOVABLE, MovedJoint
from movescreen.words.numbers_and_units import plural

#: Lies in the folder of a result.
CORRECTIONS_FILE = "corrections.json"
#: Most pictures of one's own with a word.
MOST_PICTURES = 3
_Picture = Annotated[str, Field(max_length=700_000, pattern=r"^data:image/jpeg;base64,[A-Za-z0-9+/]+={0,2}$")]
_Kind: TypeAlias = Literal["judgement", "left_out", "moved", "named"]
_Name = Annotated[str, Field(max_length=200)]
_Px = Annotated[float, Field(ge=-10_000, le=10_000, allow_inf_nan=False)]
_Time = Annotated[float, Field(ge=0, allow_inf_nan=False)]


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


class Correction(Frozen):
    """One entry.

    Attributes
    ----------
    kind
        ``judgement`` of a finding, a repetition ``left_out``, a joint ``moved`` at its turn, or movement, view or leg ``named``.
    by, at, reason
        Who, when (UTC), why.
    taken_back
        Takes back what was said about the same thing before.
    movement, check_id, side, verdict
        Of a judgement: the finding, and the word on it. Of ``named``: movement and leg; empty = as it was.
    pictures
        Of a judgement: the trainer's own pictures, as data addresses; they are kept and shown with the client's consent only.
    view
        Of ``named``; empty = as it was.
    clip
        Hash of the poses of the recording that it is about: it says nothing of another one that lies in the same folder later.
    turn_s
        Of ``left_out`` and ``moved``: a moment inside the repetition, s from the first picture.
    joint, by_px, span_s
        Of ``moved``: see :class:`~movescreen.model.moved.MovedJoint`.
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
    pictures: Annotated[tuple[_Picture, ...], Field(max_length=MOST_PICTURES)] = ()
    view: Literal["auto", "front", "side", ""] = ""
    clip: _Name = ""
    turn_s: Annotated[float, Field(ge=0)] | None = None
    joint: _Name = ""
    by_px: tuple[_Px, _Px] | None = None
    span_s: tuple[_Time, _Time, _Time, _Time] | None = None
    asked: tuple[str, str, str] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Correction:
        if self.kind == "moved" and (self.joint not in MOVABLE or self.turn_s is None):
            raise ValueError(f"name a joint, one of {', '.join(MOVABLE)}")
        if self.taken_back:
            return self
        if self.kind == "judgement" and self.verdict is None:
            raise ValueError("say what you think of the finding")
        if (self.verdict in OVERRULING or self.kind in ("left_out", "moved")) and len(self.reason) < 3:
            raise ValueError("a reason is needed: what did you see?")
        if self.verdict == "comment" and not self.reason:
            raise ValueError("a comment needs its words")
        if self.kind == "moved" and not any(self.by_px or ()):
            raise ValueError("say how far the joint is moved, in pixels to the right and down")
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
        said += f", with {plural(len(each.pictures), 'picture')}" if each.pictures else ""
    elif each.kind == "left_out":
        about, said = f"the repetition at {each.turn_s or 0:.1f} s", "left out"
    elif each.kind == "moved":
        right, down = each.by_px or (0.0, 0.0)
        about = f"the {each.joint.replace('_', ' ')} in the repetition at {each.turn_s or 0:.1f} s"
        said = f"moved by {abs(right):.0f} px to the {'left' if right < 0 else 'right'} and {abs(down):.0f} px {'up' if down < 0 else 'down'}"
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


def without_pictures(corrections: Iterable[Correction]) -> tuple[Correction, ...]:
    """Return the entries without the trainer's own pictures."""
    return tuple(each.model_copy(update={"pictures": ()}) if each.pictures else each for each in corrections)


def judgements_of(corrections: Iterable[Correction]) -> tuple[Judgement, ...]:
    """Return the trainer's words that hold, one for each finding."""
    said: dict[tuple[str, str, str], Correction] = {}
    for each in corrections:
        if each.kind == "judgement":
            said[each.movement, each.check_id, each.side] = each
    return tuple(
        Judgement(
            movement=c.movement, check_id=c.check_id, side=c.side, verdict=c.verdict, reason=c.reason, by=c.by,
            at=c.at.isoformat(), pictures=c.pictures,
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
    moved
        Joints that the trainer moved.
    named
        ``movement``, ``view`` and ``side`` where they are to be others than asked the first time.
    """

    left_out: Mapping[float, str] = field(default_factory=dict)
    moved: tuple[MovedJoint, ...] = ()
    named: Mapping[str, str] = field(default_factory=dict)


def clip_corrections(corrections: Iterable[Correction], clip: str) -> ClipCorrections:
    """Return what holds for one recording, known by the hash of its poses."""
    left_out: dict[float, str] = {}
    named: dict[str, str] = {}
    moved: list[MovedJoint] = []
    for each in (c for c in corrections if c.clip == clip):
        if each.kind == "judgement":
            continue
        if each.kind == "left_out" and each.turn_s is not None:
            left_out.pop(each.turn_s, None)
            if not each.taken_back:
                left_out[each.turn_s] = each.reason
        elif each.kind == "moved" and each.turn_s is not None:
            moved = [m for m in moved if m.joint != each.joint or not m.span_s[0] <= each.turn_s < m.span_s[3]]
            if not each.taken_back and each.by_px is not None and each.span_s is not None:
                moved.append(MovedJoint(each.joint, each.by_px, each.span_s, each.reason))
        elif each.kind == "named":
            asked = dict(zip(("movement", "view", "side"), each.asked or ("auto", "auto", ""), strict=True))
            told = {"movement": each.movement, "view": each.view, "side": each.side}
            named = asked if each.taken_back else asked | named | {key: said for key, said in told.items() if said}
    return ClipCorrections(left_out, tuple(moved), named)


def find_left_out(rep: Repetition, left_out: Sequence[float]) -> float | None:
    """Return the moment that lies in a repetition; None when it counts."""
    return next((moment for moment in left_out if rep.contains(moment)), None)
