"""Everything that is kept of one person, in a folder of its own: to hand over, or to look at elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from movescreen.files import write_bytes, write_text
from movescreen.records.store import RecordStore

#: Holds all rows of a person.
PERSON_FILE = "person.json"


def export_client(store: RecordStore, code: str, folder: Path) -> None:
    """Write all rows of a person as JSON, and copies of the files, into an empty folder.

    Raises
    ------
    UnknownNameError
        When there is no such client.
    InputError
        When the folder cannot be written to.
    """
    client = store.client(code)
    write_text(folder / PERSON_FILE, json.dumps(describe_client(store, code), indent=2, ensure_ascii=False) + "\n")
    for name in store.files.list_files(client.uid):
        content = store.files.read(client.uid, name)
        if content is not None:
            write_bytes(folder / "files" / name, content)


def describe_client(store: RecordStore, code: str) -> dict[str, Any]:
    """Return all that is kept of a person as plain values."""
    client = store.client(code)
    return {
        "kind": "client",
        "client": {
            "code": client.code, "name": client.name, "birth_year": client.birth_year, "sex": client.sex,
            "note": client.note, "team": client.team, "group": client.group, "jersey": client.jersey, "created": client.created.isoformat(),
        },
        "intakes": [intake.model_dump(mode="json") for intake in store.intakes(code)],
        "visits": [visit.model_dump(mode="json") for visit in store.visits(code)],
        "words_read": [read.model_dump(mode="json") for read in store.words_read(code)],
        "plans": [{"number": saved.number, **saved.plan.model_dump(mode="json")} for saved in store.plans(code)],
        "files": store.files.list_files(client.uid),
    }  # fmt: skip
