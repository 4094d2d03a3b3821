"""A roster as a table: which column holds what, and what each row says of an athlete."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from natsort import natsort_keygen, ns

from movescreen.client.intake.model import Sex

#: What is kept of a roster -> its name on pages.
FIELDS = {
    "code": "Code", "name": "Name", "first": "First name", "last": "Last name", "jersey": "Jersey number", "sex": "Sex",
    "born": "Year of birth", "team": "Team", "group": "Group",
}  # fmt: skip
#: A column that is left out.
LEFT_OUT = ""
_SPELLINGS = {
    "code": "code|id|athlete id|player id|athlete code|player code|client|client code|client id",
    "name": "name|names|full name|fullname|athlete|athletes|athlete name|player|players|player name|client name",
    "first": "first|first name|firstname|given name|forename|fname",
    "last": "last|last name|lastname|surname|family name|lname",
    "jersey": "jersey|jersey number|jersey no|jersey nr|jersey num|number|no|nr|num|shirt|shirt number|shirt no|uniform|uniform number|uniform no|back number",
    "sex": "sex|gender|f m|m f|sex f m|sex m f|gender f m|gender m f",
    "born": "born|dob|d o b|date of birth|birth date|birthdate|birthday|birth day|year of birth|birth year|birthyear|yob|year born|born in|born on",
    "team": "team|teams|team name|club",
    "group": "group|groups|group name|squad|unit|position|positions|pos",
}
#: Heading without capitals and signs -> what it is.
_KNOWN = {spelled: field for field, words in _SPELLINGS.items() for spelled in words.split("|")}
_SEXES: dict[str, Sex] = {
    **dict.fromkeys(("f", "female", "w", "woman", "women", "girl", "fem"), "female"),
    **dict.fromkeys(("m", "male", "man", "men", "boy"), "male"),
    **dict.fromkeys(
        ("o", "other", "x", "d", "diverse", "nonbinary", "non binary", "nb", "not stated", "n a", "unknown", "prefer not to say"), ""
    ),
}  # fmt: skip
_YEAR = re.compile(r"(?<!\d)(\d{4})(?!\d)")
_DATE = re.compile(r"\d{1,4}[./ -]\s?(?:\d{1,2}|[A-Za-z]{3,9})[./ -]\s?\d{2,4}|\d{4}|[A-Za-z]{3,9} \d{1,2},? \d{4}")
_JERSEY = re.compile(r"[\w-]{1,16}")
#: What may be the code of a client.
CODE = re.compile(r"[\w][\w .-]{0,62}")
_MOST_LETTERS = {"name": 200, "team": 64, "group": 64}
_SUFFIXES = ("jr", "sr", "ii", "iii", "iv")
_natural = natsort_keygen(alg=ns.IGNORECASE)


@dataclass(frozen=True)
class RosterTable:
    """A table as it was read from a file, all of it as text.

    Attributes
    ----------
    heads
        One a column; empty where a column has none.
    rows
        Number of the row in the file, and its cells, as many as there are heads.
    where
        Which part of the file it is, such as a sheet; may be empty.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    where: str = ""


@dataclass(frozen=True)
class Mistake:
    """What is wrong in a row, in plain words; row 0 is the table as a whole."""

    row: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Athlete:
    """One row of a roster; what is empty or None was not told."""

    row: int
    code: str = ""
    name: str = ""
    jersey: str = ""
    sex: Sex = ""
    born: int | None = None
    team: str = ""
    group: str = ""

    @property
    def told(self) -> dict[str, Any]:
        """What is kept of it with a client, but for the code: only what was told."""
        values = {
            "name": self.name, "birth_year": self.born, "sex": self.sex, "team": self.team, "group": self.group,
            "jersey": self.jersey,
        }  # fmt: skip
        return {key: value for key, value in values.items() if value not in ("", None)}


def roster_order(jersey: str, code: str) -> tuple[Any, ...]:
    """Return a sort key: by jersey number, who has none at the end, then by code, J2 before J10."""
    return (not jersey, _natural(jersey), _natural(code))


def plain(text: str) -> str:
    """Return a text as it is compared: small letters without accents and signs, ``"Jersey No."`` like ``"jersey no"``."""
    letters = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", " ", letters).strip()


def match_columns(heads: Sequence[str]) -> list[str | None]:
    """Return what each column holds: a key of :data:`FIELDS`, ``""`` for one that is left out, None for one without a heading."""
    found: list[str | None] = []
    for head in heads:
        known = "jersey" if head.strip() == "#" else _KNOWN.get(plain(head), LEFT_OUT)
        found.append(known if head.strip() else None)
    return found


def names_people(heads: Sequence[str]) -> bool:
    """Return whether a row can be the one that names the columns: one of them is said to tell who it is."""
    return bool({"name", "first", "last", "code"} & set(match_columns(heads)))


