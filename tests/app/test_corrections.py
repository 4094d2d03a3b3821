"""The trainer puts something right: page, tables, records and plan follow, what the camera measured stays, and it survives everything."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from movescreen.app.corrections import home_of
from movescreen.client.intake.model import Consent
from movescreen.client.visits.visit import HandMeasurement
from movescreen.errors import InputError
from movescreen.model import ClipResult, ScreeningResult, Status, VideoInfo
from movescreen.pipeline import AnalysisRequest, AnalyzedVideo, analyze_poses
from movescreen.records import RecordStore, open_store
from movescreen.records.bin import KEPT_FOR, bin_client, bin_visit, bring_back, empty_bin, list_bin
from movescreen.records.tables import now_utc
from movescreen.report.documents.load import load
from movescreen.video.container import hash_file
from tests.app.test_every_door import CLIPS, CODE, ENGINE, TODAY
from tests.conftest import Run
from tests.support.clients import QUESTIONS, make_intake
from tests.support.sights import FRONT, SIDE, squat

YES = Consent(records=True, pictures=True, on=TODAY)
SWOLLEN = QUESTIONS | {"calf_swelling": True}
#: What the drawn person is flagged for, and why that may be wrong.
KNEES, WHY = "knee_valgus", "the trousers hang in folds"


def knees_in(clip: Path, _request: AnalysisRequest, **_more: object) -> AnalyzedVideo:
    """Return what a drawn person gives whose knees come in, from the view that the clip's name says."""
    return AnalyzedVideo(drawn("front" in clip.name, clip.name, hash_file(clip)), {})


@cache
def drawn(front: bool, name: str, sha256: str) -> ClipResult:
    poses = squat(
        4 if "other" in name else 3, FRONT if front else SIDE, tail_s=1.0, knee_in_left=0.1, knee_in_right=0.1
    ).poses
    width, height = poses.image_size_px
    video = VideoInfo(name, width, height, 30.0, float(poses.time_s[-1]), sha256=sha256)
    return analyze_poses(poses, video, AnalysisRequest(), engine=ENGINE)


