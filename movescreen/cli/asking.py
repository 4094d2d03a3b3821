"""Questions of an intake on a terminal."""

from __future__ import annotations

from typing import Any

import typer

from movescreen.client.intake.answers import read_answer
from movescreen.client.intake.questions import Question


def ask_on_terminal(question: Question) -> Any:
    """Ask until the answer has the form of the question; an empty answer to an optional question is None."""
    shown = question.text
    if question.kind in ("choice", "ticks"):
        typer.echo(shown)
        for number, (_, words) in enumerate(question.choices, start=1):
            typer.echo(f"  {number:2} {words}")
        shown = "number" if question.kind == "choice" else "numbers, with commas, or none"
    hint = {"yes_no": " (y/n)", "score": " [0-10]"}.get(question.kind, "")
    while True:
        text = typer.prompt(f"{shown}{hint}", default="", show_default=False).strip()
        if text.casefold() == "none" and question.kind == "ticks":
            return []
        if not text and question.optional:
            return None
        try:
            return read_answer(question, text)
        except ValueError as error:
            typer.echo(f"  {error}")
