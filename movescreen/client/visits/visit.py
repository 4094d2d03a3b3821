"""A visit: what was measured of a person on one day, by camera and by hand, and what was told."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from statistics import median, stdev
from typing import Annotated, Literal

from pydantic import Field

from movescreen.catalog import Catalog
from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.client_schema import Place
from movescreen.client.intake.model import Frozen, Note, Score, Side
from movescreen.client.visits.corrections import Correction, judgements_of
from movescreen.client.visits.kept_findings import KeptFinding
from movescreen.client.visits.observation import Observation
from movescreen.client.visits.steadiness import count_hesitations, count_knee_wobbles
from movescreen.errors import InputError
from movescreen.model import (
    Attempt,
    ClipResult,
    Finding,
    Measure,
    Repetition,
    ScreeningResult,
    Status,
    Summary,
    judge,
    read_error,
    summarize,
)

#: Note of a test's value that no hand took.
BY_CAMERA = "by the camera"
#: How a note about movements that hurt in a screening begins.
PAIN_NOTE = "Hurt in the screening, so refer before loading it:"
#: Movements in notes of before a note named them; their titles as they were written then.
_TITLES_IN_NOTES = {
    "Squat": "squat", "Overhead squat": "overhead_squat", "Single-leg squat": "single_leg_squat", "Lunge / split squat": "lunge",
    "Forward bend / hip hinge": "bend", "Countermovement jump": "countermovement_jump", "Five chair stands": "sit_to_stand",
    "Single-leg stance": "single_leg_stance",
}  # fmt: skip
#: What is read of every clip beside its key signals: seconds from the start to the turn, and back.
TEMPO_SIGNALS = ("descent_s", "ascent_s")


class Setup(Frozen):
    """What two readings must share to be compared.

    Attributes
    ----------
    near_side
        The person's side next to the camera, in a side view.
    yaw_deg
        Turn of the person against the camera; None when not known.
    catalog_sha256, model_sha256, raw
        What made the numbers.
    """

    movement: str
    view: str
    near_side: str = ""
    yaw_deg: float | None = None
    model_name: str
    model_sha256: str
    catalog_sha256: str
    raw: bool = False


class Reading(Frozen):
    """One signal of one clip, at the turn of its complete repetitions.

    Attributes
    ----------
    signal
        Without its side.
    value, unit
        Median over the repetitions.
    error
        Expected error of the value, one standard deviation; None when not known.
    reps
        The repetitions' values, in order; tells spread and drift.
    measure
        It is a number of power or balance: ``signal`` is the measure's name, and ``error`` counts the attempts' spread, too.
    test
        The manual test that measures the same; empty when there is none.
    at_least
        It is only a lower bound.
    how, errors
        Of a measure: how its value was made of the attempts, and the error of each.
    """

    signal: str
    side: Side = ""
    value: float
    unit: str
    error: float | None = None
    reps: tuple[float, ...] = ()
    measure: bool = False
    test: str = ""
    at_least: bool = False
    how: Summary = "median"
    errors: tuple[float, ...] = ()

    @property
    def spread(self) -> float:
        """Standard deviation over the repetitions, in the unit; NaN for fewer than three."""
        return stdev(self.reps) if len(self.reps) >= 3 else math.nan


class ClipRecord(Frozen):
    """One clip as kept: set-up, readings, names of its pictures and of its result folder inside the visit's files.

    ``video_sha256`` tells the same file again; it is empty for a camera.
    """

    file: str
    video_sha256: str = ""
    setup: Setup
    readings: tuple[Reading, ...]
    reps: int
    notices: tuple[str, ...] = ()
    folder: str = ""
    pictures: tuple[str, ...] = ()


class ScreeningRecord(Frozen):
    """One screening as kept.

    Attributes
    ----------
    findings
        As the camera made them.
    corrections
        What the trainer put right of it, the oldest first; kept in rows of their own.
    """

    clips: tuple[ClipRecord, ...]
    findings: tuple[KeptFinding, ...]
    missing: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()

    @property
    def judged(self) -> tuple[Finding, ...]:
        """The findings, each with the trainer's word where there is one: what everything that follows obeys."""
        return judge(self.findings, judgements_of(self.corrections))


