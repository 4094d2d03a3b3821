"""The trainer puts something right in the browser: from the word on a finding to the backup that still knows it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd
import pytest
from starlette.testclient import TestClient

from movescreen.app import Records, Screening
from movescreen.app.client_pages import make_next_plan
from movescreen.client.intake.model import Consent
from movescreen.client.rules.danger_words import ReadAs
from movescreen.model import Status
from movescreen.pipeline import AnalysisRequest
from movescreen.records import RecordStore
from movescreen.records.backup import restore_backup, write_backup
from movescreen.settings import RecordSettings
from movescreen.web.config import WebConfig
from movescreen.web.services import Services
from tests.app.test_corrections import KNEES, WHY, knees_in
from tests.app.test_every_door import CLIPS
from tests.support.clients import make_intake
from tests.web.conftest import post, serving
from tests.web.test_client_story import LAPTOP, PHONE, Person

TODAY = date.today()
YES = Consent(records=True, pictures=True, on=TODAY)
NAME, LOOSE = f"{TODAY}_101010_C017", f"{TODAY}_111010_somebody"
KEY = f"squat-{KNEES}"


@pytest.fixture
def practice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, WebConfig, Services]]:
    """Serve two clients, of whom the first squatted with knees that came in, and a squat of somebody."""
    monkeypatch.setattr("movescreen.app.tasks.analyze_with_pictures", knees_in)
    # curves take long to draw, and nothing here is about them
    for module in ("formats.html.chart_svg", "pages.screening.repetition_svg"):
        monkeypatch.setattr(f"movescreen.report.{module}", lambda *_: "")
    config = WebConfig(results=tmp_path / "results", records=RecordSettings(folder=tmp_path / "records"))
    with Records(config.records) as records:
        for code, name in (("C017", "Mia Berg"), ("C018", "Ida Holm")):
            records.store.add_client(code, name=name, birth_year=1991, sex="female")
            records.store.add_intake(code, make_intake(day=TODAY, consent=YES, goals=("run",), sports=("running",)))
        for who, folder in (("C017", NAME), ("somebody", LOOSE)):
            screening = Screening.open(records, who, TODAY.isoformat())
            home = config.results / folder
            clip = screening.clip_task(CLIPS[0], AnalysisRequest(), home / "squat_front").run()
            screening.finish({Path("squat_front"): clip}, {}, home)
        make_next_plan(records.store, "C017", TODAY, None)
    running: list[Services] = []
    with serving(config, running.append) as address:
        yield address, config, running[0]


def judged(store: RecordStore) -> Status:
    return next(f.status for v in store.visits("C017") for f in v.findings if f.check_id == KNEES)


def in_plan(store: RecordStore) -> bool:
    saved = store.latest_plan("C017")
    assert saved is not None
    return any(need.need == "knee_control" for need in saved.plan.needs)


def test_from_overruling_a_finding_to_the_backup(
    practice: tuple[str, WebConfig, Services], playing: Callable[..., Any], tmp_path: Path
) -> None:
    address, config, services = practice
    store, visit = services.records.store, f"/clients/C017/visits/{TODAY}"
    laptop = Person(playing().new_page(viewport=LAPTOP), address)
    laptop.page.set_default_timeout(30_000)  # recordings are analyzed again
    result = config.results / NAME / "result.json"
    before = result.read_bytes()
    assert (judged(store), in_plan(store)) == (Status.FLAGGED, True)

    laptop.page.goto(address + visit)
    laptop.page.get_by_role("row", name="Knees moving inward").get_by_role("link", name="Your word").click()
    laptop.page.wait_for_load_state()
    word = laptop.page.locator("details.word").filter(has=laptop.page.locator(f"#{KEY}"))
    assert word.get_by_role("radio", name="Not there").is_visible(), "the finding that was meant is open"
    word.get_by_role("radio", name="Not there").check()
    word.get_by_label("Your name").fill("MK")
    word.get_by_role("button", name="Keep").click()
    laptop.page.wait_for_load_state()
    assert "reason is needed" in laptop.text
    laptop.problems.clear()  # the browser tells of every answer that is no success
    word.get_by_role("radio", name="Not there").check()
    word.get_by_label("Why").fill(WHY)
    photo = tmp_path / "photo.jpg"
    cv2.imwrite(str(photo), np.full((1000, 700, 3), 120, np.uint8))
    word.get_by_label("Your own pictures").set_input_files(photo)
    word.get_by_role("img", name="photo.jpg").wait_for()
    word.get_by_role("button", name="Keep").click()
    laptop.page.wait_for_load_state()
    laptop.look()

    said = f"Trainer: not there — {WHY}"
    for page in ("Visit", "Report"):
        laptop.page.get_by_role("navigation").get_by_role("link", name=page, exact=True).click()
        laptop.page.wait_for_load_state()
        assert said in laptop.text
        assert "Camera: stood out" in laptop.text
        shown = laptop.page.get_by_role("img", name="own picture")
        assert shown.first.evaluate("(image) => [image.naturalWidth, image.naturalHeight]") == [630, 900]
        assert "C017 (Mia Berg)" in laptop.text
    laptop.page.get_by_role("link", name="Client's page").click()
    laptop.page.wait_for_load_state()
    assert "Mia Berg" in laptop.text
    work = laptop.page.locator("#work").inner_text().lower()
    assert "knees" not in work.partition("what went well")[0], "the trainer's word counts"
    # the reason is typed text like any other: the plan waits until somebody says that it means nothing for it
    reasons = store.unread_words("C017", TODAY)
    assert [each.text for each in reasons] == [WHY]
    store.read_words("C017", TODAY, [ReadAs(key=each.key, means=("nothing",), note="cloth") for each in reasons], "MK")
    laptop.page.get_by_role("link", name="Plan", exact=True).click()
    laptop.page.get_by_role("link", name="Make it anew").click()
    laptop.page.get_by_role("button").last.click()
    laptop.page.wait_for_load_state()
    assert not in_plan(store), "the plan follows"
    laptop.page.get_by_role("link", name="Progress").click()
    laptop.page.wait_for_load_state()
    assert laptop.page.get_by_role("heading", level=1).inner_text().startswith("Progress")
    assert "What the trainer says" in laptop.text
    assert "not there" in laptop.text

    assert result.read_bytes() == before, "what the camera said stays"
    rows = pd.read_csv(config.results / NAME / "findings.csv", keep_default_na=False).set_index("check_id")
    assert tuple(rows.loc[KNEES, ["status", "judged_status", "judgement_reason", "judged_by"]]) == (
        "flagged",
        "clear",
        WHY,
        "MK",
    )
    # the player leads on and back, and its own script alone runs in it
    laptop.page.goto(f"{address}/results/{NAME}/files/player.html")
    assert laptop.page.get_by_role("button", name="To the turn").is_visible()
    assert laptop.page.locator("dl.told dt").count(), "it runs"
    laptop.page.get_by_role("navigation").get_by_role("link", name="Your word").click()
    laptop.page.wait_for_url("**/judge")
    laptop.page.goto(address + "/results")
    assert "1 thing stood out" not in laptop.page.get_by_role("row", name="C017").inner_text().replace(
        "\N{NO-BREAK SPACE}", " "
    )

    laptop.page.goto(f"{address}{visit}/redo")
    laptop.page.get_by_role("button", name="Analyze again").click()
    laptop.page.wait_for_load_state()
    assert said in laptop.text
    assert judged(store) is Status.CLEAR
    write_backup(store, tmp_path / "all.zip")
    with RecordStore(None, tmp_path / "elsewhere") as elsewhere:
        restore_backup(elsewhere, tmp_path / "all.zip")
        assert judged(elsewhere) is Status.CLEAR
    answer = laptop.page.request.get(f"{address}/clients/C017/export")
    with zipfile.ZipFile(io.BytesIO(answer.body())) as archive:
        told = json.loads(archive.read("person.json"))
    assert [c["reason"] for v in told["visits"] for s in v["screenings"] for c in s["corrections"]] == [WHY]
    assert laptop.problems == []


def test_on_a_phone_a_result_finds_its_client_and_a_deleted_one_comes_back(
    practice: tuple[str, WebConfig, Services], playing: Callable[..., Any]
) -> None:
    address, config, services = practice
    store = services.records.store
    phone = Person(playing().new_page(viewport=PHONE), address)
    phone.page.set_default_timeout(30_000)
    phone.go(f"/results/{LOOSE}/judge")
    phone.page.get_by_text("Repetition 2, at").click()
    phone.page.get_by_label("Why leave it out?").locator("visible=true").fill("stumbled")
    phone.page.get_by_role("button", name="Leave it out").locator("visible=true").click()
    phone.page.wait_for_load_state()
    phone.look()
    assert "left out: stumbled" in phone.text
    assert pd.read_csv(config.results / LOOSE / "reps.csv")["rep"].to_list() == [1, 3]
    # a joint that the camera put in the wrong place
    phone.page.get_by_text("Repetition 3, at").click()
    phone.page.get_by_role("link", name="Move a joint").locator("visible=true").click()
    phone.page.wait_for_load_state()
    phone.look()
    knee = phone.page.locator("circle[data-joint=left_knee]")
    knee.click()
    assert phone.page.locator("select[name=joint]").input_value() == "left_knee"
    box = knee.bounding_box()
    assert box is not None
    phone.page.mouse.click(box["x"] + box["width"] / 2 + 12, box["y"] + box["height"] / 2)
    assert float(phone.page.get_by_label("To the right").input_value()) > 5
    assert abs(float(phone.page.get_by_label("Down").input_value())) < 5
    phone.page.get_by_label("Why").fill("the trousers")
    phone.page.get_by_role("button", name="Keep").click()
    phone.page.wait_for_load_state()
    assert "moved by" in phone.text
    column = "knee_ankle_separation_ratio_turn"
    rows = pd.read_csv(config.results / LOOSE / "reps.csv").set_index("rep")
    assert rows.loc[3, column] > rows.loc[3, f"{column}_camera"], "the left knee went out, which is to the right"
    phone.page.get_by_role("button", name="Back to where the camera saw it").click()
    phone.page.wait_for_load_state()
    assert f"{column}_camera" not in pd.read_csv(config.results / LOOSE / "reps.csv")
    phone.go(f"/results/{LOOSE}")
    phone.page.get_by_text("Give it to a client").click()
    phone.page.get_by_label("Client").select_option("C018")
    phone.page.get_by_role("button", name="Give it").click()
    phone.page.wait_for_load_state()
    assert "C018 (Ida Holm)" in phone.text
    assert [c.reps for v in store.visits("C018") for c in v.clips] == [2]
    phone.page.get_by_role("link", name="Delete this visit").click()
    phone.press("Delete the visit")
    assert store.visits("C018") == ()
    phone.go("/bin")
    phone.page.get_by_role("button", name="Bring back").click()
    phone.page.wait_for_load_state()
    assert len(store.visits("C018")) == 1
    # the visit of the wrong client goes to the right one
    phone.go(f"/clients/C017/visits/{TODAY}/move")
    phone.page.get_by_label("To the client").select_option("C018")
    phone.page.get_by_role("button", name="Move it").click()
    phone.page.wait_for_load_state()
    assert "moved here from C017" in phone.text
    moved = NAME.replace("C017", "C018")
    assert not (config.results / NAME).exists(), "its folder bears the name, too"
    report = (config.results / moved / "report.html").read_text("utf-8")
    assert "Ida Holm" in report
    assert "C017" not in report
    phone.go(f"/results/{moved}")
    phone.page.get_by_text("Delete this result").click()
    phone.page.get_by_role("button", name="Delete", exact=True).click()
    phone.page.wait_for_load_state()
    assert not (config.results / moved).exists()
    phone.go("/bin")
    phone.page.get_by_role("button", name="Bring back Result").click()
    phone.page.wait_for_load_state()
    assert (config.results / moved / "report.html").is_file()
    assert phone.problems == []


def test_home_leads_back_to_sessions_and_knows_the_consent(client: TestClient, runner: str) -> None:
    opened = client.post("/api/live", json={"client": runner, "protocol": "squat", "pictures": False})
    assert opened.status_code == 201
    home = client.get("/").text
    assert f'href="{opened.json()["page"]}"' in home
    assert 'name="pictures" checked' not in home
    assert 'name="pictures" checked' in client.get(f"/?client={runner}").text, "as agreed in the intake"


def test_an_unfinished_intake_can_be_dropped(client: TestClient, runner: str) -> None:
    assert post(client, f"/clients/{runner}/intake", day="").status_code == 303
    assert "Drop it" in client.get(f"/clients/{runner}").text
    assert post(client, f"/clients/{runner}/intake/drop").status_code == 303
    assert "Drop it" not in client.get(f"/clients/{runner}").text