@pytest.fixture
def clinic(run_kept: Run, no_curves: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr("movescreen.app.tasks.analyze_with_pictures", knees_in)
    monkeypatch.chdir(tmp_path)
    for code, name in ((CODE, "Mia Berg"), ("C018", "Ida Holm")):
        run_kept("client", "add", code, "--name", name, "--born", TODAY.year - 35, "--sex", "female")
        with open_store() as store:
            store.add_intake(code, make_intake(day=TODAY, consent=YES))
    return run_kept


def screen(clinic: Run, *more: object, out: str = "out", clips: int = 1) -> Path:
    assert clinic("screen", *CLIPS[:clips], "--out", out, *more).code == 0
    return Path(out)


def flagged(folder: Path | str) -> set[str]:
    rows = pd.read_csv(Path(folder) / "findings.csv", keep_default_na=False)
    return set(rows[rows["judged_status"] == "flagged"]["check_id"])


def page(folder: Path, name: str = "report.html") -> str:
    return " ".join((folder / name).read_text("utf-8").split())


def row(folder: Path, check: str) -> dict[str, Any]:
    rows = pd.read_csv(folder / "findings.csv", keep_default_na=False)
    return dict(rows[(rows["check_id"] == check)].iloc[0])


def test_a_loose_result_obeys_without_any_records(clinic: Run) -> None:
    folder = screen(clinic, clips=2)
    check = KNEES
    assert check in flagged(folder)
    before, plain = (folder / "result.json").read_bytes(), row(folder, check)
    assert clinic("correct", "judge", folder, check, "not_there", "--by", "MK").code == 2, "it needs a reason"
    assert clinic("correct", "judge", folder, check, "not_there", "--by", "MK", "--reason", WHY).code == 0
    assert (folder / "result.json").read_bytes() == before, "the camera's word stays"
    assert f"Trainer: not there — {WHY}" in page(folder)
    assert "MK" in page(folder)
    after = row(folder, check)
    assert {key: after[key] for key in plain if "judge" not in key} == {
        k: v for k, v in plain.items() if "judge" not in k
    }
    assert (after["status"], after["judged_status"], after["judgement"]) == ("flagged", "clear", "not_there")
    assert check not in flagged(folder)
    summary = pd.read_csv(folder / "summary.csv")
    assert summary["flagged"].sum() - summary["flagged_judged"].sum() == 1
    # analyzed anew, or made again, it is not forgotten, and taking it back is another entry
    screen(clinic, clips=2)
    assert check not in flagged(folder)
    assert clinic("report", folder).code == 0
    assert check not in flagged(folder)
    assert clinic("correct", "judge", folder, check, "take_back", "--by", "MK").code == 0
    assert check in flagged(folder)
    assert "Trainer:" not in page(folder)
    assert len(clinic("correct", "list", folder).out.splitlines()) == 2, "nothing is forgotten"


def test_a_word_says_nothing_of_another_recording_in_the_same_folder(clinic: Run) -> None:
    folder = screen(clinic)
    assert clinic("correct", "judge", folder, KNEES, "not_there", "--reason", WHY).code == 0
    assert clinic("correct", "leave-out", folder, "squat_front", 2, "--reason", "stumbled").code == 0
    screen(clinic)
    assert (reps(folder), KNEES in flagged(folder)) == ([2], False)
    other = Path("other_front.mp4")
    other.write_bytes(CLIPS[1].read_bytes())
    assert clinic("screen", other, "--out", folder).code == 0
    assert (reps(folder), KNEES in flagged(folder)) == ([4], True)


def test_what_the_camera_did_not_flag_may_be_there(clinic: Run) -> None:
    folder = screen(clinic)
    rows = pd.read_csv(folder / "findings.csv", keep_default_na=False)
    clear = rows[(rows["status"] == "clear") & (rows["side"] == "")].iloc[0]["check_id"]
    assert clinic("correct", "judge", folder, clear, "there", "--reason", "from behind both knees come in").code == 0
    assert clear in flagged(folder)
    assert "There (trainer)" in page(folder)
    unseen = rows[rows["status"] == "not_assessed"]["check_id"]
    for check in list(unseen)[:1]:
        assert clinic("correct", "judge", folder, check, "confirmed").code == 2, "the camera said nothing to confirm"


def only_visit(code: str = CODE) -> Any:
    with open_store() as store:
        (visit,) = store.visits(code)
    return visit


def status_of(check: str, code: str = CODE) -> Status:
    return next(f.status for f in only_visit(code).findings if f.check_id == check)


def test_a_clients_visit_obeys_and_it_survives_redo_backup_and_export(clinic: Run, tmp_path: Path) -> None:
    folder = screen(clinic, "--client", CODE)
    check = KNEES
    assert check in flagged(folder)
    assert clinic("correct", "judge", CODE, check, "not_there", "--reason", WHY, "--by", "MK").code == 0
    assert status_of(check) is Status.CLEAR
    kept = next(k for k in everything_kept() if k.name == "report.html" and k.parent.parent.parent.name == "files")
    assert f"Trainer: not there — {WHY}" in page(kept.parent)
    assert "C017 (Mia Berg)" in page(kept.parent)
    assert clinic("report", folder).code == 0, "a copy elsewhere hears it from the records"
    assert check not in flagged(folder)
    assert clinic("visit", "redo", CODE, TODAY).code == 0
    assert status_of(check) is Status.CLEAR
    screen(clinic, "--client", CODE)
    assert status_of(check) is Status.CLEAR, "the same clips again"
    assert clinic("client", "export", CODE, "--out", "export").code == 0
    told = json.loads((tmp_path / "export" / "person.json").read_text("utf-8"))
    assert [c["reason"] for s in told["visits"][0]["screenings"] for c in s["corrections"]] == [WHY]
    assert clinic("backup", "all.zip").code == 0
    with RecordStore(None, tmp_path / "elsewhere") as store:
        from movescreen.records.backup import restore_backup

        restore_backup(store, tmp_path / "all.zip")
        (visit,) = store.visits(CODE)
    assert next(f.status for f in visit.findings if f.check_id == check) is Status.CLEAR


def everything_kept() -> list[Path]:
    with open_store() as store:
        return sorted(store.files.root.rglob("*"))


def reps(folder: Path) -> list[int]:
    result = load(folder)
    assert isinstance(result, ScreeningResult)
    return [sum(rep.complete for rep in clip.reps) for clip in result.clips]


@pytest.mark.parametrize("where", ["folder", "client"])
def test_a_repetition_left_out_does_not_count_until_it_is_put_back(clinic: Run, where: str) -> None:
    folder = screen(clinic, *(["--client", CODE] if where == "client" else []))
    clip, place = "squat_front", CODE if where == "client" else folder
    assert reps(folder) == [3]
    assert clinic("correct", "leave-out", place, clip, 2).code == 2, "it needs a reason"
    assert clinic("correct", "leave-out", place, clip, 9, "--reason", "stumbled").code == 2
    assert clinic("correct", "leave-out", place, clip, 2, "--reason", "stumbled", "--by", "MK").code == 0
    clinic("report", folder)
    assert reps(folder) == [2]
    table = pd.read_csv(folder / "reps.csv")
    assert list(table[table["file"].str.contains("front")]["rep"]) == [1, 3], "the others keep their numbers"
    assert "was left out by the trainer: stumbled" in page(folder / clip)
    if where == "client":
        for _ in range(2):
            assert [c.reps for c in only_visit().clips] == [2]
            assert clinic("visit", "redo", CODE, TODAY).code == 0
    assert clinic("correct", "leave-out", place, clip, 2, "--put-back").code == 0
    clinic("report", folder)
    assert reps(folder) == [3]
    assert "left out by the trainer" not in page(folder / clip)


def test_the_last_repetition_cannot_be_left_out(clinic: Run) -> None:
    folder = screen(clinic)
    for number, code in ((1, 0), (3, 0), (2, 2)):
        assert clinic("correct", "leave-out", folder, "squat_front", number, "--reason", "stumbled").code == code


def test_a_movement_named_is_analyzed_as_such_and_taken_back(clinic: Run) -> None:
    folder = screen(clinic)
    assert clinic("correct", "name", folder, "squat_front", "--movement", "overhead_squat").code == 0
    named = load(folder / "squat_front")
    assert (named.movement.name, named.movement.forced) == ("overhead_squat", True)  # type: ignore[union-attr]
    assert clinic("correct", "name", folder, "squat_front", "--movement", "flying").code == 2
    assert "flying" not in (folder / "corrections.json").read_text("utf-8"), "what was refused is not kept"
    assert clinic("correct", "name", folder, "squat_front", "--take-back").code == 0
    again = load(folder / "squat_front")
    assert (again.movement.name, again.movement.forced) == ("squat", False)  # type: ignore[union-attr]


# --- with the right client ---------------------------------------------------------------------------------------------


def test_a_visit_moves_with_everything_and_says_so(clinic: Run) -> None:
    folder = screen(clinic, "--client", CODE)
    check = KNEES
    assert check in flagged(folder)
    clinic("correct", "judge", CODE, check, "not_there", "--reason", WHY)
    clinic("visit", "measure", CODE, "knee_to_wall:left=11", "knee_to_wall:right=7.5")
    assert clinic("intake", "read", CODE, WHY, "--by", "MK", "--note", "asked").code == 0
    assert clinic("plan", "make", CODE, "--out", "plan").code == 0
    told = clinic("visit", "move", CODE, TODAY, "--to", "C018", "--by", "MK", "--reason", "wrong button")
    assert told.code == 0
    assert "The plan of C018 waits" in told.out, "until somebody has read there what was typed"
    assert clinic("intake", "read", "C018", WHY, "wrong button", "--by", "MK", "--note", "asked").code == 0
    assert clinic("plan", "make", "C018").code == 0
    with open_store() as store:
        (left,), (moved,) = store.visits(CODE), store.visits("C018")
        assert (left.screenings, left.measurements) == ((), ())
        assert "moved to C018" in left.notes[0].made
        assert [m.test for m in moved.measurements] == ["knee_to_wall", "knee_to_wall"]
        assert "moved here from C017" in moved.notes[-1].made
        assert ("by MK" in moved.notes[-1].made, moved.notes[-1].text) == (True, "wrong button")
        assert next(f.status for f in moved.findings if f.check_id == check) is Status.CLEAR
        assert store.latest_plan("C018") is not None, "the plan follows"
        assert [each.day for each in list_bin(store)] == [TODAY], "the plan made of the wrong body lies in the bin"
        uids = {code: store.client(code).uid for code in (CODE, "C018")}
        assert store.files.list_files(uids[CODE]) == []
        kept = [store.files.root / uids["C018"] / name for name in store.files.list_files(uids["C018"])]
    shown = [path.read_text("utf-8") for path in kept if path.suffix in (".html", ".csv", ".json")]
    assert shown
    assert not [text for text in shown if "C017" in text or "Mia Berg" in text]
    assert any("Ida Holm" in text for text in shown)


def test_a_visit_does_not_move_past_a_red_flag_or_to_nobody(clinic: Run) -> None:
    screen(clinic, "--client", CODE)
    with open_store() as store:
        store.add_intake("C018", make_intake(day=TODAY, consent=YES, symptoms=SWOLLEN))
    before = only_visit()
    assert clinic("visit", "move", CODE, TODAY, "--to", "C018").code == 3
    assert clinic("visit", "move", CODE, TODAY, "--to", "C019").code == 2
    assert clinic("visit", "move", CODE, TODAY, "--to", CODE).code == 2
    assert only_visit() == before
    with open_store() as store:
        assert store.visits("C018") == ()


def test_a_visit_moved_to_somebody_without_consent_keeps_no_picture(clinic: Run) -> None:
    screen(clinic, "--client", CODE)
    with open_store() as store:
        store.add_intake("C018", make_intake(day=TODAY, consent=Consent(records=True, pictures=False, on=TODAY)))
    assert clinic("visit", "move", CODE, TODAY, "--to", "C018").code == 0
    assert not [path for path in everything_kept() if path.suffix in (".jpg", ".png", ".mp4")]
    assert not [
        path for path in everything_kept() if path.suffix == ".html" and "data:image" in path.read_text("utf-8")
    ]
    assert not [name for clip in only_visit("C018").clips for name in clip.pictures]


def test_a_loose_result_is_given_through_the_gate(clinic: Run) -> None:
    folder = screen(clinic, "--client", "somebody new")
    check = KNEES
    assert check in flagged(folder)
    clinic("correct", "judge", folder, check, "not_there", "--reason", WHY)
    with open_store() as store:
        store.add_intake("C018", make_intake(day=TODAY, consent=YES, symptoms=SWOLLEN))
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert clinic("correct", "give", folder, "C018").code == 3
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert clinic("correct", "give", folder, CODE, "--by", "MK").code == 0
    assert "Mia Berg" in page(folder)
    assert "somebody new" not in page(folder) + page(folder, "client.html") + (folder / "result.json").read_text(
        "utf-8"
    )
    assert status_of(check) is Status.CLEAR, "what was said of it goes along"
    assert clinic("correct", "give", folder, "C018").code == 2, "it is C017's now"
    assert len(only_visit().screenings) == 1


# --- the bin -----------------------------------------------------------------------------------------------------------


def test_the_bin_gives_back_what_was_deleted_and_is_emptied_after_thirty_days(tmp_path: Path) -> None:
    with RecordStore(None, tmp_path / "records") as store:
        for code in ("C1", "C2"):
            store.add_client(code)
            store.add_measurements(code, TODAY, [HandMeasurement(test="leg_length", value=90.0)])
        whole = store.visits("C1")
        bin_visit(store, "C1", TODAY)
        bin_client(store, "C2")
        assert (store.visits("C1"), store.visit_days()) == ((), {"C1": ()})
        assert [c.code for c in store.list_clients()] == ["C1"]
        with pytest.raises(InputError, match="in the bin"):
            store.add_client("C2")
        assert store.add_client("").code not in ("C1", "C2")
        assert empty_bin(store, now_utc() + KEPT_FOR - timedelta(minutes=1)) == 0
        bring_back(store, "C1", TODAY)
        bring_back(store, "C2")
        assert store.visits("C1") == whole
        assert store.visits("C2")
        bin_visit(store, "C1", TODAY)
        bin_client(store, "C2")
        assert empty_bin(store, now_utc() + KEPT_FOR + timedelta(minutes=1)) == 2
        assert list_bin(store) == ()
        assert not store.knows("C2")
        with pytest.raises(InputError):
            bring_back(store, "C1", TODAY)
        assert store.add_client("C2").code == "C2", "nothing is left of the one before"


def test_a_client_in_the_bin_is_not_screened_as_somebody_else(clinic: Run) -> None:
    assert clinic("client", "delete", CODE, "--yes").code == 0
    told = clinic("screen", CLIPS[0], "--client", CODE, "--out", "out")
    assert (told.code, "lies in the bin" in told.err) == (2, True)
    assert clinic("bin", "restore", CODE).code == 0
    assert clinic("screen", CLIPS[0], "--client", CODE, "--out", "out").code == 0
    assert clinic("client", "delete", CODE, "--yes", "--now").code == 0
    assert clinic("bin", "list").out.strip() == "the bin is empty"
    assert not [path for path in everything_kept() if path.is_file()]


def test_a_folder_that_is_a_link_in_a_circle_is_nobodys_result(tmp_path: Path) -> None:
    (tmp_path / "circle").symlink_to("circle")
    assert home_of(tmp_path / "circle") == tmp_path / "circle"