def find_column_mistakes(table: RosterTable, columns: Sequence[str | None]) -> list[Mistake]:
    """Return what is wrong with the columns as a whole: none says who it is, two say the same, or one has no heading."""
    found = []
    used = Counter(column for column in columns if column)
    if not {"name", "first", "last", "code"} & set(used):
        heads = ", ".join(head for head in table.heads if head) or "nothing"
        found.append(f"No column says who it is (there is: {heads}). Name one “Name”, or choose it above.")
    for field, count in used.items():
        if count > 1:
            heads = " and ".join(f"“{h}”" for h, c in zip(table.heads, columns, strict=True) if c == field)
            found.append(f"{count} columns are taken for the {FIELDS[field].lower()}: {heads}. Keep one of them.")
    for number, column in enumerate(columns):
        if column is None and any(cells[number] for _, cells in table.rows):
            found.append(
                f"Column {column_letter(number)} has entries and no heading. Is the heading beside it merged over both? "
                "Unmerge it and name each column, or say what it holds."
            )
    return [Mistake(0, text) for text in found]


def column_letter(number: int) -> str:
    """Return the letters that a spreadsheet gives a column, the first one being number 0."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def read_athletes(
    table: RosterTable, columns: Sequence[str | None], team: str = ""
) -> tuple[list[Athlete], list[Mistake]]:
    """Return what the rows say, and every mistake in them.

    Parameters
    ----------
    table
        As read from the file.
    columns
        What each column holds, as :func:`match_columns` gives it.
    team
        Of those whose row names none.
    """
    mistakes = find_column_mistakes(table, columns)
    if mistakes:
        return [], mistakes
    athletes = []
    for row, cells in table.rows:
        told = {field: cell for field, cell in zip(columns, cells, strict=True) if field and cell}
        if not told:
            continue
        athlete, wrong = _read_row(row, told, team)
        mistakes += [Mistake(row, text) for text in wrong]
        if athlete is not None:
            athletes.append(athlete)
    if not athletes and not mistakes:
        mistakes.append(Mistake(0, "There is no athlete below the headings."))
    return athletes, sorted([*mistakes, *_find_doubles(athletes)], key=lambda m: m.row)


def _read_row(row: int, told: Mapping[str, str], team: str) -> tuple[Athlete | None, list[str]]:
    wrong = [f"{FIELDS[f]}: holds a formula ({cell[:40]}). Put the value in its place (copy, paste as values)." for f, cell in told.items() if cell.startswith("=")]  # fmt: skip
    wrong += [f"{FIELDS[f]}: the spreadsheet shows an error there ({cell})." for f, cell in told.items() if cell.startswith("#") and cell.rstrip("!?").isupper()]  # fmt: skip
    if wrong:
        return None, wrong
    name = _turn_round(told.get("name", "")) or " ".join(p for p in (told.get("first"), told.get("last")) if p)
    code, jersey = told.get("code", ""), told.get("jersey", "").removeprefix("#").strip()
    if not name and not code:
        wrong.append("There is neither a name nor a code.")
    if code and not CODE.fullmatch(code):
        wrong.append(f"Code: {code!r} cannot be one. Use letters, digits, blanks, dots and dashes.")
    if jersey and not _JERSEY.fullmatch(jersey):
        wrong.append(f"Jersey number: {jersey!r} cannot be one.")
    sex = _SEXES.get(plain(told.get("sex", "")), None if told.get("sex") else "")
    if sex is None:
        wrong.append(f"Sex: {told['sex']!r} is not known. Write F, M or other.")
    born, why = _read_year(told.get("born", ""))
    wrong += [why] if why else []
    texts = {"name": name, "team": told.get("team", team), "group": told.get("group", "")}
    wrong += [f"{FIELDS[f]}: {len(t)} letters are too many." for f, t in texts.items() if len(t) > _MOST_LETTERS[f]]
    if wrong:
        return None, wrong
    return Athlete(row=row, code=code, jersey=jersey, sex=sex or "", born=born, **texts), []


def _turn_round(name: str) -> str:
    """Return ``Ana Lee`` for ``Lee, Ana``."""
    last, comma, first = name.partition(",")
    turned = comma and first.strip() and "," not in first and plain(first) not in _SUFFIXES
    return " ".join(f"{first} {last}".split()) if turned else " ".join(name.split())


def _read_year(text: str) -> tuple[int | None, str]:
    """Return the year of a date or year, whichever way round it is written; or why it cannot be read."""
    if not text:
        return None, ""
    years, today = [int(each) for each in _YEAR.findall(text)], date.today()
    if len(years) != 1 or not _DATE.fullmatch(text.split("T")[0].removesuffix(" 00:00:00").strip()):
        return (
            None,
            f"Year of birth: {text!r} cannot be read. Write the year with four digits, or the day like 2009-02-12.",
        )
    if not 1900 <= years[0] <= today.year:
        return None, f"Year of birth: {years[0]} cannot be one."
    return years[0], ""


def _find_doubles(athletes: Iterable[Athlete]) -> list[Mistake]:
    """Return who stands in the roster twice: under one code, or with one name and nothing that tells them apart."""
    seen: dict[tuple[str, ...], int] = {}
    found = []
    for each in athletes:
        key = (
            ("code", each.code.casefold())
            if each.code
            else ("name", plain(each.name), str(each.born), plain(each.team))
        )
        if key in seen:
            what = f"code {each.code}" if each.code else f"{each.name}"
            apart = "" if each.code else " If these are two people, tell them apart with a column “Code”."
            found.append(Mistake(each.row, f"{what[:1].upper()}{what[1:]} stands in row {seen[key]} already.{apart}"))
        seen.setdefault(key, each.row)
    return found
