"""What is known since the last plan: sessions done, pain, effort and confidence as told, and what camera and tests saw."""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.exercise_schema import NeedSpec
from movescreen.catalog.norms_library import NormLibrary
from movescreen.client.intake.words import decapitalize
from movescreen.client.person import Person
from movescreen.client.rules.progress import ChangeState, Trend, compare_measurements, find_setup_differences
from movescreen.client.visits.scores import PAIN_COUNTS_FOR, PainScore
from movescreen.client.visits.visit import BY_CAMERA, ExerciseNote, SessionNote, Visit
from movescreen.client.words import holds_any
from movescreen.display import unit_after
from movescreen.model import Finding, Status, is_overruled
from movescreen.statistics import detectable_difference, is_beyond_error

#: Words by which training was too easy, and phrases in which they say something else.
_EASY, _NOT_EASY = (
    ("too easy", "too light", "much easier than", "no challenge", "not challenging"),
    ("too easy to forget",),
)
#: Days that may pass after the last word on sessions before those that were planned count as not told (a choice).
TELLS_FOR = 7


@dataclass(frozen=True, kw_only=True)
class Sessions:
    """How many sessions of an exercise took place, of how many planned ones.

    Attributes
    ----------
    ticked
        In how many of the sessions that were noted one by one it was done, of how many; None where the count was not taken down because
        of it.
    took_place
        How many sessions took place, with the exercise or without it, where that was told by number.
    noted
        Only notes of sessions tell it, and it was done in all of these: how many there were is not known.
    untold, whole
        Of how many of all that the plan asked for nothing was told: they are neither done nor missed.
    """

    done: int
    planned: int
    ticked: tuple[int, int] | None = None
    took_place: int | None = None
    noted: bool = False
    untold: int = 0
    whole: int = 0

    @property
    def told_share(self) -> float:
        """Of how much of what was planned it was told, between 0 and 1."""
        return 1 - self.untold / self.whole if self.whole else 1.0

    @property
    def share(self) -> float:
        """Between 0 and 1; what was done beyond the plan counts as the plan."""
        return min(1.0, self.done / self.planned) if self.planned else 0.0

    @property
    def words(self) -> str:
        """Return ``10 of 12 sessions``, in the numbers that were told."""
        if self.ticked is None or self.took_place is None:
            return f"{self.done} of {self.planned} sessions"
        did, of = self.ticked
        return f"done in {did} of {of} noted sessions ({self.took_place} of {self.planned} planned ones took place)"


@dataclass(frozen=True, kw_only=True)
class Told:
    """What was told about one exercise since the last plan; None = not told.

    Attributes
    ----------
    during, next_day
        Worst pain of the last 14 days, of the exercise where it was told, else of the session.
    stale
        Day of the last word on pain, when that is too long ago to count.
    effort, confidence
        As told last.
    easy
        The last word on it said that it was too easy.
    elsewhere
        The worst pain of what it loads, whatever it was told of, that is more than the part may have today.
    """

    sessions: Sessions | None = None
    during: int | None = None
    next_day: int | None = None
    stale: date | None = None
    effort: int | None = None
    confidence: int | None = None
    easy: bool = False
    elsewhere: PainScore | None = None


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A finding or a test that changed by more than its error since the last plan."""

    better: bool
    words: str


def notes_since(person: Person, visits: Sequence[Visit], since: date) -> list[tuple[date, SessionNote]]:
    """Return the notes of after a day, by the person's day, the oldest first: those of the day itself were known to its plan."""
    return [(v.day, note) for v in visits if since < v.day <= person.today for note in v.notes]


