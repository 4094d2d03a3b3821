"""One contract for every door: whoever screens asks for red flags, heeds consent, knows age and sex, and keeps the visit once.

The doors are the commands, the batch with a manifest, programs, the guided session at the camera and in the web app, clips sent to the web app,
and what makes earlier results again. Only the pose network is replaced, by a drawn person.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from starlette.testclient import TestClient

import movescreen
import movescreen.app.red_flag_gate as gate
import movescreen.app.screening as screening_module
from movescreen.app import Records
from movescreen.app.client_pages import compare_visits
from movescreen.batch import BatchPlan, Store, name_folders, read_manifest, run_batch
from movescreen.batch.executors import WorkerPool
from movescreen.client.intake.model import Consent
from movescreen.client.visits.visit import Visit
from movescreen.errors import MovescreenError, NeedsReferral
from movescreen.live import PartOutcome
from movescreen.model import ClipResult, Demographics, Frame, VideoInfo
from movescreen.pipeline import AnalysisRequest, AnalyzedVideo, analyze_poses
from movescreen.pose import EngineInfo
from movescreen.records import RecordStore, open_store
from movescreen.settings import Settings
from movescreen.video.container import hash_file
from movescreen.video.reader import read_frames_at
from movescreen.web.config import WebConfig
from tests.conftest import SAMPLES, Run
from tests.support.clients import QUESTIONS, make_intake
from tests.support.sights import FRONT, SIDE, squat
from tests.web.conftest import FigureEstimator, attend, client_of
from tests.web.test_socket import messages
from tests.web.test_uploads import open_upload, send, wait

CODE = "C017"
CLIPS = (SAMPLES / "squat_front.mp4", SAMPLES / "squat_side.mp4")
TODAY = date.today()
YES = Consent(records=True, pictures=True, on=TODAY)
NO_PICTURES = Consent(records=True, pictures=False, on=TODAY)
SWOLLEN = QUESTIONS | {"calf_swelling": True}
ENGINE = EngineInfo("figure", "none", "0" * 64)


# --- the doors --------------------------------------------------------------------------------------------------------


@dataclass
class Clinic:
    """A clinic with one client, and the ways in."""

    folder: Path
    run: Run

    def intake(self, **changes: Any) -> None:
        with open_store() as store:
            store.add_intake(CODE, make_intake(**{"day": TODAY, "consent": YES, **changes}))

    def visits(self) -> tuple[Visit, ...]:
        with open_store() as store:
            return store.visits(CODE)

    @property
    def out(self) -> Path:
        return self.folder / "out"


#: Goes through a door; returns what it said: its exit code or HTTP status, and its words.
Door = Callable[[Clinic], tuple[int, str]]


def command(*words: object) -> Door:
    def go(clinic: Clinic) -> tuple[int, str]:
        told = clinic.run(*words)
        return told.code, told.err

    return go


def batch(clinic: Clinic) -> tuple[int, str]:
    manifest = clinic.folder / "clips.csv"
    manifest.write_text("file,client,date\n" + "".join(f"{clip},{CODE},{TODAY}\n" for clip in CLIPS), "utf-8")
    store = Store(str(clinic.out))
    with ThreadPoolExecutor(1) as pool, Records() as records:
        plan = BatchPlan(store, f"run {len(list(clinic.folder.rglob('*')))}", Settings(), {}, analyze=figure_for)
        run_batch(
            name_folders(read_manifest(str(manifest))), plan, lambda: WorkerPool(pool, lambda: 1), clients=records
        )
    rows = pd.read_csv(clinic.out / "summary.csv", keep_default_na=False)
    refused = set(rows["error_code"]) == {NeedsReferral.code}
    return NeedsReferral.exit_code if refused else 0, " ".join(rows["error"])


def python(screen: Callable[[Clinic], object]) -> Door:
    def go(clinic: Clinic) -> tuple[int, str]:
        try:
            screen(clinic)
        except MovescreenError as error:
            return error.exit_code, error.message
        return 0, ""

    return go


def web_session(clinic: Clinic) -> tuple[int, str]:
    with client_of(WebConfig(results=clinic.out)) as client:
        opened = client.post("/api/live", json={"client": CODE, "protocol": "squat", "pictures": True})
        if opened.status_code == 201:
            (session,) = client.app.state.services.hub._sessions.values()  # type: ignore[attr-defined]
            for outcome in recordings():
                session.files.add(outcome, ENGINE, frames_of(outcome))
            with attend(client, opened.json()["socket"]) as socket:
                socket.send_text(json.dumps({"command": "stop"}))
                next(m for m in messages(socket) if m.get("state", {}).get("result"))
        return opened.status_code, opened.text


def web_clips(clinic: Clinic) -> tuple[int, str]:
    with client_of(WebConfig(results=clinic.out)) as client:
        opened = client.post("/api/uploads", json={"client": CODE})
        if opened.status_code == 201:
            bring(client)
        return opened.status_code, opened.text


def bring(client: TestClient) -> None:
    upload = open_upload(client, client=CODE)
    for clip in CLIPS:
        send(client, upload, clip.name, clip.read_bytes())
    client.post(f"/api/uploads/{upload}/finish")
    wait(client, upload, lambda told: told["state"] == "done")


NEW: dict[str, Door] = {
    "analyze": command("analyze", CLIPS[1], "--client", CODE, "--out", "out/clip", "--overlay"),
    "screen": command("screen", *CLIPS, "--client", CODE, "--out", "out", "--overlay"),
    "batch": batch,
    "movescreen.analyze": python(
        lambda clinic: movescreen.analyze(CLIPS[1], client=CODE, out=clinic.out / "clip", formats=["overlay"])
    ),
    "movescreen.screen": python(lambda clinic: movescreen.screen(CLIPS, client=CODE, out=clinic.out, formats=["overlay"])),
    "live": command(
        "live", "--camera", CLIPS[0], "--movement", "squat_front", "--no-window", "--pictures", "--repetitions", 3,
        "--client", CODE, "--out", "out",
    ),
    "web session": web_session,
    "web clips": web_clips,
}  # fmt: skip
AGAIN: dict[str, Door] = {
    "report": command("report", "out"),
    "visit redo": command("visit", "redo", CODE, TODAY),
}
DOORS = NEW | AGAIN


# --- a drawn person instead of the network ------------------------------------------------------------------------------


def figure_for(clip: Path, _request: AnalysisRequest, **_more: object) -> AnalyzedVideo:
    """Return what a drawn person gives, from the view that the clip's name says."""
    return AnalyzedVideo(drawn("front" in clip.name, clip.name, hash_file(clip)), {})


