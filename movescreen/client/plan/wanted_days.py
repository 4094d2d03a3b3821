"""Days and times that a client named, such as "play on 12 December" or "a 10 km race in April"."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = [name.lower() for name in calendar.month_name[1:]]
_NAMES = "|".join(f"{name}|{name[:3]}" for name in _MONTHS)
_YEAR = r"(?:,? (?P<year>20\d\d))?"
_PART = r"(?:(?P<part>early|mid|late|(?:the )?(?:beginning|start|middle|end) of)[ -])?"
_LEAD = r"(?:in|by|on|until|till|before|from|next|this|of|for|around|late|early|mid|coming)"
#: A day; a month, which "may" and "march" only are after a word that leads to one; a season, which "spring" and "fall" are as well.
_DAY_MONTH = re.compile(
    rf"\b(?:(?P<from>\d{{1,2}})\.? ?(?:and|to|or|until|-|–) ?)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\.?(?: of)? (?P<month>{_NAMES})\b\.?{_YEAR}",
    re.I,
)
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
            last = day or today - timedelta(1)
            first = last.replace(day=int(told["from"])) if told.get("from") and int(told["from"]) < last.day else last
            yield match.start(), match.end(), WantedDay(match[0].strip(), first, last)
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
        days = round(count * {"day": 1, "week": 7, "month": 30.44}[match["unit"].casefold()])
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
