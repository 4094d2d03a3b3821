"""ClipResult and what it is made of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from movescreen.model.comparison import ReferenceReading, SideComparison
from movescreen.model.equality import ValueEquality
from movescreen.model.finding import Finding, Status
from movescreen.model.frame import VideoInfo
from movescreen.model.measure import Measure
from movescreen.model.moved import MovedJoint, move_joints
from movescreen.model.pose import PoseSequence
from movescreen.model.repetition import Repetition
from movescreen.model.series import KinematicSeries

#: Where the numbers and the advice of a notice begin.
_END_OF_CLAUSE = re.compile(r"[:;(]|\.(?:\s|$)")
#: Version of the shape of ``result.json``.
SCHEMA_VERSION = "1.1"


class ViewKind(StrEnum):
    """Where the camera stands, seen from the person."""

    FRONT = "front"
    SIDE = "side"
    OBLIQUE = "oblique"
    BACK = "back"
    UNKNOWN = "unknown"


#: Largest turns off a square view at which angles are still read in the picture, degrees.
SQUARE_FRONT_DEG, SQUARE_SIDE_DEG = 10.0, 18.0


@dataclass(frozen=True, eq=False, kw_only=True)
class View(ValueEquality):
    """The one view decision of a clip.

    Attributes
    ----------
    kind
        Front, side, oblique, back or unknown.
    facing
        ``left`` or ``right``: the side of the picture the person faces (side and oblique views), else empty.
    near_side
        ``left`` or ``right``: the person's side next to the camera (side and oblique views), else empty.
    yaw_deg
        Turn of the person about the vertical: 0 faces the camera, +90 faces image right, -90 image left.
    trunk_yaw_deg
        The same from the trunk in the network's world landmarks alone.
    yaw_spread_deg
        Interquartile half-width of the estimate over the frames used.
    confidence
        0..1.
    forced
        True when the user named the view.
    distance_m
        About how far the camera stood from the person, for a lens as phones have it.
    roll_deg
        How crooked the camera hung, clockwise positive; taken out of all readings.
    """

    kind: ViewKind
    facing: str = ""
    near_side: str = ""
    yaw_deg: float = float("nan")
    trunk_yaw_deg: float = float("nan")
    yaw_spread_deg: float = float("nan")
    confidence: float = 0.0
    forced: bool = False
    distance_m: float = float("nan")
    roll_deg: float = float("nan")

    @property
    def side_next_to_camera(self) -> str:
        """``left`` or ``right``: the person's side that is nearer to the camera, in whatever view; near a square front only just."""
        return self.near_side or ("left" if self.yaw_deg < 0 else "right")

    @property
    def square(self) -> str:
        """``front`` or ``side`` when the person stands square to the camera that way, or the user says so; else empty.

        Square on, angles are read in the picture; elsewhere in three dimensions, with another error.
        """
        if self.kind not in (ViewKind.FRONT, ViewKind.SIDE):
            return ""
        off = abs(self.yaw_deg) if self.kind is ViewKind.FRONT else abs(abs(self.yaw_deg) - 90.0)
        limit = SQUARE_FRONT_DEG if self.kind is ViewKind.FRONT else SQUARE_SIDE_DEG
        return self.kind.value if self.forced or not off > limit else ""


@dataclass(frozen=True, eq=False, kw_only=True)
class MovementMatch(ValueEquality):
    """Which movement it is.

    Attributes
    ----------
    name
        Name in the catalog, or ``none``.
    confidence
        0..1.
    scores
        Movement name -> score, for every candidate.
    forced
        True when the user named the movement.
    """

    name: str
    confidence: float
    scores: Mapping[str, float] = field(default_factory=dict)
    forced: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class MovementInfo(ValueEquality):
    """What the catalog that a result was made with says of its movement; as it stands, of no known movement.

    Attributes
    ----------
    title, plain_name
        Its name as a heading, and as one says it to a client; the second is empty for no known movement.
    order
        Place in lists.
    turn_words, way_words
        What the turn of a repetition is, and the ways to it and on from it.
    key_signals
        Signals of most interest, without side.
    compared_signals
        Signals, without side, whose values at the turn may be compared: left with right, one visit with the next.
    one_sided
        Each repetition belongs to one leg.
    recording
        Kind of view -> how to record it from there.
    read_outs
        Kind of view -> signals, without side, that are printed on pictures, best first; in any other view those that rank first.
    """

    title: str = "No known movement"
    plain_name: str = ""
    order: int = 1000
    turn_words: str = "the deepest point"
    way_words: tuple[str, str] = ("down", "up")
    key_signals: tuple[str, ...] = ()
    compared_signals: tuple[str, ...] = ()
    one_sided: bool = False
    recording: Mapping[str, str] = field(default_factory=dict)
    read_outs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def known(self) -> bool:
        """Whether it is a movement of the catalog."""
        return bool(self.plain_name)


@dataclass(frozen=True, eq=False)
class Notice(ValueEquality):
    """Something about the recording that the reader of a result must know.

    Attributes
    ----------
    code
        Stable name, for example ``camera_moved``.
    message
        Plain sentence with the numbers.
    affects
        Names of the checks, signals or ``all`` that it weakens; may be empty.
    """

    code: str
    message: str
    affects: tuple[str, ...] = ()

    @property
    def brief(self) -> str:
        """The message without numbers and advice, as a clause: ``the camera moved``."""
        first = _END_OF_CLAUSE.split(self.message, maxsplit=1)[0].strip()
        return first[:1].lower() + first[1:]

    def weakens(self, finding: Finding) -> bool:
        """Return whether it makes a finding less certain: its check, its signal, or everything."""
        return not {"all", finding.check_id, finding.signal, finding.signal_name}.isdisjoint(self.affects)


