"""Days and times that a client named, such as "play on 12 December" or "a 10 km race in April", and what the rules say to them.

Never a promise and never a guess: which gates are missing, how many steps lie ahead, and the least time that the rules ask for.
"""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.pathway_schema import GateSpec
from movescreen.client.dates import days_since
from movescreen.client.intake.words import decapitalize, event_words
from movescreen.client.person import Person
from movescreen.client.plan.model import PlanAnswer
from movescreen.client.plan.pathways import find_complaints
from movescreen.client.plan.review_day import NOT_KNOWN
from movescreen.client.rules.conditions import find_injuries, fits_operation
from movescreen.client.rules.gates import DAYS_A_MONTH, GateResult, name_bar, name_gate
from movescreen.client.rules.readiness import Readiness
from movescreen.client.visits.visit import Visit
from movescreen.words.sentences import join_words

#: Days after which a step is looked at again at the soonest, as for all that is not known yet (:mod:`movescreen.client.plan.review_day`).
STEP_DAYS = NOT_KNOWN
#: So many missing tests are named, and so many steps ahead.
_MOST = 3
_MONTHS = [name.lower() for name in calendar.month_name[1:]]
_NAMES = "|".join(f"{name}|{name[:3]}" for name in _MONTHS)
_YEAR = r"(?:,? (?P<year>20\d\d))?"
_PART = r"(?:(?P<part>early|mid|late|(?:the )?(?:beginning|start|middle|end) of)[ -])?"
_LEAD = r"(?:in|by|on|until|till|before|from|next|this|of|for|around|late|early|mid|coming)"
#: A day; a month, which "may" and "march" only are after a word that leads to one; a season, which "spring" and "fall" are as well.
_DAY_MONTH = re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\.?(?: of)? (?P<month>{_NAMES})\b\.?{_YEAR}", re.I)
_MONTH_DAY = re.compile(
    rf"\b(?P<month>{_NAMES})\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)(?:,? (?P<year>20\d\d))?", re.I
)
_ISO = re.compile(r"\b(?P<year>20\d\d)-(?P<number>\d\d)-(?P<day>\d\d)\b")
_DOTTED = re.compile(r"\b(?P<day>\d{1,2})\.(?P<number>\d{1,2})\.(?P<year>20\d\d)?(?!\d)")
_SLASHED = re.compile(r"\b\d{1,2}/\d{1,2}(?:/(?:20)?\d\d)?\b")
_MONTH = re.compile(rf"(?P<lead>\b{_LEAD} )?\b{_PART}(?P<month>{_NAMES})\b{_YEAR}", re.I)
_SEASON = re.compile(
    r"\b(?:in|by|until|before|next|this|for|coming)(?: the| next| this| coming)? (?P<season>spring|summer|autumn|fall|winter)\b(?! break)|\bthe (?P<named>spring|summer|autumn|winter) season\b",
    re.I,
)
_IN = re.compile(
    r"\bin (?:about )?(?P<count>\d{1,2}|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve) (?P<unit>day|week|month)s?\b",
    re.I,
)
_SOON = re.compile(
    r"\b(?P<soon>today|tomorrow|this weekend|next weekend|this week|next week|this month|next month|next year|christmas|new year)\b",
    re.I,
)
_COUNTS = {
    w: n
    for n, w in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    )
} | {"a": 1, "an": 1}
_FIRST_MONTH = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}


@dataclass(frozen=True)
class WantedDay:
    """A day or a time that somebody named.

    Attributes
    ----------
    words
        As it was written.
    first, last
        Its days; None when nobody can tell which is meant.
    """

    words: str
    first: date | None
    last: date | None


def find_days(text: str, today: date) -> tuple[WantedDay, ...]:
    """Return the days and times named in a text that do not lie behind, in the order of the text."""
    found: list[tuple[int, int, WantedDay]] = []
    for at, end, day in _read(text, today):
        # what is a part of a longer one is that one
        if not any(at < there_end and there < end for there, there_end, _ in found):
            found.append((at, end, day))
    return tuple(day for _, _, day in sorted(found, key=lambda each: each[0]) if day.last is None or day.last >= today)


