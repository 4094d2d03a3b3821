"""Clients over HTTP: red flags that stop, what is kept and what is not, two trainers at once, forms that lose nothing."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from movescreen.app import ClipTask, FinishedScreening
from movescreen.catalog import load_catalog
from movescreen.catalog.client_loader import load_client_catalog
from movescreen.client.intake.model import Consent
from movescreen.client.rules.danger_words import NOTHING, ReadAs
from movescreen.client.visits.visit import MovementPain, SessionNote, record_screening
from movescreen.live import SessionFiles
from movescreen.model import ClipResult, VideoInfo
from movescreen.pipeline import analyze_poses
from movescreen.records import RecordStore
from movescreen.report import write_result
from movescreen.report.formats.key_pictures import MARKED_FILE
from movescreen.screening import merge_clips
from movescreen.web.config import WebConfig
from tests.conftest import SAMPLES
from tests.support.clients import DAY, QUESTIONS, make_intake
from tests.support.figure import squat
from tests.support.runner import write_runner_clip
from tests.web.conftest import attend, client_of, post
from tests.web.test_guard import HASH
from tests.web.test_socket import messages
from tests.web.test_uploads import open_upload, send, wait

TODAY = date.today()
CLIP = (SAMPLES / "squat_front.mp4").read_bytes()
YES = Consent(records=True, pictures=True, on=DAY)


# --- red flags ------------------------------------------------------------------------------------------------------


def test_what_was_typed_holds_plan_and_next_step_until_it_is_read(client: TestClient, store: RecordStore, runner: str) -> None:  # fmt: skip
    store.add_intake(runner, make_intake(day=TODAY, consent=YES))
    assert post(client, f"/clients/{runner}/plan/make").status_code == 303
    store.add_intake(
        runner, make_intake(day=TODAY, consent=YES, note="felt a pop, then it went numb", goal_words="sleep")
    )
    for page in ("/plans/1", "/plan/edit"):
        assert client.get(f"/clients/{runner}{page}").headers["location"] == f"/clients/{runner}/plan"
    for page in ("", "/intake", "/plan", "/plan/make"):
        text = client.get(f"/clients/{runner}{page}").text
        assert "Read this before you go on" in text, page
        assert "“pop”" in text
        assert f"/clients/{runner}/words" in text
        assert 'id="exercises"' not in text
    assert "trainer has to read first" in client.get(f"/clients/{runner}/readiness").text
    assert "Read this before you go on" in client.get(f"/?client={runner}").text
    post(client, f"/clients/{runner}/plan/make", based_on="1")
    assert len(store.plans(runner)) == 1


def test_on_one_page_the_trainer_says_of_every_text_what_it_means(client: TestClient, store: RecordStore, runner: str) -> None:  # fmt: skip
    store.add_intake(
        runner, make_intake(day=TODAY, consent=YES, note="felt a pop, then it went numb", goal_words="sleep")
    )
    keys = {each.text.partition(" ")[0]: each.key for each in store.unread_words(runner, TODAY)}
    page = client.get(f"/clients/{runner}/words").text
    asked = load_client_catalog().red_flags["tendon_rupture"].question
    first = page.partition("It means something else")[0]
    assert html.escape(asked) in first, "beside the hint, before the other questions"
    assert "whether the leg can rise on its toes" in first
    assert page.count(f'value="{NOTHING}"') == 2, "a tap each, and none for all of them"
    assert page.count(">Yes: ") == 2 * len(QUESTIONS), "every question once for each text"

    def say(**fields: str) -> Any:
        return post(client, f"/clients/{runner}/words", **{"by": "trainer", **fields})

    assert "Say of a text what it means" in say().text
    nothing = {f"means.{keys['felt']}": NOTHING, f"means.{keys['sleep']}": NOTHING}
    assert "who has read it is missing" in say(by="", **nothing).text.lower()
    refused = say(**nothing)
    assert refused.status_code == 200
    assert "The answer is missing" in refused.text
    assert [each.text for each in store.unread_words(runner, TODAY)] == ["felt a pop, then it went numb"], (
        "the other one is kept"
    )
    assert say(**{f"means.{keys['felt']}": NOTHING, f"note.{keys['felt']}": "in 2019"}).status_code == 303
    assert "Read this before you go on" not in client.get(f"/clients/{runner}").text
    assert post(client, f"/clients/{runner}/plan/make").status_code == 303
    assert "read by trainer on" in client.get(f"/clients/{runner}/plan").text
    assert 'id="exercises"' in client.get(f"/clients/{runner}/plan").text
    assert "Nothing that was typed waits" in client.get(f"/clients/{runner}/words").text
    store.add_note(runner, TODAY, SessionNote(text="tight on stairs"))
    (typed,) = store.unread_words(runner, TODAY)
    assert say(**{f"means.{typed.key}": "chest_pain"}).status_code == 303
    assert (
        "Refer: an emergency department now, by ambulance, when it is there, came at rest or comes with ever less effort; otherwise a doctor, today"
        in client.get(f"/clients/{runner}").text
    )
    assert 'id="exercises"' not in client.get(f"/clients/{runner}/plan").text


def test_a_question_is_answered_where_texts_are_read_and_stands_on_the_clients_page(client: TestClient, store: RecordStore, runner: str) -> None:  # fmt: skip
    store.add_intake(runner, make_intake(day=TODAY, consent=YES, goal_words="Do I have to stop?", goals=("run",)))
    (typed,) = store.unread_words(runner, TODAY)
    store.read_words(runner, TODAY, [ReadAs(key=typed.key, means=(NOTHING,), note="asked")], "MK")
    assert post(client, f"/clients/{runner}/plan/make").status_code == 303
    assert "1 question waits for your answer" in client.get(f"/clients/{runner}").text
    assert "Answer what was asked" in client.get(f"/clients/{runner}/plan").text
    assert 'class="ruled"' in client.get(f"/clients/{runner}/handout").text
    page = client.get(f"/clients/{runner}/words").text
    name = re.search(r'name="(answer\.\w+)"', page)
    assert name is not None
    assert (
        "who answers is missing" in post(client, f"/clients/{runner}/words", **{name[1]: "No.", "by": ""}).text.lower()
    )
    assert post(client, f"/clients/{runner}/words", **{name[1]: "No: run as now.", "by": "MK"}).status_code == 303
    assert "waits for your answer" not in client.get(f"/clients/{runner}").text
    handout = client.get(f"/clients/{runner}/handout").text
    assert "No: run as now." in handout, "at once, in the plan that was made before"
    assert 'class="ruled"' not in handout
    assert "Nothing that was typed waits" in client.get(f"/clients/{runner}/words").text


def test_what_hurt_is_typed_on_a_page_and_its_exercises_leave_the_plan(client: TestClient, store: RecordStore, runner: str) -> None:  # fmt: skip
    store.add_intake(runner, make_intake(day=TODAY, consent=YES, goals=("daily_life",)))
    assert post(client, f"/clients/{runner}/plan/make").status_code == 303
    first = store.latest_plan(runner)
    assert first is not None
    assert "box_squat" in {e.exercise for e in first.plan.exercises}
    page = client.get(f"/clients/{runner}/hurt").text
    assert "Single-leg squat" in page
    wrong = post(client, f"/clients/{runner}/hurt", movement="squad", score="6")
    assert wrong.status_code == 200
    assert "Choose from the list" in wrong.text
    assert (
        post(client, f"/clients/{runner}/hurt", movement="squat", score="6", place="knee", side="left").status_code
        == 303
    )
    assert "squat hurt on" in client.get(f"/clients/{runner}/hurt").text
    shown = client.get(f"/clients/{runner}/plan").text
    assert "not any more: squat hurt on" in shown
    fields = {"based_on": "1", "add": "goblet_squat"}
    refused = post(client, f"/clients/{runner}/plan/edit", **fields)
    assert refused.status_code == 200
    assert "Not in a plan of this person now" in refused.text
    assert len(store.plans(runner)) == 1
    post(client, f"/clients/{runner}/hurt", movement="squat", score="0")
    assert "not any more" not in client.get(f"/clients/{runner}/plan").text


def test_a_red_flag_stops_sessions_and_uploads_until_a_clinician_has_looked(client: TestClient, store: RecordStore, runner: str) -> None:  # fmt: skip
    store.add_intake(runner, make_intake(symptoms=QUESTIONS | {"calf_swelling": True}))
    for answer in (
        client.post("/api/live", json={"client": runner}),
        client.post("/api/uploads", json={"client": runner}),
    ):
        assert answer.status_code == 422
        error = answer.json()["error"]
        assert error["code"] == "needs_referral"
        assert "A blood clot has to be ruled out" in error["message"]
        assert error["hint"].startswith("refer to a doctor, today")
        assert "client's page" in error["hint"]
    page = client.get(f"/clients/{runner}").text
    assert "Refer: a doctor, today" in page
    assert "Guided session" not in page
    assert client.post("/api/live", json={"client": "somebody else"}).status_code == 201

    nobody = post(client, f"/clients/{runner}/clearance", flag="calf_swelling", by="", on=str(DAY))
    assert nobody.status_code == 400
    too_early = post(client, f"/clients/{runner}/clearance", flag="calf_swelling", by="physician", on="2020-01-01")
    assert "has to be newer" in too_early.json()["error"]["hint"]
    assert client.post("/api/uploads", json={"client": runner}).status_code == 422
    store.add_intake(runner, make_intake(day=TODAY))
    assert "no clinician has cleared it since" in client.get(f"/clients/{runner}").text, "a later no takes nothing back"
    said = post(client, f"/clients/{runner}/clearance", flag="calf_swelling", by="physician", on=str(TODAY))
    assert said.headers["location"] == f"/clients/{runner}"
    assert client.post("/api/uploads", json={"client": runner}).status_code == 201
    assert "Guided session" in client.get(f"/clients/{runner}").text


def test_a_doctors_word_on_a_condition_that_does_not_stop_can_be_noted(client: TestClient, store: RecordStore, runner: str) -> None:  # fmt: skip
    store.add_intake(runner, make_intake(symptoms=QUESTIONS | {"high_blood_pressure": True}))
    page = client.get(f"/clients/{runner}").text
    assert "Guided session" in page
    assert "Ask the doctor about the blood pressure" in page
    assert '<input type="hidden" name="flag" value="high_blood_pressure">' in page
    post(client, f"/clients/{runner}/clearance", flag="high_blood_pressure", by="physician", on=str(TODAY))
    page = client.get(f"/clients/{runner}").text
    assert "Seen by physician" in page
    assert 'name="flag"' not in page


# --- kept as a visit ------------------------------------------------------------------------------------------------


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Put recorded results in the place of the analysis; tell whether pictures were allowed."""
    allowed: list[bool] = []

    def analyze(task: ClipTask, _on_progress: object) -> ClipResult:
        allowed.append(task.pictures)
        return write_runner_clip(task.video.name, task.folder, {"heel": 22.0, "shift": 21.0, "thigh": 12.0})

    monkeypatch.setattr(ClipTask, "run", analyze)
    return allowed


