"""An answer as it was typed, in the form of its question: the same rules on a terminal and in a form."""

from __future__ import annotations

from typing import Any

from movescreen.client.dates import check_partial_date
from movescreen.client.intake.questions import Question


def read_answer(question: Question, text: str) -> Any:
    """Return an answer in the form of its question; ValueError says what is wrong with it."""
    if question.kind == "text":
        if not text:
            raise ValueError("please say something")
        return text
    if question.kind == "yes_no":
        if text.lower() not in ("y", "yes", "n", "no"):
            raise ValueError("answer y or n")
        return text.lower() in ("y", "yes")
    if question.kind in ("score", "number"):
        return _read_number(question, text)
    if question.kind == "day":
        return check_partial_date(text)
    picked = [_pick(question, part.strip()) for part in text.split(",") if part.strip()]
    if question.kind == "ticks":
        return list(dict.fromkeys(picked))
    if len(picked) != 1:
        raise ValueError("choose one")
    return picked[0]


def _read_number(question: Question, text: str) -> float | int:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        raise ValueError("give a number") from None
    if question.kind == "score" and not (value.is_integer() and 0 <= value <= 10):
        raise ValueError("give a whole number from 0 to 10")
    return int(value) if value.is_integer() else value


def _pick(question: Question, text: str) -> str:
    values = [value for value, _ in question.choices]
    if text.isdecimal() and 1 <= int(text) <= len(values):
        return values[int(text) - 1]
    if text in values:
        return text
    raise ValueError(f"{text!r} is not in the list")