def _read(text: str, today: date) -> Iterator[tuple[int, int, WantedDay]]:
    for pattern in (_ISO, _DAY_MONTH, _MONTH_DAY, _DOTTED):
        for match in pattern.finditer(text):
            told = match.groupdict()
            number = int(told["number"]) if told.get("number") else _month_of(told["month"])
            day = _day_of(told.get("year"), number, int(told["day"]), today)
            # a day that does not exist is none, and no month either
            first = day or today - timedelta(1)
            yield match.start(), match.end(), WantedDay(match[0].strip(), first, first)
    for match in _SLASHED.finditer(text):
        yield match.start(), match.end(), WantedDay(match[0], None, None)
    for match in _MONTH.finditer(text):
        if _is_a_month(match):
            year, number = match["year"], _month_of(match["month"])
            when = int(year) if year else today.year + (number < today.month)
            first, last = _part_of(when, number, (match["part"] or "").casefold())
            yield match.start(), match.end(), WantedDay(_without_lead(match[0]), first, last)
    for match in _SEASON.finditer(text):
        name = (match["season"] or match["named"]).casefold()
        first, last = _season(name, today, after=bool(re.search(r"\bnext\b", match[0], re.I)))
        yield match.start(), match.end(), WantedDay(_without_lead(match[0]), first, last)
    for match in _IN.finditer(text):
        count = _COUNTS.get(match["count"].casefold()) or int(match["count"])
        days = round(count * {"day": 1, "week": 7, "month": DAYS_A_MONTH}[match["unit"].casefold()])
        yield match.start(), match.end(), WantedDay(match[0], today + timedelta(days), today + timedelta(days))
    for match in _SOON.finditer(text):
        first, last = _soon(match["soon"].casefold(), today)
        yield match.start(), match.end(), WantedDay(match[0], first, last)


def _month_of(name: str) -> int:
    return next(i for i, month in enumerate(_MONTHS, 1) if month.startswith(name.casefold()))


def _is_a_month(match: re.Match[str]) -> bool:
    """Whether it is more than a word that looks like one: "march on the spot", "may", "mar"."""
    led = bool(match["lead"] or match["part"] or match["year"])
    name = match["month"]
    return (led and (name[0].isupper() or name.casefold() != "may")) or (
        len(name) > 3 and name.casefold() not in ("may", "march")
    )


def _without_lead(words: str) -> str:
    return re.sub(r"^(?:in|by|on|until|till|before|from|of|for|around) ", "", words.strip(), flags=re.I)


def _day_of(year: str | None, month: int, day: int, today: date) -> date | None:
    try:
        if year:
            return date(int(year), month, day)
        this = date(today.year, month, day)
        return this if this >= today else date(today.year + 1, month, day)
    except ValueError:
        return None


def _part_of(year: int, month: int, part: str) -> tuple[date, date]:
    """Return the first and last day of a month, or of the part of it that was named."""
    end = calendar.monthrange(year, month)[1]
    if part.startswith(("early", "the begin", "begin", "start", "the start")):
        return date(year, month, 1), date(year, month, 10)
    if "mid" in part:
        return date(year, month, 11), date(year, month, 20)
    return date(year, month, 21 if part else 1), date(year, month, end)


def _season(name: str, today: date, *, after: bool) -> tuple[date, date]:
    """Return the first and last day of a season of the north, the one that is or comes; with ``after`` the one that begins next."""
    month = _FIRST_MONTH[name]
    for year in (today.year - 1, today.year, today.year + 1, today.year + 2):
        first = date(year, month, 1)
        last = date(year + (month == 12), (month + 2) % 12 or 12, 1)
        last = date(last.year, last.month, calendar.monthrange(last.year, last.month)[1])
        if last >= today and not (after and first <= today):
            return first, last
    raise AssertionError("a season comes every year")


