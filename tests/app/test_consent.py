"""Consent to pictures that is withdrawn: they go everywhere at once, and nothing else does."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from movescreen.app import Records
from movescreen.app.consent import follow_consent
from movescreen.client.intake.model import Consent
from movescreen.model import ClipResult
from movescreen.records import open_store
from movescreen.records.bin import bin_visit, bring_back
from movescreen.render.film import Film
from movescreen.report.documents.load import load
from movescreen.report.pages.player import PLAYER_FILE, kept_film, render_player
from tests.app.test_corrections import SWOLLEN, clinic, page, screen
from tests.app.test_every_door import CODE, TODAY
from tests.conftest import Run
from tests.support.clients import make_intake

__all__ = ["clinic"]


def pictures(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.suffix in (".jpg", ".png", ".mp4"))


def with_picture(clinic: Run) -> Path:
    """Screen a client, with a picture in the folder of the clip and one in the records."""
    folder = screen(clinic, "--client", CODE)
    (clip,) = (path.parent for path in folder.glob("*/poses.npz"))
    cv2.imwrite(str(clip / "turn_plain.jpg"), np.full((80, 40, 3), 99, np.uint8))
    with open_store() as store:
        (kept,) = store.screenings(CODE, TODAY)
        store.add_screening(CODE, TODAY, kept.record, folder, {f"{clip.name}/turn_1.jpg": b"jpeg"}, instead_of=kept)
        assert store.visits(CODE)[0].clips[0].pictures
        assert pictures(store.files.root)
    return folder


def test_pictures_go_from_the_records_the_bin_and_the_results(clinic: Run) -> None:
    folder = with_picture(clinic)
    findings = (folder / "findings.csv").read_bytes()
    with open_store() as store:
        bin_visit(store, CODE, TODAY)
    assert clinic("intake", "agree", CODE, "--no-pictures").code == 0
    with open_store() as store:
        bring_back(store, CODE, TODAY)
        assert pictures(store.files.root) == []
        assert store.visits(CODE)[0].clips[0].pictures == ()
        assert store.latest_intake(CODE).consent == Consent(records=True, pictures=False, on=TODAY)  # type: ignore[union-attr]
        assert store.intakes(CODE)[0].consent.pictures, "that it was given stays on record"  # type: ignore[union-attr]
    assert pictures(folder) == ["turn.jpg", "turn_plain.jpg"]
    with Records() as records:
        follow_consent(records, CODE, [folder])
    assert pictures(folder) == []
    assert "data:image" not in page(folder)
    assert (folder / "findings.csv").read_bytes() == findings


def test_a_film_goes_too_also_where_no_picture_lies_beside_it(clinic: Run) -> None:
    folder = screen(clinic, "--client", CODE)
    (clip,) = (path.parent for path in folder.glob("*/poses.npz"))
    result = load(clip)
    assert isinstance(result, ClipResult)
    for path in folder.rglob("turn*.jpg"):
        path.unlink()
    (clip / PLAYER_FILE).write_text(render_player([result], ["one"], films=[Film(b"film", 0.0)]), "utf-8")
    assert pictures(folder) == []
    assert clinic("intake", "agree", CODE, "--no-pictures").code == 0
    with Records() as records:
        follow_consent(records, CODE, [folder])
    assert kept_film(clip) is None
    assert "film-0" not in (folder / PLAYER_FILE).read_text("utf-8")
    assert (clip / PLAYER_FILE).is_file(), "the skeleton may still be looked at"


def test_a_red_flag_does_not_keep_pictures(clinic: Run) -> None:
    folder = with_picture(clinic)
    with open_store() as store:
        no = Consent(records=True, pictures=False, on=TODAY)
        store.add_intake(CODE, make_intake(day=TODAY, consent=no, symptoms=SWOLLEN))
        assert pictures(store.files.root) == []
    with Records() as records:
        follow_consent(records, CODE, [folder])
    assert pictures(folder) == []
    assert not list(folder.rglob("*.html"))
    assert (folder / "result.json").is_file()


def test_who_agrees_keeps_them(clinic: Run) -> None:
    folder = with_picture(clinic)
    assert clinic("intake", "agree", CODE, "--pictures", "--no-coach").code == 0
    assert clinic("intake", "agree", CODE).code == 2
    with Records() as records:
        follow_consent(records, CODE, [folder])
        assert pictures(records.store.files.root)
    assert pictures(folder) == ["turn.jpg", "turn_plain.jpg"]
