"""Clients over HTTP: red flags that stop, what is kept and what is not, two trainers at once, forms that lose nothing."""

from __future__ import annotations

import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import movescreen.web.uploads as uploads
from movescreen.care.intake import Consent
from movescreen.catalog import load_catalog
from movescreen.live import SessionFiles
from movescreen.live.saving import SavedSession
from movescreen.model import ClipResult
from movescreen.records import RecordStore
from movescreen.report.key_pictures import MARKED_FILE
from movescreen.screening import merge_clips
from movescreen.web.config import WebConfig
from tests.care.people import DAY, QUESTIONS, SPRAIN, make_intake
from tests.conftest import SAMPLES
from tests.runner import write_runner_clip
from tests.web.conftest import attend, client_of
from tests.web.test_guard import HASH
from tests.web.test_socket import messages
from tests.web.test_uploads import open_upload, send, wait

TODAY = date.today()
CLIP = (SAMPLES / "squat_front.mp4").read_bytes()
YES = Consent(records=True, pictures=True, on=DAY)


@pytest.fixture
def store(client: TestClient) -> RecordStore:
    return client.app.state.services.records.store  # type: ignore[attr-defined]


@pytest.fixture
def runner(store: RecordStore) -> str:
    """Add a runner with an old sprain and nothing that stops."""
    store.add_client("C017", birth_year=1991, sex="female")
    store.add_intake("C017", make_intake(injuries=(SPRAIN,), sports=("running",), goals=("run",)))
    return "C017"


def post(client: TestClient, path: str, /, **fields: Any) -> Any:
    return client.post(path, data=fields)


# --- red flags ------------------------------------------------------------------------------------------------------


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
    said = post(client, f"/clients/{runner}/clearance", flag="calf_swelling", by="physician", on=str(TODAY))
    assert said.headers["location"] == f"/clients/{runner}"
    assert client.post("/api/uploads", json={"client": runner}).status_code == 201
    assert "Seen by physician" in client.get(f"/clients/{runner}").text


