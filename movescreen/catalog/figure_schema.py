"""Schema of the drawn people that prove a check: postures that must make it speak, and postures that must not.

They stand beside the check's limit, so that a change of either is read together with the other. What draws them and runs the
analysis on them is a test; nothing here is needed for an analysis.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from movescreen.catalog.strict import Strict

#: How a person who does a movement is drawn.
Drawing = Literal["both_feet", "split", "one_leg", "jump", "chair", "balance"]


class DrawnRep(Strict):
    """One repetition of a drawn person; what is left out is as the movement's own drawing has it.

    Attributes
    ----------
    lead
        The leg in front, or on the ground.
    seconds
        On the way to the lowest point, and as many on the way back.
    knee, shank, trunk, lean, obliquity, arm, curl
        Degrees at the lowest point: knee flexion and tilt of the shank of the leading leg, trunk forward and to the person's left,
        left hip higher, arm raised, upper back and neck curled.
    shift, knee_in_left, knee_in_right, stance
        Metres: pelvis to the person's left, knee towards the midline, half the distance between the ankles.
    heel_left, heel_right
        Heel off the floor, share of the foot's length.
    flight_s, rise_s
        Seconds in the air of a jump, and of getting up from a chair.
    """

    lead: Literal["left", "right"] | None = None
    seconds: float | None = Field(default=None, gt=0)
    knee: float | None = None
    shank: float | None = None
    trunk: float | None = None
    lean: float | None = None
    obliquity: float | None = None
    arm: float | None = None
    curl: float | None = None
    shift: float | None = None
    knee_in_left: float | None = None
    knee_in_right: float | None = None
    stance: float | None = Field(default=None, gt=0)
    heel_left: float | None = None
    heel_right: float | None = None
    flight_s: float | None = Field(default=None, gt=0)
    rise_s: float | None = Field(default=None, gt=0)


#: One repetition that is done as often as the movement is drawn, or every repetition by itself.
Performance = DrawnRep | tuple[DrawnRep, ...]


class DrawnSpec(Strict):
    """How a movement is drawn when nothing is changed about it.

    Attributes
    ----------
    how
        The kind of drawing.
    repetitions
        How often a single repetition is done.
    plain
        The repetition that figures change.
    flawless
        What is changed for one in which no check has anything to say.
    """

    how: Drawing
    repetitions: int = Field(default=3, ge=1, le=10)
    plain: DrawnRep = DrawnRep()
    flawless: DrawnRep = DrawnRep()


class FigureSpec(Strict):
    """A drawn person who makes a check speak, one who does not, or both. Each is drawn mirrored, too.

    Attributes
    ----------
    view
        ``side`` has the person's right side next to the camera.
    side
        The side of the finding that is meant.
    fires, quiet
        Changes under which the check must be as loud as it can be, and under which it must be clear.
    """

    view: Literal["front", "side"]
    side: Literal["", "left", "right"] = ""
    fires: Performance | None = None
    quiet: Performance | None = None

    @model_validator(mode="after")
    def _shows_something(self) -> FigureSpec:
        if self.fires is None and self.quiet is None:
            raise ValueError("needs fires, quiet or both")
        return self
