"""Days on the command line."""

from __future__ import annotations

from typing import Annotated

import typer

Day = Annotated[str, typer.Option("--date", help="Day, such as 2026-03-12; today when left out.")]
