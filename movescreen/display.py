"""How values are shown to people: units, dates and colors as the settings say. Files and their columns keep their units."""

from __future__ import annotations

import contextlib
import os
import re
from functools import lru_cache

from movescreen.errors import SettingsError
from movescreen.settings import DisplaySettings, find_config, load_table

#: A unit -> one of it in the other system, and what that one is called.
_OTHER = {
    "cm": (0.393701, "in"), "m": (3.28084, "ft"), "kg": (2.204623, "lb"),
    "centimeter": (0.393701, "inches"), "meter": (3.28084, "feet"), "kilogram": (2.204623, "pounds"),
}  # fmt: skip
_NUMBER = r"\d+(?:\.\d+)?"
#: Numbers that share a unit: ``2 to 4 kg``, ``left 11, right 7.5 cm``, ``12 cm (SD 2.8)``.
_AMOUNT = re.compile(
    rf"(?<![\w.,/])((?:{_NUMBER}(?:\s?[–-]\s?|\s(?:to|or|against)\s|(?:,|\sand)\s(?:left|right)\s)[−+]?)*{_NUMBER})"
    rf"(\s)(?:(cm|m|kg)|(centimeter|meter|kilogram)s?)(?![\w/²])((?:\s\(SD {_NUMBER})?)"
)
_EACH = re.compile(_NUMBER)
#: Markup, and what is no text of ours: scripts, styles, and what somebody is typing.
_MARKUP = re.compile(r"(<(script|style|textarea)\b.*?</\2>|<[^>]*>)", re.S)
_SAID = re.compile(r'(?<=\s)((?:aria-label|alt|title|placeholder)=")([^"]*)(")')
ON_DARK_SCREENS = "@media screen and (prefers-color-scheme: dark)"
_TYPED = re.compile(rf"^\s*([-+]?{_NUMBER})\s*(cm|in|inch|inches|\"|kg|lb|lbs|)\s*$", re.I)
_MEANT = {"inch": "in", "inches": "in", '"': "in", "lbs": "lb"}


def display() -> DisplaySettings:
    """Return how values are shown now; as usual where the config file cannot be read, of which every command tells."""
    path, told = find_config(), b""
    if path is not None:
        with contextlib.suppress(OSError):
            told = path.read_bytes()  # small, and no clock is fine enough to tell two versions apart
    named = tuple(sorted((k, v) for k, v in os.environ.items() if k.startswith("MOVESCREEN_DISPLAY_")))
    return _load(told, named)


@lru_cache(maxsize=2)
def _load(_told: bytes, _named: tuple[tuple[str, str], ...]) -> DisplaySettings:
    try:
        return load_table(DisplaySettings)
    except SettingsError:
        return DisplaySettings.model_construct()


def in_units(text: str) -> str:
    """Return text with its lengths and weights in the units of the settings."""
    return _AMOUNT.sub(_convert, text) if display().units == "us" else text


def page_in_units(page: str) -> str:
    """Return an HTML page with its lengths and weights in the units of the settings: in its text, and in what is read out."""
    if display().units != "us":
        return page
    parts = _MARKUP.split(page)  # text, markup, its name, text, ...
    for number in range(0, len(parts), 3):
        parts[number] = _AMOUNT.sub(_convert, parts[number])
        if number + 1 < len(parts):
            tag = parts[number + 1]
            parts[number + 1] = (
                _SAID.sub(lambda m: m[1] + _AMOUNT.sub(_convert, m[2]) + m[3], tag) if len(tag) < 10_000 else tag
            )
            parts[number + 2] = ""
    return "".join(part or "" for part in parts)


def _convert(found: re.Match[str]) -> str:
    factor, name = _OTHER[found[3] or found[4]]
    numbers, spread = (_EACH.sub(lambda each: _shown(each[0], factor), found[group]) for group in (1, 5))
    return f"{numbers}{found[2]}{name}{spread}"


def _shown(number: str, factor: float) -> str:
    """Return a number in the other unit, about as exact as it was: a whole one of ten and more is whole in feet and pounds."""
    digits = len(number.partition(".")[2])
    value = float(number) * factor
    if factor < 1:
        digits += 1
    elif digits == 0 and value < 10:
        digits = 1
    text = f"{value:.{digits}f}"
    return text.removesuffix(".0") if "." not in number else text


def value_in_units(value: float, unit: str, decimals: int) -> tuple[float, str, int]:
    """Return a value with its unit and digits as they are shown."""
    if unit not in ("cm", "kg") or display().units != "us":
        return value, unit, decimals
    factor, name = _OTHER[unit]
    return value * factor, name, max(decimals, 1) if factor < 1 else decimals


def unit_after(unit: str) -> str:
    """Return a unit as it stands behind a number in a sentence: ``°`` close to it, any other one after a space."""
    return "°" if unit == "deg" else f" {unit}" if unit else ""


def unit_words(unit: str) -> str:
    """Return the unit in which a value that is kept in ``unit`` is asked for."""
    return _OTHER[unit][1] if display().units == "us" and unit in ("cm", "kg") else unit


def read_amount(text: str, unit: str, asked: str = "") -> str:
    """Return what was typed as a number in ``unit``: ``4.5 in``, or a plain number in the unit that was asked for.

    What is no amount of that kind comes back as it was typed.

    Parameters
    ----------
    asked
        The unit that was asked for; that of the settings when empty.
    """
    found = _TYPED.match(text.replace(",", "."))
    if found is None or unit not in ("cm", "kg"):
        return text
    named = _MEANT.get(found[2].lower(), found[2].lower()) or asked or unit_words(unit)
    factor, other = _OTHER[unit]
    return found[1] if named == unit else f"{float(found[1]) / factor:.4g}" if named == other else text


def themed(page: str) -> str:
    """Return a page of the web app with the colors that the settings ask for; one that follows the system stays as it is."""
    theme = display().theme
    return (
        page
        if theme == "system"
        else page.replace(ON_DARK_SCREENS, "@media screen" if theme == "dark" else "@media not all")
    )
