"""What a session tells: its stages, what it can be asked for, what a screen shows, and what became of each part."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from movescreen.catalog.protocol_schema import PartSpec
from movescreen.live.measure import Cue, Reading
from movescreen.live.setup_check import SetupItem
from movescreen.model import Finding, PoseSequence, Repetition


class Stage(StrEnum):
    """Where a session is."""

    SETUP = "setup"
    COUNTDOWN = "countdown"
    RECORDING = "recording"
    BETWEEN = "between"
    DONE = "done"


class Command(StrEnum):
    """What the trainer can ask for."""

    PAUSE = "pause"
    RESUME = "resume"
    START = "start"
    ENOUGH = "enough"
    NEXT = "next"
    REDO = "redo"
    SKIP = "skip"
    PAIN = "pain"
    STOP = "stop"


@dataclass(frozen=True, eq=False)
class PartOutcome:
    """What became of a part.

    Attributes
    ----------
    status
        ``recorded``, ``skipped`` or ``not_done``.
    pain
        Pain was reported: the part scores 0, and the person is referred.
    poses
        The recording; None without one.
    """

    part: PartSpec
    status: str
    pain: bool = False
    poses: PoseSequence | None = None
    reps: tuple[Repetition, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Utterance:
    """Something to say aloud; numbers rise."""

    number: int
    text: str


@dataclass(frozen=True)
class SessionView:
    """All that a screen shows.

    Attributes
    ----------
    paused
        Nothing goes on until somebody resumes.
    part, parts
        Number of the part, from 1, and how many there are.
    advice
        The one thing to do now; may be empty.
    held_s
        For how long it has been right.
    countdown
        Seconds left; 0 outside of the countdown.
    waits
        True when the next part starts only when somebody asks for it.
    pain
        Pain was reported in the part just ended.
    said
        What to say aloud, the latest few.
    """

    stage: Stage
    paused: bool
    part: int
    parts: int
    title: str
    position: str
    instruction: str
    advice: str
    setup: tuple[SetupItem, ...]
    held_s: float
    countdown: int
    reps: int
    target: int
    readings: tuple[Reading, ...]
    cues: tuple[Cue, ...]
    following: str
    waits: bool
    pain: bool
    can: tuple[Command, ...]
    said: tuple[Utterance, ...]