@dataclass(frozen=True, eq=False)
class OwnEntry(ValueEquality):
    """An entry of the catalog that one's own catalog changes or adds.

    Attributes
    ----------
    kind, name
        What it is, such as ``check`` and ``squat:weight_shift``.
    keys
        The keys that are changed; empty = the entry is new.
    """

    kind: str
    name: str
    keys: tuple[str, ...] = ()

    @property
    def sets_limit(self) -> bool:
        """True when a limit is one's own: a new entry, or one whose source had to be named anew."""
        return not self.keys or "source" in self.keys


@dataclass(frozen=True, eq=False)
class OwnCatalog(ValueEquality):
    """A catalog of one's own that was laid over the packaged one.

    Attributes
    ----------
    name
        Name of its folder.
    sha256
        Hash over the names and bytes of its files.
    entries
        What it changes and adds.
    """

    name: str
    sha256: str
    entries: tuple[OwnEntry, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Provenance(ValueEquality):
    """What made a result, so that it can be made again.

    Attributes
    ----------
    software
        Name and version.
    pose_engine, model_name, model_sha256
        Engine and network.
    catalog_sha256
        Hash over all catalog files.
    settings
        Settings in force.
    video_sha256
        Hash of the input's bytes.
    created_utc
        ISO 8601 time.
    own_catalogs
        Catalogs of one's own that were laid over the packaged one, in that order.
    """

    software: str
    pose_engine: str
    model_name: str
    model_sha256: str
    catalog_sha256: str
    settings: Mapping[str, Any]
    video_sha256: str
    created_utc: str
    own_catalogs: tuple[OwnCatalog, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class ClipResult(ValueEquality):
    """Everything that was found out about one clip, with all that is needed to show it.

    ``findings`` holds one entry for every check (and side) of the movement, also for those that could not be assessed;
    ``measures`` one for every number of power or balance (and side) that a clip of the movement gives.
    """

    video: VideoInfo
    movement: MovementMatch
    view: View
    poses: PoseSequence
    series: KinematicSeries
    reps: tuple[Repetition, ...]
    findings: tuple[Finding, ...]
    notices: tuple[Notice, ...]
    provenance: Provenance
    frames_valid_frac: float = 0.0
    measures: tuple[Measure, ...] = ()
    movement_info: MovementInfo = field(default_factory=MovementInfo)

    @cached_property
    def shown_poses(self) -> PoseSequence:
        """The poses as they are drawn: with the joints that the trainer moved."""
        moved = [
            MovedJoint(m["joint"], tuple(m["by_px"]), tuple(m["span_s"]))
            for m in self.provenance.settings.get("moved", ())
        ]
        return move_joints(self.poses, moved) if moved else self.poses

    def count(self, status: Status) -> int:
        """Return how many findings have the status."""
        return sum(f.status is status for f in self.findings)


@dataclass(frozen=True, eq=False)
class Demographics(ValueEquality):
    """What comparing with other people needs to know.

    Attributes
    ----------
    age
        Years; None when it is not known.
    sex
        ``female`` or ``male``, as the published norms part people; empty when it is not known.
    """

    age: float | None = None
    sex: str = ""

    def __post_init__(self) -> None:
        if self.sex not in ("", "female", "male"):
            raise ValueError(f"sex must be female, male or empty, got {self.sex!r}")
        if self.age is not None and not 0 <= self.age <= 120:
            raise ValueError(f"an age of {self.age:g} years cannot be")


@dataclass(frozen=True, eq=False, kw_only=True)
class ScreeningResult(ValueEquality):
    """One person, one visit: several clips merged, with all that is needed to show them.

    Attributes
    ----------
    client
        Name or id given by the user; empty when none.
    clips
        The clips, in the order given.
    findings
        One entry for every check (and side) of every movement, answered by the clip whose view can see it best.
    missing
        What still has to be recorded, in plain words.
    failed
        Name of each clip that gave no result, and why.
    answered_by
        For each finding, the position in ``clips`` of the clip that it was made from.
    pain
        Names of the movements that hurt, as the person said.
    person
        Who was screened, as far as it was told.
    movements
        Name -> what the catalog says of every movement of the clips, and of those that hurt.
    sides
        Left against right.
    references
        Readings beside published values.
    """

    client: str
    clips: tuple[ClipResult, ...]
    findings: tuple[Finding, ...]
    missing: tuple[str, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()
    answered_by: tuple[int, ...] = ()
    pain: tuple[str, ...] = ()
    person: Demographics = field(default_factory=Demographics)
    movements: Mapping[str, MovementInfo] = field(default_factory=dict)
    sides: tuple[SideComparison, ...] = ()
    references: tuple[ReferenceReading, ...] = ()

    def __post_init__(self) -> None:
        if len(self.answered_by) != len(self.findings):
            raise ValueError("every finding needs the clip that it was made from")
        if any(not 0 <= i < len(self.clips) for i in self.answered_by):
            raise ValueError("a finding names a clip that does not exist")

    def clip_of(self, finding: Finding) -> ClipResult:
        """Return the clip that a finding of this screening was made from."""
        return self.clips[next(i for f, i in zip(self.findings, self.answered_by, strict=True) if f is finding)]

    def info_of(self, movement: str) -> MovementInfo:
        """Return what is known of a movement by name."""
        return self.movements.get(movement, MovementInfo())
