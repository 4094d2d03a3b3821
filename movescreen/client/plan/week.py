"""The week of a plan: which exercise on which day, and when a lighter week is due."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import date, timedelta
from itertools import combinations
from typing import get_args

from movescreen.catalog.client_schema import STAGES, Load
from movescreen.catalog.exercise_schema import ExerciseSpec
from movescreen.catalog.schema import SourceSpec
from movescreen.client.person import Person
from movescreen.client.plan.model import LighterWeek, Plan, PlannedExercise, TrainingDay
from movescreen.client.plan.since import notes_since
from movescreen.client.plan.starting import UP_TO
from movescreen.client.rules.conditions import check_any
from movescreen.client.visits.visit import SessionNote, Visit
from movescreen.errors import InputError
from movescreen.words.numbers_and_units import number_word

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
#: What is done more often a week is no matter of sessions: it goes beside everyday life.
_MOST_SESSIONS = 4
#: Days of a week with so many sessions, where nobody named any: as far from each other as a week allows.
_USUAL: Mapping[int, tuple[int, ...]] = {1: (0,), 2: (0, 3), 3: (0, 2, 4), 4: (0, 1, 3, 4)}
#: Full weeks before a lighter one, and how hard a session has to feel, 0 to 10, so that two in a row ask for one.
FULL_WEEKS, HARD_FROM = 3, 8
#: Effort, 0 to 10, up to which no session tires so that weeks of it ask for a lighter one (a choice).
LIGHT_TO = 6
LIGHTER_SOURCE = SourceSpec(
    citation="Coaches manage fatigue by weeks with less volume and effort (Bell L et al. Front Sports Act Living 2022;4:1073223, 18 coaches)",
    verified="paper",
    note="read in its abstract; that three full weeks come before one, and what makes one due, is movescreen's own choice",
)
#: Minutes of a session at most, where the client named none (a choice).
USUAL_MINUTES = 40
_NUMBERS = ("five", "ten", "fifteen", "twenty", "twenty-five", "thirty")
#: Minutes that somebody has for a session, as they say it: led by "only" or "have", or where a sentence begins.
_HAS_MINUTES = re.compile(
    rf"(?:(?:^|[.;!?]\s+)|\b(?:only|just|have|got|at most|(?:no|not) more than)\s+(?:about\s+)?)(\d+|{'|'.join(_NUMBERS)}) min(?:utes?)?\b"
    r"(?!\s+(?:of|after|later|into|walk|walking|run|running|from|away|by|and|is|was|in)\b)",
    re.IGNORECASE,
)
#: Seconds of a walk or run from which on it is a session of its own.
LONG = 600
_HOW = "The same exercises with half of the sets, rounded up, and nothing fast; after it the plan goes on."


def read_days(text: str) -> tuple[int, ...]:
    """Return the weekdays that ``mon,wed,fri`` names, Monday 0, in their order; empty for none.

    Raises
    ------
    InputError
        For a word that is no day.
    """
    found = set()
    for word in text.replace(",", " ").split():
        fitting = [i for i, name in enumerate(WEEKDAYS) if len(word) >= 2 and name.lower().startswith(word.lower())]
        if len(fitting) != 1:
            raise InputError(f"{word!r} is no day of the week", "write mon,wed,fri")
        found.add(fitting[0])
    return tuple(sorted(found))


def days_words(days: Iterable[int]) -> str:
    """Return ``Mon, Wed, Fri``."""
    return ", ".join(WEEKDAYS[day][:3] for day in days)


def group_days(plan: Plan) -> list[tuple[str, tuple[PlannedExercise, ...]]]:
    """Return the week in words: ``Every day`` or ``Mon, Wed, Fri`` with what is done then; days that are alike stand together."""
    everyday = [e for e in plan.exercises if sum(e.exercise in day.exercises for day in plan.week) == len(WEEKDAYS)]
    rows = [("Every day", tuple(everyday))] if everyday else []
    grouped: dict[tuple[str, ...], list[int]] = {}
    for day in plan.week:
        # what was taken out of the plan since is in none of its exercises
        own = tuple(e.exercise for e in plan.exercises if e.exercise in day.exercises and e not in everyday)
        if own:
            grouped.setdefault(own, []).append(day.weekday)
    named = {e.exercise: e for e in plan.exercises}
    return rows + [(days_words(days), tuple(named[name] for name in names)) for names, days in grouped.items()]


def keep_to_days(
    exercises: Iterable[PlannedExercise], specs: Mapping[str, ExerciseSpec], days: Sequence[int], person: Person
) -> tuple[tuple[PlannedExercise, ...], tuple[str, ...]]:
    """Return exercises no more often a week than on the days that were named, and why some are done on others as well.

    What the trainer changed stays as it is.
    """
    most, kept, notes = len(set(days)), [], []
    for e in exercises:
        daily = specs[e.exercise].daily if e.exercise in specs else None
        if not most or e.per_week <= most or e.chosen_by == "trainer":
            kept.append(e)
        elif daily and (not daily.when or check_any(daily.when, person).holds):
            kept.append(e)
            notes.append(f"{e.title}: on more days than you named, because {daily.why}.")
        else:
            kept.append(e.model_copy(update={"per_week": most}))
    return tuple(kept), tuple(notes)


def plan_week(
    exercises: Sequence[PlannedExercise], specs: Mapping[str, ExerciseSpec], days: Sequence[int] = ()
) -> tuple[tuple[TrainingDay, ...], tuple[str, ...]]:
    """Return what is done on which day of the week, and what could not be placed as it should.

    The same load never falls on neighboring days (Sunday and Monday are); what would have to is done less often. What is done more than
    four times a week, or more often than on the days that were named, is on as many days as it asks for; it loads nothing that needs
    rest, or it would not be done that often.

    Parameters
    ----------
    days
        On which the person can train; the usual ones for so many sessions when empty.
    """
    rare = [e for e in exercises if e.per_week <= max(_MOST_SESSIONS, len(set(days)))]
    wanted = max((e.per_week for e in rare if e.stage != "warm_up"), default=0)
    sessions = tuple(sorted(set(days))) or _USUAL.get(wanted, ())
    placed: dict[str, tuple[int, ...]] = {}
    notes: list[str] = []
    used: dict[int, set[Load]] = {}
    # the heaviest finds its days first
    for e in sorted((e for e in rare if e.stage != "warm_up"), key=lambda e: -len(_loads(e, specs))):
        found = _find_days(e, sessions, _loads(e, specs), used)
        placed[e.exercise] = found
        for day in found:
            used.setdefault(day, set()).update(_loads(e, specs))
        if len(found) < e.per_week:
            notes.append(
                f"{e.title}: {_times(len(found))} instead of {e.per_week}, because the same load needs a day of rest."
            )
    busy = sorted({day for found in placed.values() for day in found})
    for e in exercises:
        if e.exercise not in placed:
            # a warm-up goes before the sessions; where everything is done daily it keeps days of its own
            if e.stage == "warm_up" and e in rare:
                own = _find_days(e, tuple(sorted(set(days))) or tuple(range(7)), _loads(e, specs), used)
                placed[e.exercise] = tuple(busy) or own
            else:
                placed[e.exercise] = _spread(range(7), min(7, e.per_week))
    week = tuple(
        TrainingDay(weekday=day, exercises=tuple(e.exercise for e in exercises if day in placed[e.exercise]))
        for day in range(7)
    )
    return tuple(each for each in week if each.exercises), tuple(notes)


def _times(count: int) -> str:
    return {0: "not placed", 1: "once a week"}.get(count, f"{count} times a week")


def _find_days(
    e: PlannedExercise, sessions: Sequence[int], loads: Set[Load], used: Mapping[int, Set[Load]]
) -> tuple[int, ...]:
    """Return as many days as an exercise asks for, or as can be without the same load on neighboring ones."""
    for count in range(min(e.per_week, len(sessions)), 0, -1):
        free = [
            chosen
            for chosen in combinations(sessions, count)
            if not loads or not any(_collides(day, chosen, loads, used) for day in chosen)
        ]
        if free:
            return min(free, key=lambda chosen: (-_least_gap(chosen), chosen))
    return ()


def _collides(day: int, chosen: Sequence[int], loads: Set[Load], used: Mapping[int, Set[Load]]) -> bool:
    beside = {(day - 1) % 7, (day + 1) % 7}
    return bool(beside & set(chosen)) or any(loads & used.get(other, set()) for other in beside)


def _spread(days: Iterable[int], count: int) -> tuple[int, ...]:
    """Return so many days as far from each other as can be."""
    return min(combinations(days, count), key=lambda chosen: (-_least_gap(chosen), chosen))


def _least_gap(chosen: Sequence[int]) -> int:
    if len(chosen) < 2:
        return 7
    return min((b - a) % 7 or 7 for a, b in zip(chosen, (*chosen[1:], chosen[0]), strict=True))


def _loads(e: PlannedExercise, specs: Mapping[str, ExerciseSpec]) -> frozenset[Load]:
    """Return what an exercise loads so that it needs a day of rest."""
    spec = specs.get(e.exercise)
    if spec is not None and spec.loads:
        return frozenset(spec.loads)
    return frozenset(get_args(Load)) if e.stage in ("load", "speed") else frozenset()


def find_minutes(texts: Iterable[str]) -> int | None:
    """Return the minutes that the client has for a session by their own words; None when none were told."""
    for text in texts:
        if found := _HAS_MINUTES.search(text):
            return int(found[1]) if found[1].isdigit() else _NUMBERS.index(found[1].casefold()) * 5 + 5
    return None


def minutes_of(exercises: Sequence[PlannedExercise], week: Sequence[TrainingDay], *, walks: bool = False) -> int:
    """Return about how long the longest day takes, in minutes, to the next five; 0 without days. Four seconds a repetition are a choice.

    Walks of most days go beside everyday life, and count in no session unless ``walks`` says so.
    """
    counted = [e for e in exercises if walks or not (e.per_week > _MOST_SESSIONS and (e.duration_s or 0) >= LONG)]
    longest = max((sum(_seconds(e) for e in counted if e.exercise in day.exercises) for day in week), default=0)
    return max(5, 5 * round(longest / 300)) if longest else 0


def _seconds(e: PlannedExercise) -> int:
    once = e.duration_s or (e.reps or 0) * (4 + (e.hold_s or 0))
    rest = re.match(r"([\d.]+) (s|min)", e.rest)
    pause = float(rest[1]) * (60 if rest[2] == "min" else 1) if rest else 0
    return round(e.sets * once * (2 if e.per_side else 1) + (e.sets - 1) * pause) + 30


# --- the lighter week ----------------------------------------------------------------------


def find_lighter_week(
    person: Person,
    visits: Sequence[Visit],
    last: Plan | None,
    *,
    trained: bool,
    builds: bool,
    reduced: bool = False,
    upto: tuple[int, int] = (UP_TO, UP_TO),
) -> tuple[LighterWeek | None, date]:
    """Return the next lighter week, and since when the weeks have been full ones.

    It is due at once when the last two notes about training say that it was hard or hurt; else after three full weeks, but not in the
    first week of a plan, and only weeks count in which any session felt harder than ``LIGHT_TO``, as far as that was told. A plan that
    steps back for the same pain is the answer to it already: three full weeks come first.

    Parameters
    ----------
    last
        The plan before; None for a first one.
    trained
        Whether enough of the last plan's sessions took place: a week without training is no full one.
    builds
        Whether the plan has anything in it that tires; one without has lighter weeks only.
    reduced
        Whether the plan itself steps back or takes a set away because of pain.
    upto
        Pain during a session, and the next morning, that is within the rule of what hurts.
    """
    today = person.today
    full = last is not None and trained and any(builds_up(e) for e in last.exercises)
    since = last.building_since or last.day if last is not None and full else today
    if last is not None and last.lighter is not None and last.lighter.begins < today:
        since = max(since, last.lighter.begins + timedelta(weeks=1))
    said = find_hard_sessions(person, visits, last.day, upto) if last is not None else []
    if said and not (reduced and all(_is_pain(words) for words in said)):
        why = f"the last two sessions hurt or were hard ({said[0]}, then {said[1]})"
        return LighterWeek(begins=today, why=why, how=_HOW), today + timedelta(weeks=1)
    if not builds:
        return None, today
    efforts = [note.worst("effort") for _, note in notes_since(person, visits, last.day)] if last is not None else []
    told = [effort for effort in efforts if effort is not None]
    if said or (told and max(told) <= LIGHT_TO):
        since = today
    due = max(since + timedelta(weeks=FULL_WEEKS), today + timedelta(weeks=1))
    why = (
        f"{number_word(FULL_WEEKS)} full weeks come before it"
        if due > today + timedelta(weeks=1)
        else f"the weeks since {since} were full ones"
    )
    return LighterWeek(begins=due, why=why, how=_HOW), since


def builds_up(e: PlannedExercise) -> bool:
    """Whether an exercise tires so that weeks of it ask for a lighter one."""
    return STAGES.index(e.stage) >= STAGES.index("integration")


def find_hard_sessions(
    person: Person, visits: Sequence[Visit], since: date, upto: tuple[int, int] = (UP_TO, UP_TO)
) -> list[str]:
    """Return what the last two notes about training say, when both say that it was hard or hurt; else nothing."""
    said = [_hard_words(note, upto) for _, note in notes_since(person, visits, since) if _is_about_training(note)][-2:]
    return said if len(said) == 2 and all(said) else []


def _is_pain(words: str) -> bool:
    return words.startswith("pain")


def _is_about_training(note: SessionNote) -> bool:
    return any(note.worst(name) is not None for name in ("effort", "pain_during", "pain_next_day"))


def _hard_words(note: SessionNote, upto: tuple[int, int]) -> str:
    effort = note.worst("effort")
    if during := _too_sore(note.pain_during, (each.pain_during for each in note.exercises), upto[0]):
        return f"pain {during} of 10"
    if next_day := _too_sore(note.pain_next_day, (each.pain_next_day for each in note.exercises), upto[1]):
        return f"pain {next_day} of 10 the next morning"
    return f"effort {effort} of 10" if effort is not None and effort >= HARD_FROM else ""


def _too_sore(session: int | None, exercises: Iterable[int | None], upto: int) -> int:
    """Return the worst pain of a session that is too much, 0 for none; with one exercise it may not be about the part that has its own rule."""
    sore = [session] if session is not None and session > upto else []
    return max((*sore, *(score for score in exercises if score is not None and score > UP_TO)), default=0)
