"""What several commands take, and how what was typed becomes something to keep."""

from __future__ import annotations

from typing import Annotated, TypeVar

import typer
from pydantic import BaseModel, ValidationError

from movescreen.client.intake.model import describe_mistakes
from movescreen.errors import InputError

_Kind = TypeVar("_Kind", bound=BaseModel)
Code = Annotated[str, typer.Argument(help="Code of the client, from 'movescreen client list'.")]
Day = Annotated[str, typer.Option("--date", help="Day, such as 2026-03-12; today when left out.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
Now = Annotated[bool, typer.Option("--now", help="For good, not into the bin.")]


def read_told(kind: type[_Kind], hint: str, **told: object) -> _Kind:
    """Return something to keep; InputError with what is wrong with it."""
    try:
        return kind.model_validate(told)
    except ValidationError as error:
        raise InputError(f"this cannot be noted: {describe_mistakes(error)}", hint) from error
