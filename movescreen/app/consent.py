"""Consent to pictures, given and withdrawn, with what follows for the records and for results that lie beside them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path

from movescreen.app.corrections import read_kept
from movescreen.app.rebuilding import remake_result
from movescreen.app.records import Records
from movescreen.app.red_flag_gate import agreed_to_pictures
from movescreen.errors import MovescreenError
from movescreen.records.files import SHOWS_THE_PERSON
from movescreen.report.pages.player import PLAYER_FILE, kept_film


def follow_consent(records: Records, code: str, results: Iterable[Path]) -> None:
    """Take out of results what shows a client who does not agree to pictures; in the records that is done already.

    Reports are written again without pictures. Where that cannot be, because a red flag stops it or a file is damaged, they go:
    withdrawn consent does not wait.
    """
    if agreed_to_pictures(records.store, code):
        return
    for folder in results:
        if not _pictures(folder) and not any(kept_film(page.parent) for page in folder.rglob(PLAYER_FILE)):
            continue
        gone = SHOWS_THE_PERSON
        with contextlib.suppress(MovescreenError):
            remake_result(records, folder, client=str(read_kept(folder).get("client", "")))
            gone = gone - {".html"}  # they are written anew
        for path in _pictures(folder, gone):
            path.unlink()


def _pictures(folder: Path, endings: frozenset[str] = SHOWS_THE_PERSON - {".html"}) -> list[Path]:
    return [path for path in folder.rglob("*") if path.suffix.lower() in endings]