class HandMeasurement(Frozen):
    """A value taken by hand; ``test`` is a name of the catalog's tests."""

    test: str
    side: Side = ""
    value: float
    note: Note = ""


class MovementPain(Frozen):
    """What was told about pain with a movement of the screening.

    Attributes
    ----------
    place, score
        None when it is not known; a score of 0 tells that it was asked again and does not hurt.
    cleared_by
        Role of the clinician who looked at it and allows to load it; empty for nobody.
    """

    movement: Annotated[str, Field(min_length=2)]
    place: Place | None = None
    side: Side = ""
    score: Score | None = None
    cleared_by: Annotated[str, Field(max_length=200)] = ""

    @property
    def hurts(self) -> bool:
        """Whether it hurt and nobody has cleared it; a pain of unknown strength is a pain."""
        return self.score != 0 and not self.cleared_by


class ExerciseNote(Frozen):
    """How one exercise of the plan went in a session; what is None was not told.

    Attributes
    ----------
    exercise
        Its name in the catalog.
    done
        Whether it was done.
    pain_during, pain_next_day, effort
        0 to 10.
    """

    exercise: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    done: bool | None = None
    pain_during: Score | None = None
    pain_next_day: Score | None = None
    effort: Score | None = None


class SessionNote(Frozen):
    """How it went since the last time; with ``exercises``, how one session went.

    Attributes
    ----------
    movement_pain
        Movements that hurt, or that were asked about again.
    observations
        What the trainer saw and felt.
    pain_during, pain_next_day
        0 to 10.
    effort
        How hard it felt, 0 to 10.
    sessions_done, sessions_planned
        How many of the plan's sessions took place.
    confidence
        0 to 10, to do the goal's movement.
    exercises
        Exercise by exercise, where it was told.
    text, made
        What was typed; and what movescreen wrote itself, of movements that hurt and recordings that moved.
    """

    pain_now: Score | None = None
    pain_week: Score | None = None
    pain_during: Score | None = None
    pain_next_day: Score | None = None
    sessions_done: Annotated[int, Field(ge=0, le=500)] | None = None
    sessions_planned: Annotated[int, Field(ge=0, le=500)] | None = None
    effort: Score | None = None
    confidence: Score | None = None
    movement_pain: tuple[MovementPain, ...] = ()
    exercises: tuple[ExerciseNote, ...] = ()
    observations: tuple[Observation, ...] = ()
    text: Note = ""
    made: Note = ""

    def worst(self, name: Literal["pain_during", "pain_next_day", "effort"]) -> int | None:
        """Return the highest score that was told, of the session or of one of its exercises; None when nobody told one."""
        told = [getattr(each, name) for each in (self, *self.exercises)]
        return max((score for score in told if score is not None), default=None)

    @property
    def told_movements(self) -> tuple[MovementPain, ...]:
        """What was told about pain with movements; of older notes, which say it in words alone, what these say."""
        if self.movement_pain or not self.text.startswith(PAIN_NOTE):
            return self.movement_pain
        titles = [title.strip() for title in self.text.removeprefix(PAIN_NOTE).split(",") if title.strip()]
        names = [_TITLES_IN_NOTES.get(title, title.lower().replace(" ", "_")) for title in titles]
        return tuple(MovementPain(movement=name) for name in names)