def _soon(name: str, today: date) -> tuple[date, date]:
    monday = today - timedelta(today.weekday())
    month = date(today.year + today.month // 12, today.month % 12 + 1, 1)
    spans = {
        "today": (today, today), "tomorrow": (today + timedelta(1), today + timedelta(1)),
        "this weekend": (monday + timedelta(5), monday + timedelta(6)), "next weekend": (monday + timedelta(12), monday + timedelta(13)),
        "this week": (today, monday + timedelta(6)), "next week": (monday + timedelta(7), monday + timedelta(13)),
        "this month": (today, month - timedelta(1)), "next month": (month, _part_of(month.year, month.month, "")[1]),
        "next year": (date(today.year + 1, 1, 1), date(today.year + 1, 12, 31)),
        "christmas": (date(today.year, 12, 24), date(today.year, 12, 26)), "new year": (date(today.year + 1, 1, 1), date(today.year + 1, 1, 1)),
    }  # fmt: skip
    return spans[name]


# --- answers --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Way:
    """What lies between a person and what they want: the least day by the rules and why, what is missing now, and the steps ahead."""

    soonest: date
    because: str = ""
    missing: tuple[str, ...] = ()
    ahead: tuple[str, ...] = ()
    closed: str = ""


def answer_days(
    person: Person, visits: Sequence[Visit], readiness: Sequence[Readiness], holds: Sequence[str], ban: str, catalog: ClientCatalog
) -> tuple[PlanAnswer, ...]:  # fmt: skip
    """Return an answer to each day that the client named: in the goal, and in what was asked with a question mark.

    Parameters
    ----------
    holds
        What keeps the plan from going further, in sentences.
    ban
        Until who says otherwise running and jumping wait; empty when they do not.
    """
    days = {day.words.casefold(): day for text in _asked(person, visits) for day in find_days(text, person.today)}
    if not days:
        return ()
    way = _find_way(person, readiness, catalog)
    told: dict[PlanAnswer, list[str]] = {}
    for day in days.values():
        told.setdefault(_answer(day, person.today, way, holds, ban), []).append(day.words)
    # days of which the same is to be said are answered together
    return tuple(answer.model_copy(update={"about": join_words(words)}) for answer, words in told.items())


def _asked(person: Person, visits: Sequence[Visit]) -> Iterator[str]:
    if person.intake is None:
        return
    yield person.intake.goal_words
    notes = [
        person.intake.note,
        *(note.text for visit in visits for note in visit.notes if visit.day >= person.intake.day),
    ]
    for text in notes:
        yield from (part for part in re.findall(r"[^.!?]*\?", text))


def _find_way(person: Person, readiness: Sequence[Readiness], catalog: ClientCatalog) -> _Way:
    """Return the longest of the ways on the pathways of the complaints."""
    ways = [_way_of(each, person, catalog) for each in find_complaints(readiness)]
    return max(ways, key=lambda way: (bool(way.closed), way.soonest, len(way.ahead)), default=_Way(person.today))


def _way_of(standing: Readiness, person: Person, catalog: ClientCatalog) -> _Way:
    if not standing.open:
        return _Way(person.today, closed="the questions about health come first")
    here, ahead = standing.here, standing.steps[standing.position :]
    # what a ban keeps out of sight takes its time as well
    gates = (catalog.gates[name] for step in ahead for name in step.spec.gates)
    least, because = max((_wait_of(gate, person) for gate in gates), default=(0, ""))
    missing = dict.fromkeys(_gate(g, catalog) for g in standing.missing if g.spec.clock != "time")
    titles = tuple(decapitalize(step.spec.plain).rstrip(".") for step in ahead if step is not here)
    return _Way(person.today + timedelta(days=least), because, tuple(missing), titles)


def _gate(gate: GateResult, catalog: ClientCatalog) -> str:
    return decapitalize(name_gate(gate, catalog))


def _wait_of(gate: GateSpec, person: Person) -> tuple[int, str]:
    """Return for how many days a gate of time still lasts, with its name; nothing for any other, and where the time is not known."""
    since = _days_since(gate, person)
    if since is None or gate.at_least is None:
        return 0, ""
    left = math.ceil(gate.at_least * (DAYS_A_MONTH if gate.kind.startswith("months") else 7) - since)
    return (left, decapitalize(name_bar(gate))) if left > 0 else (0, "")


def _days_since(gate: GateSpec, person: Person) -> int | None:
    """Return the days since the injury, operation or birth that a gate counts from; None for what counts otherwise."""
    if gate.kind == "weeks_postpartum":
        return None if person.weeks_postpartum is None else 7 * person.weeks_postpartum
    if gate.injury is not None:
        return min((days_since(each.when, person.today) for each in find_injuries(gate.injury, person)), default=None)
    if gate.operation is not None:
        operations = (person.intake.operations if person.intake else None) or ()
        fitting = (each for each in operations if fits_operation(each, gate.operation, person))
        return min((days_since(each.when, person.today) for each in fitting), default=None)
    return None


def _answer(day: WantedDay, today: date, way: _Way, holds: Sequence[str], ban: str) -> PlanAnswer:
    if day.first is None or day.last is None:
        return PlanAnswer(
            about="", words="This can be two days: tell your trainer which one, with the month as a word."
        )
    if way.closed:
        return PlanAnswer(about="", words=f"Nobody can say yet: {way.closed}.")
    true = ["running and jumping allowed again"] if ban else []
    true += [f"step by step: {', '.join(way.ahead[:_MOST])}"] if way.ahead else []
    if not true and not way.missing:
        true = [_tell_hold(line) for line in holds[:1]]
    missing = way.missing[:_MOST]
    left, steps = max(0, (day.last - today).days), len(way.ahead) + 1
    soonest = f"{way.because}, so {way.soonest} at the soonest"
    if way.soonest > day.last:
        words = f"Not by the rules of this plan. They ask for {soonest}."
    elif way.ahead and left < STEP_DAYS * steps:
        words = f"Not likely from here: {event_words(left, 'day')} are left for {steps} steps, each at least a week."
    elif true or missing:
        words = f"Open. The rules ask for {soonest}." if way.because else "Open."
    else:
        words = "Nothing that is known today speaks against preparing for it; nobody can promise it."
    return PlanAnswer(about="", words=words, missing=missing, true=tuple(true))


def _tell_hold(line: str) -> str:
    """Return what has to pass before the plan goes further; of pain without a second number for it."""
    pain = re.match(r"pain of (\d+ of 10)", line, re.IGNORECASE)
    return f"less pain than the {pain[1]} that holds the plan back now" if pain else decapitalize(line).rstrip(".")