@cache
def drawn(front: bool, name: str, sha256: str) -> ClipResult:
    poses = squat(3, FRONT if front else SIDE, tail_s=1.0).poses
    width, height = poses.image_size_px
    video = VideoInfo(name, width, height, 30.0, float(poses.time_s[-1]), sha256=sha256)
    return analyze_poses(poses, video, AnalysisRequest(), engine=ENGINE)


def write_video(*given: object, **_more: object) -> None:
    """Write something in the place of a video, which takes long to draw."""
    target = next(each for each in reversed(given) if isinstance(each, Path))
    target.write_bytes(b"the person, moving")


def recordings() -> list[PartOutcome]:
    from movescreen.catalog import load_catalog

    parts = {part.view: part for part in load_catalog().protocol("squat").parts}
    return [
        PartOutcome(parts[view], "recorded", poses=squat(3, camera, tail_s=1.0).poses)
        for view, camera in (("front", FRONT), ("side", SIDE))
    ]


def frames_of(outcome: PartOutcome) -> dict[int, Frame]:
    assert outcome.poses is not None
    numbers = [int(n) for n in outcome.poses.frame_index[::3]]
    (picture,) = read_frames_at(CLIPS[0], [0])
    return {number: replace(picture, index=number) for number in numbers}


@pytest.fixture
def clinic(run_kept: Run, no_curves: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    monkeypatch.setattr("movescreen.app.tasks.analyze_with_pictures", figure_for)
    monkeypatch.setattr("movescreen.report.formats.overlay.write_overlay_video", write_video)
    monkeypatch.setattr("movescreen.render.overlay.write_side_by_side", write_video)
    monkeypatch.setattr("movescreen.live.engine.create_estimator", lambda *_a, **_k: FigureEstimator(hold_s=0.5))
    monkeypatch.setattr("movescreen.video.webcam._paced", lambda frames: frames)
    run_kept("client", "add", CODE, "--born", TODAY.year - 35, "--sex", "female")
    return Clinic(tmp_path, run_kept)


def everything(clinic: Clinic) -> dict[Path, bytes]:
    """Return all files but the database itself, which opening changes."""
    found = (path for path in clinic.folder.rglob("*") if path.is_file() and "sqlite" not in path.name)
    return {path: path.read_bytes() for path in found}


def pictures(clinic: Clinic) -> list[Path]:
    """Return every file that is, or holds, a picture of somebody."""
    return [
        path
        for path, content in everything(clinic).items()
        if path.suffix in (".jpg", ".jpeg", ".png", ".mp4")
        or b"data:image/jpeg" in content
        or b'id="film-0"' in content
    ]


def films(clinic: Clinic) -> list[Path]:
    """Return every page that holds a film of somebody."""
    return [path for path, content in everything(clinic).items() if b'id="film-0"' in content]


def prepare(clinic: Clinic, door: str) -> None:
    """Screen with everything allowed where a door makes something again."""
    clinic.intake()
    if door in AGAIN:
        assert NEW["screen"](clinic)[0] == 0
        assert pictures(clinic), "or the test would find none later for the wrong reason"


# --- the contract -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("door", DOORS)
def test_a_red_flag_refuses_and_nothing_is_written(clinic: Clinic, door: str, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(clinic, door)
    clinic.intake(symptoms=SWOLLEN)
    before, kept = everything(clinic), clinic.visits()
    asked = watch(monkeypatch, gate, "ensure_no_red_flag")
    status, said = DOORS[door](clinic)
    assert status == (422 if door.startswith("web") else 3)
    assert "A blood clot has to be ruled out" in said
    assert asked, "the gate of app/ refuses, and no other"
    new = set(everything(clinic)) - set(before)
    own = {"summary.csv", "reps.csv", "findings.csv", "measures.csv", "report.html", "clips.csv", "version"}
    assert {path.name for path in new} <= (own if door == "batch" else set()), "but for the tables that tell why"
    assert {path: content for path, content in everything(clinic).items() if path in before} == before
    assert clinic.visits() == kept


def watch(monkeypatch: pytest.MonkeyPatch, where: Any, name: str) -> list[tuple[Any, ...]]:
    """Return what a function is called with from now on."""
    real, seen = getattr(where, name), list[tuple[Any, ...]]()

    def call(*arguments: Any, **more: Any) -> Any:
        seen.append(arguments)
        return real(*arguments, **more)

    monkeypatch.setattr(where, name, call)
    return seen


@pytest.mark.slow
@pytest.mark.parametrize("door", DOORS)
def test_who_may_be_screened_is_with_pictures_age_and_sex_and_kept_once_also_when_done_again(
    clinic: Clinic, door: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(clinic, door)
    merged = watch(monkeypatch, screening_module, "merge_clips")
    assert DOORS[door](clinic)[0] in (0, 201)
    assert [arguments[-1] for arguments in merged] == [Demographics(35, "female")], "they reach the norms"
    assert any(path.is_relative_to(clinic.out) for path in pictures(clinic)), "which were agreed to"
    assert films(clinic) == [], "nobody asked about those"
    if door not in ("live", "web session"):  # a person before the camera is another recording
        DOORS[door](clinic)
    (visit,) = clinic.visits()
    assert visit.day == TODAY
    assert len(visit.screenings) == 1
    assert {clip.setup.movement for clip in visit.clips} == {"squat"}


@pytest.mark.slow
@pytest.mark.parametrize("door", DOORS)
def test_without_consent_no_picture_is_left(clinic: Clinic, door: str) -> None:
    prepare(clinic, door)
    clinic.intake(consent=NO_PICTURES)
    assert DOORS[door](clinic)[0] in (0, 201)
    left = pictures(clinic)
    if door == "report":  # the records keep what was agreed to when it was kept; redoing the visit lets go of it
        left = [path for path in left if path.is_relative_to(clinic.out)]
    if door == "visit redo":
        left = [path for path in left if not path.is_relative_to(clinic.out)]
    assert left == []


def test_it_is_said_that_no_pictures_are_kept(clinic: Clinic) -> None:
    clinic.intake(consent=NO_PICTURES)
    words = ("screen", CLIPS[1], "--client", CODE, "--out", "out")
    assert "C017 has not agreed to pictures: none are kept." in clinic.run(*words).out
    clinic.intake()
    assert "agreed to pictures" not in clinic.run(*words).out


def test_a_film_lies_in_the_player_of_the_clip_the_screening_and_the_records(clinic: Clinic) -> None:
    clinic.intake(consent=YES.model_copy(update={"films": True}))
    assert NEW["screen"](clinic)[0] == 0
    kept = films(clinic)
    assert {path.name for path in kept} == {"player.html"}
    assert len([path for path in kept if path.is_relative_to(clinic.out)]) == 3
    assert len([path for path in kept if not path.is_relative_to(clinic.out)]) == 3
    with open_store() as store:
        assert 'id="film-0"' in compare_visits(store, CODE)
    clinic.intake(consent=NO_PICTURES)
    clinic.run("visit", "redo", CODE, TODAY)
    assert [path for path in films(clinic) if not path.is_relative_to(clinic.out)] == []


# --- names and days -----------------------------------------------------------------------------------------------------

SLIPS = {
    "c017": "there is no client called 'c017'",
    "C071": "there is no client called 'C071'",
    "Anna": "'Anna' is also the name of C018",
    "anna berg": "'anna berg' is also the name of C018",
    "Anna Maria": "",
}


@pytest.mark.parametrize("typed", SLIPS)
def test_a_slip_or_a_first_name_is_never_taken_for_a_stranger(clinic: Clinic, typed: str) -> None:
    with open_store() as store:
        store.add_client("C018", name="Anna Berg")
    told = clinic.run("screen", CLIPS[1], "--client", typed, "--out", "out")
    if SLIPS[typed]:
        assert (told.code, told.err.splitlines()[0]) == (2, f"error: {SLIPS[typed]}")
        assert not clinic.out.exists()
    else:
        assert told.code == 0
        assert "is no client's code: the visit is not kept" in told.out


@pytest.mark.parametrize("day", ["12.3.2026", "3/12/2026", "20260312", "2026-W11-4", "yesterday", "2999-01-01"])
def test_a_day_in_another_form_is_refused(clinic: Clinic, day: str) -> None:
    clinic.intake()
    assert clinic.run("screen", CLIPS[1], "--client", CODE, "--date", day, "--out", "out").code == 2
    manifest = clinic.folder / "clips.csv"
    manifest.write_text(f"file,client,date\n{CLIPS[1]},{CODE},{day}\n", "utf-8")
    assert clinic.run("batch", "--manifest", manifest, "--out", "out", "--workers", 1).code == 0
    row = pd.read_csv(clinic.out / "summary.csv").iloc[0]
    assert (row["status"], row["error_code"]) == ("error", "input")
    assert clinic.visits() == ()


@pytest.mark.slow
def test_age_and_sex_against_the_records_are_refused(clinic: Clinic) -> None:
    clinic.intake()
    for words in (("--age", 60), ("--sex", "male")):
        told = clinic.run("screen", CLIPS[1], "--client", CODE, *words, "--out", "out")
        assert told.code == 2
        assert "in the records" in told.err
    assert clinic.run("screen", CLIPS[1], "--client", CODE, "--age", 34, "--out", "out").code == 0


def test_a_flag_raised_since_the_recording_stops_as_well(clinic: Clinic) -> None:
    clinic.intake(symptoms=SWOLLEN)
    earlier = str(TODAY - timedelta(days=40))
    assert clinic.run("screen", CLIPS[1], "--client", CODE, "--date", earlier, "--out", "out").code == 3
    assert not clinic.out.exists()


@pytest.mark.slow
def test_what_somebody_else_changed_is_not_replaced(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    clinic.intake()
    NEW["screen"](clinic)
    add = RecordStore.add_screening

    def add_late(store: RecordStore, *arguments: Any, **more: Any) -> Any:
        store.delete_visit(CODE, TODAY)
        return add(store, *arguments, **more)

    monkeypatch.setattr(RecordStore, "add_screening", add_late)
    code, said = NEW["screen"](clinic)
    assert code == 2
    assert "nothing was overwritten" in said
