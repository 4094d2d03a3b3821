"""Two processes write at the same time, and nothing is lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from movescreen.records import RecordStore
from tests.records.conftest import PLAIN
from tests.support.clients import DAY

EACH = 25
TRAINER = """
import sys
from datetime import date
from pathlib import Path
from movescreen.client.visits.visit import HandMeasurement, SessionNote
from movescreen.errors import EditConflict
from movescreen.records import RecordStore

url, folder, name, each = sys.argv[1] or None, Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
refused = 0
with RecordStore(url, folder) as store:
    for i in range(each):
        store.add_client(f"{name}-{i:02d}")
        store.add_client()
        store.add_note("SHARED", date(2026, 3, 2), SessionNote(text=f"{name}-{i}"))
        store.add_measurements("SHARED", date(2026, 3, 2), [HandMeasurement(test="knee_to_wall", side="left", value=9)])
        while True:
            seen = store.client("SHARED")
            try:
                store.change_client(seen, note=f"{seen.note} {name}-{i}".strip())
                break
            except EditConflict:
                refused += 1
print(refused)
"""


@PLAIN
@pytest.mark.processes
@pytest.mark.parametrize("fresh", [False, True], ids=["existing", "first start"])
def test_two_trainers_lose_nothing(store: RecordStore, tmp_path: Path, fresh: bool) -> None:
    url, folder = "", store.folder
    if store.engine.dialect.name == "postgresql":
        url = store.engine.url.render_as_string(hide_password=False)
    if fresh:
        # both find no tables, and both want to make them
        if url:
            pytest.skip("the tables are there already")
        folder = tmp_path / "fresh"
        maker = TRAINER.replace(
            "    for i in range(each):",
            '    try:\n        store.add_client("SHARED")\n    except Exception:\n        pass\n    for i in range(each):',
        )
    else:
        maker = TRAINER
        store.add_client("SHARED")
    trainers = [
        subprocess.Popen(
            [sys.executable, "-c", maker, url, str(folder), name, str(EACH)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in ("anna", "ben")
    ]
    for trainer in trainers:
        _, told = trainer.communicate(timeout=300)
        assert trainer.returncode == 0, told
    with RecordStore(url or None, folder) as after:
        codes = {client.code for client in after.list_clients()}
        assert len(codes) == 4 * EACH + 1
        assert {f"{name}-{i:02d}" for name in ("anna", "ben") for i in range(EACH)} <= codes
        (visit,) = after.visits("SHARED")
        wanted = {f"{name}-{i}" for name in ("anna", "ben") for i in range(EACH)}
        assert {note.text for note in visit.notes} == wanted
        assert len(visit.measurements) == 2 * EACH
        assert visit.day == DAY
        # also the one field that both change in place holds every change
        assert set(after.client("SHARED").note.split()) == wanted