def listen(
    exercise: str, per_week: int, person: Person, visits: Sequence[Visit], since: date, *, days: int | None = None,
    sore: PainScore | None = None, loads_sore: bool = True, weekdays: Container[int] = range(7),
) -> Told:  # fmt: skip
    """Return what was told about an exercise since a day.

    Parameters
    ----------
    per_week
        How often it was planned.
    days
        For how many days it was planned; up to the person's day when None.
    sore
        The worst pain of what it loads that is more than the part may have.
    loads_sore
        Whether it loads what hurts; pain of a session is of no other exercise, unless it was told of that one.
    weekdays
        On which it was planned, Monday 0: that it was left out on another day says nothing.
    """
    notes = notes_since(person, visits, since)
    fresh = [note for day, note in notes if person.today - day <= PAIN_COUNTS_FOR]
    told = [
        day for day, note in notes if note.worst("pain_during") is not None or note.worst("pain_next_day") is not None
    ]
    span = (person.today - since).days if days is None else days
    efforts = [score for _, note in notes if (score := _own(note, exercise, lambda each: each.effort)) is not None]
    sure = [note.confidence for _, note in notes if note.confidence is not None]
    during, next_day = (
        [score for note in fresh if (score := _pain_of(note, exercise, read, loads_sore=loads_sore)) is not None]
        for read in (lambda each: each.pain_during, lambda each: each.pain_next_day)
    )
    return Told(
        sessions=_count_sessions(notes, exercise, per_week, since, span, weekdays),
        during=max(during, default=None), next_day=max(next_day, default=None),
        stale=told[-1] if told and not during and not next_day else None,
        effort=efforts[-1] if efforts else None, easy=_was_easy(notes), confidence=sure[-1] if sure else None, elsewhere=sore,
    )  # fmt: skip


def _was_easy(notes: Sequence[tuple[date, SessionNote]]) -> bool:
    """Whether the last note with a text calls the training too easy."""
    texts = [note.text for _, note in notes if note.text]
    return bool(texts) and holds_any(texts[-1], _EASY, _NOT_EASY)


def _own(note: SessionNote, exercise: str, read: Callable[[ExerciseNote | SessionNote], int | None]) -> int | None:
    """Return a score of the exercise where the note has one, else of the session."""
    own = [score for each in note.exercises if each.exercise == exercise and (score := read(each)) is not None]
    return max(own) if own else read(note)


def _pain_of(
    note: SessionNote, exercise: str, read: Callable[[ExerciseNote | SessionNote], int | None], *, loads_sore: bool
) -> int | None:
    """Return the pain of an exercise: its own, else that of the session, which is none of what does not load the sore part."""
    told = _own(note, exercise, read)
    own = any(each.exercise == exercise and read(each) is not None for each in note.exercises)
    return told if told is None or own or loads_sore else 0


def _count_sessions(
    notes: Sequence[tuple[date, SessionNote]],
    exercise: str,
    per_week: int,
    since: date,
    span: int,
    weekdays: Container[int],
) -> Sessions | None:
    """Return how many sessions of an exercise took place; None when nobody told.

    Sessions that were told by number count as told; without a number, ticks are counted against the plan. An exercise that was left
    out of some of the ticked sessions was done that much less often. A word is about the time up to its day; a week after the last one
    goes without a word, and of what lies beyond nothing is known.
    """
    ticks = [
        (day, each.done)
        for day, note in notes
        for each in note.exercises
        if each.exercise == exercise and each.done is not None and (each.done or day.weekday() in weekdays)
    ]
    counted = [(day, note) for day, note in notes if note.sessions_done is not None]
    if not counted and not ticks:
        return None
    last = max(day for day, _ in counted) if counted else max(day for day, _ in ticks)
    told_days = span if (since + timedelta(days=span) - last).days <= TELLS_FOR else (last - since).days
    whole, planned = (max(1, round(per_week * days / 7)) for days in (span, told_days))
    done_ticks, untold = [done for _, done in ticks], whole - planned
    if not counted:
        return Sessions(done=sum(done_ticks), planned=planned, noted=all(done_ticks), untold=untold, whole=whole)
    done = sum(note.sessions_done or 0 for _, note in counted)
    known = all(note.sessions_planned for _, note in counted)
    of = sum(note.sessions_planned or 0 for _, note in counted) if known else planned
    if done_ticks and not all(done_ticks):
        did = (sum(done_ticks), len(done_ticks))
        if did[0] / planned > done * did[0] / did[1] / max(of, 1):
            # done as often a week as it was asked for, though not in every session
            return Sessions(done=did[0], planned=planned, untold=untold, whole=whole)
        return Sessions(
            done=math.floor(done * did[0] / did[1]), planned=of, ticked=did, took_place=done, untold=untold, whole=whole
        )
    return Sessions(done=done, planned=of, untold=untold, whole=whole)


# --- what was seen -------------------------------------------------------------------------


