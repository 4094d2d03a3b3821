"""A photo with the trainer's word: in the report as long as the client agrees, in backups, and gone when they do not agree any more."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from movescreen.app.handout import clean_logo
from movescreen.app.own_pictures import clean_picture
from movescreen.client.intake.model import Consent
from movescreen.errors import InputError, SettingsError
from movescreen.records import RecordStore, open_store
from movescreen.records.backup import restore_backup
from movescreen.report.figures.pictures import plain_picture
from tests.app.test_corrections import CODE, KNEES, TODAY, YES, clinic, everything_kept, page, screen
from tests.conftest import Run
from tests.support.clients import make_intake

__all__ = ["clinic"]
NO = Consent(records=True, pictures=False, on=TODAY)
WORD = ("--reason", "the knee falls in on stairs, too", "--by", "MK")


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    cv2.imwrite(str(path), np.random.default_rng(1).integers(0, 255, (1200, 1600, 3), np.uint8) // 32 * 32)
    return path


def pictures(code: str = CODE) -> list[str]:
    with open_store() as store:
        return [uri for v in store.visits(code) for s in v.screenings for c in s.corrections for uri in c.pictures]


def agree(consent: Consent, code: str = CODE) -> None:
    with open_store() as store:
        store.add_intake(code, make_intake(day=TODAY, consent=consent))


def test_it_is_written_anew_and_made_smaller(photo: Path) -> None:
    kept = base64.b64decode(clean_picture(photo.read_bytes()).partition(",")[2])
    image = cv2.imdecode(np.frombuffer(kept, np.uint8), cv2.IMREAD_COLOR)
    assert image.shape == (675, 900, 3)
    huge = photo.read_bytes()
    huge = huge[:16] + (100_000).to_bytes(4, "big") * 2 + huge[24:]
    for wrong in (huge, b"<svg onload=alert(1)>", b"\xff\xd8\xff and nothing", b""):
        with pytest.raises(InputError, match="JPEG or PNG"):
            clean_picture(wrong)


def test_a_photo_of_some_scans_is_taken_and_one_of_thousands_is_refused_before_it_is_decoded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    image = np.full((1280, 1280, 3), 128, np.uint8)
    made, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1, cv2.IMWRITE_JPEG_QUALITY, 1])
    assert made
    usual = data.tobytes()
    assert clean_picture(usual), "as programs for pictures write them"
    last = usual.rindex(b"\xff\xda")
    bomb = usual[:-2] + usual[last:-2] * 3000 + b"\xff\xd9"
    monkeypatch.setattr(cv2, "imdecode", lambda *_: pytest.fail("it takes minutes"))
    with pytest.raises(InputError, match="JPEG or PNG"):
        clean_picture(bomb)
    with pytest.raises(SettingsError, match="no PNG or JPEG"):
        clean_logo(bomb, "logo.jpg")
    assert plain_picture(bomb) is None


def test_it_stands_in_the_report_and_in_the_backup(clinic: Run, photo: Path, tmp_path: Path) -> None:
    folder = screen(clinic, "--client", CODE)
    assert clinic("correct", "judge", CODE, KNEES, "comment", *WORD, "--picture", photo).code == 0
    (uri,) = pictures()
    assert clinic("report", folder).code == 0
    for shown in (page(folder), page(folder / "squat_front")):
        assert uri in shown
    assert clinic("visit", "report", CODE, "--out", "visit").code == 0
    assert uri in page(Path("visit"), "visit.html")
    assert clinic("backup", "all.zip").code == 0
    with RecordStore(None, tmp_path / "elsewhere") as store:
        restore_backup(store, tmp_path / "all.zip")
        (visit,) = store.visits(CODE)
    assert [c.pictures for s in visit.screenings for c in s.corrections] == [(uri,)]
    assert "with 1 picture" in clinic("correct", "list", CODE).out.replace("\N{NO-BREAK SPACE}", " ")
    # they do not agree any more: it is shown nowhere, and the next time that something is made again it is gone
    agree(NO)
    assert pictures() == []
    assert clinic("visit", "redo", CODE, TODAY).code == 0
    assert clinic("report", folder).code == 0
    agree(YES)
    assert pictures() == []
    places = [*folder.rglob("*"), *everything_kept()]
    assert not [p for p in places if p.suffix in (".html", ".json") and "data:image/jpeg" in p.read_text("utf-8")]
    assert "falls in on stairs" in page(folder), "the word stays"


def test_without_consent_none_is_taken_and_none_comes_along(clinic: Run, photo: Path) -> None:
    screen(clinic, "--client", CODE)
    agree(NO, "C018")
    assert clinic("correct", "judge", CODE, KNEES, "comment", *WORD, "--picture", photo).code == 0
    assert clinic("visit", "move", CODE, TODAY, "--to", "C018").code == 0
    assert pictures("C018") == []
    agree(YES, "C018")
    assert pictures("C018") == []
    assert not [p for p in everything_kept() if p.name == "corrections.json" and "data:image" in p.read_text("utf-8")]
    agree(NO, "C018")
    told = clinic("correct", "judge", "C018", KNEES, "comment", *WORD, "--picture", photo)
    assert (told.code, "not agreed to pictures" in told.err) == (2, True)
    assert clinic("correct", "judge", "C018", KNEES, "comment", *WORD).code == 0


def test_of_somebody_who_is_no_client_it_lies_beside_the_result(clinic: Run, photo: Path) -> None:
    folder = screen(clinic)
    assert clinic("correct", "judge", folder, KNEES, "comment", *WORD, "--picture", photo).code == 0
    (said,) = json.loads((folder / "corrections.json").read_text("utf-8"))["corrections"]
    assert said["pictures"][0] in page(folder)
