"""What the trainer put right of a result, in a file beside it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from movescreen.client.intake.model import describe_mistakes
from movescreen.client.visits.corrections import CORRECTIONS_FILE, Correction, CorrectionList
from movescreen.errors import InputError
from movescreen.files import read_regular, write_text


def read_corrections(folder: Path) -> tuple[Correction, ...]:
    """Return the entries beside a result, the oldest first; none without a file.

    Raises
    ------
    InputError
        When the file cannot be read: a word of the trainer is never passed over in silence.
    """
    path = folder / CORRECTIONS_FILE
    if not path.is_file():
        return ()
    try:
        return CorrectionList.model_validate_json(read_regular(path)).corrections
    except ValidationError as error:
        raise InputError(
            f"{path} cannot be read: {describe_mistakes(error)}", "put back the file as it was, or move it away"
        ) from error


def write_corrections(folder: Path, corrections: Iterable[Correction]) -> None:
    """Write the entries beside a result, whole or not at all."""
    write_text(
        folder / CORRECTIONS_FILE, CorrectionList(corrections=tuple(corrections)).model_dump_json(indent=1) + "\n"
    )