def bring(client: TestClient, code: str, recorded: str = "2026-03-02") -> dict[str, Any]:
    upload = open_upload(client, client=code, recorded=recorded)
    send(client, upload, "front.mp4")
    client.post(f"/api/uploads/{upload}/finish")
    return wait(client, upload, lambda t: t["state"] == "done")


def test_clips_of_a_client_are_kept_as_the_visit_of_their_day(client: TestClient, store: RecordStore, runner: str, quick: list[bool]) -> None:  # fmt: skip
    told = bring(client, runner)
    assert told["note"] == ""
    (visit,) = store.visits(runner)
    assert visit.day == DAY
    assert [f.check_id for f in visit.findings if f.status.value == "flagged"][:1] == ["weight_shift"]
    (picture,) = visit.clips[0].pictures
    assert store.picture(runner, picture)
    assert quick == [True]
    page = client.get(f"/clients/{runner}/visits/{DAY}")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy, "the print button, and nothing inside of the page"
    assert "The shift is away from the side of the 2023 right ankle sprain" in page.text
    assert f'href="/clients/{runner}"' in page.text
    assert f'href="/clients/{runner}"' in client.get(f"/results/{told['result']}").text


def test_whoever_did_not_agree_to_pictures_gets_none(client: TestClient, store: RecordStore, quick: list[bool]) -> None:
    store.add_client("C018")
    store.add_intake("C018", make_intake(consent=YES.model_copy(update={"pictures": False})))
    bring(client, "C018")
    assert quick == [False]
    assert store.visits("C018")[0].clips[0].pictures == ()
    assert not [n for n in store.files.list_files(store.client("C018").uid) if n.endswith(MARKED_FILE)]