class Visit(Frozen):
    """Everything of one day, in the order in which it was noted."""

    day: date
    screenings: tuple[ScreeningRecord, ...] = ()
    measurements: tuple[HandMeasurement, ...] = ()
    notes: tuple[SessionNote, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings with the trainer's word, a later screening's before an earlier one's; one that could be made before one that could not."""
        found: dict[tuple[str, str, str], Finding] = {}
        for screening in self.screenings:
            for finding in screening.judged:
                key = finding.movement, finding.check_id, finding.side
                if finding.status is not Status.NOT_ASSESSED or key not in found:
                    found[key] = finding
        return tuple(found.values())

    @property
    def observations(self) -> tuple[Observation, ...]:
        """What the trainer saw and felt that day."""
        return tuple(each for note in self.notes for each in note.observations)

    @property
    def corrections(self) -> tuple[Correction, ...]:
        """What the trainer put right that day."""
        return tuple(each for screening in self.screenings for each in screening.corrections)

    @property
    def clips(self) -> tuple[ClipRecord, ...]:
        """All clips of the day."""
        return tuple(clip for screening in self.screenings for clip in screening.clips)

    def measured(self, test: str, *, by_hand: bool = False) -> dict[str, float]:
        """Return side -> latest value of a test; what was taken by hand counts before what the camera saw, or alone."""
        return {m.side: m.value for m in (self.measurements if by_hand else self.values) if m.test == test}

    @property
    def values(self) -> tuple[HandMeasurement, ...]:
        """Every value of a test: those that the camera saw to their end, then those taken by hand."""
        seen = [
            HandMeasurement(test=reading.test, side=reading.side, value=reading.value, note=BY_CAMERA)
            for _, reading in self.measures
            if reading.test and not reading.at_least
        ]
        return (*seen, *self.measurements)

    @property
    def measures(self) -> tuple[tuple[tuple[ClipRecord, ...], Reading], ...]:
        """Power and balance: for every measure and side the clips that gave it, and one reading made of all their attempts."""
        found: dict[tuple[str, str, str], list[tuple[ClipRecord, Reading]]] = {}
        for clip in self.clips:
            for reading in clip.readings:
                if reading.measure:
                    found.setdefault((clip.setup.movement, reading.signal, reading.side), []).append((clip, reading))
        return tuple((tuple(c for c, _ in each), _pool([r for _, r in each])) for each in found.values())


def _pool(readings: Sequence[Reading]) -> Reading:
    """Return one reading made of the attempts of several; of one alone it is that one."""
    if len(readings) == 1:
        return readings[0]
    attempts = [
        # only the longest attempt of a clip may be a bound on the longest of all
        Attempt(rep=0, value=value, error=error, at_least=reading.at_least and value == reading.value)
        for reading in readings
        for value, error in zip(reading.reps, reading.errors, strict=True)
    ]
    value, error, at_least = summarize(readings[0].how, attempts)
    changes = {
        "value": value, "error": error, "at_least": at_least,
        "reps": tuple(a.value for a in attempts), "errors": tuple(a.error for a in attempts),
    }  # fmt: skip
    return readings[0].model_copy(update=changes)


def record_screening(screening: ScreeningResult, catalog: Catalog, folders: Sequence[str] = ()) -> ScreeningRecord:
    """Return what is kept of a screening.

    Parameters
    ----------
    screening
        The merged result.
    catalog
        Knows the key signals and their errors.
    folders
        Folder of each clip's files, in the order of the clips.
    """
    names = [*folders, *[""] * (len(screening.clips) - len(folders))]
    clips = [_record_clip(clip, catalog, name) for clip, name in zip(screening.clips, names, strict=True)]
    return ScreeningRecord(clips=tuple(clips), findings=screening.findings, missing=screening.missing)


def check_measurement(measurement: HandMeasurement, catalog: ClientCatalog) -> HandMeasurement:
    """Return a measurement that makes sense.

    Raises
    ------
    UnknownNameError
        For a test that does not exist.
    InputError
        For a value that cannot be, or a side that is missing or does not belong.
    """
    spec = catalog.hand_test(measurement.test)
    if not spec.low <= measurement.value <= spec.high:
        raise InputError(
            f"{spec.title}: {measurement.value:g} {spec.unit} cannot be",
            f"it lies between {spec.low:g} and {spec.high:g} {spec.unit}; was it taken in another unit?",
        )
    if spec.sided != (measurement.side in ("left", "right")):
        wanted = "left or right" if spec.sided else "no side"
        raise InputError(f"{spec.title} needs {wanted}, got {measurement.side or 'none'}", spec.how)
    return measurement


def _record_clip(clip: ClipResult, catalog: Catalog, folder: str) -> ClipRecord:
    made = clip.provenance
    setup = Setup(
        movement=clip.movement.name, view=clip.view.kind.value, near_side=clip.view.near_side,
        yaw_deg=_known(clip.view.yaw_deg), model_name=made.model_name, model_sha256=made.model_sha256,
        catalog_sha256=made.catalog_sha256, raw=bool(made.settings.get("raw")),
    )  # fmt: skip
    complete = sum(rep.complete for rep in clip.reps)
    notices = tuple(notice.message for notice in clip.notices)
    return ClipRecord(
        file=clip.video.name,
        video_sha256=clip.video.sha256,
        setup=setup,
        readings=tuple(_read(clip, catalog)),
        reps=complete,
        notices=notices,
        folder=folder,
    )


def _read(clip: ClipResult, catalog: Catalog) -> list[Reading]:
    spec = catalog.movements.get(clip.movement.name)
    complete = [rep for rep in clip.reps if rep.complete]
    measures = [_read_measure(measure) for measure in clip.measures if measure.known]
    if spec is None or not complete:
        return measures
    kept = spec.compared_signals
    # of a one-sided movement only the working leg's repetitions tell about a leg
    legs = {rep.side: [r for r in complete if r.side == rep.side] for rep in complete}
    out = []
    for name, signal in clip.series.specs.items():
        stem = name.removesuffix("_left").removesuffix("_right")
        if stem not in kept:
            continue
        for leg, reps in legs.items():
            values = [rep.at_turn[name] for rep in reps if math.isfinite(rep.at_turn.get(name, math.nan))]
            if values and (not leg or not signal.side or leg == signal.side):
                error = read_error(clip.series, name, reps, median(values))
                out.append(_reading(stem, signal.side or leg, signal.unit, values, error))
    if spec.measures:  # what is timed of it is among its measures
        return out + measures
    for stem in TEMPO_SIGNALS:
        for leg, reps in legs.items():
            # start and end are each known to about a tenth of a second
            seconds = tuple(getattr(rep, stem) for rep in reps)
            out.append(_reading(stem, leg, "s", seconds, 0.1 * 2**0.5))
    for leg, reps in legs.items():
        out += _read_steadiness(clip, reps, leg, spec.reps.driver)
    return out


def _read_measure(measure: Measure) -> Reading:
    return Reading.model_validate(
        {
            "signal": measure.name,
            "side": measure.side,
            "value": measure.value,
            "unit": measure.unit,
            "error": _known(measure.error),
            "reps": tuple(attempt.value for attempt in measure.attempts),
            "measure": True,
            "test": measure.hand_test,
            "at_least": measure.at_least,
            "how": measure.how,
            "errors": tuple(attempt.error for attempt in measure.attempts),
        }
    )


def _read_steadiness(clip: ClipResult, reps: Sequence[Repetition], leg: str, driver: str) -> list[Reading]:
    """Return hesitations, and wobbles of each knee (of the working one, where there is one)."""
    counted = {("hesitations", leg): [count_hesitations(clip, rep, driver) for rep in reps]}
    for side in (leg,) if leg else ("left", "right"):
        counted["knee_wobbles", side] = [count_knee_wobbles(clip, rep, side) for rep in reps]
    return [
        _reading(stem, side, "count", values, math.nan)
        for (stem, side), found in counted.items()
        if (values := [value for value in found if math.isfinite(value)])
    ]


def _reading(stem: str, side: str, unit: str, values: Sequence[float], error: float) -> Reading:
    return Reading.model_validate(
        {
            "signal": stem,
            "side": side,
            "value": median(values),
            "unit": unit,
            "error": _known(error),
            "reps": tuple(values),
        }
    )


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
