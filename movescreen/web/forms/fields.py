"""A form as it was sent: fields as typed, and the mistakes found in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request
from pydantic import ValidationError

from movescreen.display import read_amount
from movescreen.errors import InputError
from movescreen.web.errors import NotThere

#: More fields than any page has.
_MOST_FIELDS = 2000


@dataclass
class Form:
    """Values by field, as typed, and mistakes by field; mistakes of no single field are under the empty name."""

    values: dict[str, list[str]] = field(default_factory=dict)
    mistakes: dict[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return the field as typed, without blanks around it; empty when it was not sent."""
        return self.values.get(name, [""])[0].strip()

    def all(self, name: str) -> list[str]:
        """Return all values of a field that may be ticked several times."""
        return [value for value in self.values.get(name, []) if value]

    def complain(self, name: str, words: str) -> None:
        """Note a mistake; the first one of a field stays."""
        self.mistakes.setdefault(name, words[:1].upper() + words[1:] + ("" if words.endswith((".", "?")) else "."))

    def day(self, name: str, default: date | None = None) -> date | None:
        """Return a day, or complain; one that lies ahead cannot be."""
        text = self.text(name)
        if not text:
            return default
        try:
            found = date.fromisoformat(text)
        except ValueError:
            self.complain(name, "write the day like 2026-03-12")
            return None
        if found > date.today():
            self.complain(name, "this day lies ahead")
            return None
        return found

    def number(self, name: str, unit: str = "") -> float | None:
        """Return a number with a point or a comma, or complain; None when nothing was typed.

        Parameters
        ----------
        unit
            In which it is wanted; it may be typed in another one, or in that of the settings.
        """
        text = read_amount(self.text(name), unit).replace(",", ".")
        if not text:
            return None
        try:
            return float(text)
        except ValueError:
            self.complain(name, "give a number")
            return None

    def whole(self, name: str) -> int | None:
        """Return a whole number, or complain; None when nothing was typed."""
        text = self.text(name)
        if not text:
            return None
        if not text.isdecimal() or len(text) > 6:
            self.complain(name, "give a whole number")
            return None
        return int(text)

    def blame(self, error: ValidationError, names: Mapping[str, str] | None = None) -> None:
        """Put the mistakes of a model beside their fields.

        Parameters
        ----------
        names
            Key of the model -> field of the form, where they differ.
        """
        for each in error.errors():
            key = str(each["loc"][0]) if each["loc"] else ""
            self.complain((names or {}).get(key, key), mistake_words(str(each["msg"])))

    @property
    def first_mistake(self) -> str:
        """Name of the field to go to."""
        return next(iter(self.mistakes), "")


def mistake_words(message: str) -> str:
    """Return what a model says about a mistake, as people say it."""
    return message.removeprefix("Value error, ").replace("Input should be", "it should be").replace("String should have", "it should have")  # fmt: skip


async def read_form(request: Request) -> Form:
    """Return a form that was sent url-encoded.

    Raises
    ------
    InputError
        When it is none.
    """
    body = await request.body()
    try:
        pairs: Sequence[tuple[str, str]] = parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict"
        )
    except (UnicodeDecodeError, ValueError) as error:
        raise InputError("the form cannot be read", "load the page again") from error
    form = Form()
    for name, value in pairs:
        form.values.setdefault(name, []).append(value.replace("\0", ""))
    return form


#: Parameter type of routes that take a form.
FormDep = Annotated[Form, Depends(read_form)]


def read_path_day(day: str) -> date:
    """Return the day in an address; NotThere when it is none."""
    try:
        return date.fromisoformat(day)
    except ValueError:
        raise NotThere(f"{day[:40]!r} is not a day", "open the visit on the client's page") from None


#: Parameter type of routes with a day in their address.
DayDep = Annotated[date, Depends(read_path_day)]