def test_a_name_that_is_no_client_s_keeps_no_visit_and_makes_no_records(client: TestClient, config: WebConfig, quick: list[bool]) -> None:  # fmt: skip
    bring(client, "Client 17")
    assert config.records is not None
    assert not config.records.data_folder.exists()
    assert quick == [True]


def test_a_client_deleted_meanwhile_loses_no_report(client: TestClient, store: RecordStore, runner: str, quick: list[bool]) -> None:  # fmt: skip
    upload = open_upload(client, client=runner)
    send(client, upload, "front.mp4")
    store.delete_client(runner)
    client.post(f"/api/uploads/{upload}/finish")
    told = wait(client, upload, lambda t: t["state"] == "done")
    assert "could not be kept with the client" in told["note"]
    assert client.get(f"/api/results/{told['result']}").status_code == 200


@pytest.mark.parametrize("day", ["2026-02-30", "2999-01-01"])
def test_days_that_cannot_be_are_refused_before_clips_are_sent(client: TestClient, day: str) -> None:
    assert client.post("/api/uploads", json={"recorded": day}).status_code == 400


def test_a_guided_session_is_kept_as_the_visit_of_today(client: TestClient, store: RecordStore, runner: str, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    def finish(files: SessionFiles) -> FinishedScreening:
        clip = write_runner_clip("front", files.folder / "squat_front", {"shift": 21.0})
        return files.screening.finish({Path("squat_front"): clip}, {}, files.folder)

    monkeypatch.setattr(SessionFiles, "finish", finish)
    address = client.post("/api/live", json={"client": runner, "protocol": "squat"}).json()["socket"]
    with attend(client, address) as socket:
        socket.send_text(json.dumps({"command": "stop"}))
        state = next(m["state"] for m in messages(socket) if m.get("state", {}).get("result"))
    assert state["note"] == ""
    (visit,) = store.visits(runner)
    assert (visit.day, len(visit.clips)) == (TODAY, 1)


def test_who_stops_because_it_hurts_leaves_a_note_with_the_client(client: TestClient, store: RecordStore, runner: str, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    def finish(files: SessionFiles) -> FinishedScreening:
        return files.screening.finish({}, {}, files.folder, pain=("squat",))

    monkeypatch.setattr(SessionFiles, "finish", finish)
    address = client.post("/api/live", json={"client": runner, "protocol": "squat"}).json()["socket"]
    with attend(client, address) as socket:
        socket.send_text(json.dumps({"command": "stop"}))
        next(m for m in messages(socket) if m.get("state", {}).get("error"))
    (visit,) = store.visits(runner)
    assert (visit.day, visit.clips) == (TODAY, ())
    assert [note.made for note in visit.notes] == ["Hurt in the screening, so refer before loading it: Squat"]
    assert visit.notes[0].movement_pain == (MovementPain(movement="squat"),)
    assert "Hurt in the screening" in client.get(f"/clients/{runner}/visits/{TODAY}").text


# --- by hand, and notes ---------------------------------------------------------------------------------------------


def test_values_by_hand_are_held_against_norms_at_once_or_not_kept(client: TestClient, store: RecordStore, runner: str) -> None:  # fmt: skip
    wrong = client.post(f"/clients/{runner}/measure", data={"day": "2026-03-02", "knee_to_wall.left": "11", "knee_to_wall.right": "95", "hip_flexion.left": "abc"})  # fmt: skip
    assert "It lies between 0 and 25 cm; was it taken in another unit?" in wrong.text
    assert 'id="wrong-hip_flexion.left">Give a number.' in wrong.text
    assert 'value="95"' in wrong.text
    assert store.visits(runner) == ()
    fields = {
        "day": "2026-03-02",
        "knee_to_wall.left": "11",
        "knee_to_wall.right": "7,5",
        "ankle_dorsiflexion.left": "12",
    }
    saved = client.post(f"/clients/{runner}/measure", data=fields)
    page = client.get(saved.headers["location"]).text
    assert "right 3.5\N{NO-BREAK SPACE}cm behind (68 % of the other side), more than chance explains" in page
    assert "Ankle dorsiflexion without load, left" in page
    assert store.visits(runner)[0].measured("knee_to_wall") == {"left": 11.0, "right": 7.5}


def test_activities_and_scores_of_questionnaires_are_taken_by_form(client: TestClient, store: RecordStore, runner: str) -> None:  # fmt: skip
    page = client.get(f"/clients/{runner}/measure").text
    assert "psfs.activity5" in page
    assert "Only the score is kept" in page
    wrong = client.post(f"/clients/{runner}/measure", data={"day": "2026-03-02", "psfs.activity1": "stairs", "psfs.score1": "12", "cait.left": "31"})  # fmt: skip
    assert "12 cannot be" in wrong.text
    assert "It lies between 0 and 30" in wrong.text
    assert store.visits(runner) == ()
    nameless = client.post(f"/clients/{runner}/measure", data={"day": "2026-03-02", "psfs.score1": "2"})
    assert "Which activity is it?" in nameless.text
    fields = {"day": "2026-03-02", "psfs.activity1": "stairs", "psfs.score1": "4", "psfs.activity2": "kneeling", "psfs.score2": "3", "cait.left": "28", "cait.right": "17"}  # fmt: skip
    saved = client.post(f"/clients/{runner}/measure", data=fields)
    assert "stairs: 4; kneeling: 3" in client.get(saved.headers["location"]).text
    (visit,) = store.visits(runner)
    assert visit.measured("psfs") == {"": 3.5}
    assert visit.measured("cait") == {"left": 28.0, "right": 17.0}
    assert 'value="kneeling"' in client.get(f"/clients/{runner}/measure").text, "asked about the same ones again"
    assert "There is no value yet" in post(client, f"/clients/{runner}/measure", day="2026-03-02").text


def test_the_list_tells_the_days_without_reading_what_was_kept(
    client: TestClient, store: RecordStore, runner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in ("2026-03-02", "2026-03-09"):
        post(client, f"/clients/{runner}/note", day=day, text="fine")
    monkeypatch.setattr(RecordStore, "visits", lambda *_: pytest.fail("read every visit to show a date"))
    page = client.get("/clients").text.replace("\N{NO-BREAK SPACE}", " ")
    assert "9 March 2026" in page
    assert "2 March 2026" not in page


def test_notes_are_checked(client: TestClient, store: RecordStore, runner: str) -> None:
    nothing = post(client, f"/clients/{runner}/note", day="2026-03-02")
    assert "There is nothing to note yet" in nothing.text
    wrong = post(client, f"/clients/{runner}/note", day="2999-01-01", pain_now="3", text="stairs")
    assert "This day lies ahead" in wrong.text
    assert "stairs" in wrong.text
    assert store.visits(runner) == ()
    post(
        client,
        f"/clients/{runner}/note",
        day="2026-03-02",
        pain_next_day="1",
        sessions_done="10",
        sessions_planned="12",
    )
    (visit,) = store.visits(runner)
    assert (visit.notes[0].pain_next_day, visit.notes[0].sessions_done) == (1, 10)


# --- two trainers at once -------------------------------------------------------------------------------------------


def test_two_trainers_at_once_lose_nothing(client: TestClient, store: RecordStore, runner: str) -> None:
    def work(name: str) -> None:
        for i in range(8):
            assert post(client, "/clients/new", code=f"{name}-{i}").status_code == 303
            assert post(client, "/clients/new").status_code == 303
            assert post(client, f"/clients/{runner}/note", day="2026-03-02", text=f"{name}-{i}").status_code == 303
            answer = client.post(f"/clients/{runner}/measure", data={"day": "2026-03-02", "knee_to_wall.left": "9"})
            assert answer.status_code == 303

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, ("one", "two")))
    (visit,) = store.visits(runner)
    assert {n.text for n in visit.notes} == {f"{name}-{i}" for name in ("one", "two") for i in range(8)}
    assert len(visit.measurements) == 16
    assert len(store.list_clients()) == 33


def test_a_client_changed_by_somebody_else_is_shown_and_not_overwritten(client: TestClient, store: RecordStore, runner: str) -> None:  # fmt: skip
    page = client.get(f"/clients/{runner}/change").text
    assert 'name="version" value="1"' in page
    post(client, f"/clients/{runner}/change", version="1", name="first", birth_year="1991", sex="female", note="")
    late = post(
        client, f"/clients/{runner}/change", version="1", name="second", birth_year="1991", sex="female", note=""
    )
    assert "changed this client in the meantime" in late.text
    assert "name: first" in late.text
    assert 'value="second"' in late.text
    assert store.client(runner).name == "first"


# --- export, deletion, protection -----------------------------------------------------------------------------------


def test_export_holds_everything(client: TestClient, runner: str, quick: list[bool]) -> None:
    bring(client, runner)
    answer = client.get(f"/clients/{runner}/export")
    assert 'filename="C017.zip"' in answer.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        names = archive.namelist()
        told = json.loads(archive.read("person.json"))
    assert {"person.json", "readings.csv", "measurements.csv", "notes.csv"} <= set(names)
    assert any(name.endswith(MARKED_FILE) for name in names)
    assert told["intakes"][0]["injuries"][0]["kind"] == "ankle_sprain"
    assert told == client.get(f"/api/clients/{runner}").json()
    assert [c["code"] for c in client.get("/api/clients").json()] == [runner]


def test_deleting_asks_for_the_code_and_leaves_nothing(client: TestClient, config: WebConfig, store: RecordStore, runner: str, quick: list[bool]) -> None:  # fmt: skip
    store.change_client(store.client(runner), note="unmistakable-words")
    store.add_client("C018")
    told = bring(client, runner)
    bring(client, "Client 17")
    page = client.get(f"/clients/{runner}/delete").text
    assert "1 visit," in page
    assert "1 result recorded" in page
    refused = post(client, f"/clients/{runner}/delete", code="c017")
    assert "Nothing was deleted" in refused.text
    assert store.knows(runner)
    assert f"{runner} is deleted" not in client.get(f"/clients?gone={runner}").text
    done = post(client, f"/clients/{runner}/delete", code=runner, now="yes")
    assert f"{runner} is deleted" in client.get(done.headers["location"]).text
    assert not store.knows(runner)
    assert store.knows("C018")
    assert client.get(f"/clients/{runner}").status_code == 404
    assert client.get(f"/api/results/{told['result']}").status_code == 404
    assert [r["client"] for r in client.get("/api/results").json()] == ["Client 17"]
    assert config.records is not None
    left = [p for p in config.records.data_folder.rglob("*") if p.is_file()]
    assert all(b"unmistakable-words" not in p.read_bytes() for p in left)
    assert not [p for p in left if p.name == MARKED_FILE]


def test_a_visit_can_be_deleted(client: TestClient, store: RecordStore, runner: str, quick: list[bool]) -> None:
    bring(client, runner)
    assert "Delete the visit of 2 March 2026?" in client.get(f"/clients/{runner}/visits/2026-03-02/delete").text.replace("\N{NO-BREAK SPACE}", " ")  # fmt: skip
    assert post(client, f"/clients/{runner}/visits/2026-03-02/delete").status_code == 303
    assert store.visits(runner) == ()
    assert client.get(f"/clients/{runner}/visits/2026-03-02").status_code == 404


def test_a_visit_is_analyzed_again_from_its_landmarks(client: TestClient, store: RecordStore, runner: str, tmp_path: Path) -> None:  # fmt: skip
    recorded = squat().poses
    result = analyze_poses(recorded, VideoInfo("a.mp4", *recorded.image_size_px, 30.0, float(recorded.time_s[-1])))
    write_result(result, tmp_path / "out/front")
    merged = merge_clips([result], load_catalog(), runner, {}, (), None)
    store.add_screening(runner, DAY, record_screening(merged, load_catalog(), ["front"]), tmp_path / "out")
    where = f"/clients/{runner}/visits/{DAY}"
    assert f"{where}/redo" in client.get(where).text
    assert "Analyze the visit of" in client.get(f"{where}/redo").text
    assert post(client, f"{where}/redo").headers["location"] == where
    assert [c.setup.movement for c in store.visits(runner)[0].clips] == ["squat"]
    assert post(client, f"/clients/{runner}/visits/2026-03-03/redo").status_code == 400


POSTS = ("/clients/new", "/clients/C017/change", "/clients/C017/delete", "/clients/C017/intake", "/clients/C017/clearance", "/clients/C017/words", "/clients/C017/hurt", "/clients/C017/measure",
         "/clients/C017/note", "/clients/C017/plan/make", "/clients/C017/plan/edit", "/clients/C017/visits/2026-03-02/redo", "/clients/C017/visits/2026-03-02/delete")  # fmt: skip


@pytest.mark.parametrize("path", POSTS)
def test_other_pages_and_large_bodies_change_nothing(client: TestClient, runner: str, store: RecordStore, path: str) -> None:  # fmt: skip
    before = json.dumps(client.get(f"/api/clients/{runner}").json())
    for headers in ({"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"}):
        assert client.post(path, data={"code": runner}, headers=headers).status_code == 403
    assert client.post(path, data={"code": runner, "note": "x" * 70_000}).status_code == 413
    assert json.dumps(client.get(f"/api/clients/{runner}").json()) == before
    assert len(store.list_clients()) == 1


def test_beyond_this_machine_clients_ask_for_the_login(config: WebConfig) -> None:
    with client_of(replace(config, host="0.0.0.0", password_hash=HASH), "10.0.0.9") as client:
        for path in ("/clients", "/clients/C017", "/clients/C017/export", "/clients/C017/plan"):
            assert client.get(path).headers["location"] == "/login"
        assert client.get("/api/clients").status_code == 401
        assert client.post("/clients/new", data={"code": "C099"}).status_code == 401


# --- no running or jumping now --------------------------------------------------------------------------------------

BAN = "no running or jumping now (care profile: pregnancy)"


def open_power(client: TestClient, code: str) -> int:
    """Return how many recordings a session of power and balance has for somebody."""
    answer = client.post("/api/live", json={"client": code, "protocol": "power_and_balance"})
    assert answer.status_code == 201
    state = client.get(f"/api/live/{answer.json()['id']}").json()
    return int(state["parts"])


def test_who_does_not_jump_now_is_not_told_to_anywhere(client: TestClient, store: RecordStore, runner: str) -> None:
    store.add_intake(runner, make_intake(day=TODAY, pregnant=True))
    start = client.get(f"/?client={runner}").text
    assert "Power and balance: left out: Jumps; " + BAN in start
    assert "· Jumps" not in start
    assert open_power(client, runner) == 3
    measure = client.get(f"/clients/{runner}/measure").text
    assert "Tests with jumps or hops are not listed: " + BAN in measure
    assert "single_leg_hop" not in measure
    assert "jump_height" not in measure
    readiness = client.get(f"/clients/{runner}/readiness").text
    assert f"Not shown: {BAN}." in readiness
    assert "Still to be measured" not in readiness


def test_who_may_jump_is_offered_it(client: TestClient, store: RecordStore, runner: str) -> None:
    store.add_intake(runner, make_intake(day=TODAY))
    assert "· Jumps" in client.get(f"/?client={runner}").text
    assert "not listed" not in client.get(f"/clients/{runner}/measure").text
    assert "single_leg_hop.left" in client.get(f"/clients/{runner}/measure").text
    assert open_power(client, runner) == 4
    assert open_power(client, "somebody else") == 4
    assert "single-leg hop" in client.get(f"/clients/{runner}/readiness").text


@pytest.mark.parametrize("code", ["%2e%2e", "..%2F..%2Fetc", "%00", "C017%2F..", "<script>", "'; DROP TABLE clients"])
def test_codes_lead_nowhere(client: TestClient, runner: str, code: str) -> None:
    for path in (
        "",
        "/export",
        "/delete",
        "/measure",
        "/plan",
        "/progress",
        "/readiness",
        "/intake",
        "/visits/2026-03-02",
    ):
        answer = client.get(f"/clients/{code}{path}", headers={"accept": "text/html"})
        assert answer.status_code in (303, 307, 404), path
        assert "<script>" not in answer.text.replace('<script type="module"', "")


def test_what_people_type_is_shown_as_text(client: TestClient, store: RecordStore) -> None:
    evil = "<img src=x onerror=alert(1)>"
    post(client, "/clients/new", code="C021", name=evil, note=evil)
    for path in (
        "/clients",
        "/clients/C021",
        "/clients/C021/change",
        "/clients/C021/delete",
        "/clients?q=%3Cimg",
        "/?client=%3Cimg",
    ):
        text = client.get(path).text
        assert "<img" not in text
    assert "&lt;img" in client.get("/clients/C021").text
    assert store.client("C021").name == evil


def test_searching_finds_by_code_and_name(client: TestClient, store: RecordStore) -> None:
    for code, name in (("C001", "Runner"), ("C002", "Lifter"), ("R3", "")):
        store.add_client(code, name=name)
    assert client.get("/clients?q=run").text.count("/clients/C00") == 1
    assert client.get("/clients?q=C00").text.count("/clients/C00") == 2
    assert "Nobody with" in client.get("/clients?q=zzz").text


@pytest.mark.parametrize(("fields", "said"), [({"code": "a/b"}, "cannot be the code"), ({"birth_year": "91"}, "four digits"), ({"sex": "x"}, "Choose from the list"), ({"code": "C017"}, "already")])  # fmt: skip
def test_a_client_who_cannot_be_is_told_and_not_added(client: TestClient, store: RecordStore, runner: str, fields: dict[str, str], said: str) -> None:  # fmt: skip
    answer = post(client, "/clients/new", **({"name": "typed before"} | fields))
    assert answer.status_code == 200
    assert said in answer.text
    assert "typed before" in answer.text
    assert len(store.list_clients()) == 1


def test_a_client_without_visits_is_told_so(client: TestClient, runner: str) -> None:
    answer = client.get(f"/clients/{runner}/progress", headers={"accept": "text/html"})
    assert answer.status_code == 404
    assert "has no visit yet" in answer.text
    assert "Not known" in client.get(f"/clients/{runner}/readiness").text