def look(
    before: Visit | None, now: Visit | None, catalog: ClientCatalog, norms: NormLibrary
) -> Mapping[str, tuple[Seen, ...]]:
    """Return need -> what changed for it by more than its error, between two visits; what did not is left out.

    Findings are compared only when both were made in the same way: movement, view, turn, pose model and catalog.
    """
    if before is None or now is None:
        return {}
    first, last = _by_hand(before), _by_hand(now)
    return {
        name: found for name, need in catalog.needs.items() if (found := _look_for(need, first, last, catalog, norms))
    }


def tell_measured(rounds: Sequence[Visit], catalog: ClientCatalog, norms: NormLibrary) -> tuple[str, ...]:
    """Return what the tests of two rounds show, the better first: what changed beyond its error, and what by no more, or by one that nobody knows."""
    groups: dict[str, list[str]] = {"Better": [], "Less good": [], "Changed, perhaps by chance": []}
    for each in compare_measurements(rounds, catalog, norms) if len(rounds) > 1 else ():
        first, last = each.points[0].value, each.points[-1].value
        if first == last or each.state is ChangeState.NOT_COMPARABLE:
            continue
        unit = unit_after("points" if each.unit == "score" else each.unit)
        words = f"{decapitalize(catalog.hand_test(each.name).title)}{f', {each.side}' if each.side else ''} {first:g} to {last:g}{unit}"
        better = {Trend.AWAY: "Better", Trend.TOWARDS: "Less good"}.get(each.trend, "Changed, perhaps by chance")
        groups[better].append(words)
    return tuple(f"{name}: {'; '.join(told)}." for name, told in groups.items() if told)


def _by_hand(visit: Visit) -> Visit:
    """Return a visit without test values that the camera took: these are not held against those of a hand."""
    taken = tuple(m for m in visit.measurements if m.note != BY_CAMERA)
    return visit.model_copy(update={"measurements": taken})


def _look_for(
    need: NeedSpec, before: Visit, now: Visit, catalog: ClientCatalog, norms: NormLibrary
) -> tuple[Seen, ...]:
    names = {*need.checks, *need.hints}
    old = {(f.movement, f.check_id, f.side): f for f in before.findings if _is_named(f, names)}
    seen = [
        change
        for f in now.findings
        if (was := old.get((f.movement, f.check_id, f.side))) is not None
        and _is_comparable(f.movement, before, now)
        and (change := _compare(was, f)) is not None
        # numbers that the trainer does not believe let nobody go on
        and not (change.better and (is_overruled(was) or is_overruled(f)))
    ]
    by_hand = compare_measurements([before, now], catalog, norms)
    for test in (each for each in by_hand if each.name in need.tests and each.state is ChangeState.CHANGED):
        spec, ends = catalog.hand_test(test.name), (test.points[0].value, test.points[-1].value)
        where = f" ({test.side})" if test.side else ""
        words = f"{decapitalize(spec.title)}{where} {ends[0]:.3g} to {ends[1]:.3g} {spec.unit}"
        seen.append(Seen(better=test.trend is Trend.AWAY, words=words))
    return tuple(seen)


def _is_named(finding: Finding, names: Iterable[str]) -> bool:
    known = finding.status is not Status.NOT_ASSESSED and math.isfinite(finding.value)
    return known and bool({finding.check_id, f"{finding.movement}:{finding.check_id}"} & set(names))


def _is_comparable(movement: str, before: Visit, now: Visit) -> bool:
    """Whether the movement was filmed in the same way on both days."""
    first, last = ([clip.setup for clip in visit.clips if clip.setup.movement == movement] for visit in (before, now))
    return any(not find_setup_differences(a, b) for a in first for b in last)


def _compare(was: Finding, now: Finding) -> Seen | None:
    """Return how a finding changed; None when it is not known, or no more than its error."""
    if now.status is Status.NOT_ASSESSED or not math.isfinite(now.value) or was.unit != now.unit:
        return None
    first, last = (abs(f.value) if now.two_sided else f.value for f in (was, now))
    if not is_beyond_error(last - first, detectable_difference(was.measurement_error, now.measurement_error)):
        return None
    where = f" ({now.side})" if now.side else ""
    unit = {"pct": "percent", "deg": "degrees", "ratio": ""}.get(now.unit, now.unit)
    words = f"{decapitalize(now.title)}{where} {first:.3g} to {last:.3g} {unit}".rstrip()
    return Seen(better=(last < first) == (now.direction == "above"), words=words)
