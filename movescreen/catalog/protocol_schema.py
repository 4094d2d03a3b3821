"""Schema of the protocol files: which movements a guided session goes through, and what it says and shows on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import Field, model_validator

from movescreen.catalog.schema import MovementSpec
from movescreen.catalog.strict import Strict
from movescreen.errors import InputError


class AngleSpec(Strict):
    """A reading shown large while the person moves: a signal without side, and its name in everyday words."""

    signal: str
    label: str = Field(min_length=2, max_length=18)


class CueSpec(Strict):
    """What is shown and said when a check stands out in a repetition."""

    check: str
    #: What was seen, before "on repetition 2, 3".
    seen: str = Field(min_length=3, max_length=40)
    #: What the voice adds.
    say: str = Field(min_length=3, max_length=80)


class PartSpec(Strict):
    """One recording of a session: a movement from one view."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str = Field(min_length=3, max_length=40)
    movement: str
    view: Literal["front", "side"]
    #: The working leg of a one-sided movement.
    side: Literal["", "left", "right"] = ""
    #: The side of the person that has to be next to the camera; empty = either.
    near: Literal["", "left", "right"] = ""
    #: How the feet stand at the start.
    feet: Literal["together", "split"] = "together"
    #: How to stand, and what to do.
    position: str = Field(min_length=10)
    instruction: str = Field(min_length=5, max_length=60)
    repetitions: int = Field(default=5, ge=1, le=20)
    #: The test is made of so many: who asks for another number of everything gets these all the same.
    fixed: bool = False
    #: How tall the person may be, as a share of the picture's height: less where there must be room above.
    tallest: float = Field(default=0.93, gt=0.45, le=1.0)
    angles: tuple[AngleSpec, ...] = Field(min_length=1, max_length=3)
    cues: tuple[CueSpec, ...] = ()

    @model_validator(mode="after")
    def _counts_what_it_says(self) -> PartSpec:
        if "{count}" not in self.instruction:
            raise ValueError("instruction: needs {count}, the number of repetitions in words")
        if self.feet == "split" and not self.side:
            raise ValueError("feet: with one in front of the other, side must say which")
        if self.near and self.view != "side":
            raise ValueError("near: only a view from the side has a side next to the camera")
        return self


class ProtocolSpec(Strict):
    """The parts of a guided session, in their order."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    #: Place in lists.
    order: int = 99
    title: str = Field(min_length=3)
    description: str = Field(min_length=20)
    minutes: int = Field(ge=1, le=60)
    parts: tuple[PartSpec, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _unique(self) -> ProtocolSpec:
        ids = [p.id for p in self.parts]
        if doubled := sorted({i for i in ids if ids.count(i) > 1}):
            raise ValueError(f"parts listed twice: {', '.join(doubled)}")
        return self

    def seen_from(self, view: str) -> ProtocolSpec:
        """Return the parts that are recorded from ``front`` or ``side``; all of them for ``both``.

        Raises
        ------
        InputError
            When none is.
        """
        parts = tuple(part for part in self.parts if view in ("both", part.view))
        if not parts:
            raise InputError(f"nothing of “{self.title}” is recorded from the {view}", "choose another session or view")
        return self.model_copy(update={"parts": parts})


def find_protocol_mistakes(
    protocol: ProtocolSpec, movements: Mapping[str, MovementSpec], signals: Mapping[str, tuple[str, ...]] | None
) -> Iterator[str]:
    """Yield what does not fit the rest of the catalog, with key paths.

    Parameters
    ----------
    protocol
        A protocol that is sound by itself.
    movements
        All movements by name.
    signals
        Name of each signal without its side -> views it can be read from; None when they are not known.
    """
    for i, part in enumerate(protocol.parts):
        where = f"parts.{i}"
        movement = movements.get(part.movement)
        if movement is None:
            yield f"{where}.movement: there is no movement called {part.movement!r}"
            continue
        if part.side and movement.reps.side_from == "none":
            yield f"{where}.side: {part.movement} is not done with one leg"
        checks = {c.id: c for c in movement.checks}
        for j, cue in enumerate(part.cues):
            if cue.check not in checks:
                yield f"{where}.cues.{j}.check: {part.movement} has no check called {cue.check!r}"
            elif part.view not in checks[cue.check].views:
                yield f"{where}.cues.{j}.check: {cue.check} cannot be seen from the {part.view}"
        for j, angle in enumerate(part.angles if signals is not None else ()):
            if angle.signal not in (signals or {}):
                yield f"{where}.angles.{j}.signal: there is no signal called {angle.signal!r}"
            elif part.view not in (signals or {})[angle.signal]:
                yield f"{where}.angles.{j}.signal: {angle.signal} cannot be read from the {part.view}"