# --- kept as a visit ------------------------------------------------------------------------------------------------


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Put recorded results in the place of the analysis; tell whether pictures were allowed."""
    allowed: list[bool] = []

    def analyze(video: Path, _request: object, folder: Path, *, pictures: bool, **_more: object) -> ClipResult:
        allowed.append(pictures)
        return write_runner_clip(video.name, folder, {"heel": 22.0, "shift": 21.0, "thigh": 12.0})

    monkeypatch.setattr(uploads, "analyze_clip", analyze)
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
    assert "sandbox" in page.headers["content-security-policy"]
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
    def finish(files: SessionFiles) -> SavedSession:
        clip = write_runner_clip("front", files.folder / "squat_front", {"shift": 21.0})
        merged = merge_clips([clip], load_catalog(), files.client, {}, (), None)
        return SavedSession(files.folder, merged, (), ("squat_front",))

    monkeypatch.setattr(SessionFiles, "finish", finish)
    address = client.post("/api/live", json={"client": runner, "protocol": "squat"}).json()["socket"]
    with attend(client, address) as socket:
        socket.send_text(json.dumps({"command": "stop"}))
        state = next(m["state"] for m in messages(socket) if m.get("state", {}).get("result"))
    assert state["note"] == ""
    (visit,) = store.visits(runner)
    assert (visit.day, len(visit.clips)) == (TODAY, 1)


# --- the conversation -----------------------------------------------------------------------------------------------


def begin(client: TestClient, code: str) -> str:
    where = str(post(client, f"/clients/{code}/intake", day="2026-03-02").headers["location"])
    return where.rpartition("/")[0]


NEXT = {"go": "next"}
CALM: dict[str, dict[str, Any]] = {
    "pains": {"pain": "no"}, "injuries": {"injured": "no"}, "operations": {"operated": "no"},
    "births": {"pregnant": "no", "birth": "no"}, "day": {"sitting_hours": "7,5", "sports": "running"},
    "goals": {"goals": ["run", "lift"], "confidence": "6"}, "health": {"medication": "none", "symptoms": "-none-"},
    "consent": {"records": "yes", "pictures": "no"},
}  # fmt: skip


def tell(client: TestClient, where: str, **changes: dict[str, Any]) -> Any:
    answer = None
    for step, fields in (CALM | changes).items():
        answer = client.post(f"{where}/{step}", data={**fields, **NEXT})
        assert answer.status_code in (200, 303), step
        assert "check=1" not in answer.headers.get("location", ""), step
    return answer


def test_the_form_makes_the_intake_that_the_conversation_makes(client: TestClient, store: RecordStore) -> None:
    store.add_client("C019", sex="female")
    done = tell(client, begin(client, "C019"))
    assert done.headers["location"] == "/clients/C019/intake"
    intake = store.latest_intake("C019")
    assert intake is not None
    assert (intake.day, intake.pains, intake.injuries, intake.asked_birth) == (DAY, (), (), True)
    assert (intake.sitting_hours, intake.sports, intake.goals, intake.confidence) == (7.5, ("running",), ("run", "lift"), 6)  # fmt: skip
    assert intake.symptoms
    assert not any(intake.symptoms.values())
    assert intake.consent == Consent(records=True, pictures=False, on=DAY)
    assert "No red flag was named" in client.get("/clients/C019/intake").text


def test_mistakes_stand_beside_their_question_and_nothing_typed_is_lost(client: TestClient, store: RecordStore) -> None:
    store.add_client("C019")
    where = begin(client, "C019")
    fields = {
        "pain": "yes", "pains.0.place": "ankle", "pains.0.side": "right", "pains.0.now": "7", "pains.0.week": "3",
        "pains.0.with_movement": "<b>stairs</b> & running",
    }  # fmt: skip
    answer = client.post(f"{where}/pains", data={**fields, **NEXT})
    assert answer.headers["location"].endswith("/pains?check=1")
    page = client.get(answer.headers["location"]).text
    beside = page.partition('id="wrong-pains.0.week">')[2]
    assert beside.startswith("The worst of the week (3) cannot be less than the pain now (7).")
    assert "&lt;b&gt;stairs&lt;/b&gt; &amp; running" in page
    assert page.count("checked") >= 5
    again = client.get(f"{where}/pains").text
    assert "&lt;b&gt;stairs" in again, "a page that is loaded again has everything"


def test_several_injuries_are_added_and_taken_out(client: TestClient, store: RecordStore) -> None:
    store.add_client("C019")
    where = begin(client, "C019")
    sprain = {"injuries.0.kind": "ankle_sprain", "injuries.0.side": "right", "injuries.0.when": "2023-05", "injuries.0.times": "2"}  # fmt: skip
    answer = client.post(f"{where}/injuries", data={"injured": "yes", **sprain, "go": "add"})
    assert answer.headers["location"].endswith("/injuries#injuries-1")
    assert client.get(f"{where}/injuries").text.count('class="entry stack"') == 2
    back = {"injuries.1.kind": "back_pain_episode", "injuries.1.when": "2024", "injuries.1.times": "1"}
    client.post(f"{where}/injuries", data={"injured": "yes", **sprain, **back, "go": "remove:0"})
    moved = {name.replace(".1.", ".0."): value for name, value in back.items()}
    tell(client, where, injuries={"injured": "yes", **moved})
    intake = store.latest_intake("C019")
    assert intake is not None
    assert intake.injuries is not None
    assert [(i.kind, i.place, i.side) for i in intake.injuries] == [("back_pain_episode", "low_back", "")]


def test_without_consent_nothing_is_kept_and_a_red_flag_is_still_told(client: TestClient, store: RecordStore) -> None:
    store.add_client("C019")
    where = begin(client, "C019")
    done = tell(client, where, health={"symptoms": "chest_pain"}, consent={"records": "no", "pictures": "no"})
    assert "nothing of this conversation was stored" in done.text
    assert "Chest pain or breathlessness" in done.text
    assert store.latest_intake("C019") is None
    assert client.get(f"{where}/pains").status_code == 404, "the conversation is forgotten"


def test_asking_again_begins_with_what_rarely_changes(client: TestClient, runner: str, store: RecordStore) -> None:
    where = begin(client, runner)
    page = client.get(f"{where}/injuries").text
    assert 'value="2023-05"' in page
    assert "Filled in from the last time" in page
    assert "checked" not in client.get(f"{where}/pains").text
    assert "checked" not in client.get(f"{where}/health").text
    kept = {"injured": "yes", "injuries.0.kind": "ankle_sprain", "injuries.0.side": "right", "injuries.0.when": "2023-05", "injuries.0.times": "2", "injuries.0.gives_way": "yes"}  # fmt: skip
    tell(client, where, injuries=kept)
    intake = store.latest_intake(runner)
    assert intake is not None
    assert intake.injuries == (SPRAIN,)


def test_a_step_left_out_is_asked_before_anything_is_kept(client: TestClient, store: RecordStore) -> None:
    store.add_client("C019", sex="male")
    where = begin(client, "C019")
    answer = client.post(f"{where}/consent", data={"records": "yes", "pictures": "no", **NEXT})
    assert answer.headers["location"].endswith("/pains?check=1")
    assert store.latest_intake("C019") is None


def test_before_a_session_it_says_what_is_open(client: TestClient, store: RecordStore, runner: str) -> None:
    store.add_client("C019")
    assert "Nobody has asked C019 about red flags yet." in client.get("/?client=C019").text
    assert "red flags" not in client.get(f"/?client={runner}").text
    store.add_intake(runner, make_intake(symptoms={k: v for k, v in QUESTIONS.items() if k != "fainting"}))
    assert "1 question about red flags is still open." in client.get(f"/clips?client={runner}").text


def test_men_are_not_asked_about_births_and_nobody_reads_another_s_conversation(client: TestClient, store: RecordStore) -> None:  # fmt: skip
    store.add_client("C019", sex="male")
    store.add_client("C020")
    where = begin(client, "C019")
    assert client.get(f"{where}/births").status_code == 404
    assert client.get(f"{where}/pains".replace("C019", "C020")).status_code == 404
    assert client.get("/clients/C019/intake/guess/pains").status_code == 404


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
    assert "There is no value yet" in post(client, f"/clients/{runner}/measure", day="2026-03-02").text


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


def plan_fields(client: TestClient, code: str) -> dict[str, str]:
    """Return the fields of the plan's form as the page has them."""
    from html.parser import HTMLParser

    class Fields(HTMLParser):
        found: dict[str, str]
        select = area = ""

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            told = {k: v or "" for k, v in attrs}
            if tag == "input" and "name" in told:
                self.found[told["name"]] = told.get("value", "")
            elif tag == "select":
                self.select = told["name"]
            elif tag == "option" and self.select and ("selected" in told or self.select not in self.found):
                self.found[self.select] = told["value"]
            elif tag == "textarea":
                self.area = told["name"]
                self.found[self.area] = ""

        def handle_data(self, data: str) -> None:
            if self.area:
                self.found[self.area] += data

        def handle_endtag(self, tag: str) -> None:
            if tag == "textarea":
                self.area = ""

    reader = Fields()
    reader.found = {}
    reader.feed(client.get(f"/clients/{code}/plan/edit").text)
    return reader.found


def test_a_plan_changed_by_two_at_once_keeps_both_changes(client: TestClient, store: RecordStore, runner: str) -> None:
    assert "Make a plan" in client.get(f"/clients/{runner}/plan").text
    post(client, f"/clients/{runner}/plan/make", based_on="")
    first = store.latest_plan(runner)
    assert first is not None
    names = [e.exercise for e in first.plan.exercises]
    mine, yours = plan_fields(client, runner), plan_fields(client, runner)
    assert mine["based_on"] == "1"
    yours |= {f"{names[0]}.sets": "4", f"{names[1]}.do": "remove", "note": "yours"}
    assert post(client, f"/clients/{runner}/plan/edit", **yours).headers["location"].endswith("/plan")

    mine |= {f"{names[1]}.sets": "2", f"{names[2]}.per_week": "5", "retest_on": "2999-01-01"}
    told = post(client, f"/clients/{runner}/plan/edit", **mine)
    assert "Somebody else saved plan 2 in the meantime" in told.text
    assert f"What you changed in {first.plan.exercises[1].title} has no place any more" in told.text
    latest = store.latest_plan(runner)
    assert latest is not None
    assert latest.number == 2, "nothing was overwritten"

    client.get(f"/clients/{runner}/plan/edit")
    merged = plan_fields_of(told.text)
    assert merged["based_on"] == "2"
    assert (merged[f"{names[0]}.sets"], merged[f"{names[2]}.per_week"], merged["note"]) == ("4", "5", "yours")
    post(client, f"/clients/{runner}/plan/edit", **merged)
    saved = store.latest_plan(runner)
    assert saved is not None
    assert saved.number == 3
    by_name = {e.exercise: e for e in saved.plan.exercises}
    assert names[1] not in by_name
    assert (by_name[names[0]].sets, by_name[names[2]].per_week, saved.plan.note) == (4, 5, "yours")
    assert saved.plan.retest_on == date(2999, 1, 1)
    assert "Plan 2" in client.get(f"/clients/{runner}/plan").text
    assert client.get(f"/clients/{runner}/plans/1").status_code == 200
    assert client.get(f"/clients/{runner}/plans/9").status_code == 404
    late = post(client, f"/clients/{runner}/plan/make", based_on="1")
    assert "Somebody else saved plan 3" in late.text


def plan_fields_of(text: str) -> dict[str, str]:
    class Page:
        def get(self, _path: str) -> Any:
            return type("Answer", (), {"text": text})()

    return plan_fields(Page(), "")  # type: ignore[arg-type]


def test_a_plan_that_cannot_be_is_told_beside_its_field(client: TestClient, store: RecordStore, runner: str) -> None:
    post(client, f"/clients/{runner}/plan/make", based_on="")
    fields = plan_fields(client, runner)
    name = next(k for k in fields if k.endswith(".sets"))
    told = post(
        client, f"/clients/{runner}/plan/edit", **(fields | {name: "99", "retest_on": "2020-01-01", "note": "mine"})
    )
    assert f'id="wrong-{name}"' in told.text
    assert "has to lie after that of the plan" in told.text
    assert "mine" in told.text
    latest = store.latest_plan(runner)
    assert latest is not None
    assert latest.number == 1


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
    assert post(client, f"/clients/{runner}/delete", code=runner).status_code == 303
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


POSTS = ("/clients/new", "/clients/C017/change", "/clients/C017/delete", "/clients/C017/intake", "/clients/C017/clearance", "/clients/C017/measure",
         "/clients/C017/note", "/clients/C017/plan/make", "/clients/C017/plan/edit", "/clients/C017/visits/2026-03-02/delete")  # fmt: skip


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
